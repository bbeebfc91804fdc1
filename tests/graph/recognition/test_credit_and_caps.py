"""R14, R15, R17: credit, caps, and evidence that is used already."""

from __future__ import annotations

from decimal import Decimal

import pytest

from graph.model.caps import CapMeasure, CapScope, Overflow
from graph.model.learning import ConsumedTarget
from graph.model.outcomes import OutcomeClass
from graph.model.rules import BlockGrant, GradeTreatment, TargetState, WaiverMode
from graph.model.values import Fraction, Key
from graph.recognition import candidates
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    agreement,
    answer,
    asks,
    asks_pool,
    block,
    book,
    c,
    cap,
    consumed,
    context,
    credit,
    elective,
    excludes,
    factor,
    fixed,
    gives,
    had,
    mark,
    only,
    outcome,
    programme,
    result,
    rule,
    share_of,
    stands,
    verdict,
    way,
)

RULE = rule("R", asks("a"))
PROGRAMME = {"programme": MAJOR}
WAIVE = Overflow.WAIVE_WITHOUT_CREDIT


def worth(*grants, evidence="3", things=()):
    return only((rule("R", asks("a"), *grants), *things), result("a", earned=evidence)).credit


def test_credit_is_the_catalogue_value_a_fixed_one_or_a_ratio():
    assert worth(gives("x")) == Decimal(3)
    assert worth(gives("x", worth=fixed("2"))) == Decimal(2)
    assert worth(gives("x", worth=share_of(1, 2))) == Decimal("1.5")


def test_the_maximum_comes_before_the_one_rounding():
    assert worth(gives("x", worth=share_of(1, 3)), evidence="4") == Decimal("1.5")
    assert worth(gives("x", worth=share_of(1, 1, maximum="2")), evidence="4") == Decimal(2)


@pytest.mark.parametrize(("earned", "given"), [("1.25", "1.5"), ("1.2", "1"), ("0.2", "0")])
def test_halves_of_a_step_round_up_where_the_scheme_says_so(earned, given):
    assert worth(gives("x", worth=share_of(1, 1)), evidence=earned) == Decimal(given)


def test_an_unknown_credit_or_factor_is_conditional():
    assert verdict(rule("R", asks("a"), gives("none")), result("a")) == "CONDITIONAL CREDIT_UNKNOWN"
    ratio = rule("R", asks("a"), gives("x", worth=share_of(1, 1)))
    assert verdict(ratio, result("a", scheme="hours")) == "CONDITIONAL NO_FACTOR"
    assert verdict(ratio, result("a", earned=None)) == "CONDITIONAL CREDIT_UNKNOWN"


def test_a_ratio_counts_each_result_once_and_at_most_what_is_available():
    twice = rule("R", way(asks("a"), asks("a", edition="any")), gives("x", worth=share_of(1, 1)))
    assert only(twice, result("a", available=credit("2"))).credit == Decimal(2)


def test_only_a_full_waiver_with_credit_counts_credit():
    assert worth(gives("x", mode=WaiverMode.EXAM)) is None
    assert worth(gives("x", with_credit=False)) is None
    assert verdict(rule("R", asks("a"), gives("none", with_credit=False)), result("a")) == "MEETS_RULE"


def test_the_carried_grade_is_the_lowest_of_one_scheme_else_the_pass_word():
    carried = rule("R", asks_pool("6", "a", "b"), gives("x", grade=GradeTreatment.CARRIED))
    good, fair = result("a", grade=mark("90")), result("b", grade=mark("70"))
    assert only(carried, (good, fair)).grade == mark("70")
    mixed = only(carried, (good, result("b", grade=mark("good", "words"))))
    assert mixed.grade is None
    assert "SCHEMES_DIFFER" in str(mixed.tree)


def test_a_grade_may_be_capped_or_fixed():
    most = rule("R", asks("a"), gives("x", grade=GradeTreatment.CAPPED, grade_at=mark("80")))
    assert only(most, result("a", grade=mark("90"))).grade == mark("80")
    assert only(most, result("a", grade=mark("70"))).grade == mark("70")
    always = rule("R", asks("a"), gives("x", grade=GradeTreatment.FIXED, grade_at=mark("75")))
    assert only(always, result("a")).grade == mark("75")


