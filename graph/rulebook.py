"""Reading a rule book from the graph: the public things behind one institution's verdicts, at one moment.

A handful of statements, whatever the institution's size: what it states itself; then what that names, each
concept in one statement; then outcomes below and above those, one statement for each step of a series.

Most of what rules name is what others could bring: outcomes their clauses ask for, and those mapped to units
they ask for. Known results need none of it but their own; so it is read apart (`Reader.named`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Container, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from graph.errors import GraphTooLarge
from graph.model.book import RuleBook
from graph.model.caps import Cap, Exclusion
from graph.model.concepts import BY_STRUCT
from graph.model.framework import Framework, Referencing
from graph.model.institutions import Agreement, Membership
from graph.model.outcomes import Mapping, Outcome, Programme, Unit
from graph.model.references import references
from graph.model.rules import Clause, OutcomeClause, Rule, UnitClause
from graph.model.schemes import CreditScheme, Factor, GradingScheme, Scheme
from graph.model.values import ANY_EDITION, Key, Versioned
from graph.projections import thing_of
from graph.recognition.entries import outcomes_of
from graph.store import Store

T = TypeVar("T", bound=Versioned)

MOST: Final = 100_000
"""Versions of one concept that a rule book may hold."""
STEPS: Final = 24
"""How deep series of tiers and trees of parts may be."""

_KNOWN: Final = "v.recordedAt <= $known AND v.retractedAt > $known"
# One row with a list of lists: the driver takes far longer over as many rows.
_ROWS: Final = (
    f" WITH DISTINCT v LIMIT {MOST + 1} "
    "RETURN collect([v.key, v.number, v.recordedAt, v.retractedAt, v.body]) AS rows"
)
_END: Final = f" WHERE {_KNOWN}{_ROWS}"
_ALL: Final = "MATCH (v:{label}Version)" + _END
_GENERAL: Final = f"MATCH (v:ExclusionVersion) WHERE {_KNOWN} AND NOT (v)-[:RECEIVED_BY]->(){_ROWS}"
_NAMING: Final = "UNWIND $keys AS named MATCH (:{named} {{key: named}})<-[:{edge}]-(v:{label}Version)" + _END
_VERSIONS: Final = (
    "UNWIND $keys AS named MATCH (:{label} {{key: named}})-[:VERSION]->(v:{label}Version)" + _END
)
# A pattern begins where its key is: the engine walks patterns as they are written.
_MAPPED: Final = "UNWIND $keys AS named MATCH (:Unit {key: named})<-[v:MAPS_TO]-(:Outcome)" + _END
_MAPPING: Final = "UNWIND $keys AS named MATCH (:Outcome {key: named})-[v:MAPS_TO]->(:Unit)" + _END
_ABOVE: Final = (
    "UNWIND $keys AS named MATCH (:Outcome {key: named})<-[:HIGHER_THAN]-(v:OutcomeVersion)" + _END
)


class Ground(NamedTuple):
    """What all rule books of one moment share: schemes, factors, frameworks and how levels compare."""

    factors: tuple[Factor, ...]
    credit_schemes: tuple[CreditScheme, ...]
    grading_schemes: tuple[GradingScheme, ...]
    frameworks: tuple[Framework, ...]
    referencings: tuple[Referencing, ...]
    exclusions: tuple[Exclusion, ...]
    """Those of no institution, which hold for all."""


class Own(NamedTuple):
    """What an institution states itself."""

    rules: tuple[Rule, ...]
    programmes: tuple[Programme, ...]
    caps: tuple[Cap, ...]

    def named(self) -> dict[str, set[str]]:
        """Return the keys that these name, by their concepts."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for thing in (*self.rules, *self.programmes, *self.caps):
            for one in references(thing):
                found[one.concept].add(one.key)
        return found

    def granted(self) -> set[str]:
        """Return the outcomes that rules grant or deny, and those that programmes and caps name."""
        keys = {getattr(grant, "outcome", None) for rule in self.rules for grant in rule.grants}
        named = (found for thing in (*self.programmes, *self.caps) for found in references(thing))
        return {key for key in keys if key} | {one.key for one in named if one.concept == "outcome"}


