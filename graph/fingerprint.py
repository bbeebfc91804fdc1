"""The fingerprint of all that is known at a moment: equal for equal content, however it came about.

It is the sum of a number drawn from each version that stands then (concept, key, number and content), so
a publication changes it by what it recorded and took back, and nothing else need be read. It names what
was published; it does not prove it against somebody who looks for two graphs of one sum.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from graph.model.concepts import CONCEPTS
from graph.model.outcomes import Mapping
from graph.moment import NOTHING_YET
from graph.store import Store

BYTES: Final = 16
NOTHING: Final = "0" * 2 * BYTES
"""The fingerprint of an empty graph."""

_CHANGED: Final = {
    concept.name: f"MATCH {pattern} WHERE (v.recordedAt > $after AND v.recordedAt <= $known) OR "
    "(v.retractedAt > $after AND v.retractedAt <= $known) RETURN v.key AS key, v.number AS number, "
    "v.hash AS hash, v.recordedAt > $after AS came, v.retractedAt <= $known AS went"
    for concept in CONCEPTS
    for pattern in [
        "(:Outcome)-[v:MAPS_TO]->(:Unit)" if concept.struct is Mapping else f"(v:{concept.label}Version)"
    ]
}


async def fingerprint(store: Store, known: str, base: str = NOTHING, after: str = NOTHING_YET) -> str:
    """Give the fingerprint of what is known at a moment, from that of an earlier one: 32 hex digits."""
    total = int(base, 16)
    for name, query in _CHANGED.items():
        async for row in store.stream(query, known=known, after=after):
            number = _number(f"{name}\0{row['key']}\0{row['number']}\0{row['hash']}")
            total += number * (bool(row["came"]) - bool(row["went"]))
    return f"{total % 256**BYTES:0{2 * BYTES}x}"


def _number(version: str) -> int:
    return int.from_bytes(blake2b(version.encode(), digest_size=BYTES).digest())
