"""One fact for each reading settled in docs/decisions/0009-settled-readings.md."""

from __future__ import annotations

from graph.model.caps import CapMeasure, CapScope
from graph.model.outcomes import OutcomeClass
from graph.model.rules import TargetState, WaiverMode
from graph.model.values import Credit, Key, Period, Status
from graph.model.verdicts import Named
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    agreement,
    answer,
    asks,
    asks_pool,
    asks_unit,
    block,
    c,
    cap,
    consumed,
    course,
    credit,
    denies,
    excludes,
    factor,
    fixed,
    gives,
    had,
    level,
    maps,
    mark,
    outcome,
    programme,
    refers,
    result,
    rule,
    silent,
    stands,
    unit,
    verdict,
    way,
)

RULE = rule("R", asks("a"))
A = result("a")


def available(amount: str, scheme: str) -> Credit | None:
    return credit(amount, scheme)


def test_1_what_is_not_published_counts_for_nothing():
    for status in (Status.DRAFT, Status.APPROVED, Status.SUSPENDED, Status.RETIRED):
        assert answer(rule("R", asks("a"), status=status), A).judged == ()


def test_1_of_mappings_approval_is_enough():
    unit_rule = (rule("R", asks_unit("U")), unit("U", "s1"))
    assert verdict((*unit_rule, maps("a", "U", status=Status.APPROVED)), A) == "MEETS_RULE"
    draft = answer((*unit_rule, maps("a", "U", status=Status.DRAFT)), A, (Named(rule=Key("R")),))
    assert [one.verdict.value for one in draft.judged] == ["NOT_MET"]


def test_2_available_credit_in_another_scheme_needs_a_factor():
    pool = rule("R", asks_pool("3", "a"))
    held = result("a", available=available("2", "hours"))
    assert verdict(pool, held) == "CONDITIONAL NO_FACTOR"
    assert verdict((pool, factor("hours", "cr", 2)), held) == "MEETS_RULE"
    assert verdict((pool, factor("hours", "cr", 1)), held).startswith("PARTIAL")


def test_3_a_target_must_be_in_every_required_state():
    asked = rule("R", asks("a"), required_states=(TargetState.FAILED, TargetState.REGISTERED))
    failed, registered = (stands("x", one) for one in (TargetState.FAILED, TargetState.REGISTERED))
    assert verdict(asked, A, targets=(failed,)) == "NOT_MET TARGET_STATE"
    assert verdict(asked, A, targets=(failed, registered)) == "MEETS_RULE"


def test_4_without_a_programme_consumption_at_the_institution_counts():
    past = consumed("other", targets=(had("x"),), programme=MAJOR)
    assert verdict(RULE, A, consumed=(past,)) == "ALREADY_HELD GRANTED_BEFORE"
    elsewhere = consumed("other", targets=(had("x"),), institution=Key("inst:1:away"))
    assert verdict(RULE, A, consumed=(elsewhere,)) == "MEETS_RULE"


def test_5_an_unknown_grade_below_a_blocks_minimum_stands_at_the_place_of_the_minimum():
    studied = programme(block("B", "x", minimum_grade=mark("80")))
    late = rule("R", asks("a"), valid="2019-01-01/2020-01-01")
    assert verdict((late, studied), A, programme=MAJOR) == "CONDITIONAL GRADE_UNKNOWN"
    graded = result("a", grade=mark("90"))
    assert verdict((late, studied), graded, programme=MAJOR) == "OUT_OF_WINDOW AFTER"


def test_6_a_denial_bars_only_targets_in_its_required_states():
    bars = rule("D", asks("a"), denies("x"), required_states=(TargetState.FAILED,))
    said = {one.rule: one.verdict.value for one in answer((RULE, bars), A).judged}
    assert said == {"R": "MEETS_RULE", "D": "NOT_MET"}
    failed = answer((RULE, bars), A, targets=(stands("x", TargetState.FAILED),))
    assert {one.rule: one.verdict.value for one in failed.judged} == {"R": "DENIED", "D": "DENIED"}