def test_a_whole_block_is_one_grant_of_each_outcome_in_it_and_below():
    things = (
        rule("R", asks("a"), BlockGrant(block="B")),
        programme(block("B", "x", blocks=(block("I", "y"),))),
        outcome("y", "2", issuer=HOME),
    )
    found = answer(things, result("a"), programme=MAJOR, targets=(stands("x", TargetState.HELD),))
    assert [(one.grant, one.verdict.value) for one in found.judged] == [
        (0, "ALREADY_HELD"),
        (0, "MEETS_RULE"),
    ]


def test_a_grant_over_a_cap_is_refused_whole():
    things = (RULE, programme(), cap("C", CapScope.PROGRAMME, "2"))
    judged = only(things, result("a"), programme=MAJOR)
    assert (judged.verdict.value, judged.gives, judged.credit) == ("CAPPED", False, None)


def test_a_cap_may_waive_without_credit_only_if_every_cap_that_binds_says_so():
    soft = cap("C", CapScope.PROGRAMME, "2", overflow=WAIVE)
    judged = only((RULE, programme(), soft), result("a"), programme=MAJOR)
    assert (judged.verdict.value, judged.gives, judged.credit) == ("CAPPED", True, None)
    hard = cap("D", CapScope.YEAR, "1")
    assert not only((RULE, programme(), soft, hard), result("a"), programme=MAJOR).gives


def test_elective_credit_is_cut_to_the_step():
    things = (
        rule("R", asks("a"), elective("E")),
        programme(block("E")),
        cap("C", CapScope.BLOCK, "2.7", block="E"),
    )
    judged = only(things, result("a"), programme=MAJOR)
    assert (judged.verdict.value, judged.gives, judged.credit) == ("CAPPED", True, Decimal("2.5"))


def test_what_is_consumed_counts_towards_a_cap():
    row = consumed("z", targets=(had("y", "2"),), programme=MAJOR)
    things = (RULE, programme(), cap("C", CapScope.PROGRAMME, "4"))
    assert verdict(things, result("a"), programme=MAJOR, consumed=(row,)) == "CAPPED OVER_CAP"
    assert verdict(things, result("a"), programme=MAJOR) == "MEETS_RULE"


def test_caps_are_live_on_the_application_date():
    things = (RULE, programme(), cap("C", CapScope.PROGRAMME, "2", valid="2025-01-01/"))
    assert verdict(things, result("a"), programme=MAJOR) == "MEETS_RULE"


def test_a_share_is_of_the_declared_total_and_never_rounded():
    third = Fraction(numerator=1, denominator=3)
    share = cap("C", CapScope.PROGRAMME, share=third)
    assert verdict((RULE, programme(total="9"), share), result("a"), programme=MAJOR) == "MEETS_RULE"
    assert (
        verdict((RULE, programme(total="8.9999"), share), result("a"), programme=MAJOR) == "CAPPED OVER_CAP"
    )
    assert verdict((RULE, programme(total=None), share), result("a"), programme=MAJOR) == (
        "CONDITIONAL TOTAL_UNDECLARED"
    )


def test_a_cap_by_count_counts_full_waivers_with_credit_or_without():
    count = cap("C", CapScope.PROGRAMME, count=1, measure=CapMeasure.COUNT)
    row = consumed("z", targets=(had("y", None),), programme=MAJOR)
    things = (rule("R", asks("a"), gives("x", with_credit=False)), programme(), count)
    assert verdict(things, result("a"), programme=MAJOR, consumed=(row,)) == "CAPPED OVER_CAP"
    exam = (rule("R", asks("a"), gives("x", mode=WaiverMode.EXAM)), programme(), count)
    assert verdict(exam, result("a"), programme=MAJOR, consumed=(row,)) == "MEETS_RULE"


