"""CASE: frameworks as 1EdTech's CFPackages, read and written without losing a field."""
