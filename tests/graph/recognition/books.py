"""Small rule books and questions, written shortly: ``c`` makes keys, amounts are text, days are ISO text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from graph.model.book import RuleBook
from graph.model.caps import Cap, Exclusion
from graph.model.framework import LevelRef, Referencing
from graph.model.institutions import Agreement, Membership, Signature
from graph.model.learning import (
    Completion,
    ConsumedTarget,
    Consumption,
    Context,
    HeldTarget,
    Result,
    SilentSource,
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
    Clause,
    CreditRule,
    Denial,
    ElectiveGrant,
    EntitlementGrant,
    Giving,
    Grant,
    OutcomeClause,
    OutcomeGrant,
    PoolClause,
    Rule,
    TargetState,
    Tests,
    TextClause,
    UnitClause,
    Worth,
)
from graph.model.schemes import CreditScheme, Factor, GradeStep, GradingScheme, Rounding
from graph.model.values import Credit, Fraction, Grade, Key, LongText, Stage, Text
from graph.model.verdicts import Answer, Judged, Target, TargetKind
from graph.recognition import evaluate

HOME = Key("inst:1:home")
MAJOR = Key("prog:1:major")
TODAY = date(2024, 6, 1)

CREDITS = (
    CreditScheme(key=Key("cr"), title=Text(en="credit"), step=Decimal("0.5"), rounding=Rounding.HALF_UP),
    CreditScheme(key=Key("hours"), title=Text(en="hours"), step=Decimal("1"), rounding=Rounding.DOWN),
)
GRADES = (
    GradingScheme(
        key=Key("hundred"),
        title=Text(en="0-100"),
        pass_mark="60",
        lowest=Decimal(0),
        highest=Decimal(100),
    ),
    GradingScheme(
        key=Key("words"),
        title=Text(en="words"),
        pass_mark="pass",
        grades=(GradeStep(value="fail"), GradeStep(value="pass"), GradeStep(value="good")),
    ),
)


def c(code: str, edition: str = "1") -> Key:
    """An outcome's key."""
    return Key(f"s:{edition}:{code}")


def u(code: str) -> Key:
    """A unit's key."""
    return Key(f"unit:1:{code}")


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def window(text: str = "/") -> dict[str, Any]:
    """``2020-01-01/2021-01-01`` as fields of a version; either side may be left out."""
    start, _, end = text.partition("/")
    return {"valid_from": day(start), "valid_to": day(end)}


def credit(amount: str | None, scheme: str = "cr") -> Credit | None:
    return Credit(amount=Decimal(amount), scheme=scheme) if amount is not None else None


def outcome(code: str, amount: str | None = "3", **more: Any) -> Outcome:
    edition = more.pop("edition", "1")
    values = {
        "issuer": Key("inst:1:away"),
        "kind": OutcomeKind.COURSE,
        "outcome_class": OutcomeClass.DEGREE,
        "credit": credit(amount),
        "title": Text(en=code),
        "version": 1,
    }
    return Outcome(key=c(code, edition), **(values | window(more.pop("valid", "/")) | more))


def done(first: str, last: str | None = None) -> Completion:
    return Completion(first=date.fromisoformat(first), last=date.fromisoformat(last or first))


def result(name: str, code: str | None = None, **more: Any) -> Result:
    """A verified result of outcome ``code`` (its name, if not said), completed in May 2023 for 3 credits."""
    completion = more.pop("on", "2023-05-01")
    span = done(*completion.split("/")) if completion else None
    amount, scheme = more.pop("earned", "3"), more.pop("scheme", "cr")
    key = more.pop("key", c(code or name))
    values = {"issuer": Key("inst:1:away"), "earned": credit(amount, scheme), "completion": span}
    return Result(id=name, outcome=key, **(values | more))


def mark(value: str, scheme: str = "hundred") -> Grade:
    return Grade(scheme=scheme, value=value)


def asks(code: str, or_higher: bool = False, edition: str = "1", **tests: Any) -> OutcomeClause:
    return OutcomeClause(outcome=c(code, edition), or_higher=or_higher, tests=Tests(**tests))


def asks_unit(code: str, **tests: Any) -> UnitClause:
    return UnitClause(unit=u(code), tests=Tests(**tests))


