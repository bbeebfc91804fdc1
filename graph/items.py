"""The items of framework editions, read in one statement for all editions asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from graph.model.framework import FrameworkItem
from graph.moment import Moment
from graph.store import Store
from graph.things import SEEN, thing_of

MOST: Final = 10_000
"""How many versions of items one statement gives."""
LONGEST: Final = 10_000
"""How many characters of JSON an item may have to be read: what is kept verbatim may be a megabyte."""

_ITEMS: Final = (
    "UNWIND $keys AS named MATCH (:Framework {key: named})<-[:IN_FRAMEWORK]-(v:FrameworkItemVersion) WHERE "
    + SEEN.format(v="v")
    + " RETURN named, v.number AS number, v.recordedAt AS recorded, v.retractedAt AS retracted, "
    "CASE WHEN size(v.body) <= $longest THEN v.body ELSE '' END AS body, v.key AS key "
    "ORDER BY key, number LIMIT $most"
)


class Items(NamedTuple):
    """The live items of one edition, by key; ``complete`` tells whether all of them are there."""

    items: tuple[FrameworkItem, ...]
    complete: bool


async def items(store: Store, frameworks: Sequence[str], at: Moment) -> list[Items]:
    """Give the items of each framework edition, in the order of the keys."""
    rows = await store.read(
        _ITEMS,
        keys=list(frameworks),
        on=at.valid_on,
        known=at.known_at,
        most=MOST + 1,
        longest=LONGEST,
    )
    complete = len(rows) <= MOST and all(row["body"] for row in rows)
    found: dict[str, dict[str, FrameworkItem]] = {key: {} for key in frameworks}
    for row in rows[:MOST]:
        if row["body"]:  # a higher number comes later
            found[row["named"]][row["key"]] = thing_of(FrameworkItem, row)
    return [Items(tuple(found[key].values()), complete) for key in frameworks]
