"""The best plan (R19): pure, no await, no driver.

``plan`` finds it; ``audit`` puts it to the programme, block by block.
"""

from graph.planning.audit import Audit, BlockAudit, audit
from graph.planning.goals import Objective
from graph.planning.model import TooLargeError
from graph.planning.plans import Plan, Planned, Wishes, plan
from graph.planning.proof import PlanError
from graph.planning.solving import ImpossibleError
from graph.planning.unused import Unused, Why

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
