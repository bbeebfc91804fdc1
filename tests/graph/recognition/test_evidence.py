"""R4, R6, R7, R18: which results may be evidence, and the tests of clauses."""

from __future__ import annotations

import pytest

from graph.model.learning import Obtained, ResultStatus, Verification
from graph.model.values import Key, Period, Stage
from graph.recognition import QuestionError
from tests.graph.recognition.books import (
    answer,
    asks,
    c,
    credit,
    mark,
    only,
    outcome,
    result,
    rule,
    verdict,
)

RULE = rule("R", asks("a"))


def test_a_completed_verified_result_meets_its_clause():
    assert verdict(RULE, result("a")) == "MEETS_RULE"


def test_a_result_completed_on_the_application_date_counts():
    assert verdict(RULE, result("a", on="2024-06-01")) == "MEETS_RULE"


def test_a_result_completed_after_the_application_date_does_not_count():
    assert verdict(RULE, result("a", on="2024-06-02")) == "NOT_MET COMPLETED_LATER"


def test_a_completion_across_the_application_date_is_conditional():
    assert verdict(RULE, result("a", on="2024-05-01/2024-07-01")) == "CONDITIONAL COMPLETION_IMPRECISE"


def test_a_missing_completion_is_conditional_and_never_replaced():
    assert verdict(RULE, result("a", on=None)) == "CONDITIONAL COMPLETION_UNKNOWN"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (ResultStatus.REVOKED, "REVOKED"),
        (ResultStatus.IN_PROGRESS, "IN_PROGRESS"),
        (ResultStatus.FAILED, "FAILED"),
    ],
)
def test_a_result_that_is_not_completed_is_no_evidence(status, reason):
    assert verdict(RULE, result("a", status=status)) == f"NOT_MET {reason}"


def test_a_grade_below_the_pass_mark_is_no_evidence():
    assert verdict(RULE, result("a", grade=mark("59"))) == "NOT_MET BELOW_PASS"


def test_a_grade_at_the_pass_mark_is_evidence():
    assert verdict(RULE, result("a", grade=mark("60"))) == "MEETS_RULE"


def test_a_grade_of_unknown_value_or_scheme_is_conditional():
    assert verdict(RULE, result("a", grade=mark("superb"))) == "CONDITIONAL GRADE_UNKNOWN"
    assert verdict(RULE, result("a", grade=mark("9", "nobody"))) == "CONDITIONAL GRADE_UNKNOWN"


def test_a_result_is_valid_until_the_day_before_its_valid_to():
    later, today = result("a").completion, "2024-06-01"
    assert later
    assert verdict(RULE, result("a", valid_to=later.first.replace(2024, 6, 1))) == "NOT_MET EXPIRED"
    assert verdict(RULE, result("a", valid_to=later.first.replace(2024, 6, 2)), applied=today) == "MEETS_RULE"


def test_what_was_obtained_by_conversion_never_counts_again():
    assert verdict(RULE, result("a", obtained=Obtained.CONVERSION)) == "NOT_MET CONVERTED"


def test_unverified_evidence_is_used_and_said():
    judged = only(RULE, result("a", verification=Verification.UNVERIFIED))
    assert (judged.verdict.value, judged.evidence) == ("UNVERIFIED", ("a",))


def test_results_typed_into_a_question_count_as_verified():
    found = answer(RULE, result("a", verification=Verification.UNVERIFIED, hypothetical=True))
    assert found.judged[0].gives
    assert found.hypothetical


def test_equal_fingerprints_are_one_result_under_the_smallest_id():
    judged = only(RULE, (result("r2", "a", fingerprint="f"), result("r1", "a", fingerprint="f")))
    assert judged.evidence == ("r1",)


def test_one_verified_copy_verifies_and_one_revoked_copy_revokes():
    unsure = result("r1", "a", fingerprint="f", verification=Verification.UNVERIFIED)
    assert verdict(RULE, (unsure, result("r2", "a", fingerprint="f"))) == "MEETS_RULE"
    revoked = result("r2", "a", fingerprint="f", status=ResultStatus.REVOKED)
    assert verdict(RULE, (unsure, revoked)) == "NOT_MET REVOKED"


def test_copies_that_differ_in_grade_or_credit_conflict_and_count_as_unverified():
    one = result("r1", "a", fingerprint="f", grade=mark("80"))
    assert (
        verdict(RULE, (one, result("r2", "a", fingerprint="f", grade=mark("90")))) == "UNVERIFIED UNVERIFIED"
    )
    less = result("r2", "a", fingerprint="f", grade=mark("80"), available=credit("1"))
    assert verdict(RULE, (one, less)) == "UNVERIFIED UNVERIFIED"


