"""R11, R12, R13, R18: the first obstacle, priority, denials, levels and grades."""

from __future__ import annotations

from graph.model.learning import Verification
from graph.model.rules import Basis, TargetState, WaiverMode
from graph.model.values import Key
from graph.model.verdicts import Named
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    agreement,
    answer,
    asks,
    asks_pool,
    block,
    consumed,
    denies,
    elective,
    entitles,
    gives,
    had,
    level,
    mark,
    outcome,
    programme,
    refers,
    result,
    rule,
    stands,
    verdict,
    way,
)

RULE = rule("R", asks("a"))
HELD = stands("x", TargetState.HELD)
FAILED = stands("x", TargetState.FAILED)
UNSURE = result("a", verification=Verification.UNVERIFIED)


def said(found, name="R"):
    return [one.verdict.value for one in found.judged if one.rule == name]


def test_a_held_target_is_already_held_even_without_evidence():
    assert verdict(RULE, result("a"), targets=(HELD,)) == "ALREADY_HELD HELD"
    both = rule("R", way(asks("a"), asks("b")))
    assert verdict(both, result("a"), targets=(HELD,)) == "ALREADY_HELD HELD"


def test_a_target_granted_in_this_programme_is_already_held():
    row = consumed("z", targets=(had("x"),), programme=MAJOR)
    assert verdict((RULE, programme()), result("a"), programme=MAJOR, consumed=(row,)) == (
        "ALREADY_HELD GRANTED_BEFORE"
    )
    other = consumed("z", targets=(had("x"),), programme=Key("prog:1:other"))
    assert verdict((RULE, programme()), result("a"), programme=MAJOR, consumed=(other,)) == "MEETS_RULE"


def test_elective_credit_may_be_granted_again():
    free = rule("R", asks("a"), elective("E"))
    row = consumed("z", targets=(had("y"),), programme=MAJOR)
    things = (free, programme(block("E")))
    assert verdict(things, result("a"), programme=MAJOR, consumed=(row,)) == "MEETS_RULE"


def test_held_as_a_required_state_lifts_already_held():
    better = rule("R", asks("a"), required_states=(TargetState.HELD,))
    assert verdict(better, result("a"), targets=(HELD,)) == "MEETS_RULE"
    assert verdict(better, result("a")) == "NOT_MET TARGET_STATE"


def test_every_required_state_is_required():
    again = rule("R", asks("a"), required_states=(TargetState.FAILED, TargetState.REGISTERED))
    assert verdict(again, result("a"), targets=(FAILED,)) == "NOT_MET TARGET_STATE"
    registered = stands("x", TargetState.REGISTERED)
    assert verdict(again, result("a"), targets=(FAILED, registered)) == "MEETS_RULE"


def test_a_non_exemptible_target_is_denied_in_every_waiver_mode():
    things = (
        rule("R", asks("a"), gives("x", mode=WaiverMode.ATTENDANCE)),
        programme(block("B", "x", non_exemptible=(gives("x").outcome,))),
    )
    assert verdict(things, result("a"), programme=MAJOR) == "DENIED NON_EXEMPTIBLE"


def test_minimum_grades_of_a_block_and_those_above_bind_all_evidence():
    inner = block("I", "x", minimum_grade=mark("70"))
    things = (
        rule("R", asks_pool("6", "a", "b")),
        programme(block("B", blocks=(inner,), minimum_grade=mark("80"))),
    )
    good, fair = result("a", grade=mark("85")), result("b", grade=mark("75"))
    assert verdict(things, (good, fair), programme=MAJOR) == "NOT_MET TARGET_GRADE"
    assert verdict(things, (good, result("b", grade=mark("80"))), programme=MAJOR) == "MEETS_RULE"
    assert verdict(things, (good, result("b")), programme=MAJOR) == "CONDITIONAL GRADE_UNKNOWN"


def test_entitlements_have_no_minimum_grade():
    things = (rule("R", asks("a"), entitles("x")), programme(block("B", "x", minimum_grade=mark("80"))))
    assert verdict(things, result("a", grade=mark("60")), programme=MAJOR) == "MEETS_RULE"


def test_a_closed_window_is_named_before_a_denial_and_a_denial_before_not_yet_valid():
    no = rule("D", asks("a"), denies("x"))
    closed = answer((rule("R", asks("a"), valid="/2020-01-01"), no), result("a"))
    coming = answer((rule("R", asks("a"), valid="2030-01-01/", basis=Basis.APPLICATION), no), result("a"))
    assert (said(closed), said(coming)) == (["OUT_OF_WINDOW"], ["DENIED"])


def test_unverified_is_named_before_conditional():
    assert verdict(rule("R", asks("a", attempts_at_most=1)), UNSURE) == "UNVERIFIED UNVERIFIED"


