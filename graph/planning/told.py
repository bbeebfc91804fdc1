"""A plan as it is told: its numbers, what it uses and gives, and how far it is proved (R19)."""

from __future__ import annotations

from decimal import Decimal

from graph.model.values import Value
from graph.model.verdicts import Candidate, Granted, PlanNumbers
from graph.planning.goals import NUMBERS, Objective
from graph.planning.unused import Unused


class Cost(Value, frozen=True, kw_only=True):
    """What the learner pays for all applications of a plan, in one currency."""

    amount: Decimal
    currency: str


class Planned(Value, frozen=True, kw_only=True):
    """One grant as the plan gives it, of which of its applications.

    ``credit`` is in the grant's scheme, after caps; None: it gives none, or of unknown amount. ``waived``
    says that a cap turned its credit into a waiver without credit.
    """

    application: int
    granted: Granted
    credit: Decimal | None = None
    waived: bool = False


class Plan(Value, frozen=True, kw_only=True):
    """The best plan.

    ``proved`` says how many of the numbers that ``objective`` optimises are proved, from the first on;
    ``optimal`` that all are. ``bound`` is how good the first unproved number could still be. ``ties``:
    another set of applications has the same numbers; None where that was not sought. ``worst_world``:
    sources were silent, and it is made in the worst world of R20. ``limited``: not all applications were
    sought.
    """

    numbers: PlanNumbers
    fees: tuple[Cost, ...] = ()
    scheme: str = ""
    objective: Objective = Objective.MOST_CREDIT
    applications: tuple[Candidate, ...] = ()
    planned: tuple[Planned, ...] = ()
    proved: int
    bound: Decimal | None = None
    ties: bool | None = None
    unused: tuple[Unused, ...] = ()
    candidates: int = 0
    worst_world: bool = False
    limited: bool = False

    @property
    def optimal(self) -> bool:
        """Tell whether every number is proved."""
        return self.proved == len(NUMBERS[self.objective]) and not self.limited
