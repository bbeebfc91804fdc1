"""What every part of the oracle stands on: the question, live versions, exact credit, grades, matches,
clashes.

Written from docs/recognition.md alone. Slow and obvious on purpose. It imports values of `graph.model`,
nothing else of the project.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import TypeVar

from graph.model.book import RuleBook
from graph.model.caps import Exclusion
from graph.model.learning import Context, Result, ResultStatus, Verification
from graph.model.outcomes import Outcome, Programme, Unit
from graph.model.schemes import CreditScheme, GradingScheme, Rounding
from graph.model.values import (
    ANY_EDITION,
    NEVER,
    Credit,
    Grade,
    Key,
    Period,
    Status,
    Versioned,
    parts_of,
)
from graph.model.verdicts import Target

V = TypeVar("V", bound=Versioned)
Node = TypeVar("Node")
Fact = tuple[str, str]
"""An open condition: what is unknown, and of which result (or clause)."""
Facts = frozenset[Fact]
NOTHING_OPEN: Facts = frozenset()


class State(Enum):
    """What a test says: surely yes, surely no, or open."""

    PASS = "PASS"
    OPEN = "OPEN"
    FAIL = "FAIL"


@dataclass(frozen=True, eq=False)
class Question:
    """One world to judge: the book, the results (equal fingerprints already one), and the context.

    ``perfect`` holds the ids of results with the best grade of every scheme (R20, R22). ``full`` says that
    everything may already be consumed (the worst world of R20).
    """

    book: RuleBook
    results: tuple[Result, ...]
    context: Context
    named_rules: tuple[Key, ...] = ()
    named_targets: tuple[Target, ...] = ()
    perfect: frozenset[str] = frozenset()
    full: bool = False
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The application date."""
        return self.context.applied_on


# --- Values: equal fingerprints are one result -----------------------------------------------------------


def ask(
    book: RuleBook,
    results: Iterable[Result],
    context: Context,
    named_rules: Iterable[Key] = (),
    named_targets: Iterable[Target] = (),
) -> Question:
    """Make the question as known: "Equal fingerprints are one result"."""
    merged, renamed = one_per_fingerprint(tuple(results))
    return Question(book, merged, context, tuple(named_rules), tuple(named_targets), renamed=renamed)


def one_per_fingerprint(results: tuple[Result, ...]) -> tuple[tuple[Result, ...], dict[str, str]]:
    """Merge equal fingerprints; return the results by id, and the id that each given id became."""
    groups: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda result: result.id):
        groups.setdefault(result.fingerprint or f"\0{result.id}", []).append(result)
    renamed = {result.id: group[0].id for group in groups.values() for result in group}
    merged = [_merged(group) for group in groups.values()]
    placed = [_with(result, part_of=renamed.get(result.part_of or "", result.part_of)) for result in merged]
    return tuple(sorted(placed, key=lambda result: result.id)), renamed


def _merged(group: list[Result]) -> Result:
    """Values: "the fields of the smallest id; verified if one is, revoked if one is; a different grade or
    credit (earned, available or scheme) makes it conflicting; hypothetical if the smallest id is"."""
    first = group[0]
    verification = first.verification
    if any(result.verification is Verification.VERIFIED for result in group):
        verification = Verification.VERIFIED
    if len({_compared(result) for result in group}) > 1:
        verification = Verification.CONFLICTING
    revoked = any(result.status is ResultStatus.REVOKED for result in group)
    return _with(first, verification=verification, status=ResultStatus.REVOKED if revoked else first.status)


def _compared(result: Result) -> tuple[Grade | None, Credit | None, Credit | None]:
    return result.grade, result.earned, result.available or result.earned


def _with(result: Result, **changes: object) -> Result:
    fields = {name: getattr(result, name) for name in Result.__struct_fields__}
    return Result(**{**fields, **changes})


changed = _with
"""A copy of a result with some fields changed."""


def result_of(q: Question, result_id: str) -> Result:
    """The result of this id."""
    return next(result for result in q.results if result.id == result_id)


# --- The rule book: what is live on a day ----------------------------------------------------------------


def published(things: Iterable[V]) -> list[V]:
    """Only what is published counts."""
    return [thing for thing in things if thing.status is Status.PUBLISHED]


def live(things: Iterable[V], key: str, day: date) -> V | None:
    """RuleBook: "the highest version number among those whose window holds the day"."""
    holding = [thing for thing in published(things) if thing.key == key and thing.holds_on(day)]
    return max(holding, key=lambda thing: thing.version, default=None)


