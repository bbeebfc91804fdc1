"""Scaffolds: what `alliance-hub connectors new` writes, as text with holes."""
