"""Selections of public knowledge in the forms that other tools read."""
