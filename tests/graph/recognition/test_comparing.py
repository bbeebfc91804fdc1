"""R24: the same question as of two moments, and the versioned things behind each verdict that differs."""

from __future__ import annotations

from cases import cases
from hypothesis import HealthCheck, given, settings

from graph.model.caps import CapScope
from graph.model.verdicts import Side, Verdict
from graph.recognition import compare_answers, evaluate
from tests.graph.recognition.books import (
    MAJOR,
    answer,
    asks,
    asks_unit,
    block,
    cap,
    denies,
    maps,
    programme,
    result,
    rule,
    unit,
)

A = result("a")


def moved(before, after, results=A, **more):
    """Rule, both verdicts, and what is blamed."""
    found = compare_answers(answer(before, results, **more), answer(after, results, **more))
    return [
        (
            str(one.rule),
            one.before and one.before.verdict.value,
            one.after and one.after.verdict.value,
            [(blamed.key, blamed.version, blamed.side.value) for blamed in one.blamed],
        )
        for one in found
    ]


def test_a_rule_that_is_new_has_no_verdict_before_and_blames_its_version():
    assert moved((), rule("R", asks("a"))) == [("R", None, "MEETS_RULE", [("R", "1", "AFTER")])]


def test_a_new_version_of_a_rule_is_blamed_with_the_one_it_replaced():
    old, new = rule("R", asks("a")), rule("R", asks("b"), version=2)
    found = moved(old, new, (A, result("c", "b", status=A.status.IN_PROGRESS)))
    assert found == [("R", "MEETS_RULE", "NOT_MET", [("R", "1", "BEFORE"), ("R", "2", "AFTER")])]


def test_a_version_that_says_the_same_is_no_difference():
    assert moved(rule("R", asks("a")), rule("R", asks("a"), version=2)) == []


def test_a_denial_is_blamed():
    own = rule("R", asks("a"))
    found = moved(own, (own, rule("D", asks("a"), denies("x"))))
    assert ("R", "MEETS_RULE", "DENIED", [("D", "1", "AFTER")]) in found


def test_a_cap_is_blamed():
    own = (rule("R", asks("a")), programme(block("B", "x")))
    found = moved(own, (*own, cap("C", CapScope.PROGRAMME, "1")), programme=MAJOR)
    assert found == [("R", "MEETS_RULE", "CAPPED", [("C", "1", "AFTER")])]


def test_a_mapping_is_blamed():
    own = (rule("R", asks_unit("U")), unit("U", "s1"), maps("b", "U", name="other"))
    found = moved((*own, maps("a", "U", name="mine")), own)
    assert [(one[1], one[2]) for one in found] == [("MEETS_RULE", None)]
    assert any(key.endswith("mine") and side == "BEFORE" for key, _, side in found[0][3])


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases())
def test_a_question_compared_with_itself_differs_in_nothing_and_with_nothing_in_all(case):
    said = evaluate(case.book, case.results, case.context)
    assert compare_answers(said, said) == ()
    apart = compare_answers(
        said, evaluate(type(case.book)(institution=case.book.institution), (), case.context)
    )
    assert {(one.rule, one.target) for one in apart} == {(one.rule, one.target) for one in said.judged}
    assert all(blamed.side is Side.BEFORE for one in apart for blamed in one.blamed)
    assert all(one.after is None and isinstance(one.before.verdict, Verdict) for one in apart)
