"""R6 to R10: which results fit which clauses, and all assignments of results to the clauses of an
alternative."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from typing import TypeVar

from oracle_targets import outcome_targets
from oracle_values import (
    NOTHING_OPEN,
    Fact,
    Facts,
    Question,
    State,
    above_pass_mark,
    any_clash,
    at_least,
    converted,
    earned_in,
    later_by,
    names,
    names_or_lower,
    outcome_of,
    result_of,
    unit_of,
)
from oracle_windows import days_that_differ

from graph.model.learning import Obtained, Result, ResultStatus, Verification
from graph.model.outcomes import Mapping
from graph.model.rules import (
    Alternative,
    Clause,
    OutcomeClause,
    PoolClause,
    Rule,
    Tests,
    UnitClause,
)
from graph.model.values import STAGE_ORDER, Status

Item = TypeVar("Item")


@dataclass(frozen=True)
class Assignment:
    """Results for a clause, or for all clauses of an alternative, with the conditions still open.

    ``no_plan`` marks a pool held by one result without credit or factor: "a plan never takes it" (R10).
    """

    evidence: frozenset[str]
    open: Facts = NOTHING_OPEN
    no_plan: bool = False


def subsets(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """Every subset that is not empty, smallest first."""
    for size in range(1, len(items) + 1):
        yield from combinations(items, size)


# --- R6 Evidence -----------------------------------------------------------------------------------------


def _facts(tests: Iterable[tuple[State, Fact]]) -> Facts | None:
    """The open conditions of tests that must all pass; None if one surely fails."""
    tested = list(tests)
    if any(state is State.FAIL for state, _ in tested):
        return None
    return frozenset(fact for state, fact in tested if state is State.OPEN)


def _yes(passes: bool) -> State:
    return State.PASS if passes else State.FAIL


def usable(q: Question, result: Result) -> Facts | None:
    """R6: "completed by the application date, at or above its scheme's pass mark, not revoked, valid on the
    application date, not obtained by conversion"."""
    return _facts(
        [
            (_yes(result.status is ResultStatus.COMPLETED), ("status", result.id)),
            (_yes(result.obtained is not Obtained.CONVERSION), ("conversion", result.id)),
            (_yes(result.valid_to is None or q.today < result.valid_to), ("validity", result.id)),
            (_completed(q, result), ("completion", result.id)),
            (above_pass_mark(q, result), ("grade", result.id)),
        ]
    )


def _completed(q: Question, result: Result) -> State:
    """R6: wholly after the application date NOT_MET, across it CONDITIONAL, missing passes here."""
    span = result.completion
    if span is None or span.last <= q.today:
        return State.PASS
    return State.FAIL if span.first > q.today else State.OPEN


def verified(result: Result) -> bool:
    """R6: "Results typed into a question count as verified"; conflicting counts as unverified."""
    return result.hypothetical or result.verification is Verification.VERIFIED


# --- The tests of a clause -------------------------------------------------------------------------------


def fits(q: Question, result: Result, tests: Tests) -> Facts | None:
    """A result that is evidence (R6) and passes the clause's tests; the conditions left open."""
    first = usable(q, result)
    second = _facts(_clause_tests(q, result, tests))
    return None if first is None or second is None else first | second


def _clause_tests(q: Question, result: Result, tests: Tests) -> Iterator[tuple[State, Fact]]:
    if tests.minimum_grade:
        yield at_least(q, result, tests.minimum_grade), ("grade", result.id)
    if tests.maximum_age:
        yield _young_enough(q, result, tests), ("completion", result.id)
    if tests.issuers:
        known = result.issuer is not None
        yield (_yes(result.issuer in tests.issuers) if known else State.OPEN), ("issuer", result.id)
    if tests.attempts_at_most is not None:
        yield _few_attempts(q, result, tests.attempts_at_most), ("attempts", result.id)
    if tests.stage_not_below:
        yield _stage(q, result, tests), ("stage", result.id)
    if tests.tags:
        outcome = outcome_of(q, result.outcome)
        known = outcome is not None and not outcome.stub
        tagged = _yes(bool(outcome and set(outcome.tags) & set(tests.tags))) if known else State.OPEN
        yield tagged, ("tags", result.id)


