"""Sorting and letting go in parts: one long step would hold the interpreter, and with it every question."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import Any, Final, Protocol, TypeVar


class Sortable(Protocol):
    """What can be sorted."""

    def __lt__(self, other: Any, /) -> bool: ...


T = TypeVar("T", bound=Sortable)
U = TypeVar("U", bound=Sortable)

PART: Final = 5_000
"""So many are sorted, or let go, at a time: a few milliseconds."""


def ordered(items: Iterable[T]) -> list[T]:
    """Sort in parts, then merge them step by step.

    >>> ordered([(2, "b"), (1, "a"), (3, "c")])
    [(1, 'a'), (2, 'b'), (3, 'c')]
    """
    return list(_merged(items))


def columns(pairs: Iterable[tuple[U, int]]) -> tuple[list[U], array[int]]:
    """Sort pairs, and give what stands first in them and what stands second.

    >>> columns([("b", 2), ("a", 1)])
    (['a', 'b'], array('I', [1, 2]))
    """
    first, second = list[U](), array("I")
    for one, two in _merged(pairs):
        first.append(one)
        second.append(two)
    return first, second


def let_go(items: list[Any]) -> None:
    """Empty a long list, part by part."""
    while items:
        del items[-PART:]


def _merged(items: Iterable[T]) -> Iterator[T]:
    left, parts = iter(items), list[Iterator[T]]()
    while part := sorted(islice(left, PART)):
        parts.append(iter(part))  # an iterator lets go of its list when it is used up
    return merge(*parts)
