"""Linkage: which outcomes are mapped to which units, and which rules name either. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import Any

from graph.inventory import View
from graph.model.values import ANY_EDITION, APPROVED
from graph.naming import in_force

Sets = defaultdict[str, set[str]]


class Linkage:
    """The linkage of the outcomes and units in force: by approved mappings, and by rules in force."""

    def __init__(self, rules: View[Any], mappings: View[Any], outcomes: View[Any], units: View[Any]) -> None:
        self.in_force = in_force(rules).things
        self._mappings = mappings
        self._seen = in_force(outcomes), in_force(units)
        self._outcomes, self._units = (view.by_key for view in self._seen)

    @cached_property
    def synthetic(self) -> frozenset[str]:
        """The outcomes, units and rules that the project made."""
        things = chain(self.in_force, *(view.things for view in self._seen))
        return frozenset(one.key for one in things if one.synthetic)

    @cached_property
    def outcomes(self) -> Sets:
        """The outcomes mapped to each unit."""
        found: Sets = defaultdict(set)
        for one in self._mappings.things:
            if one.status in APPROVED and one.outcome in self._outcomes and one.unit in self._units:
                found[one.unit].add(one.outcome)
        return found

    @cached_property
    def units(self) -> Sets:
        """The units each outcome is mapped to."""
        found: Sets = defaultdict(set)
        for unit, outcomes in self.outcomes.items():
            for outcome in outcomes:
                found[outcome].add(unit)
        return found

    @cached_property
    def rules(self) -> Sets:
        """The rules that ask for, grant or deny each outcome and unit."""
        found: Sets = defaultdict(set)
        for rule in self.in_force:
            for key in self.named(rule.asked | rule.granted):
                found[key].add(rule.key)
        return found

    def named(self, keys: Iterable[str]) -> set[str]:
        """Spell edition ``any`` out: each of these outcomes of that scheme and code."""
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