def known(things: Iterable[V], key: str, day: date) -> V | None:
    """What the graph knows of a thing: as live on the day; where it is not, its highest version."""
    every = [thing for thing in published(things) if thing.key == key]
    return live(every, key, day) or max(every, key=lambda thing: thing.version, default=None)


@lru_cache(maxsize=4096)
def outcome_of(q: Question, key: str | None) -> Outcome | None:
    """The outcome as the graph knows it, or None: not in the graph."""
    return known(q.book.outcomes, key, q.today) if key else None


@lru_cache(maxsize=4096)
def unit_of(q: Question, key: str | None) -> Unit | None:
    """The unit as the graph knows it."""
    return known(q.book.units, key, q.today) if key else None


@lru_cache(maxsize=4096)
def programme_of(q: Question) -> Programme | None:
    """The programme version of the question, as the graph knows it."""
    return known(q.book.programmes, q.context.programme, q.today) if q.context.programme else None


def programme_stands(q: Question) -> bool:
    """R3: the programme version is tested on the application date."""
    return q.context.programme is None or live(q.book.programmes, q.context.programme, q.today) is not None


def credit_scheme_of(q: Question) -> str | None:
    """The programme's credit scheme; without a programme, the one that the question names."""
    programme = programme_of(q)
    return programme.credit_scheme if programme else q.context.credit_scheme


# --- Credit: fractions, factors, rounding ----------------------------------------------------------------


def convert(q: Question, amount: Fraction, origin: str, to: str | None) -> Fraction | None:
    """Factors: "fractions, one way, neither inverted nor chained", on the application date (R3)."""
    if origin == to:
        return amount
    for key in sorted({factor.key for factor in q.book.factors}):
        factor = live(q.book.factors, key, q.today)
        if factor and (factor.from_scheme, factor.to_scheme) == (origin, to):
            return amount * Fraction(factor.factor.numerator, factor.factor.denominator)
    return None


def converted(q: Question, credit: Credit | None, to: str | None) -> Fraction | None:
    """A credit in another scheme; None if there is none, or no factor."""
    return convert(q, Fraction(credit.amount), credit.scheme, to) if credit else None


def earned_in(q: Question, result: Result, to: str) -> Fraction | None:
    """R14: "earned credit is everywhere at most the available"; None: credit or factor unknown."""
    if result.earned is None:
        return None
    earned = Fraction(result.earned.amount)
    available = earned
    if result.available is not None:
        known = converted(q, result.available, result.earned.scheme)
        if known is None:
            return None
        available = known
    return convert(q, min(earned, available), result.earned.scheme, to)


def scheme_named(q: Question, code: str) -> CreditScheme | None:
    """The credit scheme of this code."""
    return known(q.book.credit_schemes, code, q.today)


def rounded(amount: Fraction, scheme: CreditScheme) -> Fraction:
    """R14: "rounded once per grant by the scheme's mode and step"."""
    step = Fraction(scheme.step)
    steps = amount / step
    whole = {
        Rounding.HALF_UP: lambda: floor(steps + Fraction(1, 2)),
        Rounding.HALF_EVEN: lambda: round(steps),
        Rounding.DOWN: lambda: floor(steps),
        Rounding.UP: lambda: ceil(steps),
    }[scheme.rounding]()
    return whole * step


# --- Grades ----------------------------------------------------------------------------------------------


def grading_named(q: Question, code: str) -> GradingScheme | None:
    """The grading scheme of this code."""
    return known(q.book.grading_schemes, code, q.today)


def above_pass_mark(q: Question, result: Result) -> State:
    """R6: "at or above its scheme's pass mark (a completed result without a grade passes; of unknown scheme
    or value: CONDITIONAL)"."""
    if result.id in q.perfect or result.grade is None:
        return State.PASS
    scheme = grading_named(q, result.grade.scheme)
    return at_least(q, result, Grade(scheme=scheme.key, value=scheme.pass_mark)) if scheme else State.OPEN


def at_least(q: Question, result: Result, minimum: Grade) -> State:
    """R18: "Grade ... missing, of unknown scheme or value: CONDITIONAL"; another scheme is unknown too."""
    scheme = grading_named(q, minimum.scheme)
    lowest = scheme.place(minimum.value) if scheme else None
    if scheme is None or lowest is None:
        return State.OPEN
    if result.id in q.perfect:
        return State.PASS
    if result.grade is None or result.grade.scheme != minimum.scheme:
        return State.OPEN
    place = scheme.place(result.grade.value)
    if place is None:
        return State.OPEN
    return State.PASS if place >= lowest else State.FAIL


