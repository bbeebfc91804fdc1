"""Lots: items alike in all that a plan counts, so that what becomes of them is settled once for them all."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from graph.model.verdicts import Target, TargetKind
from graph.planning.offers import Item, Offers


@dataclass(frozen=True, slots=True, eq=False)
class Lot:
    """Items of one target that count alike and use the same of every cap; ``place`` in the list of all.

    At most one of them is given. Elective credit, which may be given more than once, is a lot by itself.
    """

    place: int
    items: tuple[Item, ...]

    @property
    def head(self) -> Item:
        """The item that speaks for all."""
        return self.items[0]

    @property
    def target(self) -> Target:
        """What is granted."""
        return self.head.target


def lots(offers: Offers) -> list[Lot]:
    """Return the lots in the order of their first items."""
    found: dict[Hashable, list[Item]] = {}
    for item in offers.items:
        found.setdefault(_alike(offers, item), []).append(item)
    return [Lot(place, tuple(items)) for place, items in enumerate(found.values())]


def _alike(offers: Offers, item: Item) -> Hashable:
    if item.target.kind is TargetKind.ELECTIVE:
        return item.place
    uses = tuple(one.uses.get(item.place) for one in offers.ceilings)
    return item.target, item.posting.credit, item.posting.scheme, item.carries, item.worth, uses
