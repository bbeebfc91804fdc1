"""Worn cases: what real rule books have and drawn ones lack: versions, gaps, drafts, mixed schemes, odd rows.

``worn_case(seed)`` takes the drawn case of the seed and changes a few things in it, by a source of chance of
its own, so that the drawn cases stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any, TypeVar

from cases import (
    DAYS,
    HOME,
    MAIN,
    OTHER,
    PROGRAMME,
    T1,
    T2,
    T3,
    TARGETS,
    TODAY,
    Case,
    credit,
    few_worlds,
    key,
    random_case,
)

from graph.model.learning import ConsumedTarget, HeldTarget, Result
from graph.model.rules import OutcomeClause, OutcomeGrant, TargetState, UnitClause
from graph.model.values import Status, Versioned
from graph.model.verdicts import Target, TargetKind

T = TypeVar("T")
V = TypeVar("V", bound=Versioned)

VERSIONED = (
    "outcomes",
    "units",
    "programmes",
    "caps",
    "exclusions",
    "factors",
    "credit_schemes",
    "grading_schemes",
    "referencings",
    "mappings",
    "agreements",
    "memberships",
)


def changed(value: Any, **changes: Any) -> Any:
    """A value with some fields changed."""
    return type(value)(**{**{name: getattr(value, name) for name in value.__struct_fields__}, **changes})


class Wear:
    """Changes one case."""

    def __init__(self, case: Case, rng: Random) -> None:
        self.rng = rng
        self.case = case

    def book(self, **changes: Any) -> None:
        """Change the rule book."""
        self.case = replace(self.case, book=changed(self.case.book, **changes))

    def context(self, **changes: Any) -> None:
        """Change the context."""
        self.case = replace(self.case, context=changed(self.case.context, **changes))

    def chance(self, share: float) -> bool:
        """Toss a coin."""
        return self.rng.random() < share

    def some(self, items: Iterable[T], share: float, change: Callable[[T], T]) -> tuple[T, ...]:
        """Change some of the items."""
        return tuple(change(item) if self.chance(share) else item for item in items)

    # --- What wears --------------------------------------------------------------------------------------

    def aged(self) -> None:
        """Things whose window ended, begins later, or is followed by another version."""
        for name in self.rng.sample(VERSIONED, 3):
            things: list[Any] = []
            for thing in getattr(self.case.book, name):
                things += self.versions(thing) if self.chance(0.4) else [thing]
            self.book(**{name: tuple(things)})

    def versions(self, thing: V) -> list[V]:
        """One version with a window; or two, one after the other, or one over the other."""
        day = self.rng.choice((*DAYS, TODAY))
        first: V = changed(thing, valid_from=None, valid_to=day)
        second: V = changed(thing, version=2, valid_from=self.rng.choice((day, None)), valid_to=None)
        second = self.varied(second)
        return self.rng.choice(([first], [changed(thing, valid_from=day, valid_to=None)], [first, second]))

    def varied(self, thing: V) -> V:
        """What a new version may say otherwise."""
        if hasattr(thing, "tags") and hasattr(thing, "stub") and self.chance(0.2):
            return changed(thing, stub=True)  # type: ignore[no-any-return]
        if hasattr(thing, "repeatable") and self.chance(0.5):
            return changed(thing, repeatable=not thing.repeatable)  # type: ignore[no-any-return]
        if hasattr(thing, "articulation") and self.chance(0.5):
            return changed(thing, articulation=not thing.articulation)  # type: ignore[no-any-return]
        return thing

    def statuses(self) -> None:
        """Drafts, approved and suspended things."""
        for name in ("rules", *self.rng.sample(VERSIONED, 3)):
            wear = self.rng.choice(list(Status))
            self.book(
                **{
                    name: self.some(
                        getattr(self.case.book, name), 0.25, lambda t, s=wear: changed(t, status=s)
                    )
                }
            )

    def denial_states(self) -> None:
        """Denials, and other rules, that ask for states of the target."""
        states = list(TargetState)
        self.book(
            rules=self.some(
                self.case.book.rules,
                0.5,
                lambda rule: changed(
                    rule, required_states=tuple(self.rng.sample(states, self.rng.choice((1, 1, 2, 3))))
                ),
            )
        )
        pairs = {(self.rng.choice(TARGETS[:3]), self.rng.choice(states)) for _ in range(4)}
        rows = sorted(pairs, key=lambda pair: (pair[0], pair[1].value))
        self.context(targets=tuple(HeldTarget(outcome=one, state=state) for one, state in rows))

    def consumption(self) -> None:
        """Rows without programme, of other institutions and years, of targets granted twice."""
        self.context(consumed=(*self.case.context.consumed, *map(self.row, self.case.context.consumed)))

    def row(self, row: Any) -> Any:
        """A past application with something of it changed."""
        rng = self.rng
        target = ConsumedTarget(
            outcome=rng.choice((T1, T2, T3)),
            credit=credit(rng.choice(("0", "1", "2")), rng.choice((MAIN, OTHER))),
        )
        return changed(
            row,
            programme=rng.choice((None, PROGRAMME, key("prog", "q"))),
            institution=rng.choice((HOME, HOME, key("inst", "alpha"))),
            on=rng.choice((date(2024, 1, 1), date(2023, 12, 31), TODAY)),
            targets=(*row.targets, target) if self.chance(0.5) else row.targets,
        )

    def availables(self) -> None:
        """Available credit in other schemes than the earned."""

        def change(result: Result) -> Result:
            if result.earned is None:
                return result
            other = credit(self.rng.choice(("0", "1", "2.5", "4")), self.rng.choice((MAIN, OTHER, "hours")))
            return changed(result, available=other)  # type: ignore[no-any-return]

        self.case = replace(self.case, results=self.some(self.case.results, 0.6, change))

    def results(self) -> None:
        """Results part of each other in chains, without outcome, of another fingerprint."""
        ids = [result.id for result in self.case.results]

        def change(result: Result) -> Result:
            wear: dict[str, Any] = self.rng.choice(
                (
                    {"part_of": self.rng.choice(ids)},
                    {"fingerprint": "twin"},
                    {"unit": key("unit", "u1"), "outcome": None},
                    {"completion": None},
                    {"issuer": None},
                    {"earned": None, "available": None},
                    {"hypothetical": True},
                )
            )
            if wear.get("part_of") == result.id:
                return result
            return changed(result, **wear)  # type: ignore[no-any-return]

        self.case = replace(self.case, results=self.some(self.case.results, 0.5, change))

    def twice(self) -> None:
        """Rules that grant one target twice; grants of no credit."""

        def change(rule: Any) -> Any:
            grant = rule.grants[0]
            if not isinstance(grant, OutcomeGrant):
                return rule
            giving = grant.giving
            worth = changed(
                giving.worth,
                rule=type(giving.worth.rule).FIXED,
                fixed=credit("0.1"),
                ratio=None,
                scheme=None,
                maximum=None,
            )
            small = changed(grant, giving=changed(giving, worth=worth))
            return changed(rule, grants=self.rng.choice(((*rule.grants, grant), (small, *rule.grants[1:]))))

        self.book(rules=self.some(self.case.book.rules, 0.6, change))

    def same_twice(self) -> None:
        """Alternatives with the same clause twice, and with a unit beside an outcome."""

        def change(rule: Any) -> Any:
            if not rule.alternatives or not rule.alternatives[0].clauses:
                return rule
            way = rule.alternatives[0]
            more = self.rng.choice(
                (
                    way.clauses[0],
                    UnitClause(unit=key("unit", "u1")),
                    OutcomeClause(outcome=key("out", "a1", "any")),
                )
            )
            way = changed(way, clauses=(*way.clauses, more)[:3])
            return changed(rule, alternatives=(way, *rule.alternatives[1:]))

        self.book(rules=self.some(self.case.book.rules, 0.6, change))

    def naming(self) -> None:
        """Name every rule, and a target."""
        rules = tuple(dict.fromkeys(rule.key for rule in self.case.book.rules))
        targets = (Target(kind=TargetKind.OUTCOME, key=self.rng.choice(TARGETS)),)
        self.case = replace(self.case, named_rules=rules, named_targets=targets)


WEARS = (
    Wear.aged,
    Wear.aged,
    Wear.statuses,
    Wear.denial_states,
    Wear.consumption,
    Wear.availables,
    Wear.results,
    Wear.twice,
    Wear.same_twice,
    Wear.naming,
)


def worn_case(seed: int | Random) -> Case:
    """A drawn case with one to three wears; the same seed gives the same case."""
    rng = seed if isinstance(seed, Random) else Random(f"worn {seed}")
    wear = Wear(random_case(rng if isinstance(seed, Random) else seed), rng)
    for change in rng.sample(WEARS, rng.randint(1, 3)):
        change(wear)
    return few_worlds(wear.case)
