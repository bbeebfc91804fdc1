"""Comparability: how an outcome stands to a unit, by statements, credit and level. Pure.

What counts is what recognition counts: factors and referencings in force, one way or as their document
says, neither inverted nor chained (R13, R18).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction as Ratio

from graph.model.framework import Dimension, Framework, LevelRef, Referencing
from graph.model.outcomes import Mapping, Statement, Unit
from graph.model.schemes import CreditScheme, Factor
from graph.model.values import Credit, one_spelling
from graph.recognition.amounts import plain, ratio, rounded, units


class Comparison(Enum):
    """How what is stated of the outcome stands to what is stated of the unit, or why that is unknown."""

    LESS = "LESS"
    EQUAL = "EQUAL"
    MORE = "MORE"
    NO_FACTOR = "NO_FACTOR"
    NO_REFERENCING = "NO_REFERENCING"
    NOT_STATED = "NOT_STATED"


@dataclass(frozen=True, slots=True)
class Covered:
    """The statements of one dimension; ``declared`` is None where the unit's framework lacks it."""

    code: str
    declared: Dimension | None
    statements: tuple[Statement, ...]
    covered: tuple[Statement, ...]
    uncovered: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class CreditPair:
    """Both credits in one scheme, each rounded once by it if it was converted at all."""

    comparison: Comparison
    scheme: str | None = None
    of_unit: Decimal | None = None
    of_outcome: Decimal | None = None
    unit_factor: Factor | None = None
    outcome_factor: Factor | None = None


@dataclass(frozen=True, slots=True)
class LevelPair:
    """Both levels, and what the unit's level asks in the outcome's framework."""

    comparison: Comparison
    of_unit: LevelRef | None
    of_outcome: LevelRef | None
    asked: LevelRef | None = None
    referencings: tuple[Referencing, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of learning: as stated, and what the credit stands for by its scheme."""

    stated: Decimal | None
    of_class: Decimal | None
    notional: Decimal | None


def by_dimension(unit: Unit, framework: Framework | None, mappings: Sequence[Mapping]) -> tuple[Covered, ...]:
    """Tell, per dimension, which statements the mappings cover: the framework's in its order, then others."""
    declared = {one.code: one for one in framework.dimensions} if framework else {}
    codes = dict.fromkeys((*declared, *(one.dimension for one in unit.statements)))
    whole = any(mapping.whole for mapping in mappings)
    named = {code for mapping in mappings for code in mapping.statements}

    def row(code: str) -> Covered:
        own = tuple(one for one in unit.statements if one.dimension == code)
        covered = tuple(one for one in own if whole or one.code in named)
        rest = tuple(one for one in own if one not in covered)
        return Covered(code, declared.get(code), own, covered, rest)

    return tuple(map(row, codes))


def credit_pair(
    of_unit: Credit | None,
    of_outcome: Credit | None,
    factors: Iterable[Factor],
    schemes: Mapped[str, CreditScheme],
) -> CreditPair:
    """Compare credits in the first scheme both can be given in: the unit's, the outcome's, any by code."""
    if of_unit is None or of_outcome is None:
        return CreditPair(Comparison.NOT_STATED)
    known: dict[tuple[str, str], Factor] = {}
    for factor in factors:
        known.setdefault((factor.from_scheme, factor.to_scheme), factor)
    for scheme in _common(of_unit.scheme, of_outcome.scheme, known):
        ways = known.get((of_unit.scheme, scheme)), known.get((of_outcome.scheme, scheme))
        worth = _worth(of_unit, ways[0]), _worth(of_outcome, ways[1])
        rounding = schemes.get(scheme)
        told = _told(worth[0], ways[0], rounding), _told(worth[1], ways[1], rounding)
        return CreditPair(_compared(worth[1], worth[0]), scheme, *told, *ways)
    return CreditPair(Comparison.NO_FACTOR)


def _common(unit: str, outcome: str, known: dict[tuple[str, str], Factor]) -> Iterator[str]:
    def reaches(scheme: str, goal: str) -> bool:
        return scheme == goal or (scheme, goal) in known

    goals = dict.fromkeys((unit, outcome, *sorted(goal for _, goal in known)))
    return (goal for goal in goals if reaches(unit, goal) and reaches(outcome, goal))


def _worth(credit: Credit, factor: Factor | None) -> Ratio:
    return units(credit.amount) * (ratio(factor.factor) if factor else Ratio(1))


def _told(worth: Ratio, factor: Factor | None, scheme: CreditScheme | None) -> Decimal | None:
    if factor is None:
        return plain(int(worth))
    return plain(rounded(worth, units(scheme.step), scheme.rounding)) if scheme else None


def level_pair(
    of_unit: LevelRef | None, of_outcome: LevelRef | None, referencings: Iterable[Referencing]
) -> LevelPair:
    """Compare levels within one framework, or by what the referencings say; of several the highest asks."""
    if of_unit is None or of_outcome is None:
        return LevelPair(Comparison.NOT_STATED, of_unit, of_outcome)
    used: dict[str, Referencing] = {}
    asked = [of_unit] if of_unit.framework == of_outcome.framework else []
    for one in referencings if not asked else ():
        for here, there in ((one.level, one.other), (one.other, one.level)):
            if here == of_unit and there.framework == of_outcome.framework:
                used[one.key] = one
                asked.append(there)
    if not asked:
        return LevelPair(Comparison.NO_REFERENCING, of_unit, of_outcome)
    highest = max(asked, key=lambda level: level.ordinal)
    comparison = _compared(of_outcome.ordinal, highest.ordinal)
    return LevelPair(comparison, of_unit, of_outcome, highest, tuple(used.values()))


def _compared(outcome: Ratio | int, unit: Ratio | int) -> Comparison:
    if outcome == unit:
        return Comparison.EQUAL
    return Comparison.LESS if outcome < unit else Comparison.MORE


def hours_of(stated: Decimal | None, credit: Credit | None, schemes: Mapped[str, CreditScheme]) -> Hours:
    """Tell the hours of learning behind a credit; None where its scheme does not say what a credit is."""
    scheme = schemes.get(credit.scheme) if credit else None

    def times(each: Callable[[CreditScheme], Decimal | None]) -> Decimal | None:
        one = each(scheme) if scheme else None
        return None if one is None or credit is None else one_spelling(credit.amount * one)

    return Hours(stated, times(lambda one: one.class_hours), times(lambda one: one.notional_hours))