def _young_enough(q: Question, result: Result, tests: Tests) -> State:
    """R4: "Maximum age: completion + period >= application date"; across the edge or missing CONDITIONAL."""
    if result.completion is None or tests.maximum_age is None:
        return State.OPEN
    if later_by(result.completion.first, tests.maximum_age) >= q.today:
        return State.PASS
    return State.OPEN if later_by(result.completion.last, tests.maximum_age) >= q.today else State.FAIL


def _few_attempts(q: Question, result: Result, at_most: int) -> State:
    if result.attempts is None:
        return State.PASS if result.id in q.perfect else State.OPEN
    return _yes(result.attempts <= at_most)


def _stage(q: Question, result: Result, tests: Tests) -> State:
    outcome = outcome_of(q, result.outcome)
    if outcome is None or outcome.stage is None or tests.stage_not_below is None:
        return State.OPEN
    return _yes(STAGE_ORDER[outcome.stage] >= STAGE_ORDER[tests.stage_not_below])


# --- The assignments of one clause -----------------------------------------------------------------------


def clause_assignments(q: Question, place: int, clause: Clause) -> list[Assignment]:
    """Every way to hold one clause by itself."""
    if isinstance(clause, OutcomeClause):
        return [
            Assignment(frozenset([result.id]), facts) for result, facts in fitting(q, clause, clause.tests)
        ]
    if isinstance(clause, UnitClause):
        return _covers(q, clause)
    if isinstance(clause, PoolClause):
        return [*_pools(q, clause), *_pools_without_credit(q, clause)]
    return [Assignment(frozenset(), frozenset([("text", str(place))]))]


def named_by(q: Question, clause: Clause, result: Result) -> bool:
    """R7: tell whether the clause names the result's outcome (for a unit, whether it contributes to it)."""
    if isinstance(clause, OutcomeClause):
        if clause.or_higher:
            return names_or_lower(q, clause.outcome, result.outcome)
        return names(clause.outcome, result.outcome)
    if isinstance(clause, PoolClause):
        return any(names(key, result.outcome) for key in clause.outcomes)
    return isinstance(clause, UnitClause) and bool(_coverage(q, clause, result))


def fitting(q: Question, clause: Clause, tests: Tests) -> list[tuple[Result, Facts]]:
    """The results that the clause names and that pass its tests."""
    found = [(result, fits(q, result, tests)) for result in q.results if named_by(q, clause, result)]
    return [(result, facts) for result, facts in found if facts is not None]


# --- R9 Units --------------------------------------------------------------------------------------------

WHOLE = frozenset(["*"])
"""Covers a unit whatever its statements are."""


def _coverage(q: Question, clause: UnitClause, result: Result) -> list[tuple[frozenset[str], Facts]]:
    """What a result covers of the unit, each with the conditions of it: by itself, or by one mapping."""
    found: list[tuple[frozenset[str], Facts]] = []
    if result.unit == clause.unit:
        found.append((WHOLE, NOTHING_OPEN))
    for versions in _mappings(q, clause.unit, result.outcome):
        found.extend(_by_mapping(q, versions, result))
    return [(covered, facts) for covered, facts in found if covered]


def _mappings(q: Question, unit: str, outcome: str | None) -> list[list[Mapping]]:
    """R9: "Approved mappings to the same unit edition", the versions of each together."""
    approved = [
        mapping
        for mapping in q.book.mappings
        if mapping.unit == unit
        and mapping.outcome == outcome
        and mapping.status in (Status.APPROVED, Status.PUBLISHED)
    ]
    keys = sorted({mapping.key for mapping in approved})
    return [[mapping for mapping in approved if mapping.key == key] for key in keys]


def _by_mapping(q: Question, versions: list[Mapping], result: Result) -> list[tuple[frozenset[str], Facts]]:
    """R3: "a mapping on the result's completion". Surely covered is what is covered on every day of it."""
    dated = frozenset([("mapping", result.id)])
    if result.completion is None:
        return [(_statements(q, version), dated) for version in versions]
    by_day = []
    for day in days_that_differ(result.completion, versions):
        holding = [version for version in versions if version.holds_on(day)]
        newest = max(holding, key=lambda version: version.version, default=None)
        by_day.append(_statements(q, newest) if newest else frozenset())
    surely = frozenset.intersection(*by_day)
    perhaps = frozenset[str]().union(*by_day)
    found = [(surely, NOTHING_OPEN)]
    return found if perhaps == surely else [*found, (perhaps, dated)]


