"""When knowledge of a source was last loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from graph.moment import unstamp
from graph.store import Store

_LAST: Final = (
    "UNWIND $sources AS source MATCH (i:Import {source: source, state: 'PUBLISHED', kind: 'IMPORT'}) "
    "RETURN source, max(i.endedAt) AS ended"
)


async def last_loaded(store: Store, sources: Sequence[str]) -> dict[str, datetime]:
    """Give, of each source something was published from, when that was the last time."""
    rows = await store.read(_LAST, sources=list(sources))
    return {row["source"]: unstamp(row["ended"]) for row in rows if row["ended"]}
