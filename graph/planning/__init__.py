"""The best plan (R19): pure, no await, no driver.

``plan`` finds it; ``audit`` puts it to the programme, block by block.
"""

from graph.planning.audit import Audit, BlockAudit, audit
from graph.planning.goals import Objective
from graph.planning.integers import TooLargeError
from graph.planning.plans import plan
from graph.planning.proof import PlanError
from graph.planning.solving import ImpossibleError
from graph.planning.told import Plan, Planned
from graph.planning.unused import Unused, Why
from graph.planning.wishes import Wishes

__all__ = [
    "Audit",
    "BlockAudit",
    "ImpossibleError",
    "Objective",
    "Plan",
    "PlanError",
    "Planned",
    "TooLargeError",
    "Unused",
    "Why",
    "Wishes",
    "audit",
    "plan",
]
