"""Solving: the numbers of a plan one after the other, each proved before the next, within a time (R19)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ortools.sat.python import cp_model

from graph.planning.goals import Goal, Goals
from graph.planning.lots import Lot
from graph.planning.model import Model
from graph.planning.offers import Item
from graph.planning.race import Race
from graph.planning.rivals import Rivals
from graph.planning.solver import solver

HINTED: Final = 2
"""Numbers sought from the last solution; for those before it costs more to read than it gives."""


class ImpossibleError(ValueError):
    """No plan keeps what was asked of it."""


@dataclass(frozen=True, slots=True)
class Given:
    """One grant as a plan gives it: its credit in 1/10,000 of its scheme; ``waived`` by a cap, without it."""

    item: Item
    credit: int
    waived: bool


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan found: its applications, what they give, and how many of its numbers are proved.

    ``told`` are the solver's own numbers as far as they are proved, credit times ``scale``; ``bound`` is how
    good the next one could still be; ``ties`` is None where there was no time to look.
    """

    applications: tuple[int, ...]
    given: tuple[Given, ...]
    told: tuple[int, ...]
    bound: int | None
    ties: bool | None
    scale: int


class Search:
    """The search for one plan."""

    def __init__(self, model: Model, goals: Goals, until: float) -> None:
        self.model = model
        self.goals = goals
        self.until = until
        self.found: Any = None
        self.best: dict[int, int] = {}
        self.told: list[int] = []
        self.bound: int | None = None

    def run(self) -> Solved | None:
        """Find the best plan; None where the time was too short for any. `ImpossibleError`: there is none."""
        *goals, last = self.goals.all
        ties = None
        if all(self._settled(goal) or self._improved(goal) for goal in goals):
            ties = self._last(last)
        proved = len(self.told) == len(self.goals.all)
        return self._solved(ties) if self.best or proved else None

    def _settled(self, goal: Goal) -> bool:
        """Tell whether a number can only be 0, as nothing bears on it."""
        if not isinstance(goal.amount, int):
            return False
        self.told.append(goal.amount)
        return True

    def _improved(self, goal: Goal) -> bool:
        """Optimise one number and fix it; tell whether it is proved."""
        self._seek(goal)
        race = Race(self.model.model, self.until)
        return self._proved(goal, race.search, race.status)

    def _seek(self, goal: Goal) -> None:
        """Ask for one number; for the long searches, the last two, beginning from the last solution."""
        (self.model.model.maximize if goal.most else self.model.model.minimize)(goal.amount)
        self.model.model.clear_hints()
        if len(self.goals.all) - len(self.told) <= HINTED:
            hint = self.model.model.proto.solution_hint
            hint.vars.extend(list(self.best))
            hint.values.extend(list(self.best.values()))

    def _proved(self, goal: Goal, search: Any, status: Any) -> bool:
        """Keep what was found, if it is no worse; tell whether it is proved, and fix it then."""
        if status == cp_model.INFEASIBLE:
            raise ImpossibleError
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        if self._better(goal, search):
            self.found = search
            self.best = dict(enumerate(search.response_proto.solution))
        if status != cp_model.OPTIMAL:
            self.bound = int(search.best_objective_bound)
            return False
        self.told.append(search.value(goal.amount))
        best = self.told[-1]
        self.model.model.add(goal.amount >= best if goal.most else goal.amount <= best)
        return True

    def _better(self, goal: Goal, search: Any) -> bool:
        """Tell whether a search found what is at least as good as what was found before."""
        if self.found is None:
            return True
        gain = search.value(goal.amount) - self.found.value(goal.amount)
        return bool(gain >= 0 if goal.most else gain <= 0)

    def _last(self, goal: Goal) -> bool | None:
        """Optimise the sum of ranks, and tell whether another set of applications has the same numbers."""
        if self._settled(goal):
            return False
        self._seek(goal)
        rivals = Rivals(self.model, goal.amount, self.until)
        search = solver(self.until)
        try:
            rivals.watch(search, self.best)
            status = search.solve(self.model.model, rivals)
            if sole := rivals.sole():
                self.best = dict(sole.solution)
                self.told.append(sole.rank)
                return False
            return rivals.of(self.best) if self._proved(goal, search, status) else None
        finally:
            rivals.close()

    def _solved(self, ties: bool | None) -> Solved:
        return Solved(
            applications=tuple(n for n, var in enumerate(self.model.chosen) if self.best[var.index]),
            given=tuple(given(self.model, self.best)),
            told=tuple(self.told),
            bound=self.bound,
            ties=ties,
            scale=self.goals.scale,
        )


def given(model: Model, best: Mapping[int, int]) -> Iterator[Given]:
    """Yield what a solution gives, in the order of the items."""
    found = (_given(model, lot, best) for lot in model.lots)
    yield from sorted((one for one in found if one), key=lambda one: one.item.place)


def _given(model: Model, lot: Lot, best: Mapping[int, int]) -> Given | None:
    waived = model.waived.get(lot.place)
    if waived is not None and best[waived.index]:
        return Given(_giver(model, lot, best), 0, True)
    if not best[model.full[lot.place].index]:
        return None
    steps, item = model.steps.get(lot.place), _giver(model, lot, best)
    return Given(item, item.posting.credit if steps is None else best[steps.index] * item.step, False)


def _giver(model: Model, lot: Lot, best: Mapping[int, int]) -> Item:
    """Return the item of a lot that is given."""
    return next(
        item
        for item in lot.items
        if best[model.gives[item.place].index] and best[model.chosen[item.application].index]
    )
