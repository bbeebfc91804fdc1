"""CASE identifiers and the keys made of them; a key's code is its identifier, so identifiers survive."""

from __future__ import annotations

import re
from typing import Any, Final

from graph.model.values import Key

DOCUMENTS: Final = "case"
ITEMS: Final = "case-item"

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_identifier(value: object) -> bool:
    """Tell whether ``value`` is a UUID, in letters of either case."""
    return isinstance(value, str) and len(value) == 36 and bool(_UUID.fullmatch(value.lower()))


def framework_key(identifier: str) -> Key:
    """Return the key of the framework that a CFDocument becomes.

    >>> framework_key("D0000000-0000-0000-0000-000000000000")
    'case:-:d0000000-0000-0000-0000-000000000000'
    """
    return Key(f"{DOCUMENTS}:-:{identifier.lower()}")


def item_key(identifier: str) -> Key:
    """Return the key of the item that a CFItem becomes."""
    return Key(f"{ITEMS}:-:{identifier.lower()}")


def association_key(identifier: str) -> Key:
    """Return the key of an association: its bare identifier."""
    return Key(identifier.lower())


def identifier_of(key: str) -> str:
    """Return the identifier within a key of any of the three."""
    return key.rpartition(":")[2]


def named(link: Any) -> str:
    """Return the identifier a link names, by its last path segment where it has none; empty if by neither."""
    said = link.get("identifier") or str(link.get("uri", "")).rstrip("/").rpartition("/")[2]
    return said.lower() if is_identifier(said) else ""
