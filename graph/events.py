"""Events of the feed: what one publication did to each version, read off what was recorded and retracted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby
from operator import itemgetter
from typing import Final

from graph.store import Row

_DRAFTS: Final = frozenset(("DRAFT", "SUBMITTED", "APPROVED"))


class Event(Enum):
    """What became of a version."""

    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"
    CORRECTED = "CORRECTED"
    RETRACTED = "RETRACTED"


def told_of(moment: str, rows: Sequence[Row]) -> Iterator[tuple[str, int, Event, int | None, bool]]:
    """Tell what happened to each key, given the versions that were recorded or retracted then."""
    # What one import recorded and took back again was never seen.
    seen = sorted(
        (row for row in rows if row["recorded"] != row["retracted"]), key=itemgetter("key", "number")
    )
    for key, same in groupby(seen, key=itemgetter("key")):
        versions = list(same)
        new = [row["number"] for row in versions if row["recorded"] == moment]
        old = {row["number"]: row["status"] for row in versions if row["retracted"] == moment}
        versions.sort(key=lambda row: row["recorded"] == moment)  # of one number, what was recorded then
        made = {row["number"]: bool(row["synthetic"]) for row in versions}
        for number, event, replaces in _events(new, old):
            yield key, number, event, replaces, made[number]


def _events(new: Sequence[int], old: dict[int, str]) -> Iterator[tuple[int, Event, int | None]]:
    """Match what was recorded with what it took the place of; stubs (number 0) give way silently."""
    gone = {number: status for number, status in old.items() if number and number not in new}
    for number in new:
        if number in old:  # a published version may only be closed under its number, a draft rewritten
            yield number, Event.CORRECTED if old[number] in _DRAFTS else Event.CLOSED, None
        elif number and (before := [one for one in gone if one < number]):
            del gone[max(before)]
            yield number, Event.CORRECTED, max(before)
        else:
            yield number, Event.PUBLISHED, None
    yield from ((number, Event.RETRACTED, None) for number in sorted(gone))
    if not new and 0 in old:
        yield 0, Event.RETRACTED, None
