"""The oracle against examples computed by hand, rule by rule, and against its own invariants.

``World`` is a plain question: outcome A1 (3 credits, of ALPHA) is held since 2022-07-01, rule ``r`` turns
it into T1 (3 credits), and nothing else is in the way. Each test changes one thing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import oracle
import pytest
from cases import (
    A1,
    A1_NEW,
    A2,
    AGREEMENT,
    ALLIANCE,
    ALPHA,
    B1,
    B2,
    BETA,
    C1,
    D1,
    FRAMEWORK,
    GAMMA,
    HOME,
    HOURS,
    MAIN,
    OTHER,
    OTHER_FRAMEWORK,
    PERCENT,
    PROGRAMME,
    T1,
    T2,
    T3,
    T4,
    TODAY,
    U1,
    WORDS,
    Case,
    Maker,
    cases,
    credit,
    key,
    random_case,
    random_plan_case,
)
from compare import differences, plan_differences, shown, shrunk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from oracle_plan import TooLargeError
from oracle_values import ask, later_by, one_per_fingerprint, result_of
from oracle_windows import latest_completion

from graph.model.book import RuleBook
from graph.model.caps import Cap, CapMeasure, CapScope, Exclusion, Overflow
from graph.model.framework import LevelRef, Referencing
from graph.model.institutions import Agreement, Membership, Signature
from graph.model.learning import (
    Completion,
    ConsumedTarget,
    Consumption,
    Context,
    HeldTarget,
    Obtained,
    Result,
    ResultStatus,
    SilentSource,
    Verification,
)
from graph.model.outcomes import (
    Block,
    Mapping,
    Outcome,
    OutcomeClass,
    OutcomeKind,
    Programme,
    Requirement,
    RequirementKind,
    Statement,
    Unit,
)
from graph.model.rules import (
    Alternative,
    Basis,
    BlockGrant,
    CreditRule,
    Denial,
    ElectiveGrant,
    EntitlementGrant,
    Giving,
    OutcomeClause,
    OutcomeGrant,
    PoolClause,
    Rule,
    TargetState,
    Tests,
    TextClause,
    UnitClause,
    UnitGrant,
    WaiverMode,
    Worth,
)
from graph.model.schemes import CreditScheme, Factor, Rounding
from graph.model.values import Credit, Fraction, Grade, Key, LongText, Period, Stage, Status, Text, Window
from graph.model.verdicts import Judged, Target, TargetKind, Verdict

MEETS, CAPPED, OPEN = Verdict.MEETS_RULE, Verdict.CAPPED, Verdict.CONDITIONAL
RULE = Key("r")


def on(day: str, last: str = "") -> Completion:
    return Completion(first=date.fromisoformat(day), last=date.fromisoformat(last or day))


def day(text: str) -> date:
    return date.fromisoformat(text)


def outcome(own: Key, issuer: Key, amount: str | None, **more: Any) -> Outcome:
    return Outcome(
        key=own,
        version=1,
        title=Text(en=own),
        issuer=issuer,
        kind=OutcomeKind.COURSE,
        outcome_class=more.pop("outcome_class", OutcomeClass.DEGREE),
        credit=credit(amount) if amount else None,
        **more,
    )


OUTCOMES = (
    outcome(A1, ALPHA, "3"),
    outcome(A1_NEW, ALPHA, "3"),
    outcome(A2, ALPHA, "2"),
    outcome(B1, BETA, "2", outcome_class=OutcomeClass.NON_DEGREE),
    outcome(B2, BETA, "4", higher_than=B1),
    outcome(C1, GAMMA, "2", repeatable=True),
    outcome(D1, GAMMA, "5", parts=(B1,)),
    outcome(T1, HOME, "3"),
    outcome(T2, HOME, "4", parts=(T4,)),
    outcome(T3, HOME, "3"),
    outcome(T4, HOME, "2"),
)


def held(own: str, of: Key | None = A1, **more: Any) -> Result:
    fields: dict[str, Any] = {"issuer": ALPHA, "earned": credit("3"), "completion": on("2022-07-01")}
    return Result(id=own, outcome=of, **{**fields, **more})


def wants(*clauses: Any, **joint: bool) -> Alternative:
    made = [
        clause if not isinstance(clause, str) else OutcomeClause(outcome=Key(clause)) for clause in clauses
    ]
    return Alternative(clauses=tuple(made), **joint)


def gives(*targets: Any) -> tuple[Any, ...]:
    return tuple(OutcomeGrant(outcome=Key(one)) if isinstance(one, str) else one for one in targets)


def rule(own: str = "r", *ways: Alternative, grants: tuple[Any, ...] = (), **more: Any) -> Rule:
    return Rule(
        key=Key(own),
        version=more.pop("version", 1),
        institution=HOME,
        alternatives=ways or (wants(A1),),
        grants=grants or gives(T1),
        **more,
    )


def denial(*ways: Alternative, of: Denial | None = None, **more: Any) -> Rule:
    return rule("no", *ways, grants=(of or Denial(outcome=T1),), **more)


def scheme(code: str, step: str, rounding: Rounding = Rounding.HALF_UP) -> CreditScheme:
    return CreditScheme(key=Key(code), version=1, title=Text(en=code), step=Decimal(step), rounding=rounding)


def block(code: str, *outcomes: Key, **more: Any) -> Block:
    return Block(code=code, outcomes=tuple(outcomes), **more)


def programme(*blocks: Block, **more: Any) -> Programme:
    return Programme(
        key=PROGRAMME,
        version=1,
        institution=HOME,
        title=Text(en="p"),
        major="m",
        intake=2020,
        stage=Stage.UNDERGRADUATE,
        credit_scheme=MAIN,
        blocks=blocks or (block("b1", T1, T2, T3, T4),),
        **more,
    )


def factor(numerator: int, denominator: int = 1, origin: str = OTHER, to: str = MAIN, **more: Any) -> Factor:
    ratio = Fraction(numerator=numerator, denominator=denominator)
    return Factor(key=Key(f"{origin}{to}"), version=1, from_scheme=origin, to_scheme=to, factor=ratio, **more)


class World:
    """A question that can be changed part by part."""

    def __init__(self, *rules: Rule, results: tuple[Result, ...] = (held("x"),), **book: Any) -> None:
        parts: dict[str, Any] = {
            "rules": rules or (rule(),),
            "outcomes": OUTCOMES,
            "programmes": (programme(),),
            "credit_schemes": (scheme(MAIN, "0.5"), scheme(OTHER, "1"), scheme(HOURS, "1")),
            "grading_schemes": Maker(Random(0), ()).grading_schemes(),
        }
        self.results = results
        self.context = Context(institution=HOME, programme=PROGRAMME, applied_on=TODAY)
        self.context = replace(self.context, **{n: book.pop(n) for n in list(book) if n in CONTEXT})
        self.named_rules = book.pop("named_rules", ())
        self.named_targets = book.pop("named_targets", ())
        self.book = RuleBook(institution=HOME, **{**parts, **book})

    @property
    def judged(self) -> tuple[Judged, ...]:
        return oracle.judge(self.book, self.results, self.context, self.named_rules, self.named_targets)

    def rows(self, of: str = "r") -> list[Judged]:
        return [one for one in self.judged if one.rule == of]

    def verdict(self, of: str = "r") -> Verdict:
        (one,) = self.rows(of)
        return one.verdict

    def plan(self, conditional: bool = False) -> Any:
        return oracle.plan(self.book, self.results, self.context, conditional)


CONTEXT = ("programme", "credit_scheme", "applied_on", "consumed", "silent", "targets")


def verdict(*rules: Rule, **parts: Any) -> Verdict:
    return World(*rules, **parts).verdict()


def used(*ids: str, of: str = "r", **more: Any) -> Consumption:
    fields: dict[str, Any] = {"institution": HOME, "programme": PROGRAMME, "on": day("2024-02-01")}
    return Consumption(results=ids, rule=Key(of), rule_version=1, **{**fields, **more})


# --- The courier case, and credit by hand ----------------------------------------------------------------


def test_one_certificate_exempts_from_three_courses_with_eight_credits() -> None:
    courier = World(rule(grants=gives(T1, T3, T4)), results=(held("courier", earned=credit("8")),))
    assert [(one.verdict, one.target.key, one.credit, one.scheme) for one in courier.judged] == [
        (MEETS, T1, Decimal(3), MAIN),
        (MEETS, T3, Decimal(3), MAIN),
        (MEETS, T4, Decimal(2), MAIN),
    ]
    numbers, sets = courier.plan()
    assert (numbers.credit, numbers.waivers, numbers.results, numbers.priorities, numbers.ranks) == (
        8,
        0,
        1,
        100,
        1,
    )
    assert sets == {frozenset([("r", 1, 0, ("courier",))])}


def test_r1_roll_up_takes_the_best_and_puts_a_giving_cap_above_a_condition() -> None:
    def one(verdict: Verdict, gives: bool = False) -> Judged:
        return Judged(
            rule=RULE,
            version=1,
            grant=0,
            target=Target(kind=TargetKind.OUTCOME, key=T1),
            verdict=verdict,
            gives=gives,
        )

    def best(*judged: Judged) -> list[Verdict]:
        return list(oracle.roll_up(judged).values())

    assert best(one(Verdict.NOT_MET), one(OPEN), one(CAPPED, True)) == [CAPPED]
    assert best(one(CAPPED), one(Verdict.UNVERIFIED)) == [Verdict.UNVERIFIED]
    assert best(one(Verdict.PARTIAL), one(Verdict.NOT_YET_VALID)) == [Verdict.NOT_YET_VALID]
    assert best(one(Verdict.UNDECIDED), one(OPEN)) == [Verdict.UNDECIDED]


# --- Fingerprints ----------------------------------------------------------------------------------------


def test_equal_fingerprints_are_one_result_of_the_smallest_id() -> None:
    twins = (
        held("b", fingerprint="f", verification=Verification.VERIFIED),
        held("a", fingerprint="f", verification=Verification.UNVERIFIED, attempts=7),
        held("c", part_of="b"),
    )
    (merged, part), renamed = one_per_fingerprint(twins)
    assert (merged.id, merged.verification, merged.attempts) == ("a", Verification.VERIFIED, 7)
    assert part.part_of == "a"
    assert renamed["b"] == "a"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, MEETS),
        ({"status": ResultStatus.REVOKED}, Verdict.NOT_MET),
        ({"grade": Grade(scheme=PERCENT, value="70")}, Verdict.UNVERIFIED),
        ({"earned": credit("2")}, Verdict.UNVERIFIED),
        ({"available": credit("2")}, Verdict.UNVERIFIED),
        ({"earned": Credit(amount=Decimal(3), scheme=OTHER)}, Verdict.UNVERIFIED),
    ],
)
def test_equal_fingerprints_that_differ(other: dict[str, Any], expected: Verdict) -> None:
    twins = (held("a", fingerprint="f"), held("b", fingerprint="f", **other))
    assert verdict(results=twins) is expected


# --- R2 Concerned ----------------------------------------------------------------------------------------


def test_r2_what_no_result_names_is_not_evaluated_unless_the_question_names_it() -> None:
    assert World(rule("r", wants(A2))).judged == ()
    assert World(rule("r", wants(A2)), named_rules=(RULE,)).verdict() is Verdict.NOT_MET
    target = Target(kind=TargetKind.OUTCOME, key=T1)
    assert World(rule("r", wants(A2)), named_targets=(target,)).verdict() is Verdict.NOT_MET


def test_r2_results_in_whatever_state_any_edition_higher_tiers_and_mapped_units_concern() -> None:
    assert verdict(results=(held("x", status=ResultStatus.REVOKED),)) is Verdict.NOT_MET
    assert verdict(rule("r", wants(key("out", "a1", "any")))) is MEETS
    higher = rule("r", wants(OutcomeClause(outcome=B1, or_higher=True)))
    assert verdict(higher, results=(held("x", B2),)) is MEETS
    mapping = Mapping(key=Key("m"), version=1, outcome=A1, unit=U1, whole=True, valid_to=day("2020-01-01"))
    assert verdict(rule("r", wants(UnitClause(unit=U1))), mappings=(mapping,)) is Verdict.NOT_MET


def test_r2_rules_of_another_programme_or_institution_do_not_concern() -> None:
    elsewhere = rule(programme=key("prog", "q"))
    assert World(elsewhere, named_rules=(RULE,)).judged == ()
    assert World(replace(rule(), institution=ALPHA), named_rules=(RULE,)).judged == ()
    assert World(rule(programme=PROGRAMME), programme=None, credit_scheme=MAIN).judged == ()


def test_r2_silence_counts_the_rules_that_only_it_could_make_concerned() -> None:
    world = World(rule(), rule("s", wants(B1)), silent=(SilentSource(code="beta", issuers=(BETA,)),))
    assert oracle.might_concern(world.book, world.results, world.context) == {"beta": 1}
    assert {one.rule for one in world.judged} == {"r"}


# --- R3 to R5 Dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (on("2022-07-01"), MEETS),
        (on("2022-12-31"), MEETS),
        (on("2023-01-01"), Verdict.OUT_OF_WINDOW),
        (on("2022-12-01", "2022-12-31"), MEETS),
        (on("2022-12-01", "2023-01-01"), OPEN),
        (on("2021-12-31", "2023-01-01"), OPEN),
        (on("2021-01-01", "2021-12-31"), Verdict.OUT_OF_WINDOW),
        (None, OPEN),
    ],
)
def test_r4_completion_against_the_window_2022(done: Completion | None, expected: Verdict) -> None:
    window = rule(valid_from=day("2022-01-01"), valid_to=day("2023-01-01"))
    assert verdict(window, results=(held("x", completion=done),)) is expected


def test_r4_the_basis_is_the_latest_completion_among_the_evidence() -> None:
    both = rule("r", wants(A1, A2), valid_to=day("2023-01-01"))
    late = held("y", A2, completion=on("2023-03-01"))
    assert verdict(both, results=(held("x"), late)) is Verdict.OUT_OF_WINDOW
    q = ask(RuleBook(institution=HOME), (held("x"), late), World().context)
    assert latest_completion(q, ["x", "y"]) == on("2023-03-01")
    assert result_of(q, "y") == late


def test_r4_an_unbounded_window_still_wants_a_completion() -> None:
    assert verdict(results=(held("x", completion=None),)) is OPEN
    by_application = rule(basis=Basis.APPLICATION)
    assert verdict(by_application, results=(held("x", completion=None),)) is MEETS


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2024-01-31", Period(months=1), "2024-02-29"),
        ("2023-01-31", Period(months=1, days=1), "2023-03-01"),
        ("2020-02-29", Period(years=1), "2021-02-28"),
        ("2022-12-15", Period(years=1, months=1), "2024-01-15"),
    ],
)
def test_r4_calendar_arithmetic_clamps_month_ends(start: str, length: Period, end: str) -> None:
    assert later_by(day(start), length) == day(end)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (on("2022-06-01"), MEETS),
        (on("2022-05-31"), Verdict.NOT_MET),
        (on("2022-05-01", "2022-06-30"), OPEN),
        (None, OPEN),
    ],
)
def test_r4_maximum_age_of_two_years(done: Completion | None, expected: Verdict) -> None:
    aged = rule("r", wants(OutcomeClause(outcome=A1, tests=Tests(maximum_age=Period(years=2)))))
    assert verdict(aged, results=(held("x", completion=done),)) is expected


def test_r5_application_before_and_after_the_window() -> None:
    coming = rule(basis=Basis.APPLICATION, valid_from=day("2024-06-02"))
    assert verdict(coming) is Verdict.NOT_YET_VALID
    gone = rule(basis=Basis.APPLICATION, valid_to=TODAY)
    assert verdict(gone) is Verdict.OUT_OF_WINDOW


def versions() -> tuple[Rule, Rule]:
    return (
        rule(valid_to=day("2023-01-01")),
        rule(version=2, valid_from=day("2023-01-01")),
    )


def test_r5_a_version_whose_only_failure_is_its_window_is_left_out_for_the_one_that_holds_the_date() -> None:
    (one,) = World(*versions()).judged
    assert (one.version, one.verdict) == (1, MEETS)
    (later,) = World(*versions(), results=(held("x", completion=on("2023-07-01")),)).judged
    assert (later.version, later.verdict) == (2, MEETS)


def test_r5_named_it_is_superseded_by_a_later_version_and_still_left_out_for_an_earlier() -> None:
    late = World(*versions(), results=(held("x", completion=on("2023-07-01")),), named_rules=(RULE,))
    assert [(one.version, one.verdict) for one in late.judged] == [(1, Verdict.SUPERSEDED), (2, MEETS)]
    early = World(*versions(), named_rules=(RULE,))
    assert [(one.version, one.verdict) for one in early.judged] == [(1, MEETS)]


def test_r5_in_a_gap_or_with_another_failure_the_version_is_out_of_window() -> None:
    first, second = versions()
    gap = World(
        first,
        replace(second, valid_from=day("2024-01-01")),
        results=(held("x", completion=on("2023-07-01")),),
    )
    assert [one.verdict for one in gap.judged] == [Verdict.OUT_OF_WINDOW] * 2
    closed = (Window(start=day("2024-01-01"), end=day("2024-02-01")),)
    two = World(replace(first, periods=closed), second, results=(held("x", completion=on("2023-07-01")),))
    assert [(one.version, one.verdict) for one in two.judged] == [(1, Verdict.OUT_OF_WINDOW), (2, MEETS)]


def test_r5_an_interval_across_the_edge_of_two_versions_is_conditional_in_both() -> None:
    across = World(*versions(), results=(held("x", completion=on("2022-12-01", "2023-01-31")),))
    assert [one.verdict for one in across.judged] == [OPEN, OPEN]


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ((Window(start=TODAY, end=day("2024-06-02")),), MEETS),
        ((Window(start=day("2024-01-01"), end=TODAY),), Verdict.OUT_OF_WINDOW),
        (
            (Window(start=day("2024-01-01"), end=TODAY), Window(start=day("2024-06-02"))),
            Verdict.NOT_YET_VALID,
        ),
    ],
)
def test_r5_application_periods_bind_under_either_basis(
    periods: tuple[Window, ...], expected: Verdict
) -> None:
    assert verdict(rule(periods=periods)) is expected


def agreement(**more: Any) -> Agreement:
    signed = tuple(Signature(party=party, on=day("2020-01-01")) for party in (HOME, ALPHA))
    fields: dict[str, Any] = {"version": 1, "parties": (HOME, ALPHA), "signatures": signed}
    return Agreement(key=AGREEMENT, title=Text(en="a"), **{**fields, **more})


def member(party: Key, start: str | None = None, end: str | None = None) -> Membership:
    return Membership(
        key=Key(f"m{party}{start}"),
        version=1,
        alliance=ALLIANCE,
        institution=party,
        valid_from=day(start) if start else None,
        valid_to=day(end) if end else None,
    )


def test_r5_agreement_window_signature_and_memberships() -> None:
    under = rule(agreement=AGREEMENT)
    assert verdict(under) is Verdict.OUT_OF_WINDOW
    assert verdict(under, agreements=(agreement(),)) is MEETS
    assert verdict(under, agreements=(agreement(signatures=()),)) is Verdict.NOT_YET_VALID
    assert verdict(under, agreements=(agreement(valid_from=day("2023-01-01")),)) is Verdict.OUT_OF_WINDOW
    allied = (agreement(alliance=ALLIANCE),)
    assert verdict(under, agreements=allied, memberships=(member(HOME),)) is Verdict.OUT_OF_WINDOW
    assert verdict(under, agreements=allied, memberships=(member(HOME), member(ALPHA))) is MEETS


def test_r5_by_application_a_gap_before_a_later_membership_is_not_yet_valid() -> None:
    under = rule(agreement=AGREEMENT, basis=Basis.APPLICATION)
    allied = (agreement(alliance=ALLIANCE),)
    gap = (member(HOME), member(ALPHA, None, "2024-05-01"), member(ALPHA, "2024-07-01"))
    assert verdict(under, agreements=allied, memberships=gap) is Verdict.NOT_YET_VALID
    assert verdict(under, agreements=allied, memberships=gap[:2]) is Verdict.OUT_OF_WINDOW
    unsigned = (agreement(alliance=ALLIANCE, signatures=()),)
    assert verdict(under, agreements=unsigned, memberships=gap[:2]) is Verdict.OUT_OF_WINDOW


# --- R6, R7 Evidence and match ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"completion": on("2024-06-01")}, MEETS),
        ({"completion": on("2024-06-02")}, Verdict.NOT_MET),
        ({"completion": on("2024-06-01", "2024-06-02")}, OPEN),
        ({"grade": Grade(scheme=PERCENT, value="60")}, MEETS),
        ({"grade": Grade(scheme=PERCENT, value="59.9")}, Verdict.NOT_MET),
        ({"grade": Grade(scheme=PERCENT, value="excellent")}, OPEN),
        ({"grade": Grade(scheme="nowhere", value="A")}, OPEN),
        ({"status": ResultStatus.IN_PROGRESS}, Verdict.NOT_MET),
        ({"status": ResultStatus.FAILED}, Verdict.NOT_MET),
        ({"valid_to": TODAY}, Verdict.NOT_MET),
        ({"valid_to": day("2024-06-02")}, MEETS),
        ({"obtained": Obtained.CONVERSION}, Verdict.NOT_MET),
        ({"verification": Verification.UNVERIFIED}, Verdict.UNVERIFIED),
        ({"verification": Verification.CONFLICTING}, Verdict.UNVERIFIED),
        ({"verification": Verification.UNVERIFIED, "hypothetical": True}, MEETS),
    ],
)
def test_r6_evidence(change: dict[str, Any], expected: Verdict) -> None:
    assert verdict(results=(held("x", **change),)) is expected


def test_r7_match_is_exact_or_any_or_higher_and_parts_never_stand_for_the_whole() -> None:
    assert World(rule("r", wants(A1_NEW)), named_rules=(RULE,)).verdict() is Verdict.NOT_MET
    lower = rule("r", wants(OutcomeClause(outcome=B2, or_higher=True)))
    assert World(lower, results=(held("x", B1),), named_rules=(RULE,)).verdict() is Verdict.NOT_MET
    assert (
        World(rule("r", wants(B1)), results=(held("x", D1),), named_rules=(RULE,)).verdict()
        is Verdict.NOT_MET
    )


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        (Tests(minimum_grade=Grade(scheme=WORDS, value="good")), OPEN),
        (Tests(minimum_grade=Grade(scheme=PERCENT, value="80")), MEETS),
        (Tests(minimum_grade=Grade(scheme=PERCENT, value="81")), Verdict.NOT_MET),
        (Tests(issuers=(ALPHA,)), MEETS),
        (Tests(issuers=(BETA,)), Verdict.NOT_MET),
        (Tests(attempts_at_most=1), OPEN),
        (Tests(stage_not_below=Stage.SECONDARY), OPEN),
        (Tests(tags=("x",)), Verdict.NOT_MET),
    ],
)
def test_r18_tests_of_a_clause(tests: Tests, expected: Verdict) -> None:
    graded = held("x", grade=Grade(scheme=PERCENT, value="80"))
    assert verdict(rule("r", wants(OutcomeClause(outcome=A1, tests=tests))), results=(graded,)) is expected


def test_tags_of_an_outcome_that_is_not_in_the_graph_are_open() -> None:
    unknown = key("out", "z9")
    asks = rule("r", wants(OutcomeClause(outcome=unknown, tests=Tests(tags=("x",)))))
    assert verdict(asks, results=(held("x", unknown),)) is OPEN


# --- R8 Assignment ---------------------------------------------------------------------------------------


def pool(amount: str, *outcomes: Key, scheme: str = MAIN) -> PoolClause:
    return PoolClause(credit=credit(amount, scheme), outcomes=outcomes)


def test_r8_a_result_serves_several_outcome_clauses_but_in_a_pool_nothing_else() -> None:
    assert verdict(rule("r", wants(A1, key("out", "a1", "any")))) is MEETS
    assert verdict(rule("r", wants(A1, pool("3", A1)))) is Verdict.NOT_MET
    assert verdict(rule("r", wants(A1, pool("3", A1, A2))), results=(held("x"), held("y", A2))) is MEETS


def test_r8_assignments_are_minimal_but_one_with_more_conditions_does_not_displace() -> None:
    either = rule("r", wants(A1, key("out", "a1", "any")))
    known = Tests(attempts_at_most=3)
    tested = rule("r", wants(A1, OutcomeClause(outcome=key("out", "a1", "any"), tests=known)))
    two = (held("x"), held("y", A1_NEW, attempts=1))
    (minimal,) = World(either, results=two).rows()
    assert minimal.evidence == ("x",)
    # x alone leaves the attempts open; x and y leave nothing open, but clash: the same outcome twice.
    assert verdict(tested, results=two) is OPEN


def test_r8_shown_among_equals_fewest_results_then_earliest_then_ids() -> None:
    asks = rule("r", wants(key("out", "a1", "any")))
    late, early = held("a", completion=on("2023-01-01")), held("b", A1_NEW, completion=on("2021-01-01"))
    (shown_row,) = World(asks, results=(late, early)).rows()
    assert shown_row.evidence == ("b",)
    (by_id,) = World(asks, results=(late, replace(early, completion=late.completion))).rows()
    assert by_id.evidence == ("a",)


def test_r8_one_issuer_and_credit_not_below() -> None:
    two = (held("x"), held("y", B1, issuer=BETA))
    assert verdict(rule("r", wants(A1, B1)), results=two) is MEETS
    assert verdict(rule("r", wants(A1, B1, one_issuer=True)), results=two) is Verdict.NOT_MET
    assert verdict(rule("r", wants(A1, credit_not_below=True))) is MEETS
    assert verdict(rule("r", wants(A1, credit_not_below=True), grants=gives(T2))) is Verdict.NOT_MET
    unknown = (held("x", earned=None),)
    assert verdict(rule("r", wants(A1, credit_not_below=True)), results=unknown) is OPEN
    other = (held("x", earned=credit("2", OTHER)),)
    assert verdict(rule("r", wants(A1, credit_not_below=True)), results=other) is OPEN
    assert (
        verdict(rule("r", wants(A1, credit_not_below=True)), results=other, factors=(factor(3, 2),)) is MEETS
    )


def test_r8_a_rule_without_alternatives_is_not_met_if_named() -> None:
    nothing = Rule(key=RULE, version=1, institution=HOME, grants=gives(T1))
    assert World(nothing).judged == ()
    assert World(nothing, named_rules=(RULE,)).verdict() is Verdict.NOT_MET


def test_r8_text_is_for_a_person_and_leaves_the_verdict_open() -> None:
    assert verdict(rule("r", wants(A1, TextClause(text=LongText(en="portfolio"))))) is OPEN


# --- R9 Units --------------------------------------------------------------------------------------------


UNIT = Unit(
    key=U1,
    version=1,
    title=Text(en="u"),
    credit=credit("2"),
    statements=tuple(Statement(code=code, dimension="k", text=LongText()) for code in ("s1", "s2")),
)


def half(number: int, of: Key, *codes: str, **more: Any) -> Mapping:
    return Mapping(
        key=Key(f"map{number}"), version=1, outcome=of, unit=U1, statements=codes, whole=not codes, **more
    )


def test_r9_halves_of_different_years_unite_and_one_half_is_partial() -> None:
    asks = rule("r", wants(UnitClause(unit=U1)))
    halves = (
        half(1, A1, "s1", valid_to=day("2023-01-01")),
        half(2, B1, "s2", valid_from=day("2023-01-01")),
    )
    second = held("y", B1, issuer=BETA, completion=on("2023-07-01"))
    both = World(asks, results=(held("x"), second), mappings=halves, units=(UNIT,))
    assert (both.rows()[0].verdict, both.rows()[0].evidence) == (MEETS, ("x", "y"))
    assert verdict(asks, mappings=halves, units=(UNIT,)) is Verdict.PARTIAL
    early = replace(second, completion=on("2022-07-01"))
    assert verdict(asks, results=(held("x"), early), mappings=halves, units=(UNIT,)) is Verdict.PARTIAL
    across = replace(second, completion=on("2022-07-01", "2023-07-01"))
    assert verdict(asks, results=(held("x"), across), mappings=halves, units=(UNIT,)) is OPEN


def test_r9_a_result_of_the_unit_covers_it_and_drafts_do_not() -> None:
    asks = rule("r", wants(UnitClause(unit=U1)))
    assert verdict(asks, results=(held("x", None, unit=U1),), units=(UNIT,)) is MEETS
    assert verdict(asks, mappings=(half(1, A1),), units=(UNIT,)) is MEETS
    draft = (half(1, A1, status=Status.DRAFT),)
    assert World(asks, mappings=draft, units=(UNIT,), named_rules=(RULE,)).verdict() is Verdict.NOT_MET


# --- R10 Pools -------------------------------------------------------------------------------------------


def test_r10_whole_results_by_factor_and_available() -> None:
    asks = rule("r", wants(pool("5", A1, B1)))
    two = (held("x"), held("y", B1, issuer=BETA, earned=credit("2")))
    assert verdict(asks, results=two) is MEETS
    less = (held("x", available=credit("2.5")), two[1])
    assert verdict(asks, results=less) is Verdict.PARTIAL
    other = (held("x"), replace(two[1], earned=credit("1", OTHER)))
    assert verdict(asks, results=other, factors=(factor(2),)) is MEETS


def test_r10_a_result_without_factor_is_a_conditional_pool_by_itself_and_never_planned() -> None:
    asks = rule("r", wants(pool("5", A1, B1)))
    no_factor = World(asks, results=(held("x", earned=credit("1", HOURS)),))
    assert no_factor.verdict() is OPEN
    assert no_factor.plan(conditional=True)[1] == {frozenset()}


def test_r17_a_pool_does_not_count_both_of_clashing_results() -> None:
    asks = rule("r", wants(pool("5", A1, A1_NEW)))
    assert verdict(asks, results=(held("x"), held("y", A1_NEW))) is Verdict.PARTIAL
    yearly = rule("r", wants(pool("5", C1)))
    assert verdict(yearly, results=(held("x", C1), held("y", C1))) is MEETS


# --- R11 Obstacles ---------------------------------------------------------------------------------------


def test_r11_partial_joint_and_not_met() -> None:
    assert verdict(rule("r", wants(A1, A2))) is Verdict.PARTIAL
    text = TextClause(text=LongText(en="t"))
    assert World(rule("r", wants(A2, text)), named_rules=(RULE,)).verdict() is Verdict.NOT_MET
    assert verdict(rule("r", wants(A1, pool("1", A1)))) is Verdict.NOT_MET
    assert verdict(rule("r", wants(A1, A2), wants(A1))) is MEETS


def test_r11_held_is_named_first_and_lifted_where_it_is_required() -> None:
    has = (HeldTarget(outcome=T1, state=TargetState.HELD),)
    assert verdict(targets=has) is Verdict.ALREADY_HELD
    assert verdict(targets=has, results=(held("x", status=ResultStatus.REVOKED),)) is Verdict.ALREADY_HELD
    assert verdict(rule(required_states=(TargetState.HELD,)), targets=has) is MEETS
    granted = (used("gone", of="s", targets=(ConsumedTarget(outcome=T1),)),)
    assert verdict(consumed=granted) is Verdict.ALREADY_HELD
    elsewhere = (replace(granted[0], programme=key("prog", "q")),)
    assert verdict(consumed=elsewhere) is MEETS


def test_r11_a_wrong_target_state_is_not_met() -> None:
    asks = rule(required_states=(TargetState.FAILED, TargetState.REGISTERED))
    failed = HeldTarget(outcome=T1, state=TargetState.FAILED)
    assert verdict(asks) is Verdict.NOT_MET
    assert verdict(asks, targets=(failed,)) is Verdict.NOT_MET
    assert verdict(asks, targets=(failed, HeldTarget(outcome=T1, state=TargetState.REGISTERED))) is MEETS


def test_r11_non_exemptible_is_denied_in_every_mode() -> None:
    never = (programme(block("b1", T1, non_exemptible=(T1,))),)
    exam = rule(grants=gives(OutcomeGrant(outcome=T1, giving=Giving(mode=WaiverMode.EXAM))))
    assert verdict(exam, programmes=never) is Verdict.DENIED
    assert verdict(rule("r", wants(A1, A2)), programmes=never) is Verdict.DENIED


@pytest.mark.parametrize(("value", "expected"), [("70", MEETS), ("69", Verdict.NOT_MET), (None, OPEN)])
def test_r11_minimum_grade_of_the_blocks_above(value: str | None, expected: Verdict) -> None:
    inner = block("b2", T1)
    outer = block("b1", blocks=(inner,), minimum_grade=Grade(scheme=PERCENT, value="70"))
    graded = held("x", grade=Grade(scheme=PERCENT, value=value) if value else None)
    assert verdict(programmes=(programme(outer),), results=(graded,)) is expected


def test_r11_window_before_denial_before_exclusion_before_not_yet_valid_before_unverified() -> None:
    unverified = (held("x", verification=Verification.UNVERIFIED, attempts=None),)
    has_t2 = (HeldTarget(outcome=T2, state=TargetState.HELD),)
    excludes = (Exclusion(key=Key("e"), version=1, outcomes=(T1, T2)),)
    asks = wants(OutcomeClause(outcome=A1, tests=Tests(attempts_at_most=1)))
    coming = (Window(start=day("2024-07-01")),)
    parts: dict[str, Any] = {"results": unverified, "targets": has_t2, "exclusions": excludes}
    bar = denial(Alternative())
    late = rule("r", asks, periods=coming, valid_to=day("2021-01-01"))
    assert verdict(late, bar, **parts) is Verdict.OUT_OF_WINDOW
    assert verdict(rule("r", asks, periods=coming), bar, **parts) is Verdict.DENIED
    assert verdict(rule("r", asks, periods=coming), **parts) is Verdict.EXCLUDED
    del parts["targets"]
    assert verdict(rule("r", asks, periods=coming), **parts) is Verdict.NOT_YET_VALID
    assert verdict(rule("r", asks), **parts) is Verdict.UNVERIFIED
    assert verdict(rule("r", asks)) is OPEN


# --- R12, R13 Denial -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "expected"), [(99, MEETS), (100, Verdict.DENIED), (101, Verdict.DENIED)])
def test_r13_a_denial_bars_equal_and_larger_numbers(number: int, expected: Verdict) -> None:
    world = World(rule(priority=number), denial())
    assert world.verdict() is expected
    assert world.verdict("no") is Verdict.DENIED


def test_r13_it_bars_only_evidence_that_contains_its_own_and_only_its_target() -> None:
    two = (held("x"), held("y", B1, issuer=BETA))
    either = rule("r", wants(A1), wants(B1))
    assert verdict(either, denial(), results=two) is MEETS
    both = rule("r", wants(A1, B1))
    assert verdict(both, denial(), results=two) is Verdict.DENIED
    assert verdict(both, denial(of=Denial(outcome=T2)), results=two) is MEETS
    whole = World(both, denial(of=Denial()), results=two)
    assert whole.verdict() is Verdict.DENIED
    assert whole.rows("no")[0].target == Target(kind=TargetKind.PROGRAMME, key=PROGRAMME)


def test_r13_an_unsure_denial_makes_conditional_and_an_empty_one_needs_no_evidence() -> None:
    open_denial = denial(wants(OutcomeClause(outcome=A1, tests=Tests(attempts_at_most=1))))
    world = World(rule(), open_denial)
    assert (world.verdict(), world.verdict("no")) == (OPEN, Verdict.NOT_MET)
    unverified = (held("x"), held("y", A2, verification=Verification.UNVERIFIED))
    assert verdict(rule("r", wants(A1)), denial(wants(A2)), results=unverified) is MEETS
    assert verdict(rule(), denial(Alternative())) is Verdict.DENIED
    assert verdict(rule(), denial(Alternative(), valid_to=TODAY)) is MEETS
    assert verdict(rule(), denial(Alternative(), valid_from=TODAY)) is Verdict.DENIED


# --- R14 Credit ------------------------------------------------------------------------------------------


def first(world: World) -> tuple[Verdict, bool, Decimal | None, str]:
    one = world.rows()[0]
    return one.verdict, one.gives, one.credit, one.scheme


def worth(**more: Any) -> tuple[Any, ...]:
    return gives(OutcomeGrant(outcome=T1, giving=Giving(worth=Worth(**more))))


@pytest.mark.parametrize(
    ("rounding", "amount"),
    [(Rounding.HALF_UP, 2), (Rounding.HALF_EVEN, 2), (Rounding.DOWN, 1), (Rounding.UP, 2)],
)
def test_r14_ratio_by_factor_rounded_once(rounding: Rounding, amount: int) -> None:
    # 3 points at 1/2 = 1.5 credits, at a ratio of 1: 1.5, in steps of 1.
    world = World(
        rule(grants=worth(rule=CreditRule.RATIO, ratio=Fraction(numerator=1), scheme=MAIN)),
        results=(held("x", earned=credit("3", OTHER)),),
        factors=(factor(1, 2),),
        credit_schemes=(scheme(MAIN, "1", rounding),),
    )
    assert first(world) == (MEETS, True, Decimal(amount), MAIN)


def test_r14_fixed_maximum_available_and_unknown() -> None:
    fixed = rule(grants=worth(rule=CreditRule.FIXED, fixed=credit("2.75"), maximum=credit("2.5")))
    assert first(World(fixed)) == (MEETS, True, Decimal("2.5"), MAIN)
    ratio = rule(grants=worth(rule=CreditRule.RATIO, ratio=Fraction(numerator=1, denominator=2), scheme=MAIN))
    assert first(World(ratio, results=(held("x", available=credit("1")),)))[2] == Decimal("0.5")
    assert first(World(ratio, results=(held("x", earned=None),)))[0] is OPEN
    assert first(World(ratio, results=(held("x", earned=credit("3", OTHER)),)))[0] is OPEN
    # A factor is one way: it is not inverted.
    assert (
        first(
            World(
                ratio, results=(held("x", earned=credit("3", OTHER)),), factors=(factor(1, 1, MAIN, OTHER),)
            )
        )[0]
        is OPEN
    )


def test_r14_only_a_full_waiver_with_credit_counts_credit() -> None:
    exam = gives(OutcomeGrant(outcome=T1, giving=Giving(mode=WaiverMode.EXAM)))
    assert first(World(rule(grants=exam))) == (MEETS, True, None, "")
    without = gives(OutcomeGrant(outcome=T1, giving=Giving(with_credit=False)))
    assert first(World(rule(grants=without))) == (MEETS, True, None, "")
    assert first(World(rule(grants=(EntitlementGrant(code="e"),)))) == (MEETS, True, None, "")


def test_a_whole_block_is_written_out_with_the_blocks_below() -> None:
    tree = programme(block("b1", T1, blocks=(block("b2", T3, T1),)), block("b3", T2))
    world = World(rule(grants=(BlockGrant(block="b1"),)), programmes=(tree,))
    written_out = [(one.grant, str(one.target.key), str(one.credit)) for one in world.rows()]
    assert written_out == [(0, str(T1), "3"), (0, str(T3), "3")]
    assert World(rule(grants=(BlockGrant(block="b1"),)), programme=None, credit_scheme=MAIN).judged == ()


# --- R15 Caps --------------------------------------------------------------------------------------------


def cap(scope: CapScope = CapScope.PROGRAMME, **more: Any) -> Cap:
    return Cap(key=Key(more.pop("key", "c")), version=1, institution=HOME, scope=scope, **more)


def elective(amount: str) -> ElectiveGrant:
    return ElectiveGrant(block="b1", giving=Giving(worth=Worth(rule=CreditRule.FIXED, fixed=credit(amount))))


def test_r15_grants_are_indivisible_and_counted_in_order() -> None:
    world = World(rule(grants=gives(T1, T2, T4)), caps=(cap(credit=credit("5")),))
    assert [(one.verdict, one.gives, one.credit) for one in world.rows()] == [
        (MEETS, True, Decimal(3)),
        (CAPPED, False, None),
        (MEETS, True, Decimal(2)),
    ]


def test_r15_waived_without_credit_only_if_every_cap_that_binds_says_so() -> None:
    waives = cap(credit=credit("2"), overflow=Overflow.WAIVE_WITHOUT_CREDIT)
    assert first(World(caps=(waives,))) == (CAPPED, True, None, "")
    refuses = cap(key="d", credit=credit("2"))
    assert first(World(caps=(waives, refuses))) == (CAPPED, False, None, "")
    roomy = cap(key="d", credit=credit("3"))
    assert first(World(caps=(waives, roomy))) == (CAPPED, True, None, "")


def test_r15_elective_credit_is_cut_to_the_step() -> None:
    grants = (elective("3"),)
    assert first(World(rule(grants=grants), caps=(cap(credit=credit("1.75")),))) == (
        CAPPED,
        True,
        Decimal("1.5"),
        MAIN,
    )
    assert first(World(rule(grants=grants), caps=(cap(credit=credit("0.25")),)))[:2] == (CAPPED, False)
    in_points = World(
        rule(grants=grants), caps=(cap(credit=credit("4", OTHER)),), factors=(factor(2, 1, MAIN, OTHER),)
    )
    assert first(in_points) == (CAPPED, True, Decimal(2), MAIN)
    assert first(World(rule(grants=grants), caps=(cap(credit=credit("4", OTHER)),)))[0] is OPEN


def test_r15_counts_take_targets_waived_in_full_with_credit_or_without() -> None:
    grants = gives(
        OutcomeGrant(outcome=T1, giving=Giving(with_credit=False)),
        elective("1"),
        OutcomeGrant(outcome=T2, giving=Giving(mode=WaiverMode.EXAM)),
        T3,
        UnitGrant(unit=U1, giving=Giving(with_credit=False)),
    )
    world = World(rule(grants=grants), caps=(cap(measure=CapMeasure.COUNT, count=2),))
    assert [one.gives for one in world.rows()] == [True, True, True, True, False]


def test_r15_what_was_consumed_counts_by_scope() -> None:
    three = credit("3")
    row = used("gone", of="s", agreement=AGREEMENT, targets=(ConsumedTarget(outcome=T2, credit=credit("1")),))
    elsewhere = replace(row, programme=key("prog", "q"))

    def capped(scope: CapScope, past: Consumption, **more: Any) -> bool:
        return first(World(caps=(cap(scope, credit=three, **more),), consumed=(past,)))[0] is CAPPED

    assert capped(CapScope.PROGRAMME, row)
    assert not capped(CapScope.PROGRAMME, elsewhere)
    assert capped(CapScope.YEAR, elsewhere)
    assert not capped(CapScope.YEAR, replace(row, on=day("2023-12-31")))
    assert not capped(CapScope.YEAR, replace(row, institution=ALPHA))
    assert capped(CapScope.BLOCK, row, block="b1")
    assert not capped(CapScope.AGREEMENT, row, agreement=AGREEMENT)
    under = World(
        rule(agreement=AGREEMENT),
        agreements=(agreement(),),
        caps=(cap(CapScope.AGREEMENT, credit=three, agreement=AGREEMENT),),
        consumed=(elsewhere,),
    )
    assert first(under)[0] is CAPPED


def test_r15_class_counts_for_every_class_in_the_evidence() -> None:
    limited = cap(CapScope.SOURCE_CLASS, credit=credit("2"), source_class=OutcomeClass.NON_DEGREE)
    assert first(World(caps=(limited,)))[0] is MEETS
    both = World(rule("r", wants(A1, B1)), results=(held("x"), held("y", B1)), caps=(limited,))
    assert first(both)[0] is CAPPED


def test_caps_by_share_tag_and_residency() -> None:
    tree = programme(
        block(
            "b1",
            T2,
            tags=("t",),
            credit=Decimal(6),
            blocks=(block("b2", T1, tags=("t",), credit=Decimal(6)),),
        ),
        block("b3", T3, tags=("t",), credit=Decimal(2)),
        credit=Decimal(20),
    )
    share = Fraction(numerator=3, denominator=8)
    # The topmost blocks with the tag: 6 + 2 = 8; 3/8 of it is 3.
    tagged = cap(CapScope.TAG, tag="t", share=share)
    assert first(World(programmes=(tree,), caps=(tagged,)))[0] is MEETS
    less = cap(CapScope.TAG, tag="t", share=Fraction(numerator=1, denominator=3))
    assert first(World(programmes=(tree,), caps=(less,)))[0] is CAPPED
    undeclared = (programme(block("b1", T1)),)
    assert first(World(programmes=undeclared, caps=(cap(share=share),)))[0] is OPEN
    resident = block("b1", T1, credit=Decimal(10), residency=Decimal(8))
    assert first(World(programmes=(programme(resident),)))[:2] == (CAPPED, False)
    enough = replace(resident, residency=Decimal(7))
    assert first(World(programmes=(programme(enough),)))[0] is MEETS
    assert first(World(programmes=(programme(replace(enough, credit=None)),)))[0] is OPEN


def test_r3_caps_are_tested_on_the_application_date() -> None:
    assert first(World(caps=(cap(credit=credit("1"), valid_to=TODAY),)))[0] is MEETS
    assert first(World(caps=(cap(credit=credit("1"), valid_from=TODAY),)))[0] is CAPPED


# --- R17 Use ---------------------------------------------------------------------------------------------


def test_r17_what_is_consumed_in_this_programme_is_not_used_again_unless_both_share() -> None:
    past = used("x", of="s", targets=(ConsumedTarget(outcome=T2),))
    assert verdict(consumed=(past,)) is Verdict.EXCLUDED
    assert verdict(consumed=(replace(past, sharable=True),)) is Verdict.EXCLUDED
    assert verdict(rule(sharable=True), consumed=(replace(past, sharable=True),)) is MEETS
    assert verdict(consumed=(replace(past, programme=key("prog", "q")),)) is MEETS


def test_r17_without_a_programme_use_is_per_institution_and_target() -> None:
    past = used("x", of="s", programme=None, targets=(ConsumedTarget(outcome=T2),))
    assert verdict(consumed=(past,), programme=None, credit_scheme=MAIN) is MEETS
    same = used("x", of="s", programme=None, targets=(ConsumedTarget(block="b1"),))
    electives = rule(grants=(elective("1"),))
    assert verdict(electives, consumed=(same,), programme=None, credit_scheme=MAIN) is Verdict.EXCLUDED


def test_r17_clashing_results_are_never_used_together() -> None:
    both = rule("r", wants(A1, A1_NEW))
    assert verdict(both, results=(held("x"), held("y", A1_NEW))) is Verdict.EXCLUDED
    parts = rule("r", wants(D1, B1))
    assert verdict(parts, results=(held("x", D1), held("y", B1))) is Verdict.EXCLUDED
    by_record = rule("r", wants(A1, B1))
    chain = (held("x"), held("m", A2, part_of="x"), held("y", B1, part_of="m"))
    assert verdict(by_record, results=chain) is Verdict.EXCLUDED
    excludes = (Exclusion(key=Key("e"), version=1, outcomes=(A1, B1)),)
    assert verdict(by_record, results=(held("x"), held("y", B1)), exclusions=excludes) is Verdict.EXCLUDED
    assert verdict(by_record, results=(held("x"), held("y", B1))) is MEETS
    shared = used("y", of="s", sharable=True)
    assert verdict(rule(sharable=True), results=chain, consumed=(shared,)) is Verdict.EXCLUDED


def test_r17_repeat() -> None:
    once = used("gone", programme=PROGRAMME)
    assert verdict(consumed=(once,)) is Verdict.EXCLUDED
    assert verdict(rule(repeatable=2), consumed=(once,)) is MEETS
    assert verdict(rule(repeatable=2), consumed=(once, once)) is Verdict.EXCLUDED


def test_exclusion_among_targets() -> None:
    excludes = (Exclusion(key=Key("e"), version=1, outcomes=(T1, T2), institution=HOME),)
    has = (HeldTarget(outcome=T2, state=TargetState.HELD),)
    assert verdict(targets=has, exclusions=excludes) is Verdict.EXCLUDED
    elsewhere = (replace(excludes[0], institution=ALPHA),)
    assert verdict(targets=has, exclusions=elsewhere) is MEETS
    assert verdict(targets=(replace(has[0], state=TargetState.FAILED),), exclusions=excludes) is MEETS


# --- R18 Levels ------------------------------------------------------------------------------------------


def levelled(source: LevelRef | None, target: int) -> tuple[Outcome, ...]:
    aim = LevelRef(framework=FRAMEWORK, ordinal=target)
    return (outcome(A1, ALPHA, "3", level=source), outcome(T1, HOME, "3", level=aim))


@pytest.mark.parametrize(
    ("source", "articulation", "expected"),
    [
        (LevelRef(framework=FRAMEWORK, ordinal=5), False, MEETS),
        (LevelRef(framework=FRAMEWORK, ordinal=4), False, OPEN),
        (LevelRef(framework=FRAMEWORK, ordinal=4), True, MEETS),
        (LevelRef(framework=OTHER_FRAMEWORK, ordinal=3), False, MEETS),
        (LevelRef(framework=OTHER_FRAMEWORK, ordinal=2), False, OPEN),
        (LevelRef(framework=OTHER_FRAMEWORK, ordinal=2), True, MEETS),
        (LevelRef(framework=Key("fw:1:third"), ordinal=9), True, OPEN),
        (None, True, OPEN),
    ],
)
def test_r18_source_level_must_reach_the_target(
    source: LevelRef | None, articulation: bool, expected: Verdict
) -> None:
    five = LevelRef(framework=FRAMEWORK, ordinal=5)
    there = [LevelRef(framework=OTHER_FRAMEWORK, ordinal=ordinal) for ordinal in (2, 3)]
    pairs = (
        Referencing(key=Key("f1"), version=1, level=five, other=there[0]),
        Referencing(key=Key("f2"), version=1, level=there[1], other=five),
    )
    asks = rule(articulation=articulation)
    assert verdict(asks, outcomes=levelled(source, 5), referencings=pairs) is expected


# --- R19 Plan --------------------------------------------------------------------------------------------


def numbers(world: World, conditional: bool = False) -> tuple[Any, ...]:
    found, _ = world.plan(conditional)
    return found.credit, found.waivers, found.results, found.priorities, found.ranks


def chosen(world: World) -> set[frozenset[tuple[str, tuple[str, ...]]]]:
    return {frozenset((one.rule, one.evidence) for one in way) for way in world.plan()[1]}


def test_r19_most_credit_then_fewest_results_then_priorities_then_ranks() -> None:
    three, four = rule("a"), rule("b", grants=gives(T2))
    assert chosen(World(three, four)) == {frozenset([("b", ("x",))])}
    both = World(replace(three, sharable=True), replace(four, sharable=True))
    assert numbers(both) == (7, 0, 1, 200, 3)
    same = World(rule("a", priority=50), rule("b", priority=40))
    assert (chosen(same), numbers(same)) == ({frozenset([("b", ("x",))])}, (3, 0, 1, 40, 2))
    by_rank = World(rule("a"), rule("b"))
    assert (chosen(by_rank), numbers(by_rank)) == ({frozenset([("a", ("x",))])}, (3, 0, 1, 100, 1))


def test_r19_ties_are_said() -> None:
    either = World(rule("r", wants(key("out", "a1", "any"))), results=(held("x"), held("y", A1_NEW)))
    assert chosen(either) == {frozenset([("r", ("x",))]), frozenset([("r", ("y",))])}


def test_r19_credit_beyond_a_block_counts_nothing() -> None:
    four = Requirement(kind=RequirementKind.CREDITS, n=Decimal("4"))
    tree = (programme(block("b1", T1, T2, requirement=four)),)
    two = (rule("a"), rule("b", wants(B1), grants=gives(T2)))
    parts: dict[str, Any] = {"results": (held("x"), held("y", B1)), "programmes": tree}
    assert numbers(World(*two, **parts)) == (4, 0, 1, 100, 2)
    held_three = (HeldTarget(outcome=T3, state=TargetState.HELD),)
    inside = (programme(block("b1", T1, T2, requirement=four, blocks=(block("b2", T3),))),)
    assert numbers(World(*two, **{**parts, "programmes": inside}, targets=held_three)) == (1, 0, 1, 100, 1)


def test_r19_n_courses_take_the_grants_of_most_credit() -> None:
    one = Requirement(kind=RequirementKind.COURSES, n=Decimal(1))
    tree = (programme(block("b1", T1, T2, requirement=one)),)
    assert numbers(World(rule(grants=gives(T1, T2)), programmes=tree)) == (4, 0, 1, 100, 1)
    past = (used("gone", of="s", targets=(ConsumedTarget(outcome=T3),)),)
    counted = (programme(block("b1", T1, T2, T3, requirement=one)),)
    assert numbers(World(rule(grants=gives(T1, T2)), programmes=counted, consumed=past)) == (0, 0, 0, 0, 0)


def test_r19_waivers_come_second_and_a_cap_may_make_one() -> None:
    waives = cap(credit=credit("4"), overflow=Overflow.WAIVE_WITHOUT_CREDIT)
    world = World(rule(grants=gives(T1, T2)), caps=(waives,))
    assert numbers(world) == (4, 1, 1, 100, 1)
    refused = World(rule(grants=gives(T1, T2)), caps=(cap(credit=credit("4")),))
    assert numbers(refused) == (4, 0, 1, 100, 1)
    entitled = World(rule(grants=(EntitlementGrant(code="e"),)))
    assert numbers(entitled) == (0, 1, 1, 100, 1)


def test_r19_a_target_and_its_part_count_once_and_so_do_excluded_targets() -> None:
    assert numbers(World(rule(grants=gives(T4, T2)))) == (4, 0, 1, 100, 1)
    excludes = (Exclusion(key=Key("e"), version=1, outcomes=(T1, T3)),)
    assert numbers(World(rule(grants=gives(T1, T3)), exclusions=excludes)) == (3, 0, 1, 100, 1)


def test_r19_levels_factors_and_no_block_count_nothing() -> None:
    low = (outcome(A1, ALPHA, "3", level=LevelRef(framework=FRAMEWORK, ordinal=1)), levelled(None, 1)[1])
    floor = programme(minimum_level=LevelRef(framework=FRAMEWORK, ordinal=2))
    assert numbers(World(outcomes=low, programmes=(floor,))) == (0, 0, 0, 0, 0)
    assert numbers(World(programmes=(programme(block("b1", T2)),))) == (0, 0, 0, 0, 0)
    points = rule(grants=worth(rule=CreditRule.FIXED, fixed=credit("3", OTHER)))
    assert numbers(World(points)) == (0, 0, 0, 0, 0)
    assert numbers(World(points, factors=(factor(1, 2),))) == (Decimal("1.5"), 0, 1, 100, 1)


def test_r19_conditional_is_an_option() -> None:
    open_one = World(results=(held("x", completion=None),))
    assert numbers(open_one) == (0, 0, 0, 0, 0)
    assert numbers(open_one, conditional=True) == (3, 0, 1, 100, 1)


def test_r17_repeat_and_clash_across_applications() -> None:
    pooled = rule("r", wants(key("out", "a2", "any")), grants=(elective("1"),), repeatable=2)
    yearly = (outcome(A2, ALPHA, "2", repeatable=True), *OUTCOMES[3:])
    three = tuple(held(own, A2) for own in "xyz")
    assert numbers(World(pooled, results=three, outcomes=yearly)) == (2, 0, 2, 200, 2)
    assert numbers(World(pooled, results=three)) == (1, 0, 1, 100, 1)


# --- R20 Silence -----------------------------------------------------------------------------------------


def test_r20_undecided_where_the_silent_source_decides() -> None:
    both = rule("r", wants(A1, B1))
    silent = (SilentSource(code="beta", issuers=(BETA,)),)
    assert verdict(both) is Verdict.PARTIAL
    assert verdict(both, silent=silent) is Verdict.UNDECIDED
    alpha = (SilentSource(code="alpha", issuers=(ALPHA,)),)
    assert verdict(silent=alpha) is Verdict.UNDECIDED
    assert verdict(silent=silent) is MEETS
    typed = (held("x", hypothetical=True),)
    assert verdict(silent=alpha, results=typed) is MEETS
    keeps = (SilentSource(code="bank", keeps_consumption_of=(HOME,)),)
    assert verdict(silent=keeps) is Verdict.UNDECIDED


def test_r20_the_best_world_completes_on_the_day_that_helps() -> None:
    both = rule("r", wants(A1, B1), valid_from=day("2022-01-01"), valid_to=day("2023-01-01"))
    silent = (SilentSource(code="beta", issuers=(BETA,)),)
    assert verdict(both, silent=silent) is Verdict.UNDECIDED
    coming = rule("r", wants(A1, B1), valid_from=day("2025-01-01"))
    assert verdict(coming, silent=silent) is Verdict.PARTIAL


def test_r20_a_left_out_version_that_differs_is_shown_undecided() -> None:
    first_one, second = versions()
    asks = (wants(A1), wants(B1))
    silent = (SilentSource(code="beta", issuers=(BETA,)),)
    world = World(replace(first_one, alternatives=asks), replace(second, alternatives=asks), silent=silent)
    assert [(one.version, one.verdict) for one in world.judged] == [(1, MEETS), (2, Verdict.UNDECIDED)]


def test_r20_a_repeatable_outcome_is_added_as_often_as_a_pool_needs() -> None:
    asks = rule("r", wants(A1, pool("5", C1)))
    silent = (SilentSource(code="gamma", issuers=(GAMMA,)),)
    assert verdict(asks, silent=silent) is Verdict.UNDECIDED
    once_only = tuple(replace(one, repeatable=False) for one in OUTCOMES)
    assert verdict(asks, silent=silent, outcomes=once_only) is Verdict.PARTIAL


def test_r20_the_smallest_sets_of_sources_that_decide_are_named() -> None:
    silent = (SilentSource(code="beta", issuers=(BETA,)), SilentSource(code="gamma", issuers=(GAMMA,)))
    both = World(rule("r", wants(A1, B1, C1)), silent=silent)
    ((_, named),) = oracle.deciding_sources(both.book, both.results, both.context).items()
    assert named == {"beta", "gamma"}
    one = World(rule("r", wants(A1, B1), wants(A1, B1, C1)), silent=silent)
    ((_, alone),) = oracle.deciding_sources(one.book, one.results, one.context).items()
    assert alone == {"beta"}


def test_r19_with_silence_the_plan_is_made_in_the_worst_world() -> None:
    assert numbers(World(silent=(SilentSource(code="alpha", issuers=(ALPHA,)),))) == (0, 0, 0, 0, 0)
    assert numbers(World(silent=(SilentSource(code="beta", issuers=(BETA,)),))) == (3, 0, 1, 100, 1)


# --- R22 Reverse -----------------------------------------------------------------------------------------


def test_r22_accepted_sets_and_equivalents() -> None:
    asks = rule("r", wants(A1, B1), wants(A1), wants(C1, TextClause(text=LongText(en="t"))), wants(B1, C1))
    world = World(asks)
    target = Target(kind=TargetKind.OUTCOME, key=T1)
    found, truncated = oracle.accepted_for(world.book, world.context, target)
    assert [(one.outcomes, bool(one.conditions)) for one in found] == [
        ((C1,), True),
        ((A1,), False),
        ((B1, C1), False),
    ]
    assert not truncated
    alone, beside = oracle.equivalents(world.book, world.context, C1)
    assert [(one.outcomes, bool(one.conditions)) for one in alone] == [((C1,), True)]
    assert [(one.outcomes, bool(one.conditions)) for one in beside] == [((B1, C1), False)]


# --- Invariants over random cases ------------------------------------------------------------------------

few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def rows_of(case: Case) -> dict[Any, Any]:
    return {
        (one.rule, one.version, one.grant, one.target): (one.verdict, one.gives, one.credit, one.scheme)
        for one in oracle.judge(*case.question)
    }


@few
@given(cases(), st.integers(0, 999))
def test_permuting_the_input_changes_nothing(case: Case, seed: int) -> None:
    rng = Random(seed)

    def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rng.sample(items, len(items)))

    parts = {name: mixed(getattr(case.book, name)) for name in RuleBook.__struct_fields__[1:]}
    context = replace(case.context, consumed=mixed(case.context.consumed), silent=mixed(case.context.silent))
    other = Case(
        replace(case.book, **parts), mixed(case.results), context, mixed(case.named_rules), case.named_targets
    )
    assert rows_of(case) == rows_of(other)


@few
@given(cases(), st.integers(0, 10**6))
def test_r21_more_is_never_less(case: Case, seed: int) -> None:
    known = replace(case.context, silent=())
    more = replace(random_case(seed).results[0], id="more", fingerprint="", part_of=None)
    before = oracle.judge(case.book, case.results, known, case.named_rules)
    after = oracle.judge(case.book, (*case.results, more), known, case.named_rules)
    giving = {(one.rule, one.version, one.grant, one.target) for one in after if one.gives}
    assert {(one.rule, one.version, one.grant, one.target) for one in before if one.gives} <= giving


@few
@given(cases(["partial dates", "windows", "units"]), st.booleans())
def test_a_narrower_completion_never_turns_met_into_not_met(case: Case, early: bool) -> None:
    def narrower(result: Result) -> Result:
        span = result.completion
        if span is None:
            return result
        only = span.first if early else span.last
        return replace(result, completion=Completion(first=only, last=only))

    before = rows_of(case)
    after = rows_of(
        Case(case.book, tuple(narrower(one) for one in case.results), case.context, case.named_rules)
    )
    for row, (_, giving, *_rest) in before.items():
        assert not giving or after[row][1]


@few
@given(cases(["silent", "windows"]))
def test_r20_what_is_known_lies_between_the_two_worlds(case: Case) -> None:
    found = oracle.worlds(*case.question)
    known = oracle.judge(case.book, case.results, replace(case.context, silent=()), case.named_rules)
    rows = {(one.rule, one.version, one.grant, one.target) for one in known if one.gives}
    assert rows <= found.best


@few
@given(st.integers(0, 10**6))
def test_r19_a_plan_uses_nothing_twice_and_its_numbers_add_up(seed: int) -> None:
    case = random_plan_case(seed)
    try:
        found, sets = oracle.plan(case.book, case.results, case.context)
    except TooLargeError:
        return
    rules = {(one.key, one.version): one for one in case.book.rules}
    for way in sets:
        evidence = [result for one in way for result in one.evidence]
        assert len(set(evidence)) == found.results
        assert sum(rules[one.rule, one.version].priority for one in way) == found.priorities
        if not any(rules[one.rule, one.version].sharable for one in way) and case.context.programme:
            assert len(set(evidence)) == len(evidence)
    assert plan_differences(found, next(iter(sets)), case) == []


# --- The comparison itself -------------------------------------------------------------------------------


class Same:
    """An evaluator that says what the oracle says, but for what ``spoil`` does to it."""

    def __init__(self, spoil: Any = None) -> None:
        self.spoil = spoil

    def __call__(self, *question: Any, named_rules: Any, named_targets: Any) -> Any:
        book, results, context = question
        self.judged = oracle.judge(book, results, context, named_rules, named_targets)
        if self.spoil:
            self.judged = tuple(self.spoil(one) for one in self.judged)
        return self


def test_compare_finds_no_difference_in_the_oracle_itself_and_shrinks_one_that_is_there() -> None:
    case = random_case(3)
    assert differences(Same(), case) == []

    def never_partial(one: Judged) -> Judged:
        return replace(one, verdict=Verdict.NOT_MET) if one.verdict is Verdict.PARTIAL else one

    wrong = Same(never_partial)
    case = next(found for found in map(random_case, range(100)) if differences(wrong, found))
    least = shrunk(lambda one: bool(differences(wrong, one)), case, seconds=5)
    assert differences(wrong, least)
    assert "oracle PARTIAL, evaluator NOT_MET" in differences(wrong, least)[0]
    assert len(shown(least)) < len(shown(case))


def test_the_same_seed_gives_the_same_case() -> None:
    assert random_case(11) == random_case(11)