def test_a_tag_counts_the_blocks_with_it_and_those_below():
    tree = programme(
        block("B", tags=("core",), credit="10", blocks=(block("I", "x", tags=("core",), credit="4"),))
    )
    fifth = Fraction(numerator=1, denominator=5)
    things = (RULE, tree, cap("C", CapScope.TAG, tag="core", share=fifth))
    assert verdict(things, result("a"), programme=MAJOR) == "CAPPED OVER_CAP"
    elsewhere = (*things[:1], programme(block("B", tags=("core",), credit="10"), block("O", "x")), things[2])
    assert verdict(elsewhere, result("a"), programme=MAJOR) == "MEETS_RULE"


def test_an_agreement_cap_counts_this_accounts_applications_under_it():
    pact = Key("pact")
    things = (
        rule("R", asks("a"), agreement=pact),
        agreement(),
        cap("C", CapScope.AGREEMENT, "5", agreement=pact),
    )
    row = consumed("z", targets=(had("y"),), programme=Key("prog:1:other"), agreement=pact)
    assert verdict(things, result("a"), consumed=(row,)) == "CAPPED OVER_CAP"
    assert verdict(things, result("a")) == "MEETS_RULE"


def test_a_year_is_the_calendar_year_of_the_application():
    things = (RULE, cap("C", CapScope.YEAR, "5"))
    this, last = (consumed("z", on=on, targets=(had("y"),)) for on in ("2024-01-01", "2023-12-31"))
    assert verdict(things, result("a"), consumed=(this,)) == "CAPPED OVER_CAP"
    assert verdict(things, result("a"), consumed=(last,)) == "MEETS_RULE"


def test_a_class_counts_where_any_evidence_is_of_it():
    things = (
        rule("R", asks_pool("6", "a", "b")),
        programme(),
        outcome("a", outcome_class=OutcomeClass.NON_DEGREE),
        outcome("b"),
        cap("C", CapScope.SOURCE_CLASS, "2", source_class=OutcomeClass.NON_DEGREE),
    )
    assert verdict(things, (result("a"), result("b")), programme=MAJOR) == "CAPPED OVER_CAP"
    assert (
        verdict((RULE, outcome("a"), programme(), things[-1]), result("a"), programme=MAJOR) == "MEETS_RULE"
    )


def test_residency_is_a_cap_that_refuses():
    tree = programme(block("B", "x", credit="10", residency="8"))
    assert verdict((RULE, tree), result("a"), programme=MAJOR) == "CAPPED OVER_CAP"
    free = programme(block("B", "x", credit="10", residency="7"))
    assert verdict((RULE, free), result("a"), programme=MAJOR) == "MEETS_RULE"
    unknown = programme(block("B", "x", residency="7"))
    assert verdict((RULE, unknown), result("a"), programme=MAJOR) == "CONDITIONAL TOTAL_UNDECLARED"


def test_a_cap_in_another_scheme_needs_a_factor():
    hours = cap("C", CapScope.YEAR, credit=credit("40", "hours"))
    assert verdict((RULE, hours), result("a")) == "CONDITIONAL NO_FACTOR"
    assert verdict((RULE, hours, factor("cr", "hours", 16)), result("a")) == "CAPPED OVER_CAP"
    assert verdict((RULE, hours, factor("cr", "hours", 13)), result("a")) == "MEETS_RULE"


def test_grants_of_a_rule_count_in_the_order_listed_and_a_held_one_adds_nothing():
    things = (
        rule("R", asks("a"), gives("x"), gives("y"), gives("z")),
        outcome("y", "3", issuer=HOME),
        outcome("z", "1", issuer=HOME),
        cap("C", CapScope.YEAR, "4"),
    )
    found = answer(things, result("a"))
    assert [one.verdict.value for one in found.judged] == ["MEETS_RULE", "CAPPED", "MEETS_RULE"]
    found = answer(things, result("a"), targets=(stands("x", TargetState.HELD),))
    assert [one.verdict.value for one in found.judged] == ["ALREADY_HELD", "MEETS_RULE", "MEETS_RULE"]


