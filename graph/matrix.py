"""The matrix: outcomes counted by level, industry and class, industries rolled up to a rank. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from graph.hierarchy import DEEPEST
from graph.inventory import View
from graph.linkage import Linkage
from graph.model.framework import LevelRef

RANKS: Final = 12
"""The deepest rank a class may have."""


class Cell(NamedTuple):
    """How much there is of one level, industry class and class of outcomes; None: of none."""

    level: LevelRef | None
    industry: str | None
    outcome_class: str
    outcomes: int
    mapped_units: int
    naming_rules: int
    synthetic_outcomes: int
    synthetic_mapped_units: int
    synthetic_naming_rules: int


def matrix(outcomes: Iterable[Any], industries: View[Any], rank: int, linkage: Linkage) -> tuple[Cell, ...]:
    """Count outcomes, the units they are mapped to and the rules that name them, each once in a cell."""
    cells: defaultdict[tuple[LevelRef | None, str | None, str], list[Any]] = defaultdict(list)
    rolled = _roller(industries, rank)
    for one in outcomes:
        classes: set[str | None] = set().union(*map(rolled, one.industries))
        for industry in classes or {None}:
            cells[one.level, industry, one.outcome_class].append(one)
    return tuple(_counted(name, cells[name], linkage) for name in sorted(cells, key=_place))


def _roller(industries: View[Any], rank: int) -> Any:
    known = industries.by_key

    @cache
    def rolled(key: str, steps: int = DEEPEST) -> frozenset[str]:
        """Give the nearest classes above of at most this rank; what has nothing above stands for itself."""
        thing = known.get(key)
        if thing is None:
            return frozenset()
        above = [up for up in thing.above if up in known]
        if thing.rank <= rank or not above or not steps:
            return frozenset((key,))
        return frozenset[str]().union(*(rolled(up, steps - 1) for up in above))

    return rolled


def _place(name: tuple[LevelRef | None, str | None, str]) -> tuple[object, ...]:
    level, industry, outcome_class = name
    rung = (level.framework, level.ordinal) if level else ("", 0)
    return (level is None, *rung, industry is None, industry or "", outcome_class)


def _counted(name: tuple[LevelRef | None, str | None, str], outcomes: list[Any], linkage: Linkage) -> Cell:
    units = set[str]().union(*(linkage.units.get(one.key, ()) for one in outcomes))
    rules = set[str]().union(*(linkage.rules.get(one.key, ()) for one in outcomes))
    made = linkage.synthetic
    return Cell(
        *name,
        outcomes=len(outcomes),
        mapped_units=len(units),
        naming_rules=len(rules),
        synthetic_outcomes=sum(one.synthetic for one in outcomes),
        synthetic_mapped_units=len(units & made),
        synthetic_naming_rules=len(rules & made),
    )
