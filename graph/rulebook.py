"""Reading a rule book from the graph: all public things behind one institution's verdicts, at one moment.

A handful of statements, whatever the institution's size: what it states itself; then what that names, each
concept in one statement; then outcomes below and above those, one statement for each step of a series.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from graph.errors import GraphTooLarge
from graph.model.book import RuleBook
from graph.model.concepts import BY_STRUCT
from graph.model.framework import Framework, Referencing
from graph.model.institutions import Agreement, Membership
from graph.model.outcomes import Mapping, Outcome, Programme, Unit
from graph.model.references import references
from graph.model.rules import Cap, Exclusion, OutcomeClause, Rule, UnitClause
from graph.model.schemes import CreditScheme, Factor, GradingScheme, Scheme
from graph.model.values import ANY_EDITION, Key, Versioned
from graph.store import Store
from graph.things import thing_of

T = TypeVar("T", bound=Versioned)

MOST: Final = 100_000
"""Versions of one concept that a rule book may hold."""
STEPS: Final = 24
"""How deep series of tiers and trees of parts may be."""

_KNOWN: Final = "v.recordedAt <= $known AND v.retractedAt > $known"
_COLUMNS: Final = (
    "v.key AS key, v.number AS number, v.recordedAt AS recorded, v.retractedAt AS retracted, v.body AS body"
)
_END: Final = f" AND {_KNOWN} RETURN DISTINCT {_COLUMNS} LIMIT {MOST + 1}"
_ALL: Final = f"MATCH (v:{{label}}Version) WHERE {_KNOWN} RETURN {_COLUMNS} LIMIT {MOST + 1}"
_NAMING: Final = (
    "UNWIND $keys AS named MATCH (:{named} {{key: named}})<-[:{edge}]-(v:{label}Version) WHERE true" + _END
)
_VERSIONS: Final = (
    "UNWIND $keys AS named MATCH (:{label} {{key: named}})-[:VERSION]->(v:{label}Version) WHERE true" + _END
)
_MAPPED: Final = "UNWIND $keys AS named MATCH (:Outcome)-[v:MAPS_TO]->(:Unit {key: named}) WHERE true" + _END
_ABOVE: Final = (
    "UNWIND $keys AS named MATCH (:Outcome {key: named})<-[:HIGHER_THAN]-(v:OutcomeVersion) "
    f"WHERE {_KNOWN} RETURN DISTINCT v.key AS key LIMIT {MOST + 1}"
)


class Ground(NamedTuple):
    """What all rule books of one moment share: schemes, factors, frameworks and how levels compare."""

    factors: tuple[Factor, ...]
    credit_schemes: tuple[CreditScheme, ...]
    grading_schemes: tuple[GradingScheme, ...]
    frameworks: tuple[Framework, ...]
    referencings: tuple[Referencing, ...]
    exclusions: tuple[Exclusion, ...]


class Own(NamedTuple):
    """What an institution states itself."""

    rules: tuple[Rule, ...]
    programmes: tuple[Programme, ...]
    caps: tuple[Cap, ...]

    def named(self, concept: str) -> set[str]:
        """Return the keys of a concept that these name."""
        things: tuple[Versioned, ...] = (*self.rules, *self.programmes, *self.caps)
        return {found.key for thing in things for found in references(thing) if found.concept == concept}

    def clauses(self) -> Iterator[Any]:
        """Yield every clause of the rules."""
        ways = (way for rule in self.rules for way in rule.alternatives)
        return (clause for way in ways for clause in way.clauses)

    def units_asked(self) -> set[str]:
        """Return the units that clauses ask for."""
        return {clause.unit for clause in self.clauses() if isinstance(clause, UnitClause)}

    def lowest(self) -> set[str]:
        """Return the outcomes above which, in their series, any will do."""
        return {clause.outcome for clause in self.clauses() if _or_higher(clause)}


class Reader:
    """Reads what is known of at one moment (as the graph writes it), whatever its window."""

    def __init__(self, store: Store, known: str) -> None:
        self._store = store
        self._known = known

    async def ground(self) -> Ground:
        """Read what all rule books share."""
        found = await asyncio.gather(
            self._all(Factor),
            self._all(CreditScheme),
            self._all(GradingScheme),
            self._all(Framework),
            self._all(Referencing),
            self._all(Exclusion),
        )
        return Ground(*found)

    async def book(self, institution: Key, ground: Ground) -> RuleBook:
        """Read the rule book of an institution."""
        own = await self._own(institution)
        agreements, units, mappings, seeds, lowest = await asyncio.gather(
            self.versions(Agreement, own.named("agreement")),
            self.versions(Unit, own.named("unit")),
            self._read(Mapping, _MAPPED, own.units_asked()),
            self._editions(own.named("outcome")),
            self._editions(own.lowest()),
        )
        mapped = {mapping.outcome for mapping in mappings}
        memberships, outcomes = await asyncio.gather(
            self._memberships(agreements), self.outcomes(seeds | mapped | await self._above(lowest))
        )
        return RuleBook(
            institution=institution,
            rules=own.rules,
            programmes=own.programmes,
            outcomes=outcomes,
            units=units,
            mappings=mappings,
            caps=own.caps,
            exclusions=tuple(one for one in ground.exclusions if one.institution in (None, institution)),
            agreements=agreements,
            memberships=memberships,
            factors=ground.factors,
            credit_schemes=ground.credit_schemes,
            grading_schemes=ground.grading_schemes,
            frameworks=ground.frameworks,
            referencings=ground.referencings,
        )

    async def outcomes(self, keys: Iterable[str], known: Iterable[str] = ()) -> tuple[Outcome, ...]:
        """Read outcomes, those below them in their series, and their parts; without those already known."""
        seen, ahead = set(known), set(keys)
        found: list[Outcome] = []
        for _ in range(STEPS):
            ahead -= seen
            if not ahead:
                return _ordered(found)
            seen |= ahead
            step = await self.versions(Outcome, ahead)
            found += step
            ahead = {key for outcome in step for key in (*outcome.parts, outcome.higher_than) if key}
        raise GraphTooLarge("outcomes are nested too deeply for a rule book")

    async def versions(self, struct: type[T], keys: Iterable[str]) -> tuple[T, ...]:
        """Read every known version of some keys."""
        return await self._read(struct, _VERSIONS.format(label=BY_STRUCT[struct].label), keys)

    async def _own(self, institution: str) -> Own:
        rules, programmes, caps = await asyncio.gather(
            self._naming(Rule, "RECEIVED_BY", "Institution", {institution}),
            self._naming(Programme, "OF_INSTITUTION", "Institution", {institution}),
            self._naming(Cap, "RECEIVED_BY", "Institution", {institution}),
        )
        return Own(rules, programmes, caps)

    async def _memberships(self, agreements: Sequence[Agreement]) -> tuple[Membership, ...]:
        """Read the memberships of the agreements' parties in the agreements' alliances."""
        alliances = {one.alliance for one in agreements if one.alliance}
        wanted = {(one.alliance, party) for one in agreements for party in one.parties}
        every = await self._naming(Membership, "OF_ALLIANCE", "Alliance", alliances)
        return tuple(one for one in every if (one.alliance, one.institution) in wanted)

    async def _above(self, keys: set[str]) -> set[str]:
        """Return outcomes and those above them in their series."""
        found, ahead = set(keys), set(keys)
        for _ in range(STEPS):
            if not ahead:
                return found
            ahead = {row["key"] for row in await self._rows(_ABOVE, ahead)} - found
            found |= ahead
        raise GraphTooLarge("a series is too long for a rule book")

    async def _editions(self, keys: set[str]) -> set[str]:
        """Spell edition ``any`` out: each edition that the scheme declares."""
        parts = {key: key.split(":", 2) for key in keys}
        loose = [triple for triple in parts.values() if triple[1] == ANY_EDITION]
        declared: defaultdict[str, set[str]] = defaultdict(set)
        for scheme in await self.versions(Scheme, {triple[0] for triple in loose}):
            declared[scheme.key] |= {edition.code for edition in scheme.editions}
        spelt = {f"{scheme}:{edition}:{code}" for scheme, _, code in loose for edition in declared[scheme]}
        return spelt | {key for key, triple in parts.items() if triple[1] != ANY_EDITION}

    async def _all(self, struct: type[T]) -> tuple[T, ...]:
        return await self._read(struct, _ALL.format(label=BY_STRUCT[struct].label), ("",))

    async def _naming(self, struct: type[T], edge: str, named: str, keys: Iterable[str]) -> tuple[T, ...]:
        query = _NAMING.format(label=BY_STRUCT[struct].label, edge=edge, named=named)
        return await self._read(struct, query, keys)

    async def _read(self, struct: type[T], query: str, keys: Iterable[str]) -> tuple[T, ...]:
        return _ordered([thing_of(struct, row) for row in await self._rows(query, keys)])

    async def _rows(self, query: str, keys: Iterable[str]) -> list[dict[str, Any]]:
        wanted = sorted(keys)
        if not wanted:
            return []
        rows = await self._store.read(query, keys=wanted, known=self._known)
        if len(rows) > MOST:
            raise GraphTooLarge("an institution's rules name more than a rule book may hold")
        return rows


def _or_higher(clause: object) -> bool:
    return isinstance(clause, OutcomeClause) and clause.or_higher


def _ordered(things: Iterable[T]) -> tuple[T, ...]:
    """Order by key and number, so that equal books are equal values."""
    return tuple(sorted(things, key=lambda thing: (thing.key.encode(), thing.version)))
