"""A race: one number sought in two ways at once, where a core is to spare; the first proof ends both (R19).

How long a proof takes is much a matter of luck: of two searches that differ in what they try first, the
quicker takes some six tenths of the time of either. The solution kept is that of the first search alone, as
the second only tells it that what it has is the best: so a plan is the same with and without it.
"""

from __future__ import annotations

import threading
from typing import Any, Final

from ortools.sat.python import cp_model

from graph.planning.cores import BESIDE, MOMENT
from graph.planning.solver import otherwise, solver

HEADSTART: Final = 0.01
"""Seconds the first runs alone: many numbers are proved by then."""


class Race(cp_model.CpSolverSolutionCallback):
    """The first search, which tells of what it finds as to its callback, and the second beside it.

    ``search`` is the first, ``status`` what it ended with; OPTIMAL too where the second proved it.
    """

    def __init__(self, model: Any, until: float) -> None:
        super().__init__()
        self.search = solver(until)
        self._model = model
        self._second = otherwise(until)
        self._over = threading.Event()
        self._found: float | None = None
        self._best: float | None = None
        self.status = self._run()

    def on_solution_callback(self) -> None:
        """End the race where this is what the second proved to be the best."""
        self._found = self.objective_value
        if self._won:
            self.stop_search()

    @property
    def _won(self) -> bool:
        """Whether the first has found what the second proved to be the best."""
        return self._best is not None and self._found == self._best

    def _run(self) -> Any:
        if not BESIDE.acquire(blocking=False):
            return self.search.solve(self._model)
        thread = threading.Thread(target=self._beside, name="race", daemon=True)
        thread.start()
        try:
            status = self.search.solve(self._model, self)
        finally:
            self._over.set()
            while thread.is_alive():
                self._second.stop_search()
                thread.join(MOMENT)
            BESIDE.release()
        return cp_model.OPTIMAL if status == cp_model.FEASIBLE and self._won else status

    def _beside(self) -> None:
        if self._over.wait(HEADSTART):
            return
        if self._second.solve(self._model) == cp_model.OPTIMAL:
            self._best = self._second.objective_value
            while self._won and not self._over.wait(MOMENT):
                self.search.stop_search()
