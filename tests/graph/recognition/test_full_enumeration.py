"""The search for assignments against a full enumeration: every choice for every clause, then R8's minimum."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from hypothesis import HealthCheck, given, settings

from graph.model.learning import Context
from graph.model.rules import OutcomeClause, PoolClause, TextClause
from graph.model.trees import Finding, Reason
from graph.recognition.assignments import search
from graph.recognition.clashes import clashing
from graph.recognition.clauses import named
from graph.recognition.covers import Statements, _contribution
from graph.recognition.entries import Ask, Entry, Way
from graph.recognition.evidence import fit
from graph.recognition.index import Index
from graph.recognition.joint import joint_tests
from graph.recognition.question import Question, asked
from tests.graph.recognition.books import TODAY, book
from tests.graph.recognition.random_books import contexts, held, things

Choice = tuple[int, frozenset[Any]]


def subsets(listed: list[Any]) -> list[tuple[Any, ...]]:
    return [some for size in range(len(listed) + 1) for some in combinations(listed, size)]


def joined(some: tuple[Choice, ...]) -> Choice:
    mask, opens = 0, frozenset[Any]()
    for one in some:
        mask, opens = mask | one[0], opens | one[1]
    return mask, opens


def smallest(found: set[Choice]) -> set[Choice]:
    def beaten(one: Choice) -> bool:
        return any(o != one and o[0] & one[0] == o[0] and o[1] <= one[1] for o in found)

    return {one for one in found if not beaten(one)}


def able(question: Question, ask: Ask) -> list[Any]:
    fits = [fit(question, one, ask) for one in named(question, ask)]
    return [one for one in fits if one.finding is not Finding.FAIL]


def of_unit(question: Question, ask: Ask, unit: str) -> set[Choice]:
    lines = Statements(tuple(line.code for line in question.index.units.known(unit, TODAY).statements))
    fits = [fit(question, one, ask) for one in question.by_unit.get(unit, ())]
    parts = [part for one in fits for part in _contribution(question, one, unit, lines)[0]]
    found = set()
    for some in subsets(parts):
        covered = 0
        for part in some:
            covered |= part.statements
        if covered == lines.whole:
            found.add(joined(tuple((part.mask, part.opens) for part in some)))
    return smallest(found)


def of_pool(question: Question, ask: Ask, clause: PoolClause) -> set[Choice]:
    known, found = [], set()
    for one in able(question, ask):
        earned = question.earned(one.held, clause.credit.scheme)
        if isinstance(earned, Reason):
            found.add((one.held.bit, one.opens | {(earned, one.held.result.id)}))
        else:
            known.append((one, earned))
    for some in subsets(known):
        mask, opens = joined(tuple((one.held.bit, one.opens) for one, _ in some))
        if any(clashing(question, one.held) & mask for one, _ in some):
            continue
        if sum(amount for _, amount in some) >= int(clause.credit.amount * 10_000):
            found.add((mask, opens))
    return found


def choices(question: Question, ask: Ask) -> set[Choice]:
    clause = ask.clause
    if isinstance(clause, TextClause):
        return {(0, frozenset({(Reason.FREE_TEXT, str(ask.place))}))}
    if isinstance(clause, OutcomeClause):
        return {(one.held.bit, one.opens) for one in able(question, ask)}
    if isinstance(clause, PoolClause):
        return of_pool(question, ask, clause)
    return of_unit(question, ask, clause.unit)


def enumerated(question: Question, entry: Entry, way: Way) -> set[Choice]:
    found = set()
    for some in product(*(choices(question, ask) for ask in way.asks)):
        if not apart(way, some):
            continue
        mask, opens = joined(some)
        tests = list(joint_tests(question, entry, way, mask))
        if not any(test.finding is Finding.FAIL for test in tests):
            more = {(test.reason, test.subject) for test in tests if test.finding is Finding.OPEN}
            found.add((mask, opens | more))
    return smallest(found)


def apart(way: Way, some: tuple[Choice, ...]) -> bool:
    for place, ask in enumerate(way.asks):
        others = joined(some[:place] + some[place + 1 :])[0]
        if isinstance(ask.clause, PoolClause) and some[place][0] & others:
            return False
    return True


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(things(), held, contexts())
def test_the_search_finds_just_the_minimal_assignments(made, have, context: Context):
    question = asked(Index(book(*made)), have, context)
    for entry in question.index.entries:
        question.budget.next_rule()
        for way in entry.ways:
            found = search(question, entry, way)
            assert not found.limited
            expected = enumerated(question, entry, way)
            assert {(one.mask, one.opens) for one in found.assignments} == expected
