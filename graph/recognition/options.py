"""Options: the ways to meet one clause, each an evidence set with its open conditions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.trees import Node, Reason
from graph.recognition.limits import OPTIONS, Budget
from graph.recognition.nodes import JOINT_TESTS, NO_OPENS, Opens
from graph.recognition.question import places


class Option(NamedTuple):
    """An evidence set and the conditions it leaves open."""

    mask: int
    opens: Opens = NO_OPENS


class Met(NamedTuple):
    """What was found for one clause.

    ``share`` is the fulfilled part of a clause that has no option (R24), ``partly`` says that it has some
    (R11), ``limited`` that not every option was sought.
    """

    options: tuple[Option, ...]
    node: Node
    share: Ratio = Ratio(0)
    limited: bool = False

    @property
    def missing(self) -> bool:
        """Tell whether nothing meets the clause."""
        return not self.options and not self.limited

    @property
    def partly(self) -> bool:
        """Tell whether an unmet clause is fulfilled in part."""
        return self.share.numerator > 0


def minimal(options: Iterable[Option], budget: Budget) -> tuple[list[Option], bool]:
    """Keep those of which no smaller set leaves no more open (R8); tell whether any were left unsought.

    A set is dropped for a subset of it (or itself) whose open conditions are all among its own.
    """
    ordered = sorted(set(options), key=_by_size)
    kept = Kept()
    for option in ordered[:OPTIONS]:
        budget.spend(1 + len(kept.smaller) // 16)
        kept.put(option.mask, 0, conditions(option.opens), option)
    return [option for option in kept.all if isinstance(option, Option)], len(ordered) > OPTIONS


def conditions(opens: Opens) -> Opens:
    """A test on the whole alternative is one condition, whatever leaves it open."""
    return frozenset((Reason.JOINT, of) if of in JOINT_TESTS else (reason, of) for reason, of in opens)


class Kept:
    """Sets put in by size, of which only those are kept that hold no kept one leaving no more open."""

    def __init__(self) -> None:
        self.smaller: list[tuple[int, int, Opens]] = []
        self.all: list[object] = []
        self._same: list[tuple[int, int, Opens]] = []
        self._size = -1

    def put(self, mask: int, pooled: int, opens: Opens, value: object) -> None:
        """Keep a set, unless it holds one that is kept; ``pooled`` is the part of it that binds."""
        if mask.bit_count() != self._size:
            self._size = mask.bit_count()
            self.smaller += self._same
            self._same = []
        same = (one for one in self._same if one[0] == mask)
        if not any(_within(one, mask, pooled, opens) for one in (*self.smaller, *same)):
            self._same.append((mask, pooled, opens))
            self.all.append(value)


def _within(one: tuple[int, int, Opens], mask: int, pooled: int, opens: Opens) -> bool:
    return one[0] & mask == one[0] and one[1] & pooled == one[1] and one[2] <= opens


def _by_size(option: Option) -> tuple[int, int, tuple[int, ...], list[str]]:
    said = sorted(f"{reason.name} {subject}" for reason, subject in option.opens)
    return option.mask.bit_count(), len(option.opens), tuple(places(option.mask)), said
