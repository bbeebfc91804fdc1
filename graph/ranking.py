"""Order: lists by title, credit, level or first day, with a place that stays when the list changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, NamedTuple

from graph.inventory import View
from graph.projections import scaled

Rank = tuple[str | int, ...]


class OrderBy(Enum):
    """What a list is ordered by; things that have none of it come last, equal ones by their keys."""

    CODE = "CODE"
    TITLE = "TITLE"
    TITLE_EN = "TITLE_EN"
    CREDIT = "CREDIT"
    LEVEL = "LEVEL"
    VALID_FROM = "VALID_FROM"


class Place(NamedTuple):
    """A place in an ordered list: after the thing of this key, where it stood with this rank."""

    rank: Rank | None
    key: str


_RANKS: dict[OrderBy, Callable[[Any], Rank | None]] = {
    OrderBy.CODE: lambda _thing: (),
    OrderBy.TITLE: lambda thing: _told(thing.title.zh or thing.title.en),
    OrderBy.TITLE_EN: lambda thing: _told(thing.title.en or thing.title.zh),
    OrderBy.CREDIT: lambda thing: _credit(getattr(thing, "credit", None)),
    OrderBy.LEVEL: lambda thing: _level(getattr(thing, "level", None)),
    OrderBy.VALID_FROM: lambda thing: (thing.valid_from,),
}
SHAPES: dict[OrderBy, tuple[type, ...]] = {
    OrderBy.CODE: (),
    OrderBy.TITLE: (str,),
    OrderBy.TITLE_EN: (str,),
    OrderBy.CREDIT: (str, int),
    OrderBy.LEVEL: (str, int),
    OrderBy.VALID_FROM: (str,),
}
"""What the ranks of each order are made of."""


def _told(title: str) -> Rank | None:
    return (title,) if title else None


def _credit(credit: Any) -> Rank | None:
    return (credit.scheme, scaled(credit.amount)) if credit else None


def _level(level: Any) -> Rank | None:
    return (level.framework, level.ordinal) if level else None


def place(thing: Any, order: OrderBy) -> Place:
    """Give the place of a thing in an order."""
    return Place(_RANKS[order](thing), thing.key)


class Ranked:
    """A view in one order: places with a rank, then those without, each ascending."""

    def __init__(self, view: View[Any], order: OrderBy) -> None:
        places = [place(thing, order) for thing in view.things]
        self._ranked = sorted(item for item in places if item.rank is not None)
        self._rankless = [item for item in places if item.rank is None]

    def walk(self, after: Place | None, *, descending: bool) -> Iterator[Place]:
        """Give the places after one, or all."""
        if after is None or after.rank is not None:
            yield from self._down(after) if descending else self._up(after)
            after = None
        start = bisect_right(self._rankless, after.key, key=_key) if after else 0
        for number in range(start, len(self._rankless)):
            yield self._rankless[number]

    def _up(self, after: Place | None) -> Iterator[Place]:
        start = bisect_right(self._ranked, after) if after else 0
        return (self._ranked[number] for number in range(start, len(self._ranked)))

    def _down(self, after: Place | None) -> Iterator[Place]:
        start = bisect_left(self._ranked, after) if after else len(self._ranked)
        return (self._ranked[number] for number in range(start - 1, -1, -1))


def _key(item: Place) -> str:
    return item.key


def ranked(view: View[Any], order: OrderBy) -> Ranked:
    """Give a view in an order, sorted once."""
    return view.kept(order, lambda those: Ranked(those, order))