def test_7_a_grant_of_no_credit_overflows_no_cap_by_credit():
    nothing = rule("R", asks("a"), gives("x", worth=fixed("0.1")))
    full = cap("C", CapScope.YEAR, "1")
    past = consumed("other", targets=(had("y", "3"),))
    assert verdict((nothing, full), A, consumed=(past,)) == "MEETS_RULE"
    assert verdict((RULE, full), A, consumed=(past,)) == "CAPPED OVER_CAP"


def test_8_only_a_full_waiver_counts_credit_also_when_consumed():
    past = consumed("other", targets=(had("y", "3", mode=WaiverMode.EXAM),))
    assert verdict((RULE, cap("C", CapScope.YEAR, "3")), A, consumed=(past,)) == "MEETS_RULE"


def test_9_a_cap_by_count_counts_each_target_once():
    one_more = cap("C", CapScope.YEAR, measure=CapMeasure.COUNT, count=2)
    twice = (consumed("b", targets=(had("y"),)), consumed("d", targets=(had("y"),)))
    assert verdict((RULE, one_more), A, consumed=twice) == "MEETS_RULE"


def test_10_parts_by_record_and_by_graph_make_one_chain():
    things = (
        rule("R", way(asks("part"), asks("whole"))),
        outcome("whole", parts=(c("middle"),)),
        outcome("middle"),
        outcome("part"),
    )
    chain = (result("whole"), result("middle"), result("part", part_of="middle"))
    assert verdict(things, chain) == "EXCLUDED CLASH"


def test_11_editions_clash_unless_the_outcome_is_repeatable_in_both():
    editions = (outcome("a", repeatable=True), outcome("a", edition="2"))
    both = rule("R", way(asks("a"), asks("a", edition="2")))
    held = (result("old", "a"), result("new", key=c("a", "2")))
    assert verdict((both, *editions), held) == "EXCLUDED CLASH"
    yearly = (outcome("a", repeatable=True), outcome("a", edition="2", repeatable=True))
    assert verdict((both, *yearly), held) == "MEETS_RULE"


def test_12_the_source_reaches_all_levels_the_target_is_referenced_to():
    things = (RULE, outcome("x", issuer=HOME, level=level("f", 5)), outcome("a", level=level("g", 7)))
    low, high = refers(level("f", 5), level("g", 6)), refers(level("g", 8), level("f", 5), "other")
    assert verdict((*things, low), A) == "MEETS_RULE"
    assert verdict((*things, low, high), A) == "CONDITIONAL LEVEL_ABOVE"


def test_13_an_agreement_articulates_on_the_days_it_is_tested_on():
    things = (
        rule("R", asks("a"), agreement="pact"),
        outcome("x", issuer=HOME, level=level("f", 5)),
        outcome("a", level=level("f", 4)),
    )
    then = agreement(valid="/2024-01-01", articulation=True)
    now = agreement(valid="2024-01-01/", version=2)
    assert verdict((*things, then, now), A) == "MEETS_RULE"
    assert verdict((*things, then, now), result("a", on="2024-02-01")) == "CONDITIONAL LEVEL_ABOVE"


def test_14_no_day_lies_in_an_agreement_that_is_not_there():
    undated = result("a", on=None)
    assert verdict(rule("R", asks("a"), agreement="pact"), undated) == "OUT_OF_WINDOW AFTER"
    assert verdict((rule("R", asks("a"), agreement="pact"), agreement()), undated).startswith("CONDITIONAL")


def test_15_memberships_asked_for_on_some_of_the_days_only_leave_a_condition():
    alone, allied = (
        agreement(valid="/2023-05-10"),
        agreement(valid="2023-05-10/", version=2, alliance=Key("all")),
    )
    asked = rule("R", asks("a"), agreement="pact")
    assert verdict((asked, alone, allied), result("a", on="2023-05-01/2023-05-20")).startswith("CONDITIONAL")
    assert verdict((asked, alone, allied), result("a", on="2023-05-20")) == "OUT_OF_WINDOW AFTER"


