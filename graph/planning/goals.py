"""Goals: the numbers of a plan in the order in which they are optimised (R19), as sums of a model."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from fractions import Fraction as Ratio
from typing import Any, Final, NamedTuple

from graph.model.outcomes import Block, RequirementKind
from graph.model.verdicts import TargetKind
from graph.planning.model import Model, denominator, fitting
from graph.planning.rooms import rooms
from graph.recognition.amounts import units


class Objective(Enum):
    """What a plan is best at. Both begin with credit and waivers."""

    MOST_CREDIT = "MOST_CREDIT"
    LEAST_COST = "LEAST_COST"


class Goal(NamedTuple):
    """One number of a plan: what it is called, what it is, and whether it is to be large."""

    name: str
    amount: Any
    most: bool


NUMBERS: Final = {
    Objective.MOST_CREDIT: ("credit", "waivers", "results", "priorities", "ranks"),
    Objective.LEAST_COST: ("credit", "waivers", "fees", "results", "priorities", "ranks"),
}
"""The numbers of each objective, the weightiest first."""


class Goals:
    """The numbers of a plan, as sums over the variables of its model; credit in ``scale`` of 1/10,000."""

    def __init__(self, model: Model, objective: Objective) -> None:
        self.model = model
        self.offers = model.offers
        self.rooms = {one.block.code: one for one in rooms(self.offers.question)}
        limits = [one.credit for one in self.rooms.values() if one.credit is not None]
        self.scale = denominator([item.worth for item in self.offers.items] + limits)
        self.counts: dict[int, Any] = {}
        self.taken: dict[int, Any] = {}
        self.all = [self._goal(name) for name in NUMBERS[objective]]

    def _goal(self, name: str) -> Goal:
        makers: dict[str, Callable[[], Any]] = {
            "credit": self._credit,
            "waivers": self._waivers,
            "fees": self._fees,
            "results": lambda: sum(self.model.used.values()),
            "priorities": lambda: self._over([one.priority for one in self.offers.candidates]),
            "ranks": lambda: self._over(self.offers.ranks),
        }
        return Goal(name, makers[name](), name in ("credit", "waivers"))

    def _over(self, weights: list[int]) -> Any:
        fitting(Ratio(sum(weights)))
        return sum(var * weight for var, weight in zip(self.model.chosen, weights, strict=True))

    def _fees(self) -> Any:
        return self._over(
            [units(one.fee.amount if one.fee else Decimal(0)) for one in self.offers.candidates]
        )

    def _waivers(self) -> Any:
        """Count distinct targets given without credit, by their grant or by a cap."""
        found = []
        for target, items in self.offers.of_target.items():
            carried = [self.model.waived.get(item.place) for item in items if item.carries]
            ways = [way for way in carried if way is not None]
            ways += [self.model.full[item.place] for item in items if not item.carries]
            found.append(self._any(ways) if target.kind is TargetKind.ELECTIVE else sum(ways))
        return sum(found)

    def _any(self, ways: list[Any]) -> Any:
        found = self.model.model.new_bool_var("")
        self.model.model.add_bool_or([*ways, found.negated()])
        return found

    def _credit(self) -> Any:
        for item in self.offers.items:
            self.counts[item.place] = self._counted(item.place)
        fitting(sum((item.worth * item.posting.credit for item in self.offers.items), Ratio(0)) * self.scale)
        if not self.offers.question.context.programme:
            return sum(self.counts.values())
        programme = self.offers.question.programme
        return sum(self._use(block) for block in (programme.blocks if programme else ()))

    def _counted(self, place: int) -> Any:
        """Return what of an item's credit is counted, in the plan's scheme.

        Under a block of n courses it is counted or not; the number of those counted is bound in ``_use``.
        """
        item, model = self.offers.items[place], self.model.model
        credit = self.model.credit[place] * int(item.worth * self.scale)
        if all(block.requirement.kind is not RequirementKind.COURSES for block in item.path):
            return credit
        most = int(item.worth * self.scale * item.posting.credit)
        self.taken[place] = model.new_bool_var(f"k{place}")
        amount = model.new_int_var(0, most, f"v{place}")
        model.add(amount <= credit)
        model.add(amount <= most * self.taken[place])
        return amount

    def _use(self, block: Block) -> Any:
        """Return what a block and those below it use; at most what is inside, and what there is room for."""
        items = [item for item in self.offers.items if item.path and item.worth]
        own = [self.counts[item.place] for item in items if item.path[-1].code == block.code]
        room, model = self.rooms[block.code], self.model.model
        inside = sum(own) + sum(self._use(below) for below in block.blocks)
        if room.courses is not None:
            under = [item for item in items if any(above.code == block.code for above in item.path)]
            model.add(sum(self.taken[item.place] for item in under) <= room.courses)
        if room.credit is None:
            return inside
        used = model.new_int_var(0, fitting(room.credit * self.scale), f"u{block.code}")
        model.add(used <= inside)
        return used