def test_a_denial_bars_larger_and_equal_numbers_only():
    no = rule("D", asks("a"), denies("x"), priority=50)
    assert said(answer((RULE, no), result("a"))) == ["DENIED"]
    assert said(answer((rule("R", asks("a"), priority=50), no), result("a"))) == ["DENIED"]
    assert said(answer((rule("R", asks("a"), priority=49), no), result("a"))) == ["MEETS_RULE"]


def test_a_denial_bars_only_applications_whose_evidence_contains_its_own():
    either = rule("R", [way(asks("a")), way(asks("b"))])
    no = rule("D", asks("a"), denies("x"))
    found = answer((either, no), (result("a"), result("b")))
    assert said(found) == ["MEETS_RULE"]
    assert said(found, "D") == ["DENIED"]


def test_a_denial_of_nothing_bars_the_whole_programme():
    no = rule("D", asks("a"), denies())
    assert said(answer((rule("R", asks("a"), gives("x"), entitles("e")), no), result("a"))) == [
        "DENIED",
        "DENIED",
    ]


def test_a_denial_of_another_target_does_not_bar():
    assert said(answer((RULE, rule("D", asks("a"), denies("y"))), result("a"))) == ["MEETS_RULE"]


def test_a_denial_with_an_empty_alternative_bars_everything_on_the_application_date():
    no = rule("D", way(), denies("x"), valid="2024-01-01/")
    assert said(answer((RULE, no), result("a"))) == ["DENIED"]
    assert said(answer((RULE, no), result("a", on=None))) == ["DENIED"]
    assert said(answer((RULE, no), result("a"), applied="2023-12-31")) == ["MEETS_RULE"]


def test_an_unsure_denial_makes_what_it_would_bar_conditional():
    no = rule("D", asks("a", attempts_at_most=1), denies("x"))
    found = answer((RULE, no), result("a"))
    assert (said(found), said(found, "D")) == (["CONDITIONAL"], ["NOT_MET"])


def test_a_denial_by_unverified_evidence_is_unsure():
    pair = rule("R", way(asks("a"), asks("b")))
    unsure = result("b", verification=Verification.UNVERIFIED)
    found = answer((pair, rule("D", asks("b"), denies("x"))), (result("a"), unsure))
    assert said(found) == ["UNVERIFIED"]
    assert said(found, "D") == ["NOT_MET"]


def test_the_smallest_number_among_rules_that_give_is_preferred():
    things = (
        rule("R1", asks("a"), priority=7),
        rule("R2", asks("a"), priority=3),
        rule("R3", asks("z"), priority=1),
    )
    found = answer(things, (result("a"),), (Named(rule=Key("R3")),))
    assert [one.rule for one in found.judged if one.preferred] == ["R2"]
    assert found.targets[0].preferred == (("R2", 1),)


def test_a_level_below_the_targets_is_conditional_without_articulation():
    x = outcome("x", issuer=HOME, level=level("f", 5))
    a = outcome("a", level=level("f", 4))
    assert verdict((RULE, x, a), result("a")) == "CONDITIONAL LEVEL_ABOVE"
    assert verdict((rule("R", asks("a"), articulation=True), x, a), result("a")) == "MEETS_RULE"
    pact = (rule("R", asks("a"), agreement=Key("pact")), agreement(articulation=True))
    assert verdict((*pact, x, a), result("a")) == "MEETS_RULE"


def test_the_source_level_is_the_highest_among_the_evidence():
    things = (
        rule("R", way(asks("a"), asks("b"))),
        outcome("x", issuer=HOME, level=level("f", 5)),
        outcome("a", level=level("f", 2)),
        outcome("b", level=level("f", 5)),
    )
    assert verdict(things, (result("a"), result("b"))) == "MEETS_RULE"


def test_levels_of_different_frameworks_need_referencing_and_reach_all_the_targets_levels():
    x, a = outcome("x", issuer=HOME, level=level("f", 5)), outcome("a", level=level("g", 7))
    low, high = refers(level("g", 6), level("f", 5)), refers(level("f", 5), level("g", 8), "other")
    assert verdict((RULE, x, a), result("a")) == "CONDITIONAL LEVEL_INCOMPARABLE"
    assert verdict((RULE, x, a, refers(level("g", 7), level("f", 6))), result("a")).startswith("CONDITIONAL")
    assert verdict((RULE, x, a, low), result("a")) == "MEETS_RULE"
    assert verdict((RULE, x, a, low, high), result("a")) == "CONDITIONAL LEVEL_ABOVE"


def test_a_target_without_level_has_no_level_test():
    assert verdict((RULE, outcome("a", level=level("g", 1))), result("a")) == "MEETS_RULE"