def test_evidence_is_consumed_once_in_a_programme_unless_both_rules_share():
    row = consumed("a", targets=(had("y"),), programme=MAJOR)
    things = (RULE, programme())
    assert verdict(things, result("a"), programme=MAJOR, consumed=(row,)) == "EXCLUDED CONSUMED"
    shared = (rule("R", asks("a"), sharable=True), programme())
    assert verdict(shared, result("a"), programme=MAJOR, consumed=(row,)) == "EXCLUDED CONSUMED"
    open_row = consumed("a", targets=(had("y"),), programme=MAJOR, sharable=True)
    assert verdict(shared, result("a"), programme=MAJOR, consumed=(open_row,)) == "MEETS_RULE"


def test_evidence_that_clashes_with_what_was_used_is_excluded_sharable_or_not():
    row = consumed("b", targets=(had("y"),), programme=MAJOR, sharable=True)
    things = (rule("R", asks("a"), sharable=True), programme(), excludes("a", "b"))
    assert (
        verdict(things, (result("a"), result("b")), programme=MAJOR, consumed=(row,)) == "EXCLUDED CONSUMED"
    )


def test_an_assignment_that_holds_a_whole_and_its_part_is_excluded():
    pair = rule("R", way(asks("a"), asks("b")))
    part = result("b", part_of="mid")
    middle = result("mid", "m", part_of="a")
    assert verdict((pair,), (result("a"), middle, part)) == "EXCLUDED CLASH"
    by_graph = (pair, outcome("a", parts=(c("m"),)), outcome("m", parts=(c("b"),)))
    assert verdict(by_graph, (result("a"), result("b"))) == "EXCLUDED CLASH"


def test_results_of_one_outcome_in_any_edition_clash():
    pair = rule("R", way(asks("a"), asks("a", edition="2")))
    assert verdict(pair, (result("a"), result("r2", key=c("a", "2")))) == "EXCLUDED CLASH"


def test_a_cycle_of_parts_is_harmless():
    pair = rule("R", way(asks("a"), asks("b")))
    things = (pair, outcome("a", parts=(c("b"),)), outcome("b", parts=(c("a"),)))
    assert verdict(things, (result("a", part_of="b"), result("b", part_of="a"))) == "EXCLUDED CLASH"


def test_a_target_is_excluded_where_another_member_of_its_exclusion_is_held_or_granted():
    things = (RULE, excludes("x", "y"))
    assert verdict(things, result("a"), targets=(stands("y", TargetState.HELD),)) == "EXCLUDED EXCLUSION"
    row = consumed("z", targets=(had("y"),))
    assert verdict(things, result("a"), consumed=(row,)) == "EXCLUDED EXCLUSION"


def test_an_exclusion_never_works_between_evidence_and_target():
    assert verdict((RULE, excludes("x", "a")), result("a")) == "MEETS_RULE"


def test_one_more_application_than_repeatable_is_excluded():
    row = consumed("z", rule="R", targets=(ConsumedTarget(entitlement="e"),))
    assert verdict(RULE, result("a"), consumed=(row,)) == "EXCLUDED REPEAT"
    assert verdict(rule("R", asks("a"), repeatable=2), result("a"), consumed=(row,)) == "MEETS_RULE"


def test_candidates_list_every_assignment_with_its_own_verdict():
    either = rule("R", [way(asks("a")), way(asks("b"))], gives("x"), gives("y"))
    found = candidates(book(either, outcome("y", "1", issuer=HOME)), (result("a"), result("b")), context())
    assert [(one.alternative, one.evidence) for one in found] == [(0, ("a",)), (1, ("b",))]
    assert [grant.credit for grant in found[0].grants] == [Decimal(3), Decimal(1)]


def test_conditional_candidates_come_only_when_asked_for():
    unsure = (book(RULE), (result("a", on=None),), context())
    assert candidates(*unsure) == ()
    assert len(candidates(*unsure, conditional=True)) == 1
