"""R8, R9, R10: alternatives, assignments, units and pools."""

from __future__ import annotations

from decimal import Decimal

from graph.model.learning import Verification
from graph.model.values import Key
from graph.model.verdicts import Named
from tests.graph.recognition.books import (
    answer,
    asks,
    asks_pool,
    asks_text,
    asks_unit,
    credit,
    excludes,
    factor,
    gives,
    maps,
    only,
    outcome,
    result,
    rule,
    share_of,
    u,
    unit,
    verdict,
    way,
)


def test_all_clauses_of_one_alternative_must_be_met():
    both = rule("R", way(asks("a"), asks("b")))
    assert verdict(both, (result("a"), result("b"))) == "MEETS_RULE"
    assert verdict(both, result("a")) == "PARTIAL CLAUSE_MISSING"


def test_any_alternative_is_enough_and_ties_go_to_the_first():
    either = rule("R", [way(asks("a")), way(asks("b"))])
    judged = only(either, (result("b"), result("a")))
    assert (judged.alternative, judged.evidence) == (0, ("a",))
    assert only(either, result("b")).alternative == 1


def test_a_result_may_serve_several_outcome_clauses():
    assert verdict(rule("R", way(asks("a"), asks("a", edition="any"))), result("a")) == "MEETS_RULE"


def test_a_result_in_a_pool_serves_nothing_else():
    mixed = rule("R", way(asks("a"), asks_pool("3", "a", "b")))
    assert verdict(mixed, result("a")) == "NOT_MET JOINT"
    assert only(mixed, (result("a"), result("b"))).evidence == ("a", "b")


def test_free_text_is_conditional_and_no_part_of_being_partial():
    spoken = rule("R", way(asks("a"), asks_text()))
    assert verdict(spoken, result("a")) == "CONDITIONAL FREE_TEXT"
    assert verdict(rule("R", way(asks("b"), asks_text(), asks("z"))), result("b")) == "PARTIAL CLAUSE_MISSING"
    found = answer(spoken, (), (Named(rule=Key("R")),))
    assert found.judged[0].verdict.value == "NOT_MET"


def test_a_rule_without_alternatives_says_that_nothing_articulates():
    found = answer(rule("R", []), (), (Named(rule=Key("R")),))
    assert (found.judged[0].verdict.value, found.judged[0].reason.value) == ("NOT_MET", "NO_ARTICULATION")


def test_shown_among_equals_is_the_fewest_then_the_earliest_then_the_smallest_id():
    one = rule("R", asks("a"))
    late, early = result("r1", "a", on="2023-05-02"), result("r2", "a", on="2023-05-01")
    assert only(one, (late, early)).evidence == ("r2",)
    assert only(one, (result("r9", "a"), result("r1", "a"))).evidence == ("r1",)
    few = rule("R", asks_pool("4", "a", "b", "d"))
    assert only(
        few, (result("a", earned="2"), result("b", earned="2"), result("d", earned="4"))
    ).evidence == ("d",)


def test_a_verified_assignment_is_taken_before_an_unverified_one():
    unsure = result("r1", "a", verification=Verification.UNVERIFIED)
    assert only(rule("R", asks("a")), (unsure, result("r2", "a"))).evidence == ("r2",)


def test_more_evidence_than_needed_does_not_move_the_latest_completion_into_a_window():
    pool = rule("R", asks_pool("3", "a", "b"), valid="2023-01-01/")
    early = result("a", on="2020-01-01")
    assert verdict(pool, (early, result("b", on="2023-02-01", earned="1"))) == "OUT_OF_WINDOW BEFORE"


def test_one_issuer_joins_all_evidence_of_an_alternative():
    joint = rule("R", way(asks("a"), asks("b"), one_issuer=True))
    other = Key("inst:1:third")
    assert verdict(joint, (result("a"), result("b"))) == "MEETS_RULE"
    assert verdict(joint, (result("a"), result("b", issuer=other))) == "NOT_MET JOINT"
    assert verdict(joint, (result("a"), result("b", issuer=None))) == "CONDITIONAL ISSUER_UNKNOWN"


def test_the_credit_of_the_evidence_is_not_below_that_of_the_targets():
    even = rule("R", way(asks("a"), credit_not_below=True))
    assert verdict(even, result("a", earned="3")) == "MEETS_RULE"
    assert verdict(even, result("a", earned="2.5")) == "NOT_MET JOINT"
    assert verdict(even, result("a", earned=None)) == "CONDITIONAL CREDIT_UNKNOWN"
    assert verdict(even, result("a", scheme="hours")) == "CONDITIONAL NO_FACTOR"
    assert (
        verdict((even, factor("hours", "cr", 1, 2)), result("a", earned="6", scheme="hours")) == "MEETS_RULE"
    )


def test_a_pool_may_take_more_than_it_needs_for_the_test_on_the_whole():
    even = rule("R", way(asks_pool("2", "a", "b"), credit_not_below=True))
    judged = only(even, (result("a", earned="2"), result("b", earned="1")))
    assert judged.evidence == ("a", "b")


