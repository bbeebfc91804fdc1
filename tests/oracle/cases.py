"""Small but nasty cases: rule bases, results and contexts, from a seed or from hypothesis.

Every case draws a few *features* (windows, caps, denials, silence ...) and is plain in all others, so that
each verdict has room. All dates lie around a few anchor days, so that edges are met exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st
from msgspec.structs import replace as changed
from oracle_values import ask
from oracle_worlds import number_of_best_worlds

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
    UnitGrant,
    WaiverMode,
    Worth,
)
from graph.model.schemes import CreditScheme, Factor, GradeStep, GradingScheme, Rounding
from graph.model.values import Credit, Fraction, Grade, Key, LongText, Period, Stage, Status, Text, Window
from graph.model.verdicts import Target, TargetKind

T = TypeVar("T")
MOST_WORLDS = 64


@dataclass(frozen=True)
class Case:
    """One question with its rule book."""

    book: RuleBook
    results: tuple[Result, ...]
    context: Context
    named_rules: tuple[Key, ...] = ()
    named_targets: tuple[Target, ...] = ()
    features: frozenset[str] = field(default=frozenset(), compare=False)
    """What the generator drew; for reading only."""

    @property
    def question(self) -> tuple[RuleBook, tuple[Result, ...], Context, tuple[Key, ...], tuple[Target, ...]]:
        """The arguments of ``oracle.judge`` in order."""
        return self.book, self.results, self.context, self.named_rules, self.named_targets


FEATURES = (
    "windows",
    "agreement",
    "periods",
    "held",
    "states",
    "denial",
    "caps",
    "silent",
    "exclusion",
    "consumption",
    "unverified",
    "unknown",
    "levels",
    "grades",
    "parts",
    "fingerprints",
    "pools",
    "units",
    "schemes",
    "blocks",
    "unfit",
    "partial dates",
    "application",
    "joint",
    "named",
    "no programme",
    "series",
)

OFTEN = ("caps", "caps", "caps", "denial", "windows", "windows", "unverified", "periods")
"""Drawn more often than the others, so that their verdicts are met in a fair share of cases."""

SCENARIOS = (
    ("partial dates", "windows"),
    ("partial dates", "windows", "named"),
    ("partial dates", "agreement"),
    ("partial dates", "units"),
    ("agreement", "application"),
    ("parts", "joint"),
    ("parts", "consumption"),
    ("parts", "denial"),
    ("exclusion",),
    ("exclusion", "consumption"),
    ("pools", "parts"),
    ("pools", "schemes"),
    ("silent", "pools"),
    ("silent", "windows"),
    ("silent", "denial"),
    ("silent", "grades"),
    ("levels",),
    ("levels", "units"),
    ("caps", "consumption"),
    ("caps", "blocks"),
    ("caps", "schemes"),
    ("caps", "joint", "consumption"),
    ("denial", "unverified"),
    ("denial", "unknown"),
    ("denial", "windows"),
    ("denial", "partial dates"),
    ("fingerprints", "unverified"),
    ("fingerprints", "consumption"),
    ("joint", "unknown"),
    ("grades", "blocks"),
    ("series", "unknown"),
    ("series", "partial dates", "windows"),
    ("no programme", "consumption"),
    ("unfit", "partial dates"),
)
"""Features that meet in one rule of the text: half of all cases have just one of these sets."""

DAYS = (date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1))
TODAY = date(2024, 6, 1)


def key(scheme: str, code: str, edition: str = "-") -> Key:
    """A coded key."""
    return Key(f"{scheme}:{edition}:{code}")


HOME, ALPHA, BETA, GAMMA = (key("inst", code) for code in ("home", "alpha", "beta", "gamma"))
PROGRAMME = key("prog", "p")
FRAMEWORK, OTHER_FRAMEWORK = key("fw", "main", "1"), key("fw", "other", "1")
A1, A1_NEW = key("out", "a1", "2020"), key("out", "a1", "2022")
A2, B1, B2, C1, D1, UNKNOWN = (key("out", code) for code in ("a2", "b1", "b2", "c1", "d1", "z9"))
SOURCES = (A1, A1_NEW, A2, B1, B2, C1, D1)
T1, T2, T3, T4, T5 = (key("out", f"t{number}") for number in range(1, 6))
TARGETS = (T1, T2, T3, T4, T5)
U1, U2 = key("unit", "u1"), key("unit", "u2")
MAIN, OTHER, HOURS = "credits", "points", "hours"
PERCENT, WORDS = "percent", "words"
AGREEMENT, ALLIANCE = Key("agr"), Key("alliance")


def credit(amount: str | int, scheme: str = MAIN) -> Credit:
    """A credit."""
    return Credit(amount=Decimal(amount), scheme=scheme)


class Maker:
    """Draws one case. ``on`` tells whether a feature was drawn for it."""

    def __init__(self, rng: Random, features: Sequence[str] | None = None, *, many: bool = False) -> None:
        self.rng = rng
        self.many = many
        self.features = frozenset(self.drawn() if features is None else features)
        self.programme = None if self.on("no programme") else PROGRAMME
        self.results: tuple[Result, ...] = ()
        self.whole_and_part = (D1, self.one([B1, C1, A1]))

    def drawn(self) -> Sequence[str]:
        """Half the time a scenario, else any features."""
        if self.chance(0.5):
            return self.one(SCENARIOS)
        return self.rng.sample((*FEATURES, *OFTEN), self.rng.randint(1, 6))

    def on(self, feature: str, chance: float = 1.0) -> bool:
        """The feature was drawn, and (of its many places) this one is used."""
        return feature in self.features and self.chance(chance)

    def chance(self, share: float) -> bool:
        """Toss a coin."""
        return self.rng.random() < share

    def one(self, items: Sequence[T]) -> T:
        """Pick one."""
        return self.rng.choice(items)

    def some(self, items: Sequence[T], least: int, most: int) -> tuple[T, ...]:
        """Pick several different ones."""
        return tuple(self.rng.sample(items, self.rng.randint(least, min(most, len(items)))))

    # --- The case ---------------------------------------------------------------------------------------

    def case(self) -> Case:
        """Draw everything; results before rules, so that rules can ask for what is there."""
        outcomes = self.outcomes()
        self.results = self.draw_results()
        rules = self.rules()
        book = RuleBook(
            institution=HOME,
            rules=rules,
            programmes=(self.draw_programme(),),
            outcomes=outcomes,
            units=self.units(),
            mappings=self.mappings(),
            caps=self.caps(),
            exclusions=self.exclusions(),
            agreements=self.agreements(),
            memberships=self.memberships(),
            factors=self.factors(),
            credit_schemes=self.credit_schemes(),
            grading_schemes=self.grading_schemes(),
            referencings=self.referencings(),
        )
        context = self.context(rules)
        named_rules, named_targets = self.named(rules)
        return Case(book, self.results, context, named_rules, named_targets, self.features)

    def named(self, rules: tuple[Rule, ...]) -> tuple[tuple[Key, ...], tuple[Target, ...]]:
        if not self.on("named") and not self.on("windows", 0.8):
            return (), ()
        targets = (Target(kind=TargetKind.OUTCOME, key=self.one(TARGETS)),) if self.chance(0.3) else ()
        return self.some(sorted({rule.key for rule in rules}), 0 if targets else 1, 2), targets

    # --- Schemes ----------------------------------------------------------------------------------------

    def credit_schemes(self) -> tuple[CreditScheme, ...]:
        modes = list(Rounding)
        return (
            self.scheme(MAIN, self.one(["0.5", "1"]), self.one(modes)),
            self.scheme(OTHER, self.one(["0.5", "1", "0.1"]), self.one(modes)),
            self.scheme(HOURS, "1", Rounding.DOWN),
        )

    def scheme(self, code: str, step: str, rounding: Rounding) -> CreditScheme:
        return CreditScheme(
            key=Key(code), version=1, title=Text(en=code), step=Decimal(step), rounding=rounding
        )

    def factors(self) -> tuple[Factor, ...]:
        """From points to credits and (not its inverse) back; hours have none."""
        there = Factor(
            key=Key("f1"),
            version=1,
            from_scheme=OTHER,
            to_scheme=MAIN,
            factor=Fraction(numerator=self.one([1, 2, 3]), denominator=self.one([1, 2, 3])),
            valid_from=self.one([None, None, None, DAYS[3], date(2025, 1, 1)]),
        )
        back = Factor(
            key=Key("f2"), version=1, from_scheme=MAIN, to_scheme=OTHER, factor=Fraction(numerator=2)
        )
        return tuple(factor for factor in (there, back) if self.chance(0.75))

    def grading_schemes(self) -> tuple[GradingScheme, ...]:
        percent = GradingScheme(
            key=Key(PERCENT),
            version=1,
            title=Text(en="percent"),
            pass_mark="60",
            lowest=Decimal(0),
            highest=Decimal(100),
        )
        words = GradingScheme(
            key=Key(WORDS),
            version=1,
            title=Text(en="words"),
            pass_mark="pass",
            grades=tuple(GradeStep(value=word) for word in ("fail", "pass", "good", "best")),
        )
        return (percent, words)

    # --- Outcomes, units, mappings -----------------------------------------------------------------------

    def outcomes(self) -> tuple[Outcome, ...]:
        parts = self.on("parts")
        yearly = 0.6 if self.features & {"silent", "parts", "pools"} else 0.3
        sources = [
            self.outcome(A1, ALPHA, "3", repeatable=parts and self.chance(0.5)),
            self.outcome(A1_NEW, ALPHA, "3", repeatable=parts and self.chance(0.5)),
            self.outcome(A2, ALPHA, "2", repeatable=self.chance(yearly)),
            self.outcome(B1, BETA, "2"),
            self.outcome(B2, BETA, "4", higher_than=B1, repeatable=self.chance(yearly / 2)),
            self.outcome(C1, GAMMA, "2", repeatable=self.chance(yearly)),
            self.outcome(D1, GAMMA, "5", parts=self.whole_and_part[1:] if parts else ()),
        ]
        targets = [
            self.outcome(T1, HOME, "3"),
            self.outcome(T2, HOME, "4", parts=(T4,) if parts else ()),
            self.outcome(T3, HOME, "2.5"),
            self.outcome(T4, HOME, "2"),
            self.outcome(T5, HOME, "2"),
        ]
        return tuple(one for one in (*sources, *targets) if not self.on("unknown", 0.08))

    def outcome(self, own: Key, issuer: Key, amount: str, **more: Any) -> Outcome:
        scheme = self.one([MAIN, MAIN, OTHER, HOURS]) if self.on("schemes", 0.6) else MAIN
        return Outcome(
            key=own,
            version=1,
            title=Text(en=own),
            issuer=issuer,
            kind=OutcomeKind.COURSE,
            outcome_class=self.one([OutcomeClass.DEGREE, OutcomeClass.NON_DEGREE]),
            credit=None if self.on("unknown", 0.15) else credit(amount, scheme),
            level=self.level(issuer == HOME),
            stage=self.one([None, *Stage]) if self.chance(0.7) else Stage.UNDERGRADUATE,
            tags=self.some(["x", "y"], 0, 2),
            **more,
        )

    def level(self, target: bool) -> LevelRef | None:
        if not self.on("levels", 0.8):
            return None
        framework = OTHER_FRAMEWORK if not target and self.chance(0.4) else FRAMEWORK
        return LevelRef(
            framework=framework, ordinal=self.rng.randint(1, 4) if target else self.one([3, 4, 5])
        )

    def referencings(self) -> tuple[Referencing, ...]:
        if not self.on("levels"):
            return ()
        found = []
        for number in range(self.rng.randint(0, 7)):
            main = LevelRef(framework=FRAMEWORK, ordinal=self.rng.randint(1, 4))
            other = LevelRef(framework=OTHER_FRAMEWORK, ordinal=self.rng.randint(2, 5))
            level, there = self.one([(main, other), (other, main)])
            found.append(Referencing(key=Key(f"ref{number}"), version=1, level=level, other=there))
        return tuple(found)

    def units(self) -> tuple[Unit, ...]:
        found = []
        for own, codes in ((U1, ("s1", "s2")), (U2, ("s1", "s2", "s3"))):
            lines = tuple(Statement(code=code, dimension="k", text=LongText()) for code in codes)
            level = LevelRef(framework=FRAMEWORK, ordinal=3) if self.on("levels", 0.5) else None
            worth = None if self.on("unknown", 0.1) else credit(2)
            found.append(
                Unit(key=own, version=1, title=Text(en=own), credit=worth, level=level, statements=lines)
            )
        return tuple(found)

    def mappings(self) -> tuple[Mapping, ...]:
        if not self.on("units") and self.chance(0.7):
            return ()
        held = [result.outcome for result in self.results if result.outcome]
        found = []
        for number in range(self.rng.randint(1, 4)):
            unit = self.one([U1, U1, U2])
            codes = ["s1", "s2"] if unit == U1 else ["s1", "s2", "s3"]
            whole = self.chance(0.35)
            start, end = self.window(0.35)
            found.append(
                Mapping(
                    key=Key(f"map{number}"),
                    version=1,
                    outcome=self.one([*held, *held, *SOURCES]),
                    unit=unit,
                    whole=whole,
                    statements=() if whole else self.some(codes, 1, 2),
                    valid_from=start,
                    valid_to=end,
                    status=self.one([Status.PUBLISHED] * 6 + [Status.APPROVED, Status.DRAFT]),
                )
            )
        return tuple(found)

    # --- Dates ------------------------------------------------------------------------------------------

    def window(self, bounded: float) -> tuple[date | None, date | None]:
        """A window around the anchor days; mostly one that holds the usual dates."""
        if not self.chance(bounded):
            return None, None
        start = self.one([None, *DAYS])
        after = [day for day in (*DAYS, TODAY, date(2025, 1, 1)) if start is None or day > start]
        return start, self.one([None, None, *after])

    def completion(self) -> Completion | None:
        if self.on("unknown", 0.15):
            return None
        if self.on("partial dates", 0.5):
            first = date(self.one([2021, 2022, 2023]), self.one([1, 7]), 1)
            return Completion(
                first=first, last=self.one([first + timedelta(days=200), date(first.year, 12, 31)])
            )
        if self.on("unfit", 0.12):
            return self.one(
                [
                    Completion(first=date(2024, 5, 1), last=date(2024, 7, 1)),
                    Completion(first=date(2024, 7, 1), last=date(2024, 7, 1)),
                ]
            )
        day = self.one(
            [*DAYS, *(day - timedelta(days=1) for day in DAYS), date(2022, 7, 1), date(2023, 7, 1)]
        )
        return Completion(first=day, last=day)

    # --- Results ----------------------------------------------------------------------------------------

    def draw_results(self) -> tuple[Result, ...]:
        found = [
            self.result(f"r{number}")
            for number in range(self.one([3, 4, 5] if self.many else [1, 2, 2, 3, 3, 4]))
        ]
        if len(found) > 1:
            found[:2] = self.related(found[0], found[1])
        if self.on("fingerprints", 0.9):
            twin = self.altered(self.one(found), id=self.one(["a0", "s0"]), fingerprint="same")
            found = [
                self.altered(r, fingerprint="same") if r.outcome == twin.outcome else r for r in found
            ] + [self.altered(twin, **self.twin_changes())]
        return tuple(found)

    def related(self, one: Result, other: Result) -> list[Result]:
        """Make the first two results a whole and its part, two editions, or two tiers of a series."""
        if self.on("parts", 0.7):
            way = self.rng.randint(0, 2)
            if way == 0:
                return [one, self.altered(other, part_of=one.id)]
            pair = self.whole_and_part if way == 1 else (A1, A1_NEW)
            return [self.altered(one, outcome=pair[0]), self.altered(other, outcome=pair[1])]
        if self.on("series", 0.8):
            return [self.altered(one, outcome=B1, attempts=1), self.altered(other, outcome=B2, attempts=None)]
        return [one, other]

    def twin_changes(self) -> dict[str, Any]:
        return self.one(
            [
                {},
                {"verification": Verification.UNVERIFIED},
                {"status": ResultStatus.REVOKED},
                {"grade": Grade(scheme=PERCENT, value="61")},
                {"earned": credit("1.5")},
                {"hypothetical": True},
            ]
        )

    def altered(self, result: Result, **changes: Any) -> Result:
        return Result(**{**{name: getattr(result, name) for name in Result.__struct_fields__}, **changes})

    def result(self, own: str) -> Result:
        outcome = UNKNOWN if self.on("unknown", 0.15) else self.one(SOURCES)
        by_unit = self.on("units", 0.2)
        issuers = {A1: ALPHA, A1_NEW: ALPHA, A2: ALPHA, B1: BETA, B2: BETA}
        earned = self.earned()
        return Result(
            id=own,
            outcome=None if by_unit else outcome,
            unit=U1 if by_unit else None,
            issuer=None
            if self.on("unknown", 0.4 if "joint" in self.features else 0.1)
            else issuers.get(outcome, GAMMA),
            earned=earned,
            available=self.available(earned),
            grade=self.grade(),
            completion=self.completion(),
            valid_to=self.one([TODAY, TODAY + timedelta(days=1), DAYS[3]])
            if self.on("unfit", 0.15)
            else None,
            status=self.one(list(ResultStatus)) if self.on("unfit", 0.25) else ResultStatus.COMPLETED,
            attempts=None if self.on("unknown", 0.5) else self.one([1, 2, 3]),
            verification=self.one(list(Verification))
            if self.on("unverified", 0.8)
            else Verification.VERIFIED,
            obtained=Obtained.CONVERSION if self.on("unfit", 0.12) else Obtained.STUDY,
            hypothetical=self.chance(0.1),
        )

    def earned(self) -> Credit | None:
        if self.on("unknown", 0.3):
            return None
        scheme = self.one([MAIN, OTHER, HOURS]) if self.on("schemes", 0.6) else MAIN
        return credit(self.one(["1", "1.5", "2", "3", "4"]), scheme)

    def available(self, earned: Credit | None) -> Credit | None:
        if earned is None or not self.chance(0.15):
            return None
        return credit(self.one(["1", "2.5"]), self.one([earned.scheme, earned.scheme, OTHER]))

    def grade(self) -> Grade | None:
        if not self.on("grades", 0.85):
            return Grade(scheme=PERCENT, value="90") if self.chance(0.6) else None
        return self.one(
            [
                None,
                Grade(scheme=PERCENT, value="55"),
                Grade(scheme=PERCENT, value="60"),
                Grade(scheme=PERCENT, value="75"),
                Grade(scheme=PERCENT, value="80"),
                Grade(scheme=PERCENT, value="120"),
                Grade(scheme=WORDS, value="good"),
                Grade(scheme="nowhere", value="A"),
            ]
        )

    # --- Rules ------------------------------------------------------------------------------------------

    def rules(self) -> tuple[Rule, ...]:
        found: list[Rule] = []
        for number in range(self.rng.randint(2, 5) if self.many else self.rng.randint(1, 3)):
            denies = self.on("denial", 0.85) and number > 0
            found.extend(self.versions(Key(f"rule{number}"), denies))
        return tuple(found)

    def versions(self, own: Key, denies: bool) -> list[Rule]:
        """One version for ever; or up to three, mostly one after the other, with gaps and overlaps."""
        if not self.on("windows", 0.85):
            return [self.rule(own, 1, denies, None, None)]
        days = sorted(self.some([*DAYS, TODAY, date(2025, 1, 1)], 3, 4))
        starts = [self.one([None, days[0]]), *days[1:-1]]
        found = []
        for number, start in enumerate(starts, 1):
            later = [day for day in days if start is None or day > start]
            end = (
                self.one([later[0], later[0], later[-1]])
                if number < len(starts)
                else self.one([later[-1], None])
            )
            found.append(self.rule(own, number, denies, start, end))
        return found

    def rule(self, own: Key, number: int, denies: bool, start: date | None, end: date | None) -> Rule:
        grants = self.denials() if denies else self.grants()
        by_application = self.on("application", 0.6) or self.on("windows", 0.3)
        return Rule(
            key=own,
            version=number,
            institution=HOME,
            programme=PROGRAMME if self.chance(0.3) else None,
            agreement=AGREEMENT if self.on("agreement", 0.8) or self.on("caps", 0.4) else None,
            valid_from=start,
            valid_to=end,
            basis=Basis.APPLICATION if by_application else Basis.COMPLETION,
            periods=self.periods(),
            priority=self.one([50, 100, 100, 150]),
            sharable=self.chance(0.3),
            repeatable=self.one([1, 1, 2]),
            articulation=self.chance(0.4),
            required_states=() if denies else self.required_states(),
            alternatives=self.alternatives(denies),
            grants=grants,
        )

    def required_states(self) -> tuple[TargetState, ...]:
        return self.some(list(TargetState), 1, 2) if self.on("states", 0.7) else ()

    def periods(self) -> tuple[Window, ...]:
        if not self.on("periods", 0.8):
            return ()
        usual = Window(start=date(2024, 5, 1), end=date(2024, 7, 1))
        past = Window(start=date(2024, 1, 1), end=self.one([date(2024, 3, 1), TODAY]))
        coming = Window(start=self.one([date(2024, 9, 1), TODAY + timedelta(days=1), TODAY]))
        return self.one([(usual,), (past,), (coming,), (past, coming), (past, usual)])

    def alternatives(self, denies: bool) -> tuple[Alternative, ...]:
        if self.on("named", 0.15):
            return ()
        if denies and self.chance(0.25):
            return (Alternative(),)
        return tuple(self.alternative(denies) for _ in range(self.one([1, 1, 1, 2, 2, 3])))

    def alternative(self, denies: bool) -> Alternative:
        if self.on("series", 0.3):
            tested = OutcomeClause(outcome=B1, or_higher=True, tests=Tests(attempts_at_most=2))
            return Alternative(clauses=(OutcomeClause(outcome=B2), tested))
        few = (denies and self.chance(0.7)) or self.chance(0.75 if self.many else 0.6)
        return Alternative(
            clauses=tuple(self.clause() for _ in range(1 if few else self.one([2, 2, 3]))),
            one_issuer=self.on("joint", 0.6),
            credit_not_below=self.on("joint", 0.5) and not denies,
        )

    def clause(self) -> Clause:
        held = [result.outcome for result in self.results if result.outcome]
        if self.on("pools", 0.5) or self.chance(0.05):
            return self.pool(held)
        if self.on("units", 0.6) or self.chance(0.04):
            return UnitClause(unit=self.one([U1, U1, U2]), tests=self.tests())
        if self.on("series", 0.7):
            return OutcomeClause(outcome=self.one([B1, B2]), or_higher=self.chance(0.7), tests=self.tests())
        if self.on("unknown", 0.1):
            return TextClause(text=LongText(en="a person checks"))
        wanted = self.one(held) if held and self.chance(0.9) else self.one(SOURCES)
        if wanted in (A1, A1_NEW) and self.chance(0.4):
            wanted = key("out", "a1", "any")
        lower = wanted == B2 and self.chance(0.5)
        return OutcomeClause(
            outcome=B1 if lower else wanted, or_higher=lower or self.chance(0.2), tests=self.tests()
        )

    def pool(self, held: list[Key]) -> PoolClause:
        if self.on("silent", 0.5):
            held = [C1]
        scheme = OTHER if self.on("schemes", 0.4) else MAIN
        named = dict.fromkeys([*held, *self.some([*SOURCES, key("out", "a1", "any")], 1, 3)])
        return PoolClause(
            credit=credit(self.one(["1", "2", "3", "4", "6"]), scheme),
            outcomes=tuple(named),
            tests=self.tests(),
        )

    def tests(self) -> Tests:
        """Few tests, unless a feature asks for them."""
        if self.on("series", 0.3):
            return Tests(attempts_at_most=2)
        often = 0.5 if self.features & {"unknown", "grades", "partial dates", "unfit"} else 0.06
        low = self.on("grades", 0.5)
        return Tests(
            minimum_grade=self.one(
                [
                    Grade(scheme=PERCENT, value="75"),
                    Grade(scheme=PERCENT, value="80"),
                    Grade(scheme=WORDS, value="good"),
                ]
            )
            if low
            else None,
            maximum_age=self.one(
                [
                    Period(years=1),
                    Period(years=2),
                    Period(months=17),
                    Period(months=2),
                    Period(days=335),
                ]
            )
            if self.chance(often * 0.4)
            else None,
            issuers=self.some([ALPHA, BETA, GAMMA], 2, 2) if self.chance(often * 0.3) else (),
            attempts_at_most=2 if self.chance(often * 0.3) else None,
            stage_not_below=self.one(list(Stage)[:3]) if self.chance(often * 0.3) else None,
            tags=self.some(["x", "y"], 1, 2) if self.chance(often * 0.3) else (),
        )

    # --- Grants -----------------------------------------------------------------------------------------

    def grants(self) -> tuple[Grant, ...]:
        """Different targets, so that no rule grants one twice."""
        found: list[Grant] = [
            OutcomeGrant(outcome=target, giving=self.giving()) for target in self.some(TARGETS[:4], 1, 2)
        ]
        if self.on("blocks", 0.3) and self.programme:
            found = [BlockGrant(block=self.one(["b1", "b2"]), mode=self.mode(), with_credit=self.chance(0.8))]
        if self.chance(0.25):
            found.append(ElectiveGrant(block=self.one(["b1", "b3"]), giving=self.elective()))
        if self.chance(0.1):
            found.append(UnitGrant(unit=U1, giving=self.giving()))
        if self.chance(0.1):
            found.append(EntitlementGrant(code="interview"))
        if self.on("blocks", 0.15):
            found.append(OutcomeGrant(outcome=T5, giving=self.giving())) if len(found) == 1 else None
        self.rng.shuffle(found)
        return tuple(found)

    def mode(self) -> WaiverMode:
        return self.one(list(WaiverMode)) if self.chance(0.15) else WaiverMode.FULL

    def giving(self) -> Giving:
        return Giving(mode=self.mode(), with_credit=self.chance(0.88), worth=self.worth(False))

    def elective(self) -> Giving:
        return Giving(worth=self.worth(True))

    def worth(self, elective: bool) -> Worth:
        scheme = self.one([MAIN, OTHER, HOURS]) if self.on("schemes", 0.5) else MAIN
        maximum = credit(2, self.one([MAIN, scheme])) if self.chance(0.15) else None
        if self.chance(0.3):
            ratio = Fraction(numerator=self.one([1, 2]), denominator=self.one([1, 3]))
            return Worth(rule=CreditRule.RATIO, ratio=ratio, scheme=scheme, maximum=maximum)
        if elective or self.chance(0.3):
            fixed = credit(self.one(["1", "2", "2.75", "3"]), scheme)
            return Worth(rule=CreditRule.FIXED, fixed=fixed, maximum=maximum)
        return Worth(maximum=maximum)

    def denials(self) -> tuple[Grant, ...]:
        return (
            self.one(
                [
                    Denial(outcome=self.one(TARGETS[:3])),
                    Denial(outcome=self.one(TARGETS[:3])),
                    Denial(block=self.one(["b1", "b3"])),
                    Denial(unit=U1),
                    Denial(),
                    Denial(),
                ]
            ),
        )

    # --- Programme, caps, exclusions ---------------------------------------------------------------------

    def draw_programme(self) -> Programme:
        """b1 with b2 in it; b3 beside them."""
        lower = Block(
            code="b2",
            tags=self.some(["practice", "compulsory"], 0, 2),
            requirement=self.requirement(),
            credit=self.declared("4"),
            courses=2,
            outcomes=(T3, T1) if self.chance(0.2) else (T3,),
            minimum_grade=self.minimum_grade(),
        )
        first = Block(
            code="b1",
            tags=("compulsory",),
            requirement=self.requirement(),
            credit=self.declared("12"),
            courses=4,
            outcomes=(T1, T2),
            minimum_grade=self.minimum_grade(),
            residency=self.one([Decimal(6), Decimal(9), Decimal(10)]) if self.on("caps", 0.3) else None,
            blocks=(lower,),
        )
        second = Block(
            code="b3",
            tags=("elective",),
            requirement=self.requirement(),
            credit=self.declared("6"),
            outcomes=(T4, T5) if self.chance(0.7) else (T5,),
            non_exemptible=(self.one([T5, T1]),) if self.on("blocks", 0.5) else (),
        )
        return Programme(
            key=PROGRAMME,
            version=1,
            institution=HOME,
            title=Text(en="programme"),
            major="m",
            intake=2020,
            stage=Stage.UNDERGRADUATE,
            credit_scheme=MAIN,
            credit=self.declared("20"),
            courses=self.one([4, 5, None]) if self.on("caps") else 5,
            minimum_level=LevelRef(framework=FRAMEWORK, ordinal=2) if self.on("levels", 0.4) else None,
            blocks=(first, second),
        )

    def declared(self, amount: str) -> Decimal | None:
        return None if self.on("caps", 0.12) else Decimal(amount)

    def requirement(self) -> Requirement:
        if not self.on("blocks", 0.7) and self.chance(0.7):
            return Requirement()
        return self.one(
            [
                Requirement(kind=RequirementKind.CREDITS, n=Decimal(self.one(["2", "3.5", "6"]))),
                Requirement(kind=RequirementKind.COURSES, n=Decimal(self.rng.randint(1, 2))),
            ]
        )

    def minimum_grade(self) -> Grade | None:
        return (
            Grade(scheme=PERCENT, value=self.one(["70", "80"]))
            if self.on("grades", 0.6 if "blocks" in self.features else 0.2)
            else None
        )

    def caps(self) -> tuple[Cap, ...]:
        if not self.on("caps"):
            return ()
        return tuple(self.cap(Key(f"cap{number}")) for number in range(self.one([1, 2, 2, 3])))

    def cap(self, own: Key) -> Cap:
        across = [CapScope.AGREEMENT, CapScope.YEAR] * 2 if "consumption" in self.features else []
        scope = self.one([*CapScope, *across])
        by_count = self.chance(0.25)
        limit: dict[str, Any] = {"count": self.one([0, 0, 1])} if by_count else {}
        if not limit:
            scheme = self.one([OTHER, HOURS]) if self.on("schemes", 0.4) else MAIN
            limit = {"credit": credit(self.one(["0.5", "1", "2", "2.5", "3.5"]), scheme)}
        if self.chance(0.6 if scope is CapScope.TAG else 0.2):
            limit = {"share": Fraction(numerator=self.one([1, 2]), denominator=self.one([8, 10, 3]))}
        waives = not by_count and self.chance(0.5)
        return Cap(
            key=own,
            version=1,
            institution=HOME,
            programme=self.one([None, None, PROGRAMME]),
            scope=scope,
            block=self.one(["b1", "b1", "b2", "b3"]) if scope is CapScope.BLOCK else None,
            tag=self.one(["compulsory", "practice", "elective"]) if scope is CapScope.TAG else None,
            agreement=AGREEMENT if scope is CapScope.AGREEMENT else None,
            source_class=OutcomeClass.DEGREE if scope is CapScope.SOURCE_CLASS else None,
            measure=CapMeasure.COUNT if by_count else CapMeasure.CREDIT,
            overflow=Overflow.WAIVE_WITHOUT_CREDIT if waives else Overflow.REFUSE,
            valid_to=self.one([None, None, None, None, TODAY, TODAY + timedelta(days=1)]),
            **limit,
        )

    def exclusions(self) -> tuple[Exclusion, ...]:
        if not self.on("exclusion"):
            return ()
        held = sorted({result.outcome for result in self.results if result.outcome})
        sources = tuple(held) if len(held) > 1 else tuple(dict.fromkeys([*held, *SOURCES[:3]]))
        pools = [TARGETS[:4], sources]
        return tuple(
            Exclusion(
                key=Key(f"excl{number}"),
                version=1,
                outcomes=self.some(self.one(pools), 2, 3),
                institution=self.one([None, HOME]),
            )
            for number in range(self.rng.randint(1, 2))
        )

    # --- Agreements --------------------------------------------------------------------------------------

    def agreements(self) -> tuple[Agreement, ...]:
        if self.on("agreement", 0.05):
            return ()
        found = []
        start, end = self.window(0.6) if self.on("agreement") else (None, None)
        windows = [(start, end)]
        if end and self.chance(0.5):
            windows.append((self.one([end, end + timedelta(days=366)]), None))
        for number, (opens, closes) in enumerate(windows, 1):
            found.append(
                Agreement(
                    key=AGREEMENT,
                    version=number,
                    title=Text(en="agreement"),
                    parties=(HOME, ALPHA),
                    alliance=self.one([None, ALLIANCE]) if self.on("agreement") else None,
                    signatures=self.signatures(),
                    articulation=self.chance(0.3),
                    valid_from=opens,
                    valid_to=closes,
                )
            )
        return tuple(found)

    def signatures(self) -> tuple[Signature, ...]:
        both = (Signature(party=HOME, on=date(2020, 1, 1)), Signature(party=ALPHA, on=date(2020, 1, 1)))
        return (
            both[: self.one([0, 1])]
            if self.on("agreement", 0.4 if "partial dates" in self.features else 0.2)
            else both
        )

    def memberships(self) -> tuple[Membership, ...]:
        found = []
        for party in (HOME, ALPHA):
            start, end = self.window(0.4) if self.on("agreement") else (None, None)
            windows = [(start, end)] + (
                [(end + timedelta(days=31), None)] if end and self.chance(0.4) else []
            )
            for number, (opens, closes) in enumerate(windows):
                found.append(
                    Membership(
                        key=Key(f"m-{party[-4:]}-{number}"),
                        version=1,
                        alliance=ALLIANCE,
                        institution=party,
                        valid_from=opens,
                        valid_to=closes,
                    )
                )
        return tuple(one for one in found if not self.on("agreement", 0.08))

    # --- The context -------------------------------------------------------------------------------------

    def context(self, rules: tuple[Rule, ...]) -> Context:
        drawn = self.known_context(rules)
        if not drawn.silent or self.chance(0.85):
            return drawn
        first, *others = drawn.silent
        unknown = first if self.chance(0.3) else changed(first, issuers=None)
        unknown = unknown if self.chance(0.7) else changed(unknown, keeps_consumption_of=None)
        return changed(drawn, silent=(unknown, *others))

    def known_context(self, rules: tuple[Rule, ...]) -> Context:
        """All that is asked in; every silent source declares for whom it speaks."""
        return Context(
            institution=HOME,
            programme=self.programme,
            credit_scheme=None if self.programme else MAIN,
            applied_on=TODAY if self.chance(0.85) else self.one([DAYS[3], DAYS[2], date(2024, 2, 29)]),
            consumed=self.consumed(rules),
            silent=self.silent(),
            targets=self.held(),
        )

    def held(self) -> tuple[HeldTarget, ...]:
        if not self.features & {"held", "states", "exclusion", "blocks"}:
            return ()
        pairs = {(self.one(TARGETS[:4]), self.one(list(TargetState))) for _ in range(self.rng.randint(1, 3))}
        return tuple(
            HeldTarget(outcome=outcome, state=state)
            for outcome, state in sorted(pairs, key=lambda pair: (pair[0], pair[1].value))
        )

    def consumed(self, rules: tuple[Rule, ...]) -> tuple[Consumption, ...]:
        if not self.on("consumption") and not self.on("caps", 0.4):
            return ()
        return tuple(self.past(rules) for _ in range(self.one([1, 1, 2])))

    def past(self, rules: tuple[Rule, ...]) -> Consumption:
        rule = self.one(rules)
        ids = [result.id for result in self.results] + ["gone"]
        return Consumption(
            results=self.some(ids, 1, 2) if self.on("consumption", 0.7) else ("gone",),
            rule=self.one([rule.key, Key("another")]) if self.on("consumption", 0.6) else Key("another"),
            rule_version=rule.version,
            sharable=self.chance(0.7),
            institution=HOME if self.chance(0.85) else ALPHA,
            programme=self.programme if self.chance(0.7) else key("prog", "q"),
            agreement=self.one([None, AGREEMENT, AGREEMENT]),
            on=self.one([date(2024, 2, 1), date(2023, 12, 31)]),
            targets=(self.past_target(),),
        )

    def past_target(self) -> ConsumedTarget:
        worth = self.one([None, credit("1"), credit("2.5"), credit("2", self.one([MAIN, OTHER]))])
        return self.one(
            [
                ConsumedTarget(outcome=self.one(TARGETS), mode=self.mode(), credit=worth),
                ConsumedTarget(outcome=self.one(TARGETS), mode=self.mode(), credit=worth),
                ConsumedTarget(unit=U1, credit=worth),
                ConsumedTarget(block=self.one(["b1", "b3"]), credit=worth),
                ConsumedTarget(entitlement="interview"),
            ]
        )

    def silent(self) -> tuple[SilentSource, ...]:
        if not self.on("silent"):
            return ()
        issuers = self.some([ALPHA, BETA, BETA, GAMMA], 1, 2)
        keeps = (self.one([HOME, HOME, ALPHA]),) if self.chance(0.15) else ()
        return tuple(
            SilentSource(code=f"s{number}", issuers=(issuer,), keeps_consumption_of=keeps)
            for number, issuer in enumerate(issuers)
        )


def random_case(seed: int | Random, features: Sequence[str] | None = None) -> Case:
    """One case from a seed (or from a random source); the same seed gives the same case."""
    rng = seed if isinstance(seed, Random) else Random(seed)
    return few_worlds(Maker(rng, features).case())


PLAN_FEATURES = ("caps", "blocks", "exclusion", "pools", "parts", "consumption", "levels", "joint", "schemes")


def random_plan_case(seed: int | Random) -> Case:
    """A case with more applications to choose from, and little that bars them: for plans (R19)."""
    rng = seed if isinstance(seed, Random) else Random(seed)
    return few_worlds(Maker(rng, rng.sample(PLAN_FEATURES, rng.randint(1, 4)), many=True).case())


def few_worlds(case: Case) -> Case:
    """The case with so few silent sources that the oracle can try all their worlds."""
    while case.context.silent and number_of_best_worlds(ask(*case.question)) > MOST_WORLDS:
        fields = {name: getattr(case.context, name) for name in Context.__struct_fields__}
        case = replace(case, context=Context(**{**fields, "silent": case.context.silent[1:]}))
    return case


def cases(features: Sequence[str] | None = None) -> st.SearchStrategy[Case]:
    """Cases for hypothesis, shrinking as its random choices shrink."""
    return st.randoms(use_true_random=False).map(lambda rng: random_case(rng, features))
