"""Lint: each kind has an example that it tells and a near miss; what never fires never does."""

from __future__ import annotations

from datetime import date

import pytest
from cases import cases, random_case
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from worn import worn_case

from graph.model.rules import Basis
from graph.model.values import Key
from graph.model.verdicts import Named, Verdict
from graph.model.warnings import Cause, Suspect
from graph.recognition import compiled, evaluate, lint
from tests.graph.recognition.books import (
    HOME,
    MAJOR,
    agreement,
    asks,
    asks_pool,
    asks_text,
    asks_unit,
    block,
    book,
    day,
    denies,
    elective,
    factor,
    gives,
    level,
    mark,
    member,
    outcome,
    programme,
    rule,
    share_of,
    way,
)

ON = day("2024-06-01")
KNOWN = tuple(outcome(code) for code in "abx")


def told(suspect, *things, within=90):
    """What is told of this kind: rule, place of the alternative, cause."""
    return [
        (str(one.rule), one.alternative, one.cause and one.cause.value)
        for one in lint(book(*things), ON, within)
        if one.suspect is suspect
    ]


NEVER, PACT = Suspect.NEVER_FIRES, agreement(valid="2020-01-01/2022-01-01")
ALLIED, AWAY = replace(PACT, alliance=Key("all")), member(Key("inst:1:away"))
UNDER = {"agreement": Key("pact")}
EXAMPLES = {
    "a window that ends before the agreement's begins": (
        NEVER,
        (rule("R", asks("a"), valid="/2020-01-01", **UNDER), PACT, member(HOME)),
        (rule("R", asks("a"), valid="/2020-01-02", **UNDER), PACT, member(HOME)),
    ),
    "a membership that ended before": (
        NEVER,
        (rule("R", asks("a"), **UNDER), ALLIED, AWAY, member(HOME, "/2020-01-01")),
        (rule("R", asks("a"), **UNDER), ALLIED, AWAY, member(HOME, "/2020-01-02")),
    ),
    "an outcome retired before the window opens": (
        NEVER,
        (rule("R", asks("a"), valid="2020-01-01/"), outcome("a", valid_to=day("2020-01-01"))),
        (rule("R", asks("a"), valid="2020-01-01/"), outcome("a", valid_to=day("2020-01-02"))),
    ),
    "an outcome retired, by application": (
        NEVER,
        (rule("R", asks("a"), valid="2020-01-01/"), outcome("a", valid_to=day("2019-01-01"))),
        (
            rule("R", asks("a"), valid="2020-01-01/", basis=Basis.APPLICATION),
            outcome("a", valid_to=day("2019-01-01")),
        ),
    ),
    "a grade that the scheme does not reach": (
        NEVER,
        (rule("R", asks("a", minimum_grade=mark("101"))),),
        (rule("R", asks("a", minimum_grade=mark("100"))),),
    ),
    "a pool larger than its set": (
        NEVER,
        (rule("R", asks_pool("7", "a", "b")), *KNOWN),
        (rule("R", asks_pool("6", "a", "b")), *KNOWN),
    ),
    "a smaller number with fewer clauses": (
        Suspect.SHADOWED,
        (rule("R", way(asks("a"), asks("b"))), rule("Q", asks("a"), priority=50)),
        (rule("R", way(asks("a"), asks("b"))), rule("Q", asks("c"), priority=50)),
    ),
    "a smaller number for another target": (
        Suspect.SHADOWED,
        (rule("R", asks("a")), rule("Q", asks("a"), priority=50)),
        (rule("R", asks("a")), rule("Q", asks("a"), gives("y"), priority=50)),
    ),
    "a smaller number in another time": (
        Suspect.SHADOWED,
        (rule("R", asks("a"), valid="2020-01-01/"), rule("Q", asks("a"), priority=50, valid="/2020-01-02")),
        (rule("R", asks("a"), valid="2020-01-01/"), rule("Q", asks("a"), priority=50, valid="/2020-01-01")),
    ),
    "a target above every level asked for": (
        Suspect.LEVEL_LIFT,
        (rule("R", asks("a")), outcome("a", level=level("F", 3)), outcome("x", level=level("F", 4))),
        (rule("R", asks("a")), outcome("a", level=level("F", 4)), outcome("x", level=level("F", 4))),
    ),
    "a level lifted by articulation": (
        Suspect.LEVEL_LIFT,
        (rule("R", asks("a")), outcome("a", level=level("F", 3)), outcome("x", level=level("F", 4))),
        (
            rule("R", asks("a"), articulation=True),
            outcome("a", level=level("F", 3)),
            outcome("x", level=level("F", 4)),
        ),
    ),
    "a pool in a scheme that nothing leads to": (
        Suspect.NO_FACTOR,
        (rule("R", asks_pool("3", "a", scheme="hours")), *KNOWN),
        (rule("R", asks_pool("3", "a", scheme="hours")), *KNOWN, factor("cr", "hours", 16)),
    ),
    "a ratio in a scheme that nothing leads to": (
        Suspect.NO_FACTOR,
        (rule("R", asks("a"), gives("x", worth=replace(share_of(1, 2), scheme="hours"))), *KNOWN),
        (rule("R", asks("a"), gives("x", worth=share_of(1, 2))), *KNOWN),
    ),
    "a repeatable rule on a course": (
        Suspect.REPEATABLE_TARGET,
        (rule("R", asks("a"), repeatable=2),),
        (rule("R", asks("a"), elective("B"), repeatable=2),),
    ),
    "an end within ninety days": (
        Suspect.EXPIRES,
        (rule("R", asks("a"), valid="/2024-08-30"),),
        (rule("R", asks("a"), valid="/2024-08-31"),),
    ),
    "an end that has passed": (
        Suspect.EXPIRES,
        (rule("R", asks("a"), valid="/2024-06-02"),),
        (rule("R", asks("a"), valid="/2024-06-01"),),
    ),
    "an outcome that is not there": (
        Suspect.DANGLING,
        (rule("R", asks("ghost")), *KNOWN),
        (rule("R", asks("a")), *KNOWN),
    ),
    "an agreement that is not there": (
        Suspect.DANGLING,
        (rule("R", asks("a"), **UNDER), *KNOWN),
        (rule("R", asks("a"), **UNDER), *KNOWN, PACT),
    ),
    "a block that is not there": (
        Suspect.DANGLING,
        (rule("R", asks("a"), elective("Z"), programme=MAJOR), programme(block("B")), *KNOWN),
        (rule("R", asks("a"), elective("B"), programme=MAJOR), programme(block("B")), *KNOWN),
    ),
    "a denial of equal number": (
        Suspect.EQUAL_DENIAL,
        (rule("R", way(asks("a"), asks("b"))), rule("D", asks("a"), denies("x"))),
        (rule("R", way(asks("a"), asks("b"))), rule("D", asks("a"), denies("x"), priority=99)),
    ),
    "a denial of everything": (
        Suspect.EQUAL_DENIAL,
        (rule("R", asks("a")), rule("D", way(), denies())),
        (rule("R", asks("a")), rule("D", asks("b"), denies())),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_kind_is_told_and_its_near_miss_is_not(name):
    suspect, fires, misses = EXAMPLES[name]
    assert [of for of, _, _ in told(suspect, *fires)] == ["R"]
    assert told(suspect, *misses) == []


def test_every_kind_and_cause_has_an_example():
    causes = {cause for _, fires, _ in EXAMPLES.values() for _, _, cause in told(NEVER, *fires)}
    assert causes >= {cause.value for cause in Cause}
    assert {suspect for suspect, _, _ in EXAMPLES.values()} | {Suspect.OVERLAP} == set(Suspect)


def test_two_rules_of_the_same_clauses_target_and_number_overlap_and_both_say_so():
    assert told(Suspect.OVERLAP, rule("Q", asks("a")), rule("R", asks("a"))) == [
        ("Q", None, None),
        ("R", None, None),
    ]
    assert told(Suspect.OVERLAP, rule("Q", asks("a")), rule("R", asks("a"), priority=99)) == []


def test_one_dead_alternative_of_two_is_told_by_its_place():
    dead = way(asks("a", minimum_grade=mark("101")))
    assert told(NEVER, rule("R", [way(asks_text()), dead])) == [("R", 1, "GRADE_UNREACHABLE")]
    assert told(NEVER, rule("R", [dead, dead])) == [("R", None, "GRADE_UNREACHABLE")]


def test_a_unit_that_is_not_there_dangles():
    assert told(Suspect.DANGLING, rule("R", asks_unit("U")), *KNOWN) == [("R", None, None)]


ALL = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@ALL
@given(cases())
def test_any_rule_book_is_linted_alike_twice_and_for_any_day(case):
    for on in (date.min, case.context.applied_on, date.max):
        assert lint(case.book, on, 10**6) == lint(compiled(case.book), on, 10**6)


def honest(index, result):
    """Results as the world has them: completed while their outcome was awarded, for its credit at most."""
    known = index.outcomes.of(result.outcome) if result.outcome else ()
    done = result.completion
    awarded = not known or (
        done is not None and any(one.holds_on(done.first) and one.holds_on(done.last) for one in known)
    )
    credit = next((one.credit for one in known if one.credit), None)
    return awarded and (not known or result.earned is None or result.earned == credit)


def test_a_rule_said_never_to_fire_never_meets_in_thousands_of_questions():
    said = met = 0
    for seed in range(1_500):
        for make in (random_case, worn_case):
            case = make(seed)
            index = compiled(case.book)
            dead = {
                (one.rule, one.version)
                for one in lint(index, case.context.applied_on)
                if one.suspect is NEVER and one.alternative is None
            }
            said += len(dead)
            results = [one for one in case.results if honest(index, one)]
            names = tuple(Named(rule=key) for key, _ in dead)
            answer = evaluate(index, results, replace(case.context, silent=()), names)
            met += sum(one.gives for one in answer.judged)
            firing = [
                (seed, one.rule)
                for one in answer.judged
                if (one.rule, one.version) in dead and one.verdict in (Verdict.MEETS_RULE, Verdict.CAPPED)
            ]
            assert firing == []
    assert said > 100
    assert met > 500
