"""Unit coverage 单元覆盖: when a mapping covers a statement, and which units have a statement left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container
from typing import Any, Protocol

from graph.inventory import View
from graph.model.values import APPROVED


class Covering(Protocol):
    """A mapping, or a sketch of one."""

    @property
    def whole(self) -> bool:
        """Whether it covers the whole unit."""
        ...

    @property
    def statements(self) -> Collection[str]:
        """The codes of the statements it covers."""
        ...


def covers(mapping: Covering, code: str) -> bool:
    """Tell whether a mapping covers the statement of a code: by its code, or as a whole."""
    return mapping.whole or code in mapping.statements


def uncovered_units(units: View[Any], mappings: View[Any], outcomes: Container[str]) -> frozenset[str]:
    """Give the units with a statement that no approved mapping of one of the outcomes covers."""
    counted: defaultdict[str, list[Any]] = defaultdict(list)
    for one in mappings.things:
        if one.status in APPROVED and one.outcome in outcomes:
            counted[one.unit].append(one)
    return frozenset(unit.key for unit in units.things if _has_a_gap(unit, counted.get(unit.key, ())))


def _has_a_gap(unit: Any, mappings: Collection[Covering]) -> bool:
    return not all(any(covers(one, stated.code) for one in mappings) for stated in unit.statements)
