"""R20: what silent sources could change, and which of them decide."""

from __future__ import annotations

from graph.model.caps import CapScope
from graph.model.learning import SilentSource
from graph.model.values import Key, Period
from tests.graph.recognition.books import (
    answer,
    asks,
    asks_pool,
    asks_unit,
    cap,
    denies,
    excludes,
    maps,
    mark,
    outcome,
    result,
    rule,
    silent,
    unit,
    way,
)

BOTH = rule("R", way(asks("a"), asks("b")))
AWAY = silent("S", "away")


def by(issuer: str) -> dict[str, Key]:
    return {"issuer": Key(f"inst:1:{issuer}")}


def said(things, results, *sources, **more):
    found = answer(things, results, silent=sources, **more)
    return [(one.verdict.value, one.deciding) for one in found.judged if one.rule == "R"]


def test_a_missing_result_a_silent_source_could_bring_leaves_the_verdict_undecided():
    things = (BOTH, outcome("b"))
    assert said(things, result("a", **by("here")), AWAY) == [("UNDECIDED", ("S",))]
    assert said(things, result("a", **by("here")), silent("S", "elsewhere")) == [("PARTIAL", ())]


def test_a_result_a_silent_source_could_revoke_leaves_the_verdict_undecided():
    assert said(rule("R", asks("a")), result("a"), AWAY) == [("UNDECIDED", ("S",))]


def test_a_source_of_which_nothing_is_known_may_bring_anything_take_back_anything_and_keep_any_consumption():
    whose = SilentSource(code="S", issuers=None)
    things = (BOTH, outcome("b", issuer=None))
    assert said(things, result("a", **by("here")), whose) == [("UNDECIDED", ("S",))]
    assert said(rule("R", asks("a")), result("a", **by("here")), whose) == [("UNDECIDED", ("S",))]
    assert said(rule("R", asks("a")), result("a", hypothetical=True), whose) == [("MEETS_RULE", ())]
    keeps = SilentSource(code="S", keeps_consumption_of=None)
    assert said(rule("R", asks("a")), result("a", hypothetical=True), keeps) == [("UNDECIDED", ("S",))]


def test_a_source_of_which_nothing_is_known_makes_every_rule_it_might_concern_count():
    things = (rule("R", asks("a")), rule("Q", asks("b")), outcome("b", **by("anyone")))
    whose = SilentSource(code="S", issuers=None)
    found = answer(things, result("a", **by("here")), silent=(whose,))
    assert [(one.source, one.rules) for one in found.might_concern] == [("S", 1)]
    assert found.incomplete


def test_results_typed_into_the_question_are_not_revoked():
    assert said(rule("R", asks("a")), result("a", hypothetical=True), AWAY) == [("MEETS_RULE", ())]


def test_a_verdict_that_two_other_sources_can_each_give_is_not_undecided_by_one():
    things = rule("R", [way(asks("a")), way(asks("b"))])
    found = said(things, (result("a"), result("b", **by("here"))), AWAY)
    assert found == [("MEETS_RULE", ())]


def test_the_smallest_sets_that_decide_are_named_with_all_their_members():
    things = (BOTH, outcome("a", **by("one")), outcome("b", **by("two")), outcome("d", **by("three")))
    named = rule("R", [way(asks("a"), asks("b")), way(asks("d"), asks("e"))])
    sources = (silent("S1", "one"), silent("S2", "two"), silent("S3", "three"))
    held = result("e", **by("here"))
    assert said((named, *things[1:]), held, *sources) == [("UNDECIDED", ("S3",))]
    assert said((named, *things[1:3]), held, *sources) == [("UNDECIDED", ("S1", "S2"))]


def test_silent_consumption_of_the_receiving_institution_leaves_what_gives_undecided():
    things = (rule("R", asks("a")), cap("C", CapScope.YEAR, "10"))
    assert said(things, result("a"), silent("S", keeps=True)) == [("UNDECIDED", ("S",))]