def _statements(q: Question, mapping: Mapping) -> frozenset[str]:
    """The statements covered; ``whole`` covers them all, and what is none of the unit's covers nothing."""
    return WHOLE if mapping.whole else frozenset(mapping.statements) & _all_statements(q, mapping.unit)


def _all_statements(q: Question, unit_key: str) -> frozenset[str]:
    unit = unit_of(q, unit_key)
    return frozenset(statement.code for statement in unit.statements) if unit else frozenset()


def contributions(q: Question, clause: UnitClause) -> list[tuple[Result, frozenset[str], Facts]]:
    """R9: "tests apply to each contributor": every (result, statements covered, conditions)."""
    return [
        (result, covered, facts | more)
        for result, facts in fitting(q, clause, clause.tests)
        for covered, more in _coverage(q, clause, result)
    ]


def _covers(q: Question, clause: UnitClause) -> list[Assignment]:
    """R9: "union of covered statements over results and issuers"; "a minimal cover is consumed"."""
    wanted = _all_statements(q, clause.unit)
    found = set()
    for chosen in subsets(contributions(q, clause)):
        union = frozenset[str]().union(*(covered for _, covered, _ in chosen))
        if union >= WHOLE or (wanted and wanted <= union):
            ids = frozenset(result.id for result, _, _ in chosen)
            found.add(Assignment(ids, NOTHING_OPEN.union(*(facts for _, _, facts in chosen))))
    return minimal(found)


# --- R10 Pools -------------------------------------------------------------------------------------------


def pool_credits(q: Question, clause: PoolClause) -> list[tuple[Result, Facts, Fraction | None]]:
    """The fitting results with their credit in the pool's scheme; None: without credit or factor."""
    return [
        (result, facts, earned_in(q, result, clause.credit.scheme))
        for result, facts in fitting(q, clause, clause.tests)
    ]


def _pools(q: Question, clause: PoolClause) -> list[Assignment]:
    """R10: "Whole results, earned credit, converted by declared factors, sum >= n, surplus lost". R17: "a
    pool does not count both" of clashing results."""
    found = []
    known = [
        (result, facts, credit) for result, facts, credit in pool_credits(q, clause) if credit is not None
    ]
    for chosen in subsets(known):
        ids = frozenset(result.id for result, _, _ in chosen)
        total = sum((credit for _, _, credit in chosen), Fraction(0))
        if total >= Fraction(clause.credit.amount) and not any_clash(q, ids):
            found.append(Assignment(ids, NOTHING_OPEN.union(*(facts for _, facts, _ in chosen))))
    return found


def _pools_without_credit(q: Question, clause: PoolClause) -> list[Assignment]:
    """R10: "Each fitting result without credit or factor is by itself a CONDITIONAL assignment of the pool,
    beside those that reach n; a plan never takes it"."""
    return [
        Assignment(frozenset([result.id]), facts | {("credit", result.id)}, no_plan=True)
        for result, facts, credit in pool_credits(q, clause)
        if credit is None
    ]


# --- R8 Assignment ---------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def assignments(q: Question, rule: Rule, place: int) -> tuple[Assignment, ...]:
    """R8: "An alternative is met if one assignment of results to all its clauses passes all its tests
    together"; "inclusion-minimal among those with no more open conditions"."""
    alternative = rule.alternatives[place]
    ways = [clause_assignments(q, number, clause) for number, clause in enumerate(alternative.clauses)]
    found = set()
    for chosen in product(*ways):
        if _pools_serve_nothing_else(alternative, chosen):
            together = _together(chosen)
            facts = _joint(q, rule, alternative, together.evidence)
            if facts is not None:
                found.add(Assignment(together.evidence, together.open | facts, together.no_plan))
    return tuple(
        sorted(minimal(found), key=lambda one: (sorted(one.evidence), sorted(one.open), one.no_plan))
    )


