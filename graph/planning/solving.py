"""Solving: the numbers of a plan one after the other, each proved before the next, within a time (R19)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ortools.sat.python import cp_model

from graph.planning.goals import Goal, Goals
from graph.planning.lots import Lot
from graph.planning.model import Model
from graph.planning.offers import Item

SETTINGS: Final = {
    "num_workers": 1,
    "random_seed": 1,
    "catch_sigint_signal": False,  # else the hub no longer stops as it should on SIGINT
    "linearization_level": 2,  # the linear bound proves most of it;
    "add_lp_constraints_lazily": False,  # it sees every constraint from the start
    "root_lp_iterations": 10_000,  # and is solved to its end before the search begins
    "cut_level": 0,
    "cp_model_probing_level": 0,
    "symmetry_level": 0,
    "max_presolve_iterations": 1,
    "inprocessing_dtime_ratio": 0.0,
}
"""One worker and one seed, so that a question has one answer; the rest is speed (decision 0012)."""
LEAST: Final = 0.001
"""Seconds a search is given at least; the solver takes 0 for none."""


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
        self.best: dict[int, int] = {}
        self.told: list[int] = []
        self.bound: int | None = None

    def run(self) -> Solved | None:
        """Find the best plan; None where the time was too short for any. `ImpossibleError`: there is none."""
        for goal in self.goals.all:
            if not self._settled(goal) and not self._improved(goal):
                break
        proved = len(self.told) == len(self.goals.all)
        if not self.best and not proved:
            return None
        ties = self._ties() if proved else None
        return self._solved(ties)

    def _settled(self, goal: Goal) -> bool:
        """Tell whether a number can only be 0, as nothing bears on it."""
        if not isinstance(goal.amount, int):
            return False
        self.told.append(goal.amount)
        return True

    def _improved(self, goal: Goal) -> bool:
        """Optimise one number and fix it; tell whether it is proved."""
        (self.model.model.maximize if goal.most else self.model.model.minimize)(goal.amount)
        search = solver(self.until)
        status = search.solve(self.model.model)
        if status == cp_model.INFEASIBLE:
            raise ImpossibleError
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        self._keep(search)
        if status != cp_model.OPTIMAL:
            self.bound = int(search.best_objective_bound)
            return False
        self.told.append(search.value(goal.amount))
        best = self.told[-1]
        self.model.model.add(goal.amount >= best if goal.most else goal.amount <= best)
        return True

    def _keep(self, search: Any) -> None:
        """Keep a solution, and begin from it the next time."""
        self.best = dict(enumerate(search.response_proto.solution))
        self.model.model.clear_hints()
        hint = self.model.model.proto.solution_hint
        hint.vars.extend(list(self.best))
        hint.values.extend(list(self.best.values()))

    def _ties(self) -> bool | None:
        """Look for another set of applications with the same numbers.

        It is no part and no whole of this one, whose sum of ranks would be another: it lacks one of these.
        The last number is sought once more, as the search is then led by its bound; any find will do.
        """
        chosen = [var for var in self.model.chosen if self.best.get(var.index)]
        if not chosen:
            return False
        self.model.model.add(sum(chosen) <= len(chosen) - 1)
        self.model.model.minimize(self.goals.all[-1].amount)
        search = solver(self.until)
        search.parameters.stop_after_first_solution = True
        status = search.solve(self.model.model)
        return {cp_model.INFEASIBLE: False, cp_model.OPTIMAL: True, cp_model.FEASIBLE: True}.get(status)

    def _solved(self, ties: bool | None) -> Solved:
        return Solved(
            applications=tuple(n for n, var in enumerate(self.model.chosen) if self.best[var.index]),
            given=tuple(given(self.model, self.best)),
            told=tuple(self.told),
            bound=self.bound,
            ties=ties,
            scale=self.goals.scale,
        )


def solver(until: float) -> Any:
    """Return a solver that stops at a time of the monotonic clock."""
    made: Any = cp_model.CpSolver()
    for name, value in SETTINGS.items():
        setattr(made.parameters, name, value)
    made.parameters.max_time_in_seconds = max(until - time.monotonic(), LEAST)
    return made


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
