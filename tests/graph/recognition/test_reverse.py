"""R22: the rule book asked the other way round."""

from __future__ import annotations

from graph.recognition import accepted_for, equivalents
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    asks,
    asks_pool,
    asks_text,
    asks_unit,
    block,
    book,
    c,
    consumed,
    context,
    course,
    denies,
    had,
    maps,
    mark,
    outcome,
    programme,
    rule,
    unit,
    way,
)


def codes(sets):
    return [[key.rsplit(":", 1)[1] for key in one.outcomes] for one in sets]


def accepted(*things, **more):
    return accepted_for(book(*things), course(), context(**more))


def test_sets_come_by_size_then_code_and_are_minimal():
    things = (
        rule("R1", [way(asks("b"), asks("a")), way(asks("d"))]),
        rule("R2", way(asks("d"), asks("e"))),
        rule("R3", asks("b", minimum_grade=mark("99"))),
    )
    assert codes(accepted(*things).sets) == [["b"], ["d"]]


def test_pools_and_units_are_spelt_out_in_outcomes():
    pool = (rule("R", asks_pool("5", "a", "b", "d")), *(outcome(code) for code in "abd"))
    assert codes(accepted(*pool).sets) == [["a", "b"], ["a", "d"], ["b", "d"]]
    covered = (
        rule("R", asks_unit("U")),
        unit("U", "s1", "s2"),
        maps("a", "U", "s1"),
        maps("b", "U", "s2"),
        maps("d", "U"),
    )
    assert codes(accepted(*covered).sets) == [["d"], ["a", "b"]]


def test_conditional_sets_are_listed_with_their_condition():
    found = accepted(rule("R", way(asks("a"), asks_text())))
    assert [(one.verdict.value, [reason.value for reason in one.conditions]) for one in found.sets] == [
        ("CONDITIONAL", ["FREE_TEXT"])
    ]


def test_what_is_denied_or_out_of_window_is_not_accepted():
    assert accepted(rule("R", asks("a")), rule("D", asks("a"), denies("x"))).sets == ()
    assert accepted(rule("R", asks("a"), valid="/2020-01-01")).sets == ()


def test_nothing_counts_as_held_or_consumed():
    row = consumed("z", targets=(had("x"),))
    assert codes(accepted(rule("R", asks("a")), consumed=(row,)).sets) == [["a"]]


def test_a_block_with_a_minimum_grade_accepts_the_best_grade():
    things = (
        rule("R", asks("a")),
        programme(block("B", "x", minimum_grade=mark("90"))),
        outcome("a", issuer=HOME),
    )
    assert codes(accepted(*things, programme=MAJOR).sets) == [["a"]]


def test_more_than_fifty_sets_are_truncated():
    found = accepted(*[rule(f"R{n}", asks(f"o{n}")) for n in range(60)])
    assert (len(found.sets), found.truncated) == (50, True)


def test_equivalents_tell_where_an_outcome_suffices_and_where_it_needs_others():
    things = (rule("R1", asks("a")), rule("R2", way(asks("a"), asks("b"))), rule("R3", asks("b")))
    found = equivalents(book(*things), c("a"), context())
    assert [one.rule for one in found.suffices] == ["R1"]
    assert [(one.rule, codes([one])) for one in found.also_needs] == [("R2", [["a", "b"]])]