def asks_pool(amount: str, *codes: str, scheme: str = "cr", **tests: Any) -> PoolClause:
    keys = tuple(c(code) for code in codes)
    return PoolClause(
        credit=Credit(amount=Decimal(amount), scheme=scheme), outcomes=keys, tests=Tests(**tests)
    )


def asks_text(text: str = "by interview") -> TextClause:
    return TextClause(text=LongText(en=text))


def way(*clauses: Clause, **more: Any) -> Alternative:
    return Alternative(clauses=clauses, **more)


def gives(code: str, **giving: Any) -> OutcomeGrant:
    return OutcomeGrant(outcome=c(code), giving=Giving(**giving))


def fixed(amount: str, scheme: str = "cr", maximum: str | None = None) -> Worth:
    return Worth(rule=CreditRule.FIXED, fixed=credit(amount, scheme), maximum=credit(maximum, scheme))


def share_of(numerator: int, denominator: int, maximum: str | None = None) -> Worth:
    portion = Fraction(numerator=numerator, denominator=denominator)
    return Worth(rule=CreditRule.RATIO, ratio=portion, scheme="cr", maximum=credit(maximum))


def elective(block: str, amount: str = "3") -> ElectiveGrant:
    return ElectiveGrant(block=block, giving=Giving(worth=fixed(amount)))


def entitles(code: str) -> EntitlementGrant:
    return EntitlementGrant(code=code)


def denies(code: str | None = None, **more: Any) -> Denial:
    return Denial(outcome=c(code) if code else None, **more)


def rule(name: str, ways: Any, *grants: Grant, valid: str = "/", version: int = 1, **more: Any) -> Rule:
    """A rule whose alternatives are ``ways``; a single clause or alternative may stand for itself."""
    listed = ways if isinstance(ways, list) else [ways]
    alternatives = tuple(one if isinstance(one, Alternative) else way(one) for one in listed)
    return Rule(
        key=Key(name),
        version=version,
        institution=HOME,
        alternatives=alternatives,
        grants=grants or (gives("x"),),
        **window(valid),
        **more,
    )


def unit(code: str, *statements: str, **more: Any) -> Unit:
    lines = tuple(Statement(code=one, dimension="skill", text=LongText(en=one)) for one in statements)
    return Unit(key=u(code), version=1, title=Text(en=code), statements=lines, **more)


def maps(code: str, to: str, *statements: str, valid: str = "/", name: str = "", **more: Any) -> Mapping:
    """A mapping of an outcome to a unit; without statements it is whole."""
    return Mapping(
        key=Key(name or f"{code}-{to}"),
        version=more.pop("version", 1),
        outcome=c(code),
        unit=u(to),
        statements=statements,
        whole=not statements,
        **window(valid),
        **more,
    )


def block(code: str, *outcomes: str, need: str | None = None, **more: Any) -> Block:
    requirement = Requirement(kind=RequirementKind.CREDITS, n=Decimal(need)) if need else Requirement()
    for name in ("credit", "residency"):
        if more.get(name) is not None:
            more[name] = Decimal(more[name])
    return Block(code=code, outcomes=tuple(map(c, outcomes)), requirement=requirement, **more)


def programme(*blocks: Block, total: str | None = "100", valid: str = "/", **more: Any) -> Programme:
    return Programme(
        key=MAJOR,
        version=1,
        institution=HOME,
        title=Text(en="major"),
        major="0809",
        intake=2023,
        stage=Stage.UNDERGRADUATE,
        credit_scheme="cr",
        credit=Decimal(total) if total else None,
        blocks=blocks,
        **window(valid),
        **more,
    )


def cap(name: str, scope: Any, limit: str | None = None, **more: Any) -> Cap:
    values = {"institution": HOME, "version": 1, "credit": credit(limit)}
    return Cap(key=Key(name), scope=scope, **(values | window(more.pop("valid", "/")) | more))


def excludes(*codes: str, **more: Any) -> Exclusion:
    return Exclusion(key=Key("-".join(codes)), version=1, outcomes=tuple(map(c, codes)), **more)