def _together(chosen: tuple[Assignment, ...]) -> Assignment:
    evidence = frozenset[str]().union(*(one.evidence for one in chosen))
    facts = NOTHING_OPEN.union(*(one.open for one in chosen))
    return Assignment(evidence, facts, any(one.no_plan for one in chosen))


def _pools_serve_nothing_else(alternative: Alternative, chosen: tuple[Assignment, ...]) -> bool:
    """R8: "a result may serve several outcome and unit clauses; a result in a pool serves nothing else"."""
    for place, clause in enumerate(alternative.clauses):
        others = [one.evidence for number, one in enumerate(chosen) if number != place]
        if isinstance(clause, PoolClause) and chosen[place].evidence & frozenset[str]().union(*others):
            return False
    return True


def least(found: Iterable[Assignment]) -> list[Assignment]:
    """For each evidence only the assignments that no other leaves less open."""
    ways = list(found)
    return [
        one for one in ways if not any(two.evidence == one.evidence and two.open < one.open for two in ways)
    ]


def minimal(found: Iterable[Assignment]) -> list[Assignment]:
    """R8: leave out what properly contains another's evidence that has no more open conditions."""
    ways = least(found)
    return [
        one for one in ways if not any(two.evidence < one.evidence and two.open <= one.open for two in ways)
    ]


# --- Tests on the whole alternative ----------------------------------------------------------------------


def _joint(q: Question, rule: Rule, alternative: Alternative, evidence: frozenset[str]) -> Facts | None:
    tests = []
    if alternative.one_issuer:
        tests.append((_one_issuer(q, evidence), ("one issuer", "")))
    if alternative.credit_not_below:
        tests.append((_credit_not_below(q, rule, evidence), ("credit not below", "")))
    return _facts(tests)


def _one_issuer(q: Question, evidence: frozenset[str]) -> State:
    """Values: "one issuer for all its evidence"."""
    issuers = {result_of(q, result_id).issuer for result_id in evidence}
    if len(issuers - {None}) > 1:
        return State.FAIL
    return State.OPEN if None in issuers and len(evidence) > 1 else State.PASS


def _credit_not_below(q: Question, rule: Rule, evidence: frozenset[str]) -> State:
    """Values: "the sum of its earned credit not below the sum of its outcome targets' catalogue credit, in
    the first target's scheme; a credit or factor unknown: CONDITIONAL"."""
    catalogue = [outcome.credit if outcome else None for outcome in outcome_targets(q, rule)]
    if not catalogue:
        return State.PASS
    if catalogue[0] is None:
        return State.OPEN
    scheme = catalogue[0].scheme
    asked = [converted(q, credit, scheme) for credit in catalogue]
    brought = [earned_in(q, result_of(q, result_id), scheme) for result_id in evidence]
    if None in asked or None in brought:
        return State.OPEN
    return _yes(_sum(brought) >= _sum(asked))


def _sum(amounts: Iterable[Fraction | None]) -> Fraction:
    return sum((amount for amount in amounts if amount is not None), Fraction(0))


# --- R11 NOT_MET or PARTIAL ------------------------------------------------------------------------------


def partly_met(q: Question, alternative: Alternative) -> bool:
    """R11: "PARTIAL: a clause is missing, and another (not free text) is met, or a statement of its unit is
    covered, or its pool has credit"; "if no clause is missing ...: NOT_MET, JOINT"."""
    ways = [clause_assignments(q, place, clause) for place, clause in enumerate(alternative.clauses)]
    missing = [clause for clause, way in zip(alternative.clauses, ways, strict=True) if not way]
    met = [
        clause
        for clause, way in zip(alternative.clauses, ways, strict=True)
        if way and isinstance(clause, (OutcomeClause, UnitClause, PoolClause))
    ]
    return bool(missing) and (bool(met) or any(_begun(q, clause) for clause in missing))


def _begun(q: Question, clause: Clause) -> bool:
    if isinstance(clause, UnitClause):
        return bool(contributions(q, clause))
    if isinstance(clause, PoolClause):
        return any(credit is not None and credit > 0 for _, _, credit in pool_credits(q, clause))
    return False
