"""Plans: the exhaustive best in all five numbers, sound beyond what can be enumerated, and said plainly."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from agreement import plan_differs
from cases import Case, random_case, random_plan_case
from large_cases import large_case
from msgspec.structs import replace as changed
from plan_checker import breaches

from benchmarks.plans import Drawn
from graph.model.book import RuleBook
from graph.model.caps import CapScope, Overflow
from graph.model.rules import Fee
from graph.model.values import Key
from graph.planning import ImpossibleError, Objective, Why, Wishes, plan
from graph.planning.cores import BESIDE, CORES
from graph.planning.solver import SETTINGS
from graph.recognition import QuestionError
from tests.graph.recognition.books import (
    MAJOR,
    asks,
    block,
    book,
    c,
    cap,
    context,
    gives,
    outcome,
    programme,
    result,
    rule,
    silent,
    way,
)

ONCE_DIFFERENT = (7, 30, 33, 35, 64, 72, 92, 99, 108, 171, 202, 1068, 10_256)
"""Seeds on which an earlier planner or the candidates of evaluator and oracle differed."""

OURS = (outcome("x"), outcome("y"), outcome("z"))


def made(things, results, **wishes):
    """Plan over a small rule book; ``context`` may be among the wishes."""
    where = wishes.pop("context", None) or context()
    every = things if isinstance(things, tuple) else (things,)
    given = results if isinstance(results, tuple) else (results,)
    return plan(book(*every), given, where, Wishes(**wishes))


def rules_of(found):
    return [one.rule for one in found.applications]


@pytest.mark.parametrize("part", range(10))
def test_a_plan_is_the_exhaustive_best_in_all_five_numbers(part):
    for seed in range(part, 200, 10):
        assert (seed, plan_differs(random_plan_case(seed))) == (seed, [])


@pytest.mark.parametrize("seed", ONCE_DIFFERENT)
def test_candidates_clashes_and_plans_agree_where_they_once_differed(seed):
    assert plan_differs(random_plan_case(seed)) == []


@pytest.mark.parametrize("part", range(4))
def test_a_plan_is_the_best_also_where_much_is_silent_denied_or_unknown(part):
    for seed in (1100, 2419)[part : part + 1] + tuple(range(30_000 + part, 30_100, 4)):
        assert (seed, plan_differs(random_case(seed))) == (seed, [])


@pytest.mark.parametrize("part", range(4))
def test_a_larger_plan_never_breaks_a_rule(part):
    for seed in range(part, 60, 4):
        case = large_case(seed)
        assert (seed, breaches(case, plan(case.book, case.results, case.context))) == (seed, [])


def test_the_checker_finds_what_is_broken():
    case = next(
        case
        for case in map(random_plan_case, range(100))
        if plan(case.book, case.results, case.context).numbers.credit
    )
    found = plan(case.book, case.results, case.context)
    more = changed(found.numbers, credit=found.numbers.credit + 1)
    assert breaches(case, changed(found, numbers=more)) != []
    twice = changed(found, planned=(*found.planned, found.planned[0]))
    assert breaches(case, twice) != []


def mixed(case: Case, rng: Random) -> Case:
    def order(items):
        return tuple(rng.sample(items, len(items)))

    parts = {name: order(getattr(case.book, name)) for name in RuleBook.__struct_fields__[1:]}
    where = changed(case.context, consumed=order(case.context.consumed), silent=order(case.context.silent))
    return replace(case, book=changed(case.book, **parts), results=order(case.results), context=where)


def test_permuting_the_input_changes_nothing():
    rng = Random(1)
    for seed in range(30):
        case = random_plan_case(seed)
        other = mixed(case, rng)
        assert plan(other.book, other.results, other.context) == plan(case.book, case.results, case.context)


def test_what_applications_give_does_not_hang_on_the_solvers_settings(monkeypatch):
    cases = [random_plan_case(seed) for seed in range(60)]
    questions = [(one.book, one.results, one.context) for one in cases]
    questions += [Drawn(seed).question() for seed in (1, 5, 12)]
    found = [plan(*question) for question in questions]
    monkeypatch.setitem(SETTINGS, "random_seed", 7)
    monkeypatch.setitem(SETTINGS, "cp_model_presolve", False)
    others = [plan(*question) for question in questions]
    assert [one.numbers for one in others] == [one.numbers for one in found]
    assert [one.ties for one in others] == [one.ties for one in found]
    alike = [(a, b) for a, b in zip(found, others, strict=True) if a.applications == b.applications]
    assert len(alike) > 40
    assert {one.ties for one in found} == {True, False}
    assert all(a.ties for a, b in zip(found, others, strict=True) if a.applications != b.applications)
    assert all(a == b for a, b in alike)


def test_a_plan_is_the_same_with_a_core_to_spare_and_without():
    cases = [random_plan_case(seed) for seed in range(60)]
    questions = [(one.book, one.results, one.context) for one in cases]
    questions += [Drawn(seed).question() for seed in (1, 5, 12, 29, 144)]
    beside = [plan(*question) for question in questions]
    taken = 0
    while BESIDE.acquire(blocking=False):
        taken += 1
    try:
        alone = [plan(*question) for question in questions]
    finally:
        for _ in range(taken):
            BESIDE.release()
    assert taken == CORES // 2
    assert alone == beside
    assert {one.ties for one in alone} == {True, False}


def test_of_two_applications_that_grant_a_target_the_first_by_rank_is_shown_to():
    first = rule("A", asks("a"), gives("x"), gives("y"))
    second = rule("B", asks("b"), gives("x"), gives("z"))
    for things in ((first, second), (second, first)):
        found = made((*things, *OURS), A_AND_B)
        assert rules_of(found) == ["A", "B"]
        assert [(one.application, one.granted.target.key) for one in found.planned] == [
            (0, c("x")),
            (0, c("y")),
            (1, c("z")),
        ]


def test_what_a_cap_waives_is_what_comes_last():
    waives = cap("low", CapScope.PROGRAMME, "6", overflow=Overflow.WAIVE_WITHOUT_CREDIT)
    grants = [rule(name, asks(name), gives(to)) for name, to in zip("abd", "xyz", strict=True)]
    tree = programme(block("b", "x", "y", "z"))
    things = (*grants, waives, tree, *OURS)
    found = made(things, (*A_AND_B, result("d")), context=context(programme=MAJOR))
    assert [(one.granted.target.key, one.waived) for one in found.planned] == [
        (c("x"), False),
        (c("y"), False),
        (c("z"), True),
    ]


def test_results_that_no_rule_names_change_none_of_the_numbers():
    for seed in range(40):
        case = random_plan_case(seed)
        idle = tuple(result(f"idle{n}", f"idle{n}") for n in range(3))
        before = plan(case.book, case.results, case.context)
        after = plan(case.book, (*case.results, *idle), case.context)
        assert (after.numbers, after.applications) == (before.numbers, before.applications)
        said = {one.result: one.why for one in after.unused}
        assert {said[one.id] for one in idle} == {Why.NOT_NAMED}


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_out_of_time_the_best_found_is_sound_and_tells_how_good_another_could_be(seconds):
    book_, results, where = Drawn(2).question()
    found = plan(book_, results, where, Wishes(seconds=seconds))
    assert found.proved < 5
    assert not found.optimal
    assert found.ties is None
    assert found.numbers.credit > 0
    assert found.bound is not None
    if not found.proved:
        assert found.bound >= found.numbers.credit
    best = plan(book_, results, where, Wishes(seconds=60))
    assert best.optimal
    assert best.numbers.credit >= found.numbers.credit


# --- Objectives


def fee(amount, currency="CNY"):
    return Fee(amount=Decimal(amount), currency=currency)


DEAR = rule("A", asks("a"), gives("x"), fee=fee("80"))
CHEAP = rule("B", asks("b"), gives("x"), fee=fee("20"), priority=200)
FREE = rule("C", way(asks("a"), asks("b")), gives("x"))
A_AND_B = (result("a"), result("b"))


def test_least_cost_is_the_smallest_sum_of_fees_among_plans_of_most_credit():
    assert rules_of(made((DEAR, CHEAP), A_AND_B)) == ["A"]
    found = made((DEAR, CHEAP), A_AND_B, objective=Objective.LEAST_COST)
    assert rules_of(found) == ["B"]
    assert [(one.amount, one.currency) for one in found.fees] == [(Decimal(20), "CNY")]
    assert rules_of(made((DEAR, CHEAP, FREE), A_AND_B, objective=Objective.LEAST_COST)) == ["C"]


def test_costs_in_two_currencies_are_never_compared():
    euro = rule("E", asks("b"), gives("y"), fee=fee("1", "EUR"))
    with pytest.raises(QuestionError, match="CURRENCIES"):
        made((DEAR, euro, *OURS), A_AND_B, objective=Objective.LEAST_COST)
    assert len(made((DEAR, euro, *OURS), A_AND_B).fees) == 2


def test_a_rule_asked_for_is_in_the_plan_though_another_gives_more():
    more = rule("M", asks("a"), gives("x"), gives("y"))
    less = rule("L", asks("a"), gives("x"))
    assert rules_of(made((more, less, *OURS), result("a"))) == ["M"]
    assert rules_of(made((more, less, *OURS), result("a"), include=(Key("L"),))) == ["L"]


def test_a_plan_that_must_use_what_cannot_be_used_is_impossible():
    with pytest.raises(ImpossibleError):
        made((DEAR, CHEAP), result("a"), include=(Key("B"),))
    with pytest.raises(ImpossibleError):
        made((DEAR, rule("D", asks("a"), gives("x"))), result("a"), include=(Key("A"), Key("D")))


def test_conditional_applications_are_used_only_where_asked_for():
    untold = result("a", completion=None)
    assert made(DEAR, untold).applications == ()
    assert rules_of(made(DEAR, untold, conditional=True)) == ["A"]


def test_with_silent_sources_the_plan_is_made_in_the_worst_world_and_says_so():
    theirs = result("a")  # of the institution "away", as everything in these books
    away = context(silent=(silent("s", "away"),))
    found = made(DEAR, theirs, context=away)
    assert (found.applications, found.worst_world) == ((), True)
    assert made(DEAR, theirs).worst_world is False
