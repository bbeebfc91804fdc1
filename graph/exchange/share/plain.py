"""What a thing states of itself in plain values: what links and titles alone would leave out of a graph."""

from __future__ import annotations

from typing import Any, Final

from graph.exchange.share.selection import Fields, fields
from graph.model.values import Versioned

PLAIN: Final = {
    "status": (("status",), "string"),
    "validFrom": (("validFrom",), "string"),
    "validTo": (("validTo",), "string"),
    "kind": (("kind",), "string"),
    "outcomeClass": (("outcomeClass",), "string"),
    "stage": (("stage",), "string"),
    "tier": (("tier",), "string"),
    "creditAmount": (("credit", "amount"), "string"),
    "creditScheme": (("credit", "scheme"), "string"),
    "levelFramework": (("level", "framework"), "string"),
    "levelOrdinal": (("level", "ordinal"), "int"),
    "hours": (("hours",), "string"),
    "rank": (("rank",), "int"),
}
"""Every such value by its name in an export: where it stands in a bundle, and its type in GraphML.

Amounts are texts, for they are exact decimals.
"""


def plain(thing: Versioned) -> dict[str, Any]:
    """Return what a thing states of these; what it does not state is left out."""
    said: Fields = {"status": thing.status.value} | fields(thing)
    found = {name: _at(said, path) for name, (path, _) in PLAIN.items()}
    return {name: value for name, value in found.items() if isinstance(value, str | int)}


def _at(said: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        said = said.get(name) if isinstance(said, dict) else None
    return said
