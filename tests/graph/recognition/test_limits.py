"""Searches are bounded, and a bound reached is said and never a wrong verdict."""

from __future__ import annotations

from graph.model.learning import Verification
from graph.model.values import Key
from tests.graph.recognition.books import (
    answer,
    asks,
    asks_pool,
    asks_unit,
    maps,
    only,
    outcome,
    result,
    rule,
    silent,
    unit,
    verdict,
    way,
)

LETTERS = "abcdefgh"
OFTEN = tuple(outcome(code, "1", repeatable=True) for code in LETTERS)


def many(count: int, codes: str = "a", **more):
    return tuple(result(f"r{n}", codes[n % len(codes)], **({"earned": "1"} | more)) for n in range(count))


def test_a_pool_over_hundreds_of_equal_results_is_met_and_said_to_be_cut_short():
    judged = only((rule("R", asks_pool("50", "a")), *OFTEN), many(300))
    assert (judged.verdict.value, len(judged.evidence), judged.limited) == ("MEETS_RULE", 50, True)


def test_the_one_result_that_brings_the_latest_completion_into_the_window_is_found():
    late = result("z", "a", earned="1", on="2023-05-01")
    pool = rule("R", asks_pool("50", "a"), valid="2023-04-01/")
    assert only((pool, *OFTEN), (*many(300, on="2020-01-01"), late)).gives


def test_a_pool_that_clashing_results_cannot_fill_is_surely_not_met():
    judged = only(rule("R", asks_pool("9", *LETTERS)), many(400, LETTERS))
    assert (judged.verdict.value, judged.limited) == ("PARTIAL", False)


def test_a_statement_nobody_covers_ends_the_search_for_covers():
    lines = [f"s{n}" for n in range(20)]
    mapped = [maps(code, "U", *lines[n : n + 3]) for n, code in enumerate(LETTERS)]
    judged = only((rule("R", asks_unit("U")), unit("U", *lines), *mapped), many(200, LETTERS))
    assert (judged.verdict.value, judged.limited) == ("PARTIAL", False)


def test_ten_thousand_results_are_judged():
    assert only(rule("R", way(asks("a"), asks("b"))), many(10_000, "ab")).gives


def test_a_thousand_alternatives_of_unverified_evidence_are_unverified():
    wide = rule("R", [way(asks("a"), asks("b"))] * 300)
    assert verdict(wide, many(40, "ab", verification=Verification.UNVERIFIED)) == "UNVERIFIED UNVERIFIED"


def test_many_pools_over_one_set_are_filled_beside_each_other():
    ten = rule("R", way(*[asks_pool("3", *LETTERS) for _ in range(10)]))
    judged = only((ten, *OFTEN), many(40, LETTERS))
    assert (judged.verdict.value, len(judged.evidence)) == ("MEETS_RULE", 30)


def test_what_the_bound_leaves_open_is_conditional_and_says_so():
    early, late = many(60, on="2020-01-01"), many(0)
    denied = rule("R", asks_pool("20", "a"), valid="2022-01-01/2023-01-01")
    judged = only((denied, *OFTEN), (*early, *late))
    assert (judged.verdict.value, judged.reason.value) == ("CONDITIONAL", "SEARCH_LIMIT")


def test_many_silent_sources_are_named_or_said_to_be_too_many():
    sources = tuple(silent(f"S{n}", f"i{n}") for n in range(60))
    outcomes = [outcome(f"q{n}", "1", issuer=Key(f"inst:1:i{n}")) for n in range(60)]
    pool = rule("R", asks_pool("5", "h", *[f"q{n}" for n in range(60)]))
    judged = answer((pool, *outcomes, outcome("h")), result("h", earned="1"), silent=sources).judged[0]
    assert (judged.verdict.value, len(judged.deciding), judged.limited) == ("UNDECIDED", 60, True)
