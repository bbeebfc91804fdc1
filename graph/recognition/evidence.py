"""Evidence: may a result be used at all (R6), and does it pass a clause's tests (R4, R18)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph.model.learning import Obtained, ResultStatus
from graph.model.rules import Tests
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.values import STAGE_ORDER
from graph.recognition.days import aged
from graph.recognition.entries import Ask
from graph.recognition.grades import attains, passed
from graph.recognition.nodes import Opens, first, node, opens, trial, worst
from graph.recognition.question import Held, Question


class Fit(NamedTuple):
    """How a result stands to a clause's tests: the finding, the conditions left open, the tests."""

    held: Held
    finding: Finding
    opens: Opens
    node: Node


def fit(question: Question, held: Held, ask: Ask) -> Fit:
    """Test a result for a clause; the same tests on the same result are made once."""
    key = ("fit", held.place, ask.number)
    found = question.memo.get(key)
    if not isinstance(found, Fit):
        found = question.memo[key] = _fit(question, held, ask.tests)
    return found


def _fit(question: Question, held: Held, tests: Tests) -> Fit:
    nodes = (*_standing(question, held), *_tests(question, held, tests))
    finding = worst(nodes)
    facts = tuple(_facts(held))
    whole = node(NodeKind.RESULT, finding, first(nodes, finding), held.result.id, facts, nodes)
    return Fit(held, finding, opens(nodes, held.result.id), whole)


def _facts(held: Held) -> Iterator[tuple[str, str]]:
    result = held.result
    if result.outcome:
        yield "outcome", result.outcome
    if result.unit:
        yield "unit", result.unit
    if result.source:
        yield "source", result.source
    if not held.verified:
        yield "verification", result.verification.value
    if result.hypothetical:
        yield "hypothetical", "true"


def _standing(question: Question, held: Held) -> tuple[Node, ...]:
    found = question.memo.get(("standing", held.place))
    if not isinstance(found, tuple):
        found = question.memo["standing", held.place] = tuple(_stand(question, held))
    return found


_STATUS = {
    ResultStatus.COMPLETED: None,
    ResultStatus.IN_PROGRESS: Reason.IN_PROGRESS,
    ResultStatus.REVOKED: Reason.REVOKED,
    ResultStatus.FAILED: Reason.FAILED,
}


def _stand(question: Question, held: Held) -> Iterator[Node]:
    result, day = held.result, question.day
    wrong = _STATUS[result.status]
    yield trial("status", _passes(wrong is None), wrong, (("status", result.status.value),))
    if held.span:
        yield _completed(held, question)
    yield _passed(question, held)
    if result.valid_to:
        facts = (("validTo", result.valid_to.isoformat()),)
        yield trial("valid", _passes(day < result.valid_to), Reason.EXPIRED, facts)
    if result.obtained is Obtained.CONVERSION:
        yield trial("obtained", Finding.FAIL, Reason.CONVERTED)


def _passes(good: bool) -> Finding:
    return Finding.PASS if good else Finding.FAIL


def _completed(held: Held, question: Question) -> Node:
    assert held.span is not None
    facts = (("first", held.span.first.isoformat()), ("last", held.span.last.isoformat()))
    if held.span.last <= question.day:
        return trial("completed", Finding.PASS, None, facts)
    if held.span.first > question.day:
        return trial("completed", Finding.FAIL, Reason.COMPLETED_LATER, facts)
    return trial("completed", Finding.OPEN, Reason.COMPLETION_IMPRECISE, facts)


def _passed(question: Question, held: Held) -> Node:
    grade = held.result.grade
    finding = passed(question, grade)
    reason = Reason.GRADE_UNKNOWN if finding is Finding.OPEN else Reason.BELOW_PASS
    facts = (("grade", grade.value), ("scheme", grade.scheme)) if grade else ()
    return trial("passMark", finding, reason, facts)


def _tests(question: Question, held: Held, tests: Tests) -> Iterator[Node]:
    if tests.minimum_grade:
        yield _minimum(question, held, tests)
    if tests.maximum_age:
        yield _age(question, held, tests)
    if tests.issuers:
        yield _issuer(held, tests)
    if tests.attempts_at_most:
        yield _attempts(held, tests.attempts_at_most)
    if tests.stage_not_below:
        yield _stage(held, tests)
    if tests.tags:
        yield _tags(held, tests)


def _minimum(question: Question, held: Held, tests: Tests) -> Node:
    assert tests.minimum_grade is not None
    least = tests.minimum_grade
    finding = attains(question, held, least)
    reason = Reason.GRADE_UNKNOWN if finding is Finding.OPEN else Reason.GRADE_BELOW
    return trial("minimumGrade", finding, reason, (("minimum", least.value), ("scheme", least.scheme)))


def _age(question: Question, held: Held, tests: Tests) -> Node:
    assert tests.maximum_age is not None
    age = tests.maximum_age
    facts = (("years", str(age.years)), ("months", str(age.months)), ("days", str(age.days)))
    if held.span is None:
        return trial("maximumAge", Finding.OPEN, Reason.COMPLETION_UNKNOWN, facts)
    finding = aged(held.span, age, question.day)
    reason = Reason.COMPLETION_IMPRECISE if finding is Finding.OPEN else Reason.TOO_OLD
    return trial("maximumAge", finding, reason, facts)


def _issuer(held: Held, tests: Tests) -> Node:
    issuer = held.result.issuer
    facts = (("issuer", issuer or ""), ("issuers", " ".join(sorted(tests.issuers))))
    if issuer is None:
        return trial("issuers", Finding.OPEN, Reason.ISSUER_UNKNOWN, facts)
    return trial("issuers", _passes(issuer in tests.issuers), Reason.ISSUER, facts)


def _attempts(held: Held, most: int) -> Node:
    attempts = held.result.attempts
    facts = (("attempts", "" if attempts is None else str(attempts)), ("most", str(most)))
    if held.best:
        return trial("attempts", Finding.PASS, None, facts)
    if attempts is None:
        return trial("attempts", Finding.OPEN, Reason.ATTEMPTS_UNKNOWN, facts)
    return trial("attempts", _passes(attempts <= most), Reason.ATTEMPTS, facts)


def _stage(held: Held, tests: Tests) -> Node:
    assert tests.stage_not_below is not None
    least, stage = tests.stage_not_below, held.outcome.stage if held.outcome else None
    facts = (("stage", stage.value if stage else ""), ("notBelow", least.value))
    if stage is None:
        return trial("stage", Finding.OPEN, Reason.STAGE_UNKNOWN, facts)
    return trial("stage", _passes(STAGE_ORDER[stage] >= STAGE_ORDER[least]), Reason.STAGE, facts)


def _tags(held: Held, tests: Tests) -> Node:
    facts = (("tags", " ".join(sorted(tests.tags))),)
    if held.outcome is None or held.outcome.stub:
        return trial("tags", Finding.OPEN, Reason.OUTCOME_UNKNOWN, facts)
    return trial("tags", _passes(not set(tests.tags).isdisjoint(held.outcome.tags)), Reason.TAGS, facts)
