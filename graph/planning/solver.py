"""The solver, as plans use it."""

from __future__ import annotations

import time
from typing import Any, Final

from ortools.sat.python import cp_model

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
    "cp_model_use_sat_presolve": False,
    "max_presolve_iterations": 1,
    "inprocessing_dtime_ratio": 0.0,
}
"""One worker and one seed, so that a question has one answer; the rest is speed (decision 0012)."""
OTHERWISE: Final = {"cp_model_use_sat_presolve": True}
"""In what a second search differs, that seeks the same: which of two is the quicker is a matter of luck."""
LEAST: Final = 0.001
"""Seconds a search is given at least; the solver takes 0 for none."""


def solver(until: float) -> Any:
    """Return a solver that stops at a time of the monotonic clock."""
    made: Any = cp_model.CpSolver()
    for name, value in SETTINGS.items():
        setattr(made.parameters, name, value)
    made.parameters.max_time_in_seconds = max(until - time.monotonic(), LEAST)
    return made


def otherwise(until: float) -> Any:
    """Return a solver that goes another way about it."""
    made = solver(until)
    for name, value in OTHERWISE.items():
        setattr(made.parameters, name, value)
    return made
