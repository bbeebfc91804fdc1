"""The proof refuses every plan that breaks a rule, however it came about, and lets the sound one stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.model.caps import CapScope, Overflow
from graph.planning import PlanError
from graph.planning.plans import worst_question
from graph.planning.proof import Gift, weigh
from graph.recognition.candidates import candidates_in
from tests.graph.recognition.books import (
    MAJOR,
    asks,
    block,
    book,
    cap,
    context,
    excludes,
    gives,
    outcome,
    programme,
    result,
    rule,
)

TREE = programme(block("b", "x", "y", "z"))
OURS = (outcome("x"), outcome("y"), outcome("z"))
A_AND_B = (result("a"), result("b"))


def offered(*things):
    """The question and its applications, each with its first grant given in full."""
    question = worst_question(book(*things, TREE, *OURS), A_AND_B, context(programme=MAJOR))
    found = candidates_in(question, conditional=True)
    gifts = [Gift(n, one.grants[0], int(one.grants[0].credit * 10_000), False) for n, one in enumerate(found)]
    return question, found, gifts


APART = (rule("A", asks("a"), gives("x")), rule("B", asks("b"), gives("y")))


def test_a_sound_plan_stands_with_its_numbers():
    weight = weigh(*offered(*APART))
    assert (weight.credit, weight.waivers, weight.results, weight.priorities) == (60_000, 0, 2, 200)


@pytest.mark.parametrize(
    ("broken", "things"),
    [
        ("conflict", (rule("A", asks("a"), gives("x")), rule("B", asks("a"), gives("y")))),
        ("conflict", (*APART, excludes("a", "b"))),
        ("repeat", (rule("A", [asks("a"), asks("b")], gives("x")),)),
        ("target", (rule("A", asks("a"), gives("x")), rule("B", asks("b"), gives("x")))),
        ("target", (*APART, excludes("x", "y"))),
        ("cap", (*APART, cap("low", CapScope.PROGRAMME, "5"))),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused(broken, things):
    with pytest.raises(PlanError, match=broken):
        weigh(*offered(*things))


@pytest.mark.parametrize("credit", [0, 10_000, 29_999, 30_001])
def test_a_course_is_granted_whole_or_not_at_all(credit):
    question, found, gifts = offered(*APART)
    with pytest.raises(PlanError, match="grant"):
        weigh(question, found, [replace(gifts[0], credit=credit), gifts[1]])


def test_a_waiver_stands_only_where_a_cap_that_waives_leaves_no_room():
    for limit, stands in (("5", True), ("6", False)):
        waives = cap("low", CapScope.PROGRAMME, limit, overflow=Overflow.WAIVE_WITHOUT_CREDIT)
        question, found, gifts = offered(*APART, waives)
        waived = [gifts[0], replace(gifts[1], credit=0, waived=True)]
        if stands:
            assert weigh(question, found, waived).waivers == 1
            continue
        with pytest.raises(PlanError, match="waiver"):
            weigh(question, found, waived)
    refuses = cap("low", CapScope.PROGRAMME, "5")
    question, found, gifts = offered(*APART, refuses)
    with pytest.raises(PlanError, match="waiver"):
        weigh(question, found, [gifts[0], replace(gifts[1], credit=0, waived=True)])
