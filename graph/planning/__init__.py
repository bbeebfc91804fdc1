"""The best plan (R19): pure, no await, no driver. ``plan`` is the public door, ``audit`` puts it to a programme."""

from graph.planning.goals import Objective
from graph.planning.model import TooLargeError
from graph.planning.plan import Plan, Wishes, plan
from graph.planning.proof import PlanError
from graph.planning.solving import ImpossibleError

__all__ = ["ImpossibleError", "Objective", "Plan", "PlanError", "TooLargeError", "Wishes", "plan"]
