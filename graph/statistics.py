"""Alliance statistics: who recognises whom, what nothing leads to, and what hangs together most. Pure.

What counts is in force: PUBLISHED rules, memberships and things, and mappings that are approved.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graph.inventory import View
from graph.model.values import ANY_EDITION
from graph.sketches import RuleSketch

APPROVED = frozenset(("APPROVED", "PUBLISHED"))


class Pair(NamedTuple):
    """By so many rules one member recognises outcomes of another; ``reciprocated``: and the other way."""

    issuer: str
    receiver: str
    rules: int
    reciprocated: bool


class Connected(NamedTuple):
    """A unit, the outcomes mapped to it, and the rules that name it."""

    unit: str
    outcomes: int
    rules: int


@dataclass(frozen=True, slots=True)
class Ground:
    """The live things that statistics are of."""

    memberships: View[Any]
    rules: View[Any]
    outcomes: View[Any]
    units: View[Any]
    mappings: View[Any]


class Statistics:
    """The statistics of one alliance; each is counted when it is first asked for."""

    def __init__(self, ground: Ground, alliance: str) -> None:
        self._ground = ground
        members = (one for one in _in_force(ground.memberships) if one.alliance == alliance)
        self.members = tuple(sorted({one.institution for one in members}))
        self._rules: tuple[RuleSketch, ...] = tuple(_in_force(ground.rules))
        self._outcomes = {one.key: one.issuer for one in _in_force(ground.outcomes)}
        self._units = {one.key: one.owner for one in _in_force(ground.units)}

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Ordered pairs of two members with a rule that grants, most rules first."""
        members = frozenset(self.members)
        counts: Counter[tuple[str, str]] = Counter()
        for rule in self._rules:
            if rule.institution in members and rule.grants_something:
                issuers = {self._outcomes[key] for key in self._named(rule.asked) if key in self._outcomes}
                counts.update((one, rule.institution) for one in issuers & members - {rule.institution})
        ordered = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
        return tuple(Pair(*pair, rules, pair[::-1] in counts) for pair, rules in ordered)

    @property
    def linked(self) -> int:
        """How many pairs, whichever way, have a rule."""
        return len({frozenset((pair.issuer, pair.receiver)) for pair in self.pairs})

    @property
    def reciprocated(self) -> int:
        """How many of these have rules both ways."""
        return sum(pair.reciprocated for pair in self.pairs) // 2

    @cached_property
    def connected(self) -> tuple[Connected, ...]:
        """The members' units, those with most outcomes and rules first."""
        members = frozenset(self.members)
        found = [
            Connected(unit, len(self._mapped[unit]), self._naming[unit])
            for unit, owner in self._units.items()
            if owner in members
        ]
        return tuple(sorted(found, key=lambda one: (-one.outcomes - one.rules, one.unit)))

    @cached_property
    def orphan_units(self) -> tuple[str, ...]:
        """The members' units without rule and mapping."""
        return tuple(sorted(one.unit for one in self.connected if not one.outcomes + one.rules))

    @cached_property
    def orphan_outcomes(self) -> tuple[str, ...]:
        """The members' outcomes without rule and mapping."""
        members = frozenset(self.members)
        ends = frozenset[str]().union(*self._mapped.values())
        return tuple(
            key
            for key, issuer in self._outcomes.items()
            if issuer in members and key not in ends and not self._naming[key]
        )

    @cached_property
    def orphan_members(self) -> tuple[str, ...]:
        """The members that recognise by no rule, and of which no outcome and no unit has rule or mapping."""
        alone = frozenset((*self.orphan_units, *self.orphan_outcomes))
        busy = {rule.institution for rule in self._rules}
        for key, whose in (*self._outcomes.items(), *self._units.items()):
            if whose and key not in alone:
                busy.add(whose)
        return tuple(member for member in self.members if member not in busy)

    @cached_property
    def _mapped(self) -> defaultdict[str, set[str]]:
        """The live outcomes mapped to each live unit."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self._ground.mappings.things:
            if one.status in APPROVED and one.outcome in self._outcomes and one.unit in self._units:
                found[one.unit].add(one.outcome)
        return found

    @cached_property
    def _naming(self) -> Counter[str]:
        """How many rules ask for, grant or deny each outcome and unit."""
        found: Counter[str] = Counter()
        for rule in self._rules:
            found.update(self._named(rule.asked | rule.granted))
        return found

    def _named(self, keys: Iterable[str]) -> set[str]:
        """Spell edition ``any`` out: each live outcome of that scheme and code."""
        named: set[str] = set()
        for key in keys:
            scheme, edition, code = key.split(":", 2)
            named |= self._editions[scheme, code] if edition == ANY_EDITION else {key}
        return named

    @cached_property
    def _editions(self) -> defaultdict[tuple[str, str], set[str]]:
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for key in self._outcomes:
            scheme, _, code = key.split(":", 2)
            found[scheme, code].add(key)
        return found


def _in_force(view: View[Any]) -> Iterator[Any]:
    return (thing for thing in view.things if thing.status == "PUBLISHED")
