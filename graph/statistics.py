"""Alliance statistics: who recognises whom, what nothing leads to, and what hangs together most. Pure.

What counts is in force: PUBLISHED rules, memberships and things, and mappings that are approved.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graph.inventory import View
from graph.linkage import Linkage
from graph.naming import in_force


class Pair(NamedTuple):
    """By so many rules one member recognises outcomes of another; ``reciprocated``: and the other way."""

    issuer: str
    receiver: str
    rules: int
    synthetic_rules: int
    reciprocated: bool


class Connected(NamedTuple):
    """A unit, the outcomes mapped to it, and the rules that name it."""

    unit: str
    mapped_outcomes: int
    naming_rules: int
    synthetic_mapped_outcomes: int
    synthetic_naming_rules: int

    @property
    def weight(self) -> int:
        """How much hangs on it."""
        return self.mapped_outcomes + self.naming_rules


@dataclass(frozen=True, slots=True)
class Ground:
    """The live things that statistics are of."""

    memberships: View[Any]
    rules: View[Any]
    outcomes: View[Any]
    units: View[Any]
    mappings: View[Any]

    def made(self, synthetic: bool | None) -> Ground:
        """Keep the rules and mappings that the project made, or those it did not; none: all."""
        if synthetic is None:
            return self
        rules, mappings = (
            View(tuple(one for one in view.things if one.synthetic is synthetic))
            for view in (self.rules, self.mappings)
        )
        return Ground(self.memberships, rules, self.outcomes, self.units, mappings)


class Statistics:
    """The statistics of one alliance; each is counted when it is first asked for."""

    def __init__(self, ground: Ground, alliance: str) -> None:
        members = [one for one in in_force(ground.memberships).things if one.alliance == alliance]
        self.members = tuple(sorted({one.institution for one in members}))
        self.synthetic_members = len({one.institution for one in members if one.synthetic})
        self._among = frozenset(self.members)
        self._outcomes = {one.key: one.issuer for one in in_force(ground.outcomes).things}
        self._units = {one.key: one.owner for one in in_force(ground.units).things}
        self._linkage = Linkage(ground.rules, ground.mappings, ground.outcomes, ground.units)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Ordered pairs of two members with a rule that grants, most rules first."""
        counts: Counter[tuple[str, str]] = Counter()
        made: Counter[tuple[str, str]] = Counter()
        for rule in self._linkage.in_force:
            if rule.institution in self._among and rule.grants_something:
                asked = self._linkage.named(rule.asked)
                issuers = {self._outcomes[key] for key in asked if key in self._outcomes}
                found = [(one, rule.institution) for one in issuers & self._among - {rule.institution}]
                counts.update(found)
                made.update(found if rule.synthetic else ())
        ordered = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
        return tuple(Pair(*pair, rules, made[pair], pair[::-1] in counts) for pair, rules in ordered)

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
        own = (unit for unit, owner in self._units.items() if owner in self._among)
        return tuple(sorted(map(self._connected, own), key=lambda one: (-one.weight, one.unit)))

    def _connected(self, unit: str) -> Connected:
        linkage, made = self._linkage, self._linkage.synthetic
        outcomes, rules = linkage.outcomes.get(unit, set()), linkage.rules.get(unit, set())
        return Connected(unit, len(outcomes), len(rules), len(outcomes & made), len(rules & made))

    @cached_property
    def orphan_units(self) -> tuple[str, ...]:
        """The members' units without rule and mapping."""
        return tuple(sorted(one.unit for one in self.connected if not one.weight))

    @cached_property
    def orphan_outcomes(self) -> tuple[str, ...]:
        """The members' outcomes without rule and mapping."""
        own = (key for key, issuer in self._outcomes.items() if issuer in self._among)
        return tuple(key for key in own if key not in self._linkage.units and key not in self._linkage.rules)

    @cached_property
    def orphan_members(self) -> tuple[str, ...]:
        """The members that recognise by no rule, and of which no outcome and no unit has rule or mapping."""
        alone = frozenset((*self.orphan_units, *self.orphan_outcomes))
        busy = {rule.institution for rule in self._linkage.in_force}
        owned = (*self._outcomes.items(), *self._units.items())
        busy |= {whose for key, whose in owned if key not in alone}
        return tuple(member for member in self.members if member not in busy)