def test_16_a_programme_that_does_not_live_on_the_application_date_leaves_a_condition():
    ended = programme(block("B", "x", non_exemptible=(c("y"),)), valid="/2024-01-01")
    assert verdict((RULE, ended), A, programme=MAJOR) == "CONDITIONAL PROGRAMME_UNKNOWN"
    other = rule("R", asks("a"), gives("y"))
    assert verdict((other, outcome("y"), ended), A, programme=MAJOR) == "DENIED NON_EXEMPTIBLE"


def test_17_an_outcome_that_is_no_longer_offered_is_still_known_but_has_no_catalogue_value():
    classed = cap("C", CapScope.SOURCE_CLASS, "1", source_class=OutcomeClass.NON_DEGREE)
    ended = outcome("a", outcome_class=OutcomeClass.NON_DEGREE, valid="/2024-01-01")
    assert verdict((RULE, classed, ended), A) == "CAPPED OVER_CAP"
    target = outcome("x", issuer=HOME, valid="/2024-01-01")
    assert verdict((RULE, target), A) == "CONDITIONAL CREDIT_UNKNOWN"


def test_18_the_best_grade_does_not_reach_a_minimum_nobody_knows():
    for scheme, said in (("nowhere", "NOT_MET"), ("hundred", "UNDECIDED")):
        asked = rule("R", asks("a", minimum_grade=mark("80", scheme)))
        things = (asked, outcome("a"))
        found = answer(things, (), (Named(rule=Key("R")),), silent=(silent("s", "away"),))
        assert [one.verdict.value for one in found.judged] == [said]


def test_19_an_imagined_repeatable_outcome_comes_as_often_as_a_pool_needs_after_conversion():
    pool = rule("R", asks_pool("3", "a"))
    yearly = outcome("a", repeatable=True, credit=credit("3", "hours"))
    things = (pool, yearly, factor("hours", "cr", 1, 3))
    found = answer(things, (), (Named(rule=Key("R")),), silent=(silent("s", "away"),))
    assert [one.verdict.value for one in found.judged] == ["UNDECIDED"]


def test_20_conditions_are_compared_as_sets():
    things = (
        rule("R", asks_unit("U"), valid="2023-01-01/"),
        unit("U", "s1", "s2"),
        maps("a", "U", "s1", name="one"),
        maps("a", "U", valid="2022-06-15/", name="two"),
        maps("b", "U", "s2", name="three"),
    )
    held = (result("a", on="2022-06-01/2022-06-30"), result("b", on="2023-05-01", grade=mark("A", "odd")))
    assert verdict(things, held) == "CONDITIONAL GRADE_UNKNOWN"


def test_21_only_outcomes_stand_in_a_block():
    odd = programme(block("B", minimum_grade=mark("80"), credit="6"))
    assert verdict((RULE, odd), A, programme=MAJOR) == "MEETS_RULE"


def test_22_might_concern_counts_rule_versions():
    versions = (rule("R", asks("a")), rule("R", asks("a"), version=2, valid="2030-01-01/"), outcome("a"))
    found = answer(versions, (), (Named(target=course("y")),), silent=(silent("s", "away"),))
    assert [(one.source, one.rules) for one in found.might_concern] == [("s", 2)]
    assert found.incomplete


def test_23_a_second_grant_of_one_target_is_not_counted_against_itself():
    twice = rule("R", asks("a"), gives("x"), gives("x"))
    found = answer((twice, cap("C", CapScope.YEAR, "3")), A)
    assert [one.verdict.value for one in found.judged] == ["MEETS_RULE", "MEETS_RULE"]


