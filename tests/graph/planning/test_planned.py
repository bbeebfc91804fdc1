"""What a plan says of a small question: readings settled in decision 0012, unused results, the audit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace as changed

from graph.model.caps import CapScope, Overflow
from graph.model.rules import TargetState
from graph.planning import Why, Wishes, audit, plan
from graph.recognition import QuestionError
from tests.graph.recognition.books import (
    MAJOR,
    asks,
    block,
    book,
    c,
    cap,
    consumed,
    context,
    entitles,
    excludes,
    fixed,
    gives,
    had,
    mark,
    outcome,
    programme,
    result,
    rule,
    stands,
    way,
)

OURS = (outcome("x"), outcome("y"), outcome("z"))
A_AND_B = (result("a"), result("b"))


def made(things, results, **wishes):
    """Plan over a small rule book; ``context`` may be among the wishes."""
    where = wishes.pop("context", None) or context()
    every = things if isinstance(things, tuple) else (things,)
    given = results if isinstance(results, tuple) else (results,)
    return plan(book(*every), given, where, Wishes(**wishes))


def rules_of(found):
    return [one.rule for one in found.applications]


# --- Readings settled in docs/decisions/0012, by number


TREE = programme(block("b", "x", "y", "z"))


def within(**more):
    return context(programme=MAJOR, **more)


def test_1_an_unknown_amount_does_not_lift_a_cap_off_what_is_known():
    unknown = rule("U", asks("b"), gives("y", worth=fixed("5", "hours")))
    known = rule("K", asks("a"), gives("x"))
    least = cap("low", CapScope.PROGRAMME, "2")
    things = (unknown, known, least, TREE, *OURS)
    found = made(things, A_AND_B, context=within(), conditional=True)
    assert found.numbers.credit == 0
    assert rules_of(found) == []


def test_2_of_a_target_consumed_twice_the_larger_credit_fills_its_block():
    four = programme(block("b", "x", "y", need="4"))
    rows = [consumed("old1", targets=(had("y", "1"),)), consumed("old2", targets=(had("y", "3"),))]
    mine = [changed(row, programme=MAJOR) for row in rows]
    for order in (mine, mine[::-1]):
        found = made(
            (rule("R", asks("a"), gives("x")), four, *OURS),
            result("a"),
            context=within(consumed=tuple(order)),
        )
        assert found.numbers.credit == 1


def test_3_clashing_evidence_is_used_under_no_condition():
    graded = programme(block("b", "x", minimum_grade=mark("60")))
    both = rule("R", way(asks("a"), asks("b")), gives("x"))
    things = (both, graded, outcome("x"))
    assert rules_of(made(things, A_AND_B, context=within(), conditional=True)) == ["R"]
    barred = (*things, excludes("a", "b"))
    assert made(barred, A_AND_B, context=within(), conditional=True).applications == ()


def test_4_what_differs_only_in_its_condition_is_one_application():
    found = made(
        rule("R", asks("a"), gives("x"), sharable=True, repeatable=2),
        result("a", completion=None),
        conditional=True,
    )
    assert found.candidates == 1


# --- Unused results, and the audit


def whys(found):
    return {one.result: one.why for one in found.unused}


def test_each_unused_result_has_its_reason():
    first, second = rule("A", asks("a"), gives("x")), rule("B", asks("b"), gives("x"), priority=200)
    assert whys(made((first, second, TREE, *OURS), A_AND_B, context=within())) == {"b": Why.TARGET_COUNTED}
    full = (first, rule("B", asks("b"), gives("y")), cap("low", CapScope.PROGRAMME, "3"), TREE, *OURS)
    assert set(whys(made(full, A_AND_B, context=within())).values()) == {Why.CAP_FULL}
    room = programme(block("b", "x", "y", need="3"))
    beyond = (first, rule("B", asks("b"), gives("y")), room, *OURS)
    assert set(whys(made(beyond, A_AND_B, context=within())).values()) == {Why.COUNTS_NOTHING}
    apart = (
        rule("A", asks("a"), gives("x"), gives("z")),
        rule("B", asks("b"), gives("y")),
        excludes("a", "b"),
    )
    assert whys(made((*apart, TREE, *OURS), A_AND_B, context=within())) == {"b": Why.CONFLICT}
    revoked = rule("A", asks("a"), gives("x"), valid="/2000-01-01")
    assert whys(made(revoked, result("a"))) == {"a": Why.NOT_OPEN}
    assert whys(made(first, result("unheard"))) == {"unheard": Why.NOT_NAMED}


def test_a_cap_turns_credit_into_a_waiver_that_counts_second():
    waives = cap("low", CapScope.PROGRAMME, "3", overflow=Overflow.WAIVE_WITHOUT_CREDIT)
    things = (rule("A", asks("a"), gives("x"), gives("y")), waives, TREE, *OURS)
    found = made(things, result("a"), context=within())
    assert (found.numbers.credit, found.numbers.waivers) == (3, 1)
    assert sorted(one.waived for one in found.planned) == [False, True]


def test_credit_is_waived_only_where_it_would_break_the_cap():
    room = programme(block("b", "x", "y", need="3"))
    rules = (rule("A", asks("a"), gives("x")), rule("B", asks("b"), gives("y")))
    for limit, waivers in (("5", 1), ("6", 0)):
        waives = cap("low", CapScope.PROGRAMME, limit, overflow=Overflow.WAIVE_WITHOUT_CREDIT)
        found = made((*rules, waives, room, *OURS), A_AND_B, context=within())
        assert (found.numbers.credit, found.numbers.waivers, found.optimal) == (3, waivers, True)


def test_what_a_refusing_cap_has_no_room_for_no_other_cap_waives():
    rules = (rule("A", asks("a"), gives("x")), rule("B", asks("b"), gives("y")))
    waives = cap("low", CapScope.PROGRAMME, "5", overflow=Overflow.WAIVE_WITHOUT_CREDIT)
    for limit, waivers in (("6", 1), ("5", 0)):
        refuses = cap("other", CapScope.PROGRAMME, limit)
        found = made((*rules, waives, refuses, TREE, *OURS), A_AND_B, context=within())
        assert (found.numbers.credit, found.numbers.waivers, found.optimal) == (3, waivers, True)


def test_an_entitlement_is_a_waiver_without_credit():
    found = made(rule("A", asks("a"), entitles("interview")), result("a"))
    assert (found.numbers.credit, found.numbers.waivers) == (0, 1)


def test_the_audit_tells_per_block_what_is_done_waived_and_missing():
    tree = programme(block("all", "x", "y"), block("some", "z", "w", need="5"))
    things = (rule("A", asks("a"), gives("x")), tree, *OURS, outcome("w"))
    where = within(targets=(stands("z", TargetState.HELD),))
    whole, some = audit(book(*things), (result("a"),), where).blocks
    assert ([one.key for one in whole.waived], whole.remaining, whole.missing) == ([c("x")], (c("y"),), 1)
    assert (some.done_credit, some.missing, some.remaining) == (3, 2, (c("w"),))
    assert not some.complete


def test_an_audit_without_a_programme_is_refused():
    with pytest.raises(QuestionError, match="NO_PROGRAMME"):
        audit(book(), (), context())
