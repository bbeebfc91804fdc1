"""Following the publications: what the hub holds of one becomes what it holds of the next.

A publication only adds versions, and retracts some (decision 0001). So what changed is read and folded into
what is held, and all is counted; where the count is not the graph's, as when another graph was put in this
one's place, all is read anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from typing import Any, Final, LiteralString, TypeVar

from graph.moment import FOREVER

V = TypeVar("V")

CHANGED: Final[LiteralString] = (
    "v.recordedAt <= $known AND "
    "(v.recordedAt > $since OR (v.retractedAt > $since AND v.retractedAt <= $known))"
)
"""Holds of a version ``v`` that was recorded or retracted after ``$since`` and no later than ``$known``."""


def counting(held: LiteralString) -> LiteralString:
    """Give the statement that counts the versions ``v`` of a pattern that are recorded by ``$known``."""
    return f"MATCH {held} WHERE v.recordedAt <= $known RETURN count(v) AS count"


def retraction(retracted: str, published: str) -> str:
    """Give a retraction as it is known by a publication: an import in progress may yet be discarded."""
    return retracted if retracted <= published else FOREVER


def folded_in(
    held: Iterable[V], changed: Sequence[V], name: Callable[[V], Any], order: Callable[[V], Any]
) -> Iterator[V]:
    """Yield what is held with what changed in its place, both in order; ``name`` tells versions apart.

    >>> list(folded_in(["a1", "b1", "d1"], ["b2", "c2"], name=lambda version: version[0]))
    ['a1', 'b2', 'c2', 'd1']
    """
    told = {name(version) for version in changed}
    return merge((version for version in held if name(version) not in told), changed, key=order)
