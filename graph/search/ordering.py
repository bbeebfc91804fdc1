"""Sorting in parts: one long sort would hold the interpreter, and with it every question."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import merge
from itertools import islice
from typing import Any, Final, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])

PART: Final = 5_000
"""So many are sorted at a time: a few milliseconds."""


def ordered(items: Iterable[T]) -> list[T]:
    """Sort in parts, then merge them step by step.

    >>> ordered([(2, "b"), (1, "a"), (3, "c")])
    [(1, 'a'), (2, 'b'), (3, 'c')]
    """
    left, parts = iter(items), list[list[T]]()
    while part := sorted(islice(left, PART)):
        parts.append(part)
    return list(merge(*parts))