class Named(NamedTuple):
    """What clauses ask for, beside what their institution states itself."""

    outcomes: tuple[Outcome, ...] = ()
    mappings: tuple[Mapping, ...] = ()


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
            self._read(Exclusion, _GENERAL, ("",)),
        )
        return Ground(*found)

    async def book(self, institution: Key, shared: Awaitable[Ground]) -> RuleBook:
        """Read the rule book of an institution, without what its clauses ask for."""
        own, ground = await asyncio.gather(self._own(institution), shared)
        named = own.named()
        agreements, units, outcomes, exclusions = await asyncio.gather(
            self.versions(Agreement, named["agreement"]),
            self.versions(Unit, named["unit"]),
            self.outcomes(own.granted()),
            self._naming(Exclusion, "RECEIVED_BY", "Institution", {institution}),
        )
        return RuleBook(
            institution=institution,
            rules=own.rules,
            programmes=own.programmes,
            outcomes=outcomes,
            units=units,
            caps=own.caps,
            exclusions=_ordered((*ground.exclusions, *exclusions)),
            agreements=agreements,
            memberships=await self._memberships(agreements),
            factors=ground.factors,
            credit_schemes=ground.credit_schemes,
            grading_schemes=ground.grading_schemes,
            frameworks=ground.frameworks,
            referencings=ground.referencings,
        )

    async def named(self, clauses: Sequence[Clause], known: Container[str], *, some: bool) -> Named:
        """Read what clauses ask for: outcomes they name, those above them in a series where these do too,
        mappings to units, and what is mapped; without the outcomes already known.

        Of ``some`` clauses only, the outcomes' other mappings come as well: other rules may ask for them.
        """
        units = {clause.unit for clause in clauses if isinstance(clause, UnitClause)}
        lowest = {one.outcome for one in clauses if isinstance(one, OutcomeClause) and one.or_higher}
        mappings, seeds, above = await asyncio.gather(
            self._read(Mapping, _MAPPED, units),
            self._editions({key for clause in clauses for key in outcomes_of(clause)}),
            self._editions(lowest),
        )
        wanted = seeds | {mapping.outcome for mapping in mappings} | await self._above(above)
        outcomes, beside = await asyncio.gather(
            self.outcomes(wanted, known), self.mappings(wanted if some else ())
        )
        return Named(outcomes, _ordered({*mappings, *beside}))

    async def mappings(self, outcomes: Iterable[str]) -> tuple[Mapping, ...]:
        """Read every known version of the mappings of some outcomes."""
        return await self._read(Mapping, _MAPPING, outcomes)

    async def outcomes(self, keys: Iterable[str], known: Container[str] = ()) -> tuple[Outcome, ...]:
        """Read outcomes, those below them in their series, and their parts; without those already known."""
        seen, ahead = set[str](), set(keys)
        found: list[Outcome] = []
        for _ in range(STEPS):
            ahead = {key for key in ahead - seen if key not in known}
            if not ahead:
                return _ordered(found)
            seen |= ahead
            step = await self.versions(Outcome, ahead)
            found += step
            ahead = {key for outcome in step for key in (*outcome.parts, outcome.higher_than) if key}
        raise GraphTooLarge("outcomes are nested too deeply for a rule book")

    async def tiers_above(self, keys: Iterable[str]) -> tuple[Outcome, ...]:
        """Read every known version of the outcomes that are the next tier above some."""
        return await self._read(Outcome, _ABOVE, keys)

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
            ahead = {row[0] for row in await self._rows(_ABOVE, ahead)} - found
            found |= ahead
        raise GraphTooLarge("a series is too long for a rule book")

    async def _editions(self, keys: Iterable[str]) -> set[str]:
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
        rows = await self._rows(query, keys)
        return _ordered([thing_of(struct, body, *beside) for _, *beside, body in rows])

    async def _rows(self, query: str, keys: Iterable[str]) -> list[Any]:
        """Read versions: key, number, when recorded, when retracted, body."""
        wanted = sorted(keys)
        if not wanted:
            return []
        found = await self._store.read(query, keys=wanted, known=self._known)
        rows: list[Any] = found[0]["rows"]
        if len(rows) > MOST:
            raise GraphTooLarge("an institution's rules name more than a rule book may hold")
        return rows


def _ordered(things: Iterable[T]) -> tuple[T, ...]:
    """Order by key and number, so that equal books are equal values."""
    return tuple(sorted(things, key=lambda thing: (thing.key.encode(), thing.version)))