# --- Days ------------------------------------------------------------------------------------------------


def later_by(day: date, period: Period) -> date:
    """R4: "calendar arithmetic, month ends clamp"; past the last day there is: never."""
    months = day.year * 12 + day.month - 1 + period.years * 12 + period.months
    year, month = divmod(months, 12)
    if year > NEVER.year:
        return NEVER
    clamped = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return clamped + timedelta(days=period.days) if (NEVER - clamped).days > period.days else NEVER


# --- R7 Match --------------------------------------------------------------------------------------------


def names(clause_key: str, key: str | None) -> bool:
    """R7: "exact in (scheme, edition, code), or edition `any`"."""
    if key is None:
        return False
    scheme, edition, code = parts_of(clause_key)
    if edition == ANY_EDITION:
        found = parts_of(key)
        return (found[0], found[2]) == (scheme, code)
    return clause_key == key


def names_or_lower(q: Question, clause_key: str, key: str | None) -> bool:
    """R7: "or `orHigher`": the outcome itself, or one that stands above it in its series."""
    return any(names(clause_key, lower) for lower in downwards(q, key))


def downwards(q: Question, key: str | None) -> Iterator[str]:
    """The outcome and those below it in its series."""
    seen: set[str] = set()
    while key and key not in seen:
        seen.add(key)
        yield key
        outcome = outcome_of(q, key)
        key = outcome.higher_than if outcome else None


# --- R17 Clash -------------------------------------------------------------------------------------------


def reachable(start: Node, below: Callable[[Node], Iterable[Node]]) -> set[Node]:
    """Everything below ``start`` at any depth (cycles end)."""
    found: set[Node] = set()
    todo = list(below(start))
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo.extend(below(node))
    return found


def parts_below(q: Question, key: str) -> set[str]:
    """The outcomes that are part of this one at any depth, by the graph."""

    def below(node: str) -> Iterable[str]:
        outcome = outcome_of(q, node)
        return outcome.parts if outcome else ()

    return reachable(key, below)


@lru_cache(maxsize=65536)
def clash(q: Question, one: Result, other: Result) -> bool:
    """R17: "Results clash if one is part of the other at any depth (by record or graph, across sources), if
    they are of the same outcome in any edition, or if an exclusion names both outcomes"."""
    if one.id == other.id:
        return False
    parts = _is_part(q, one, other) or _is_part(q, other, one)
    return parts or _outcomes_clash(q, one.outcome, other.outcome)


def _is_part(q: Question, one: Result, other: Result) -> bool:
    """One is part of the other at any depth, each step by record or by graph."""

    def above(result_id: str) -> list[str]:
        part = result_of(q, result_id)
        return [whole.id for whole in q.results if whole.id != part.id and _next_above(q, part, whole)]

    return other.id in reachable(one.id, above)


def _next_above(q: Question, part: Result, whole: Result) -> bool:
    by_graph = part.outcome and whole.outcome and part.outcome in parts_below(q, whole.outcome)
    return part.part_of == whole.id or bool(by_graph)


def _outcomes_clash(q: Question, one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    return _same_once_only(q, one, other) or _exclude_each_other(q, one, other)


def _same_once_only(q: Question, one: str, other: str) -> bool:
    """R17: "`repeatable` outcomes do not clash with themselves"."""
    same = (parts_of(one)[0], parts_of(one)[2]) == (parts_of(other)[0], parts_of(other)[2])
    outcomes = (outcome_of(q, one), outcome_of(q, other))
    return same and not all(outcome is not None and outcome.repeatable for outcome in outcomes)


def _exclude_each_other(q: Question, one: str, other: str) -> bool:
    if one == other:
        return False
    return any(one in exclusion.outcomes and other in exclusion.outcomes for exclusion in exclusions(q))


@lru_cache(maxsize=4096)
def exclusions(q: Question) -> tuple[Exclusion, ...]:
    """R3: exclusions on the application date; without institution one holds for every receiver."""
    keys = sorted({exclusion.key for exclusion in q.book.exclusions})
    found = [live(q.book.exclusions, key, q.today) for key in keys]
    return tuple(
        exclusion
        for exclusion in found
        if exclusion and exclusion.institution in (None, q.context.institution)
    )


def any_clash(q: Question, ids: Iterable[str]) -> bool:
    """Tell whether two of these results clash."""
    held = [result_of(q, result_id) for result_id in ids]
    return any(clash(q, one, other) for place, one in enumerate(held) for other in held[place + 1 :])
