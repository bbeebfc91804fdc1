"""Goals: the numbers of a plan in the order in which they are optimised (R19), as sums of a model."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from fractions import Fraction as Ratio
from typing import Any, Final, NamedTuple

from graph.model.outcomes import Block, RequirementKind
from graph.model.verdicts import Target, TargetKind
from graph.planning.integers import denominator, fitting
from graph.planning.lots import Lot
from graph.planning.model import Model
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
        self.counts: list[Any] = []
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
        ways: dict[Target, list[Any]] = {}
        for lot in self.model.lots:
            way = self.model.waived.get(lot.place) if lot.head.carries else self.model.full[lot.place]
            if way is not None:
                ways.setdefault(lot.target, []).append(way)
        return sum(
            self._any(every) if target.kind is TargetKind.ELECTIVE else sum(every)
            for target, every in ways.items()
        )

    def _any(self, ways: list[Any]) -> Any:
        found = self.model.model.new_bool_var("")
        self.model.model.add_bool_or([*ways, found.negated()])
        return found

    def _credit(self) -> Any:
        self.counts = [self._counted(lot) for lot in self.model.lots]
        items = (lot.head for lot in self.model.lots)
        fitting(sum((item.worth * item.posting.credit for item in items), Ratio(0)) * self.scale)
        if not self.offers.question.context.programme:
            return sum(self.counts)
        programme = self.offers.question.programme
        return sum(self._use(block) for block in (programme.blocks if programme else ()))

    def _counted(self, lot: Lot) -> Any:
        """Return what of a lot's credit is counted, in the plan's scheme.

        Under a block of n courses it is counted or not; the number of those counted is bound in ``_use``.
        """
        item, model = lot.head, self.model.model
        most = int(item.worth * self.scale * item.posting.credit)
        credit = self.model.credit[lot.place] * int(item.worth * self.scale)
        if not most or all(block.requirement.kind is not RequirementKind.COURSES for block in item.path):
            return credit
        taken = self.taken[lot.place] = model.new_bool_var(f"k{lot.place}")
        if lot.place not in self.model.steps:
            model.add_implication(taken, self.model.full[lot.place])
            return most * taken
        amount = model.new_int_var(0, most, f"v{lot.place}")
        model.add(amount <= credit)
        model.add(amount <= most * taken)
        return amount

    def _use(self, block: Block) -> Any:
        """Return what a block and those below it use; at most what is inside, and what there is room for."""
        lots = [lot for lot in self.model.lots if lot.head.path and lot.head.worth]
        own = [self.counts[lot.place] for lot in lots if lot.head.path[-1].code == block.code]
        room, model = self.rooms[block.code], self.model.model
        inside = sum(own) + sum(self._use(below) for below in block.blocks)
        if room.courses is not None:
            under = [lot for lot in lots if any(above.code == block.code for above in lot.head.path)]
            taken = (self.taken[lot.place] for lot in under if lot.place in self.taken)
            model.add(sum(taken) <= room.courses)
        if room.credit is None:
            return inside
        used = model.new_int_var(0, fitting(room.credit * self.scale), f"u{block.code}")
        model.add(used <= inside)
        return used
