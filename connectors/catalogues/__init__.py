"""Catalogues of members, synchronised: kept as they were last given, for a reviewer to publish from."""
