"""Sets of outcomes in the API: what is enough for a target, and what an outcome is enough for."""

from __future__ import annotations

import strawberry

from graph.model.outcomes import Outcome
from graph.model.trees import Reason
from graph.model.verdicts import Verdict
from schema.asking import neighbours
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText, KeyText
from schema.targets import TargetType
from schema.weights import costs


@strawberry.type(
    name="OutcomeSet", description="Outcomes that together are enough for a target, by one rule."
)
@decided(PUBLIC)
class OutcomeSetType:
    """A set of outcomes that is enough."""

    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    version: int = strawberry.field(description="The rule version's number.")
    alternative: int = strawberry.field(
        name="alternativePlace", description="The alternative's place, from 0."
    )
    target: TargetType = strawberry.field(description="What they are enough for.")
    keys: list[KeyText] = strawberry.field(
        resolver=lambda root: root.outcomes, name="outcomeKeys", description="The outcomes' keys."
    )
    outcomes: list[OutcomeType] = strawberry.field(
        metadata=costs(size=3), resolver=neighbours("outcomes", Outcome), description="The outcomes."
    )
    verdict: Verdict = strawberry.field(description="MEETS_RULE, CAPPED or CONDITIONAL.")
    conditions: list[Reason] = strawberry.field(description="Why it is CONDITIONAL.")


@strawberry.type(name="Accepted", description="Sets of outcomes accepted for a target, smallest first.")
@decided(PUBLIC)
class AcceptedType:
    """Sets accepted for a target."""

    sets: list[OutcomeSetType] = strawberry.field(metadata=costs(size=50), description="At most 50 sets.")
    truncated: bool = strawberry.field(description="Whether there are more.")


@strawberry.type(name="Equivalents", description="What an outcome is enough for at one institution.")
@decided(PUBLIC)
class EquivalentsType:
    """Where an outcome suffices, and where it needs others beside it."""

    suffices: list[OutcomeSetType] = strawberry.field(
        metadata=costs(size=50), description="Where it is enough by itself; at most 50."
    )
    also_needs: list[OutcomeSetType] = strawberry.field(
        metadata=costs(size=50), description="Where it is one of several; at most 50."
    )
    truncated: bool = strawberry.field(description="Whether there are more.")
