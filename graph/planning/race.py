"""A race: one number sought in two ways at once, where a core is to spare; the first proof ends both (R19).

How long a proof takes is much a matter of luck: of two searches that differ in what they try first, the
quicker takes some six tenths of the time of either. What is proved is the same, whoever proves it.
"""

from __future__ import annotations

import threading
from typing import Any, Final, NamedTuple

from ortools.sat.python import cp_model

from graph.planning.cores import BESIDE, MOMENT
from graph.planning.solver import solver

OTHERWISE: Final = {"cp_model_presolve": False}
"""The settings in which the second differs: it takes the model as it is written."""
HEADSTART: Final = 0.01
"""Seconds the first runs alone: most numbers are proved by then."""
PROVED: Final = (cp_model.OPTIMAL, cp_model.INFEASIBLE)


class Ran(NamedTuple):
    """A search that ended, and what it says."""

    search: Any
    status: Any

    @property
    def proved(self) -> bool:
        """Whether it ended by a proof, not by the time."""
        return self.status in PROVED

    @property
    def solved(self) -> bool:
        """Whether it has a solution."""
        return self.status in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def raced(model: Any, until: float) -> list[Ran]:
    """Search for the best of a model; return the search that proved what it says, else all that ran."""
    first = solver(until)
    if not BESIDE.acquire(blocking=False):
        return [Ran(first, first.solve(model))]
    try:
        return _Second(first, model, until).beside()
    finally:
        BESIDE.release()


class _Second:
    """The second search, on a thread of its own."""

    def __init__(self, first: Any, model: Any, until: float) -> None:
        self.first = first
        self.model = model
        self.until = until
        self.over = threading.Event()
        self.search: Any = None
        self.ran: Ran | None = None

    def beside(self) -> list[Ran]:
        """Run beside the first, which runs here."""
        thread = threading.Thread(target=self._run, name="race", daemon=True)
        thread.start()
        ran = None
        try:
            ran = Ran(self.first, self.first.solve(self.model))
        finally:
            self.over.set()
            while thread.is_alive():
                if self.search and (ran is None or ran.proved):
                    self.search.stop_search()
                thread.join(MOMENT)
        both = [one for one in (ran, self.ran) if one]
        return [one for one in both if one.proved][:1] or both

    def _run(self) -> None:
        if self.over.wait(HEADSTART):
            return
        search = solver(self.until)
        for name, value in OTHERWISE.items():
            setattr(search.parameters, name, value)
        self.search = search
        self.ran = Ran(search, search.solve(self.model))
        while self.ran.proved and not self.over.wait(MOMENT):
            self.first.stop_search()
