"""One fact for each reading of R22 settled in docs/decisions/0014-the-rule-book-asked-backwards.md."""

from __future__ import annotations

from graph.model.caps import CapMeasure, CapScope
from graph.model.values import Key
from graph.recognition import accepted_for, equivalents
from tests.graph.recognition.books import (
    MAJOR,
    asks,
    asks_pool,
    asks_text,
    asks_unit,
    block,
    book,
    c,
    cap,
    context,
    course,
    denies,
    gives,
    level,
    maps,
    mark,
    outcome,
    programme,
    rule,
    share_of,
    unit,
    way,
)


def sets(*things, **more):
    """Outcomes, rule and verdict of each set accepted for the course x."""
    found = accepted_for(book(*things), course(), context(**more)).sets
    return [(_codes(one), str(one.rule), one.verdict.value) for one in found]


def needed(*things, code="a", **more):
    """The sets in which ``code`` suffices, and those in which it needs others."""
    found = equivalents(book(*things), c(code), context(**more))
    return [[(_codes(one), str(one.rule)) for one in part] for part in (found.suffices, found.also_needs)]


def _codes(one):
    return " ".join(key.rsplit(":", 1)[1] for key in one.outcomes)


def test_1_a_larger_set_that_leaves_other_things_open_is_listed():
    text = rule("R1", way(asks("a"), asks_text()))
    graded = rule("R2", way(asks("a"), asks("b", minimum_grade=mark("9", "unheard-of"))))
    assert sets(text, graded) == [("a", "R1", "CONDITIONAL"), ("a b", "R2", "CONDITIONAL")]
    assert sets(text, rule("R3", way(asks("a"), asks("b")))) == [
        ("a", "R1", "CONDITIONAL"),
        ("a b", "R3", "MEETS_RULE"),
    ]
    assert sets(rule("R4", asks("a")), graded) == [("a", "R4", "MEETS_RULE")]


def test_1_that_the_programme_does_not_live_is_one_condition_for_all_rules():
    dead = programme(block("B", "x"), valid="/2020-01-01")
    found = sets(rule("R1", asks("a")), rule("R2", way(asks("a"), asks("b"))), dead, programme=MAJOR)
    assert found == [("a", "R1", "CONDITIONAL")]


def test_2_equal_sets_of_two_rules_are_both_told_and_a_conditional_one_yields():
    assert sets(rule("R1", asks("a")), rule("R2", asks("a"))) == [
        ("a", "R1", "MEETS_RULE"),
        ("a", "R2", "MEETS_RULE"),
    ]
    assert sets(rule("R1", way(asks("a"), asks_text())), rule("R2", asks("a"))) == [("a", "R2", "MEETS_RULE")]


def test_2_one_rule_version_tells_a_set_once_by_its_best_alternative():
    again = rule("R", [asks_alone("a"), asks_alone("a")])
    assert sets(again) == [("a", "R", "MEETS_RULE")]


def asks_alone(code):
    return way(asks(code))


def test_3_an_outcome_nobody_described_is_listed_as_the_rule_names_it():
    assert sets(rule("R", asks("ghost"))) == [("ghost", "R", "MEETS_RULE")]
    assert sets(rule("R", asks("ghost"), gives("x", worth=share_of(1, 1)))) == [("ghost", "R", "CONDITIONAL")]


def test_3_any_edition_is_spelt_out_in_the_editions_of_the_rule_book():
    things = (rule("R1", asks("a", edition="any")), rule("R2", asks("a", edition="2"), gives("y")))
    found = accepted_for(book(*things, outcome("a")), course(), context()).sets
    assert [one.outcomes for one in found] == [(c("a"),), (c("a", "2"),)]


def test_4_a_repeatable_outcome_stands_as_often_as_it_is_needed():
    things = (rule("R", asks_pool("5", "a")), outcome("a", repeatable=True))
    assert sets(*things) == [("a a", "R", "MEETS_RULE")]
    assert needed(*things) == [[("a a", "R")], []]


def test_4_only_a_pool_that_holds_it_multiplies_an_outcome():
    pools = way(asks_pool("30", "b"), asks_pool("3", "a"), asks_pool("3", "a"))
    things = (rule("R", pools), outcome("a", repeatable=True), outcome("b", "30"))
    assert sets(*things) == []


def test_5_what_is_refused_whatever_the_answer_is_not_listed():
    text = way(asks("a"), asks_text())
    assert sets(rule("R", text, valid="/2020-01-01")) == []
    assert sets(rule("R", text), rule("D", asks("a"), denies("x"))) == []
    full = cap("C", CapScope.PROGRAMME, None, measure=CapMeasure.COUNT, count=0)
    major = programme(block("B", "x"))
    assert sets(rule("R", text), major, programme=MAJOR) == [("a", "R", "CONDITIONAL")]
    assert sets(rule("R", text), major, full, programme=MAJOR) == []


def test_5_an_unknown_minimum_grade_does_not_hide_a_closed_window():
    major = programme(block("B", "x", minimum_grade=mark("9", "unheard-of")))
    assert sets(rule("R", asks("a")), major, programme=MAJOR) == [("a", "R", "CONDITIONAL")]
    assert sets(rule("R", asks("a"), valid="/2020-01-01"), major, programme=MAJOR) == []


def test_6_an_outcome_is_not_told_beside_others_that_suffice_without_it():
    things = (rule("R1", [asks_alone("b"), way(asks("a"), asks("b"))]), rule("R2", way(asks("a"), asks("b"))))
    assert needed(*things) == [[], [("a b", "R2")]]


def test_6_each_rule_is_told_whatever_others_ask_for():
    things = (rule("R1", asks("a")), rule("R2", way(asks("a"), asks("b"))))
    assert needed(*things) == [[("a", "R1")], [("a b", "R2")]]


def test_7_a_rule_that_asks_a_person_only_is_listed_with_no_outcome():
    assert sets(rule("R", way(asks_text()))) == [("", "R", "CONDITIONAL")]


def test_8_a_larger_assignment_of_another_alternative_may_leave_less_open():
    things = (
        rule("R", [asks_alone("a"), way(asks("a"), asks("b"))]),
        outcome("x", level=level("F", 5)),
        outcome("a", level=level("F", 3)),
        outcome("b", level=level("F", 5)),
    )
    assert sets(*things) == [("a", "R", "CONDITIONAL"), ("a b", "R", "MEETS_RULE")]


def test_9_a_unit_asked_for_lists_the_outcomes_mapped_to_it():
    things = (rule("R", asks_unit("U")), unit("U", "s1"), maps("a", "U"), outcome("b"))
    assert needed(*things) == [[("a", "R")], []]
    assert needed(*things, code="b") == [[], []]


def test_conditions_name_the_programme_that_does_not_live():
    things = (rule("R", asks("a")), programme(block("B", "x"), valid="/2020-01-01"))
    found = accepted_for(book(*things), course(), context(programme=Key(MAJOR))).sets
    assert [[reason.value for reason in one.conditions] for one in found] == [["PROGRAMME_UNKNOWN"]]
