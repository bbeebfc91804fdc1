"""The canon: of all ways in which the applications of a plan can give its numbers, one is told (R19).

It is the first in the order of the applications, which is by rank, then by evidence: each gives what it can
before a later one does, then what is waived is what comes last, then what is cut. So what is told does not
hang on how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as Ratio
from typing import Any, Final, NamedTuple

from ortools.sat.python import cp_model

from graph.planning.goals import Goals, Objective
from graph.planning.model import Model
from graph.planning.offers import Offers
from graph.planning.solver import solver
from graph.planning.solving import Given, Solved, given

WIDEST: Final = 2**24
"""Ways weighed in one search; of more, the first are settled before the next."""


class Digit(NamedTuple):
    """A variable that is to be as large as those before it allow, at most ``most``."""

    variable: Any
    most: int


def canonical(offers: Offers, solved: Solved, objective: Objective, until: float) -> Solved:
    """Return a proved plan with what it gives in canonical form; as it is where the time is up before."""
    few = offers.only(solved.applications)
    model = Model(few)
    goals = Goals(model, objective)
    for chosen in model.chosen:
        model.model.add(chosen == 1)
    for goal, told in zip(goals.all, solved.told, strict=True):
        if goal.name in ("credit", "waivers"):
            same = Ratio(told * goals.scale, solved.scale) if goal.name == "credit" else told
            model.model.add(goal.amount == int(same))
    best = _first(model, until)
    if best is None:
        return solved
    whole = [item for place in solved.applications for item in offers.of_application[place]]
    found = (Given(whole[one.item.place], one.credit, one.waived) for one in given(model, best))
    return replace(solved, given=tuple(found))


def _first(model: Model, until: float) -> dict[int, int] | None:
    """Find the first of all ways, digit by digit, a few at once."""
    best: dict[int, int] | None = None
    for digits in _groups(model):
        amount: Any = 0
        for digit in digits:
            amount = amount * (digit.most + 1) + digit.variable
        model.model.maximize(amount)
        search = solver(until)
        if search.solve(model.model) != cp_model.OPTIMAL:
            return None
        best = dict(enumerate(search.response_proto.solution))
        for digit in digits:
            model.model.add(digit.variable == best[digit.variable.index])
    return best


def _groups(model: Model) -> Iterator[list[Digit]]:
    group: list[Digit] = []
    ways = 1
    for digit in _digits(model):
        if ways * (digit.most + 1) > WIDEST and group:
            yield group
            group, ways = [], 1
        group.append(digit)
        ways *= digit.most + 1
    yield group


def _digits(model: Model) -> Iterator[Digit]:
    """Yield who gives what, then what is given in full, then how much of it, in the order of the items."""
    always = {chosen.index for chosen in model.chosen}
    givers = {one.index: one for one in model.gives if one.index not in always}
    yield from (Digit(one, 1) for one in givers.values())
    yield from (Digit(model.full[place], 1) for place in model.waived)
    for place, steps in model.steps.items():
        item = model.lots[place].head
        yield Digit(steps, item.posting.credit // item.step)
