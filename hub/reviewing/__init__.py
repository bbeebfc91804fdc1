"""Reviewing what members' catalogues say: what would change, and publishing or declining it."""