def test_a_unit_is_covered_by_several_results_together():
    things = (
        rule("R", asks_unit("U")),
        unit("U", "s1", "s2"),
        maps("a", "U", "s1"),
        maps("b", "U", "s2"),
        maps("d", "U", "s1"),
    )
    assert only(things, (result("a"), result("b"), result("d"))).evidence == ("a", "b")
    assert verdict(things, result("a")) == "PARTIAL STATEMENTS_MISSING"


def test_missing_statements_are_named_in_the_tree():
    things = (rule("R", asks_unit("U")), unit("U", "s1", "s2"), maps("a", "U", "s1"))
    tree = only(things, result("a")).tree
    assert "('missing', 's2')" in str(tree)


def test_a_result_of_the_unit_itself_covers_it_whole():
    things = (rule("R", asks_unit("U")), unit("U", "s1", "s2"))
    assert verdict(things, result("r", key=None, unit=u("U"))) == "MEETS_RULE"


def test_half_mappings_of_different_years_unite_each_on_its_own_result():
    things = (
        rule("R", asks_unit("U")),
        unit("U", "s1", "s2"),
        maps("a", "U", "s1", valid="2020-01-01/2021-01-01"),
        maps("b", "U", "s2", valid="2022-01-01/2023-01-01"),
    )
    assert verdict(things, (result("a", on="2020-05-01"), result("b", on="2022-05-01"))) == "MEETS_RULE"
    assert verdict(things, (result("a", on="2022-05-01"), result("b", on="2022-05-01"))).startswith("PARTIAL")


def test_a_mapping_whose_edge_a_completion_crosses_is_conditional():
    things = (rule("R", asks_unit("U")), unit("U", "s1"), maps("a", "U", "s1", valid="2023-01-01/"))
    assert verdict(things, result("a", on="2022-12-01/2023-02-01")) == "CONDITIONAL MAPPING_WINDOW"
    assert verdict(things, result("a", on=None)) == "CONDITIONAL COMPLETION_UNKNOWN"


def test_a_sure_cover_is_taken_before_a_smaller_conditional_one():
    things = (
        rule("R", asks_unit("U")),
        unit("U", "s1", "s2"),
        maps("a", "U", "s1"),
        maps("a", "U", "s2", valid="2023-01-15/", name="a2"),
        maps("b", "U", "s2"),
    )
    judged = only(things, (result("a", on="2023-01-01/2023-02-01"), result("b")))
    assert (judged.verdict.value, judged.evidence) == ("MEETS_RULE", ("a", "b"))


def test_tests_of_a_unit_clause_apply_to_each_contributor():
    things = (
        rule("R", asks_unit("U", issuers=(Key("inst:1:away"),))),
        unit("U", "s1", "s2"),
        maps("a", "U", "s1"),
        maps("b", "U", "s2"),
    )
    assert verdict(things, (result("a"), result("b", issuer=Key("i:1:z")))).startswith("PARTIAL")


def test_a_pool_takes_whole_results_and_loses_the_surplus():
    pool = rule("R", asks_pool("4", "a", "b"), gives("x", worth=share_of(1, 1)))
    assert only(pool, (result("a"), result("b"))).credit == Decimal(6)
    assert verdict(pool, result("a")) == "PARTIAL CREDIT_MISSING"


def test_a_pool_counts_at_most_the_available_credit():
    pool = rule("R", asks_pool("3", "a"))
    judged = only(pool, result("a", earned="3", available=credit("2")))
    assert judged.verdict.value == "PARTIAL"
    assert "CREDIT_CONFLICT" in str(judged.tree)


def test_a_pool_converts_by_declared_factors_one_way_and_exactly():
    pool = rule("R", asks_pool("1", "a", "b", "d"))
    thirds = tuple(result(name, earned="1", scheme="third") for name in "abd")
    assert verdict((pool, factor("third", "cr", 1, 3)), thirds) == "MEETS_RULE"
    assert verdict((pool, factor("cr", "third", 3)), thirds) == "CONDITIONAL NO_FACTOR"


def test_a_result_without_credit_is_a_conditional_assignment_beside_those_that_reach():
    pool = rule("R", asks_pool("3", "a", "b"))
    assert verdict(pool, result("a", earned=None)) == "CONDITIONAL CREDIT_UNKNOWN"
    assert only(pool, (result("a", earned=None), result("b"))).evidence == ("b",)


def test_a_pool_does_not_count_results_that_clash():
    things = (rule("R", asks_pool("6", "a", "b")), excludes("a", "b"))
    assert verdict(things, (result("a"), result("b"))) == "PARTIAL CLAUSE_MISSING"
    assert verdict(rule("R", asks_pool("6", "a")), (result("r1", "a"), result("r2", "a"))).startswith(
        "PARTIAL"
    )


def test_results_of_a_repeatable_outcome_fill_a_pool_together():
    things = (rule("R", asks_pool("6", "a")), outcome("a", repeatable=True))
    assert verdict(things, (result("r1", "a"), result("r2", "a"))) == "MEETS_RULE"


def test_the_nearest_alternative_is_the_one_missing_least():
    things = (
        rule("R", [way(asks("p"), asks("q")), way(asks_pool("6", "a")), way(asks_pool("4", "a"))]),
        outcome("a"),
    )
    judged = only(things, result("a"))
    assert (judged.verdict.value, judged.nearest) == ("PARTIAL", 2)
