"""Walks up and down a hierarchy that may have several ways to one place: each thing is met once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from graph.inventory import View

DEEPEST: Final = 24
"""How many steps a walk goes at most, as deep as an import lets a hierarchy be."""


def descendants(view: View[Any], roots: Iterable[str], deepest: int = DEEPEST) -> dict[str, int]:
    """Give the keys below the roots (without these), nearest first, each with its least number of steps."""
    return _walk(lambda key: view.below.get(key, ()), roots, deepest)


def ancestors(view: View[Any], key: str, deepest: int = DEEPEST) -> dict[str, int]:
    """Give the keys above one, each with its least number of steps, nearest first; only live ones."""
    known = view.by_key
    return _walk(lambda low: [up for up in known[low].above if up in known], {key} & set(known), deepest)


def with_descendants(view: View[Any], roots: Iterable[str]) -> frozenset[str]:
    """Give the roots and all that is below them."""
    kept = tuple(roots)
    return frozenset(kept) | descendants(view, kept).keys()


def _walk(step: Callable[[str], Iterable[str]], roots: Iterable[str], deepest: int) -> dict[str, int]:
    start = frozenset(roots)
    found: dict[str, int] = {}
    level: list[str] = sorted(start)
    for depth in range(1, deepest + 1):
        level = list(dict.fromkeys(near for key in level for near in step(key)))
        level = [key for key in level if key not in found and key not in start]
        found.update(dict.fromkeys(level, depth))
    return found
