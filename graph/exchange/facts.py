"""The few facts of one thing that another is checked against: statements, levels, grades, steps, blocks."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from graph.model.framework import Framework
from graph.model.outcomes import Programme, Unit
from graph.model.schemes import CreditScheme, GradingScheme, Scheme
from graph.model.values import Versioned

CONCEPTS = frozenset({"scheme", "creditScheme", "gradingScheme", "framework", "unit", "programme"})
"""The concepts whose things are needed in full, also where the graph knows them already."""


class Facts:
    """Facts of every version read; a thing may be checked against any of its versions."""

    def __init__(self) -> None:
        self.schemes: dict[str, Scheme] = {}
        self.statements: dict[str, frozenset[str]] = {}
        self.levels: dict[str, frozenset[int]] = {}
        self.grading: dict[str, list[GradingScheme]] = defaultdict(list)
        self.steps: dict[str, Decimal] = {}
        self.programmes: dict[str, list[Programme]] = defaultdict(list)
        self.of_institution: dict[str, list[Programme]] = defaultdict(list)
        self._shared: dict[frozenset[str], frozenset[str]] = {}

    def add(self, thing: Versioned) -> None:
        """Note what others may be checked against."""
        match thing:
            case Unit():
                self._unit(thing)
            case Framework():
                known = self.levels.get(thing.key, frozenset())
                self.levels[thing.key] = known | {level.ordinal for level in thing.levels}
            case Programme():
                self.programmes[thing.key].append(thing)
                self.of_institution[thing.institution].append(thing)
            case GradingScheme():
                self.grading[thing.key].append(thing)
            case CreditScheme():
                self.steps[thing.key] = thing.step
            case Scheme():
                self.schemes[thing.key] = thing
            case _:
                pass

    def _unit(self, unit: Unit) -> None:
        codes = frozenset(statement.code for statement in unit.statements)
        codes |= self.statements.get(unit.key, frozenset())
        # Most units number their statements alike, so one set serves them all.
        self.statements[unit.key] = self._shared.setdefault(codes, codes)

    def programmes_of(self, programme: str | None, institution: str) -> list[Programme]:
        """Return the programme versions meant: those of ``programme``, else all of the institution."""
        return self.programmes.get(programme, []) if programme else self.of_institution.get(institution, [])
