"""Reading mappings: by outcome, by unit, between two; they are edges and have no nodes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from graph.model.outcomes import Mapping
from graph.model.values import ANY_STATUS
from graph.moment import Moment
from graph.store import Store
from graph.things import COLUMNS, MOST, SEEN, STANDING, Page, asked_of, counts_of, pages_of, thing_of

# A pattern begins where its key is: the engine walks patterns as they are written.
_MAPPINGS: Final = (
    "UNWIND $keys AS named CALL {{ WITH named MATCH {mapped} "
    "WHERE v.key > $after AND "
    + SEEN.format(v="v")
    + " AND NOT EXISTS {{ MATCH (o)-[w:MAPS_TO]->(u) WHERE w.key = v.key AND w.number > v.number AND "
    + SEEN.format(v="w")
    + f" }}}}{STANDING} RETURN v.key AS key, {COLUMNS} ORDER BY key LIMIT $first }}}} "
    "RETURN named, key, number, recorded, retracted, body"
)
_MAPPINGS_COUNT: Final = (
    "UNWIND $keys AS named MATCH {mapped} WHERE "
    + SEEN.format(v="v")
    + " AND NOT EXISTS {{ MATCH (o)-[w:MAPS_TO]->(u) WHERE w.key = v.key AND w.number > v.number AND "
    + SEEN.format(v="w")
    + f" }}}}{STANDING} RETURN named, count(DISTINCT v.key) AS count"
)
_MAPPED: Final = {
    "outcome": "(o:Outcome {key: named})-[v:MAPS_TO]->(u:Unit)",
    "unit": "(u:Unit {key: named})<-[v:MAPS_TO]-(o:Outcome)",
}
_MAPPINGS_OF: Final = {side: _MAPPINGS.format(mapped=mapped) for side, mapped in _MAPPED.items()}
_MAPPINGS_COUNTED: Final = {side: _MAPPINGS_COUNT.format(mapped=mapped) for side, mapped in _MAPPED.items()}
Side = Literal["outcome", "unit"]


async def mappings(
    store: Store,
    side: Side,
    keys: Sequence[str],
    at: Moment,
    *,
    first: int,
    after: str = "",
    statuses: Sequence[str] = ANY_STATUS,
) -> list[Page[Mapping]]:
    """List, for each outcome or each unit, its live mappings, a page each; one round trip for all keys."""
    asked = asked_of(keys, at, statuses)
    rows = await store.read(_MAPPINGS_OF[side], after=after, first=first + 1, **asked)
    return pages_of(Mapping, rows, keys, first)


async def mappings_counted(
    store: Store, side: Side, keys: Sequence[str], at: Moment, statuses: Sequence[str]
) -> list[int]:
    """Count the live mappings of each outcome or of each unit; one round trip for all keys."""
    return counts_of(await store.read(_MAPPINGS_COUNTED[side], **asked_of(keys, at, statuses)), keys)


_BETWEEN: Final = (
    "UNWIND $pairs AS pair MATCH (o:Outcome {{key: pair[0]}})-[v:MAPS_TO]->(u:Unit {{key: pair[1]}}) WHERE "
    + SEEN.format(v="v")
    + f" RETURN pair[0] + '|' + pair[1] AS named, v.key AS key, {COLUMNS} ORDER BY key, number "
    f"LIMIT {MOST * 20}"
).format()


async def between(store: Store, pairs: Sequence[str], at: Moment) -> list[tuple[Mapping, ...]]:
    """Give the live mappings of each pair (`outcome|unit`), by key."""
    given = [pair.split("|", 1) for pair in pairs]
    rows = await store.read(_BETWEEN, pairs=given, on=at.valid_on, known=at.known_at)
    found: dict[str, dict[str, Mapping]] = {pair: {} for pair in pairs}
    for row in rows:
        found[row["named"]][row["key"]] = thing_of(Mapping, row)  # a higher number comes later
    return [tuple(found[pair].values()) for pair in pairs]