def test_24_a_cover_holds_only_what_it_needs_and_a_pool_may_hold_more():
    even = rule("R", way(asks_unit("U"), credit_not_below=True))
    things = (even, unit("U", "s1"), maps("a", "U"), maps("b", "U"))
    held = (result("a", earned="2"), result("b", earned="1"))
    assert verdict(things, held) == "NOT_MET JOINT"
    assert verdict(rule("R", way(asks_pool("1", "a", "b"), credit_not_below=True)), held) == "MEETS_RULE"


def test_25_the_tags_of_a_stub_are_unknown():
    asked = rule("R", asks("a", tags=("practice",)))
    assert verdict((asked, outcome("a", stub=True)), A) == "CONDITIONAL OUTCOME_UNKNOWN"
    assert verdict((asked, outcome("a")), A) == "NOT_MET TAGS"


def test_26_a_repeatable_outcome_is_imagined_as_often_as_a_pool_needs_and_no_more():
    both = rule("R", way(asks_pool("3", "a"), asks("a")), valid="2020-01-01/")
    found = answer(
        (both, outcome("a", repeatable=True)), (), (Named(rule=Key("R")),), silent=(silent("s", "away"),)
    )
    assert [one.verdict.value for one in found.judged] == ["NOT_MET"]


def test_an_exclusion_stays_exact_in_edition():
    things = (RULE, excludes("x", "y"), outcome("y"))
    assert verdict(things, A, targets=(stands("y", TargetState.HELD),)) == "EXCLUDED EXCLUSION"


def test_a_completion_across_two_versions_of_an_agreement_that_touch_is_inside():
    asked = rule("R", asks("a"), agreement="pact")
    both = (agreement(valid="/2023-05-10"), agreement(valid="2023-05-10/", version=2))
    assert verdict((asked, *both), result("a", on="2023-05-01/2023-05-20")) == "MEETS_RULE"


def test_a_maximum_age_ends_on_the_last_day_of_a_shorter_month():
    asked = rule("R", asks("a", maximum_age=Period(months=2)))
    old = result("a", on="2023-12-31")
    assert verdict(asked, old, applied="2024-02-29") == "MEETS_RULE"
    assert verdict(asked, old, applied="2024-03-01").startswith("NOT_MET")


def test_the_last_day_of_a_completion_is_asked_too():
    asked = rule("R", asks("a"), agreement="pact")
    both = (agreement(valid="/2023-05-20"), agreement(valid="2023-05-20/", version=2, signed=False))
    assert verdict((asked, *both), result("a", on="2023-05-01/2023-05-20")) == "CONDITIONAL UNSIGNED"
    assert verdict((asked, *both), result("a", on="2023-05-01/2023-05-19")) == "MEETS_RULE"


def test_a_pool_never_holds_two_results_that_clash():
    things = (rule("R", asks_pool("4", "a", "b", "d"), valid="/2024-01-01"), excludes("a", "b"))
    clash = (result("a", earned="2"), result("b", earned="2"))
    late = result("d", earned="2", on="2024-02-01")
    assert verdict(things, (*clash, late)) == "OUT_OF_WINDOW AFTER"


def test_a_target_does_not_exclude_itself():
    again = rule("R", asks("a"), required_states=(TargetState.HELD,))
    things = (again, excludes("x", "y"), outcome("y"))
    assert verdict(things, A, targets=(stands("x", TargetState.HELD),)) == "MEETS_RULE"


def test_a_denial_by_clashing_evidence_does_not_apply():
    things = (rule("R", way(asks("a"), asks("b"))), rule("D", way(asks("a"), asks("b")), denies("x")))
    found = answer((*things, excludes("a", "b")), (A, result("b")))
    assert {one.rule: one.verdict.value for one in found.judged} == {"R": "EXCLUDED", "D": "NOT_MET"}


def test_of_two_versions_that_live_the_higher_counts():
    tight, wide = cap("C", CapScope.YEAR, "1"), cap("C", CapScope.YEAR, "10", version=2)
    assert verdict((RULE, tight, wide), A) == "MEETS_RULE"
    assert verdict((RULE, tight), A) == "CAPPED OVER_CAP"
