"""Rivals: other sets of applications as good as the best found, looked for while the best is sought (R19).

Of the best set so far: is there another, lacking one of its applications, whose sum of ranks is no larger?
If not, that set is the best and has no tie, and the search for a better one may end. Ranks are positive, so a
larger set is no rival. Where a core is to spare that is asked beside the search for the best, of each better
set that either finds, and in two ways at once after the best is proved; else only then. The answers are the
same, since every search proves what it says.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ortools.sat.python import cp_model

from graph.planning.cores import BESIDE, MOMENT
from graph.planning.model import Model
from graph.planning.solver import otherwise, solver

RIVALLED: Final = {cp_model.INFEASIBLE: False, cp_model.OPTIMAL: True, cp_model.FEASIBLE: True}

Solution = Mapping[int, int]
"""The value of each variable, by its place in the model."""


class Best(NamedTuple):
    """A solution, its set of applications by their places, and their sum of ranks."""

    solution: Solution
    chosen: list[int]
    rank: int


class Answer(NamedTuple):
    """Whether a set has a rival, and which; ``rivalled`` is None where the time was too short."""

    of: Best
    rivalled: bool | None
    rival: Best | None = None


class Rivals(cp_model.CpSolverSolutionCallback):
    """Doubts the best set found so far; the search for the best tells of each, as to its callback.

    ``amount`` is the sum of ranks, over the model's variables.
    """

    def __init__(self, model: Model, amount: Any, until: float) -> None:
        super().__init__()
        self._model = model
        self._amount = amount
        self._until = until
        self._news = threading.Condition()
        self._subject: Best | None = None
        self._running: tuple[Best, Any] | None = None
        self._answer: Answer | None = None
        self._best_search: Any = None
        self._asking = False
        self._thread: threading.Thread | None = None

    def watch(self, search: Any, best: Solution) -> None:
        """Begin beside a search for the best, which is about to begin; a solution is known."""
        if best and BESIDE.acquire(blocking=False):
            self._best_search, self._subject = search, self._known(best)
            self._thread = threading.Thread(target=self._run, name="rivals", daemon=True)
            self._thread.start()

    def on_solution_callback(self) -> None:
        """Turn to what was just found."""
        if self._thread:
            self._turn(self._told(self.Response()))  # type: ignore[no-untyped-call]  # untyped there

    def sole(self) -> Best | None:
        """Give the set that was found to have no rival, which makes it the best."""
        with self._news:
            found = self._answer
        return found.of if found and found.rivalled is False else None

    def of(self, best: Solution) -> bool | None:
        """Tell whether the best has a rival; None where the time was too short."""
        known = self._known(best)
        if not self._thread:
            return self._asked(known, solver(self._until)).rivalled
        self._turn(known)
        with self._news:
            if self._subject and self._subject.chosen != known.chosen:
                return True  # as good, and another
            if self._answer and self._answer.of.chosen == known.chosen:
                return self._answer.rivalled
            self._best_search, self._asking = otherwise(self._until), True
        own = self._asked(known, self._best_search)
        with self._news:
            self._asking = False
            if own.rivalled is not None:
                return own.rivalled
            while not (self._answer and self._answer.of.chosen == known.chosen):
                self._drop()
                self._news.wait(MOMENT)
            return self._answer.rivalled

    def close(self) -> None:
        """Stop what still runs, and give the core back."""
        if not self._thread:
            return
        while self._thread.is_alive():
            with self._news:
                self._subject = None
                self._drop()
                self._news.notify_all()
            self._thread.join(MOMENT)
        BESIDE.release()

    def _turn(self, best: Best) -> None:
        """Turn to a better set than the one that is doubted."""
        with self._news:
            if self._subject and best.rank < self._subject.rank:
                self._subject = best
                self._drop()
                self._news.notify_all()

    def _drop(self) -> None:
        """Stop the search for a rival of what is the best no longer."""
        if self._running and (self._subject is None or self._subject.chosen != self._running[0].chosen):
            self._running[1].stop_search()

    def _run(self) -> None:
        while (subject := self._next()) is not None:
            search = solver(self._until)
            with self._news:
                self._running = subject, search
            answer = self._asked(subject, search)
            with self._news:
                self._running = None
                if self._subject is not None and self._subject.chosen == subject.chosen:
                    self._answer = answer
                    self._news.notify_all()
                    if answer.rivalled is False:
                        self._best_search.stop_search()
            if answer.rival:
                self._turn(answer.rival)

    def _next(self) -> Best | None:
        """Wait for a set that is not answered yet; None at the end."""
        with self._news:
            while (subject := self._subject) is not None:
                if not (self._answer and self._answer.of.chosen == subject.chosen):
                    return subject
                if self._asking:
                    self._best_search.stop_search()
                self._news.wait(MOMENT if self._asking else None)
        return None

    def _asked(self, best: Best, search: Any) -> Answer:
        """Look for a rival of a set: in the model with all that is proved, less this set.

        The last number is sought once more, as the search is then led by its bound; any find will do.
        """
        model = self._model.model.clone()
        if not best.chosen:
            return Answer(best, False)
        model.add(sum(self._model.chosen[place] for place in best.chosen) <= len(best.chosen) - 1)
        model.add(self._amount <= best.rank)
        model.minimize(self._amount)
        search.parameters.stop_after_first_solution = True
        rivalled = RIVALLED.get(search.solve(model))
        return Answer(best, rivalled, self._told(search.response_proto) if rivalled else None)

    def _told(self, response: Any) -> Best:
        return self._known(dict(enumerate(response.solution)))

    def _known(self, solution: Solution) -> Best:
        chosen = [place for place, var in enumerate(self._model.chosen) if solution[var.index]]
        return Best(solution, chosen, sum(self._model.offers.ranks[place] for place in chosen))