def test_two_results_under_one_id_are_refused():
    with pytest.raises(QuestionError, match="RESULT_ID_TWICE"):
        answer(RULE, (result("a"), result("a", earned="4")))


def test_a_match_is_exact_in_scheme_edition_and_code():
    assert answer(RULE, result("a", key=c("a", "2"))).judged == ()
    assert answer(RULE, result("a", key=Key("t:1:a"))).judged == ()


def test_edition_any_takes_every_edition():
    assert verdict(rule("R", asks("a", edition="any")), result("a", key=c("a", "7"))) == "MEETS_RULE"


def test_or_higher_takes_higher_tiers_and_no_lower_ones():
    series = (
        outcome("low"),
        outcome("mid", higher_than=c("low")),
        outcome("high", higher_than=c("mid")),
        rule("R", asks("mid", or_higher=True)),
    )
    assert verdict(series, result("high")) == "MEETS_RULE"
    assert verdict(series, result("mid")) == "MEETS_RULE"
    assert answer(series, result("low")).judged == ()


def test_without_or_higher_a_higher_tier_does_not_match():
    series = (outcome("low"), outcome("high", higher_than=c("low")), rule("R", asks("low")))
    assert answer(series, result("high")).judged == ()


def test_a_succession_never_matches_by_itself():
    things = (outcome("old", succeeded_by=(c("new"),)), outcome("new"), rule("R", asks("new")))
    assert answer(things, result("old")).judged == ()


def test_a_parent_never_stands_for_its_parts():
    things = (outcome("whole", parts=(c("a"),)), outcome("a"), RULE)
    assert answer(things, result("whole")).judged == ()


def test_minimum_grade_passes_fails_or_stays_open():
    strict = rule("R", asks("a", minimum_grade=mark("75")))
    assert verdict(strict, result("a", grade=mark("75"))) == "MEETS_RULE"
    assert verdict(strict, result("a", grade=mark("74.5"))) == "NOT_MET GRADE_BELOW"
    assert verdict(strict, result("a")) == "CONDITIONAL GRADE_UNKNOWN"
    assert verdict(strict, result("a", grade=mark("good", "words"))) == "CONDITIONAL GRADE_UNKNOWN"


def test_maximum_age_clamps_month_ends():
    young = rule("R", asks("a", maximum_age=Period(years=1)))
    leap = result("a", on="2020-02-29")
    assert verdict(young, leap, applied="2021-02-28") == "MEETS_RULE"
    assert verdict(young, leap, applied="2021-03-01") == "NOT_MET TOO_OLD"
    assert verdict(young, result("a", on="2023-01-01/2023-12-31")) == "CONDITIONAL COMPLETION_IMPRECISE"


def test_issuers_attempts_stage_and_tags_are_tested():
    assert verdict(rule("R", asks("a", issuers=(Key("i:1:z"),))), result("a")) == "NOT_MET ISSUER"
    unknown = result("a", issuer=None)
    assert verdict(rule("R", asks("a", issuers=(Key("i:1:z"),))), unknown) == "CONDITIONAL ISSUER_UNKNOWN"
    once = rule("R", asks("a", attempts_at_most=1))
    assert verdict(once, result("a", attempts=2)) == "NOT_MET ATTEMPTS"
    assert verdict(once, result("a")) == "CONDITIONAL ATTEMPTS_UNKNOWN"


def test_stage_not_below_compares_the_stages_in_order():
    higher = rule("R", asks("a", stage_not_below=Stage.HIGHER_VOCATIONAL))
    assert verdict((higher, outcome("a", stage=Stage.SECONDARY)), result("a")) == "NOT_MET STAGE"
    assert verdict((higher, outcome("a", stage=Stage.UNDERGRADUATE)), result("a")) == "MEETS_RULE"
    assert verdict((higher, outcome("a")), result("a")) == "CONDITIONAL STAGE_UNKNOWN"


def test_tags_need_one_in_common_and_an_outcome_in_the_graph():
    tagged = rule("R", asks("a", tags=("IT", "design")))
    assert verdict((tagged, outcome("a", tags=("design",))), result("a")) == "MEETS_RULE"
    assert verdict((tagged, outcome("a", tags=("law",))), result("a")) == "NOT_MET TAGS"
    assert verdict(tagged, result("a")) == "CONDITIONAL OUTCOME_UNKNOWN"
