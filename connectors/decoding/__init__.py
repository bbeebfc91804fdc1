"""Decoding: how foreign text, numbers, names, marks and dates become canonical ones, as a declared policy."""