def agreement(name: str = "pact", valid: str = "/", signed: bool = True, **more: Any) -> Agreement:
    parties = (HOME, Key("inst:1:away"))
    signatures = tuple(Signature(party=party, on=date(2015, 3, 26)) for party in parties if signed)
    values = {"version": 1, "title": Text(en=name), "parties": parties, "signatures": signatures}
    return Agreement(key=Key(name), **(values | window(valid) | more))


def member(institution: Key, valid: str = "/", alliance: str = "all", version: int = 1) -> Membership:
    return Membership(
        key=Key(f"{alliance}-{institution}"),
        version=version,
        alliance=Key(alliance),
        institution=institution,
        **window(valid),
    )


def factor(start: str, end: str, numerator: int, denominator: int = 1) -> Factor:
    portion = Fraction(numerator=numerator, denominator=denominator)
    return Factor(key=Key(f"{start}-{end}"), version=1, from_scheme=start, to_scheme=end, factor=portion)


def level(framework: str, ordinal: int) -> LevelRef:
    return LevelRef(framework=Key(framework), ordinal=ordinal)


def refers(one: LevelRef, other: LevelRef, name: str = "ref") -> Referencing:
    return Referencing(key=Key(name), version=1, level=one, other=other)


KINDS: dict[type, str] = {
    Rule: "rules",
    Outcome: "outcomes",
    Unit: "units",
    Mapping: "mappings",
    Programme: "programmes",
    Cap: "caps",
    Exclusion: "exclusions",
    Agreement: "agreements",
    Membership: "memberships",
    Factor: "factors",
    Referencing: "referencings",
}


def book(*things: Any) -> RuleBook:
    """A rule book of these things, with the schemes ``cr`` and ``hours``, and a target ``x`` of 3 credits."""
    found: dict[str, list[Any]] = {field: [] for field in KINDS.values()}
    for thing in things:
        found[KINDS[type(thing)]].append(thing)
    if not any(one.key == c("x") for one in found["outcomes"]):
        found["outcomes"].append(outcome("x", issuer=HOME))
    listed = {field: tuple(ones) for field, ones in found.items()}
    return RuleBook(institution=HOME, credit_schemes=CREDITS, grading_schemes=GRADES, **listed)


def context(**more: Any) -> Context:
    on = more.pop("applied", None)
    applied = date.fromisoformat(on) if on else TODAY
    return Context(**({"institution": HOME, "credit_scheme": "cr", "applied_on": applied} | more))


def consumed(
    *results: str, rule: str = "OLD", on: str = "2024-01-01", targets: Any = (), **more: Any
) -> Consumption:
    values = {"rule_version": 1, "institution": HOME, "on": date.fromisoformat(on)}
    return Consumption(results=results, rule=Key(rule), targets=targets, **(values | more))


def had(code: str, amount: str | None = "3", **more: Any) -> ConsumedTarget:
    return ConsumedTarget(outcome=c(code), credit=credit(amount), **more)


def stands(code: str, state: TargetState) -> HeldTarget:
    return HeldTarget(outcome=c(code), state=state)


def silent(code: str, *issuers: str, keeps: bool = False) -> SilentSource:
    keys = tuple(Key(f"inst:1:{issuer}") for issuer in issuers)
    return SilentSource(code=code, issuers=keys, keeps_consumption_of=(HOME,) if keeps else ())


def course(code: str = "x") -> Target:
    return Target(kind=TargetKind.OUTCOME, key=c(code))


def answer(things: Any, results: Any = (), names: Any = (), **more: Any) -> Answer:
    """Ask a book made of ``things`` about ``results``."""
    listed = things if isinstance(things, tuple) else (things,)
    held = results if isinstance(results, tuple) else (results,)
    return evaluate(book(*listed), held, context(**more), names)


def only(things: Any, results: Any = (), **more: Any) -> Judged:
    """Ask where there is one verdict, and return it."""
    (judged,) = answer(things, results, **more).judged
    return judged


def verdict(things: Any, results: Any = (), **more: Any) -> str:
    """The one verdict, with its reason: ``NOT_MET EXPIRED``."""
    judged = only(things, results, **more)
    return f"{judged.verdict.value} {judged.reason.value}" if judged.reason else judged.verdict.value
