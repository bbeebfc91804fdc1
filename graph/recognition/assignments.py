"""Assignments: results given to all clauses of an alternative together (R8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.rules import PoolClause, TextClause
from graph.model.trees import Finding
from graph.recognition.clauses import meet
from graph.recognition.days import Span
from graph.recognition.entries import Ask, Entry, Way
from graph.recognition.joint import joint_tests
from graph.recognition.limits import ALWAYS, BEAM, OPTIONS
from graph.recognition.nodes import NO_OPENS, Open
from graph.recognition.options import Kept, Met, Option, minimal
from graph.recognition.question import Question, places

NO_DAY = date.max


class Assignment(NamedTuple):
    """Evidence for one alternative, its open conditions, and its latest completion."""

    mask: int
    opens: frozenset[Open]
    latest: Span | None


class Search(NamedTuple):
    """What was found for one alternative: its assignments in the order of R8, or what is missing."""

    way: Way
    assignments: tuple[Assignment, ...]
    mets: tuple[Met, ...]
    missing: int
    limited: bool

    @property
    def partial(self) -> bool:
        """Tell whether a clause is missing and another is met, or one is met in part (R11)."""
        asked = zip(self.way.asks, self.mets, strict=True)
        met = any(not met.missing and not isinstance(ask.clause, TextClause) for ask, met in asked)
        return self.missing > 0 and (met or any(one.missing and one.partly for one in self.mets))

    @property
    def best_share(self) -> Ratio:
        """The fulfilled share of the best missing clause."""
        return max((met.share for met in self.mets if met.missing), default=Ratio(1))

    @property
    def nearest_clause(self) -> int | None:
        """The missing clause nearest to completion."""
        missing = [place for place, met in enumerate(self.mets) if met.missing]
        return max(missing, key=lambda place: self.mets[place].share, default=None)


def nearest(searches: tuple[Search, ...]) -> int | None:
    """Return the alternative nearest to completion, where none is met (R24)."""
    if not searches or any(one.assignments for one in searches):
        return None
    fewest = min(one.missing for one in searches)
    near = [one for one in searches if one.missing == fewest]
    return (near[0] if len(near) == 1 else max(near, key=lambda one: one.best_share)).way.place


def search(question: Question, entry: Entry, way: Way) -> Search:
    """Find the assignments of an alternative."""
    beyond = way.alternative.credit_not_below
    mets = tuple(meet(question, ask, beyond=beyond) for ask in way.asks)
    missing = sum(met.missing for met in mets)
    if missing:
        return Search(way, (), mets, missing, False)
    options, limited = _together(question, entry, way, mets)
    limited = limited or any(met.limited for met in mets)
    found = [_assignment(question, option) for option in options]
    if len(found) > 1:
        found.sort(key=_shown_first)
    return Search(way, tuple(found), mets, 0, limited)


def _assignment(question: Question, option: Option) -> Assignment:
    return Assignment(option.mask, option.opens, question.latest(option.mask))


def _shown_first(one: Assignment) -> tuple[int, date, date, tuple[int, ...], int]:
    last = one.latest or Span(NO_DAY, NO_DAY)
    return one.mask.bit_count(), last.last, last.first, tuple(places(one.mask)), len(one.opens)


def _together(question: Question, entry: Entry, way: Way, mets: tuple[Met, ...]) -> tuple[list[Option], bool]:
    if not way.alternative.one_issuer:
        return _joined(question, entry, way, mets)
    found: list[Option] = []
    limited = False
    for among in _by_issuer(question, mets):
        beyond = way.alternative.credit_not_below
        own = tuple(meet(question, ask, beyond=beyond, among=among) for ask in way.asks)
        options, cut = _joined(question, entry, way, own)
        found += options
        limited = limited or cut
    kept, cut = minimal(found, question.budget)
    return kept, limited or cut


def _by_issuer(question: Question, mets: tuple[Met, ...]) -> Iterator[int]:
    """Yield the results of each issuer, with those whose issuer nobody knows."""
    masks: dict[str, int] = {"": 0}
    for met in mets:
        for option in met.options:
            for held in question.chosen(option.mask):
                issuer = held.result.issuer or ""
                masks[issuer] = masks.get(issuer, 0) | held.bit
    unknown = masks.pop("")
    yield from (masks[issuer] | unknown for issuer in sorted(masks))
    if unknown or not masks:
        yield unknown


class Partial(NamedTuple):
    """Evidence so far: all of it, what pools took of it, and the open conditions."""

    mask: int
    pooled: int
    opens: frozenset[Open]


def _joined(question: Question, entry: Entry, way: Way, mets: tuple[Met, ...]) -> tuple[list[Option], bool]:
    """Join one option of each clause, pools last; what a pool takes serves nothing else."""
    partials = [Partial(0, 0, NO_OPENS)]
    limited = False
    for ask, met in sorted(zip(way.asks, mets, strict=True), key=_pools_last):
        partials, cut = _extended(question, partials, ask, met)
        limited = limited or cut
        if len(partials) > 1 and not way.alternative.credit_not_below:
            partials = _undominated(question, partials)
        if limited:
            partials = partials[:BEAM]
    options = [Option(partial.mask, partial.opens) for partial in partials]
    tested = [option for one in options if (option := _tested(question, entry, way, one)) is not None]
    kept, cut = minimal(tested, question.budget)
    return kept, limited or cut


def _pools_last(one: tuple[Ask, Met]) -> bool:
    return isinstance(one[0].clause, PoolClause)


def _extended(question: Question, partials: list[Partial], ask: Ask, met: Met) -> tuple[list[Partial], bool]:
    pool = isinstance(ask.clause, PoolClause)
    found: dict[Partial, None] = {}
    for partial in partials:
        taken = partial.mask if pool else partial.pooled
        for option in _beside(question, ask, met, taken, len(partials)):
            if len(found) >= (4 * OPTIONS if question.budget.spend() else ALWAYS):
                return list(found), True
            if not taken & option.mask:
                pooled = partial.pooled | (option.mask if pool else 0)
                found[Partial(partial.mask | option.mask, pooled, partial.opens | option.opens)] = None
    return list(found), False


def _beside(question: Question, ask: Ask, met: Met, taken: int, ways: int) -> tuple[Option, ...]:
    """Return the options of a clause; where not all were sought, those beside what is taken already."""
    if not met.limited or not taken or not isinstance(ask.clause, PoolClause):
        return met.options
    every = (1 << len(question.helds)) - 1
    return meet(question, ask, among=every & ~taken).options[: 1 + BEAM // ways]


def _undominated(question: Question, partials: list[Partial]) -> list[Partial]:
    """Drop evidence that holds other evidence which pools bind no more and which leaves no more open."""
    kept = Kept()
    for one in sorted(
        partials, key=lambda one: (one.mask.bit_count(), one.pooled.bit_count(), len(one.opens))
    ):
        question.budget.spend(1 + len(kept.smaller) // 16)
        kept.put(one.mask, one.pooled, one.opens, one)
    return [one for one in kept.all if isinstance(one, Partial)]


def _tested(question: Question, entry: Entry, way: Way, option: Option) -> Option | None:
    """Apply the tests on the whole alternative: None if one fails, conditions added if one is open."""
    opens = set(option.opens)
    for test in joint_tests(question, entry, way, option.mask):
        if test.finding is Finding.FAIL:
            return None
        if test.finding is Finding.OPEN and test.reason:
            opens.add((test.reason, test.subject))
    return Option(option.mask, frozenset(opens))
