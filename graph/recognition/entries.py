"""Entries: rule versions, their alternatives and their clauses, as compiled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graph.model.rules import Alternative, Clause, OutcomeClause, PoolClause, Rule, Tests
from graph.model.values import ANY_EDITION

Loose = tuple[str, str]
"""A key without its edition."""


@lru_cache(maxsize=65_536)
def loose(key: str) -> Loose:
    """Return (scheme, code) of a key; a bare code is its own."""
    scheme, _, rest = key.partition(":")
    _, _, code = rest.partition(":")
    return scheme, code


@lru_cache(maxsize=65_536)
def any_edition(key: str) -> bool:
    """Tell whether the key stands for the outcome of whatever edition (R7)."""
    return key.split(":", 2)[1:2] == [ANY_EDITION]


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A clause as compiled: what it names, and the number of its tests."""

    place: int
    clause: Clause
    tests: Tests
    number: int
    exact: frozenset[str] = frozenset()
    editions: frozenset[Loose] = frozenset()

    def names(self, key: str) -> bool:
        """Tell whether the clause names this outcome key by itself."""
        return key in self.exact or loose(key) in self.editions


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """An alternative as compiled."""

    place: int
    alternative: Alternative
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A rule version as compiled; ``place`` orders rule versions by key and number.

    ``name`` is its name in trees, ``cited`` what its trees cite.
    """

    place: int
    rule: Rule
    ways: tuple[Way, ...]
    denies: bool
    name: str
    cited: tuple[tuple[str, str], ...]


def citations(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what a rule's trees cite of it, each with its name."""
    yield "basis", rule.basis.value
    yield "priority", str(rule.priority)
    for name in ("agreement", "method", "article", "decision", "source", "programme"):
        value = getattr(rule, name)
        if value:
            yield name, str(value)


def outcomes_of(clause: Clause) -> tuple[str, ...]:
    """Return the outcome keys a clause names."""
    if isinstance(clause, OutcomeClause):
        return (clause.outcome,)
    return clause.outcomes if isinstance(clause, PoolClause) else ()