def test_an_imagined_result_is_completed_within_the_window_that_needs_it():
    things = (rule("R", way(asks("a"), asks("b")), valid="2020-01-01/2021-01-01"), outcome("b"))
    held = result("a", on="2019-05-01", **by("here"))
    assert said(things, held, AWAY) == [("UNDECIDED", ("S",))]


def test_an_imagined_result_is_young_enough_where_that_is_possible():
    tests = {"maximum_age": Period(days=1), "minimum_grade": mark("99"), "attempts_at_most": 1}
    things = (rule("R", way(asks("a"), asks("b", **tests))), outcome("b"))
    assert said(things, result("a", **by("here")), AWAY) == [("UNDECIDED", ("S",))]


def test_an_imagined_result_covers_what_its_mapping_did_on_some_day():
    things = (
        rule("R", asks_unit("U")),
        unit("U", "s1", "s2"),
        maps("a", "U", "s1"),
        maps("b", "U", "s2", valid="/2015-01-01"),
        outcome("b"),
    )
    assert said(things, result("a", **by("here")), AWAY) == [("UNDECIDED", ("S",))]


def test_a_repeatable_outcome_is_imagined_as_often_as_a_pool_needs():
    pool = rule("R", asks_pool("9", "a", "b"))
    once, often = outcome("b", "2"), outcome("b", "2", repeatable=True)
    assert said((pool, once), result("a", **by("here")), AWAY) == [("PARTIAL", ())]
    assert said((pool, often), result("a", **by("here")), AWAY) == [("UNDECIDED", ("S",))]


def test_an_imagined_result_clashes_as_any_other():
    things = (BOTH, outcome("b"), excludes("a", "b"))
    assert said(things, result("a", **by("here")), AWAY) == [("PARTIAL", ())]


def test_an_imagined_result_may_escape_a_denial_by_its_day():
    no = rule("D", asks("b"), denies("x"), valid="2022-01-01/")
    things = (rule("R", [way(asks("a"), asks("z")), way(asks("b"))]), outcome("b"), no)
    assert said(things, result("a", **by("here")), AWAY) == [("UNDECIDED", ("S",))]


def test_rules_only_silent_outcomes_could_concern_are_counted_and_make_the_answer_incomplete():
    things = (rule("R", asks("a")), rule("Q", asks("b")), outcome("b"))
    found = answer(things, result("a", **by("here")), silent=(AWAY, silent("T", "elsewhere")))
    assert [(one.source, one.rules) for one in found.might_concern] == [("S", 1), ("T", 0)]
    assert found.incomplete
    assert found.others == 1


def test_without_silence_nothing_is_incomplete():
    assert not answer(BOTH, result("a")).incomplete


def test_a_version_left_out_in_one_world_only_is_shown_undecided():
    old = rule("R", way(asks("a"), asks("b")), valid="/2022-01-01", version=1)
    new = rule("R", way(asks("a"), asks("b")), valid="2022-01-01/", version=2)
    held = (result("a", on="2021-01-01", **by("here")), result("b", on="2023-01-01", **by("here")))
    found = answer((old, new, outcome("b")), held, silent=(AWAY,))
    assert [(one.version, one.verdict.value) for one in found.judged] == [(1, "UNDECIDED"), (2, "MEETS_RULE")]


def test_the_worlds_take_no_steps_from_the_verdicts_as_known():
    letters = [f"q{n}" for n in range(40)]
    heavy = [rule(f"H{n}", way(asks_pool("9", *letters), asks_pool("7", *letters))) for n in range(30)]
    outcomes = [outcome(code, "1") for code in letters]
    held = (result("a", **by("here")), *(result(code, earned="1", **by("here")) for code in letters[:5]))
    things = (*heavy, rule("R", asks("a")), *outcomes)
    assert said(things, held, AWAY) == [("MEETS_RULE", ())]
