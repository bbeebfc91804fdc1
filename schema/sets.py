"""Sets of outcomes in the API: what is enough for a target, and what an outcome is enough for."""

from __future__ import annotations

from typing import Any

import strawberry

from graph.model.institutions import Agreement, Institution
from graph.model.outcomes import Outcome
from graph.model.rules import Rule
from graph.model.trees import Reason
from graph.model.values import Credit
from graph.model.verdicts import Verdict
from schema.asking import neighbour, neighbours
from schema.institutions import AgreementType, InstitutionType
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.rules import RuleType
from schema.scalars import CodeText, KeyText
from schema.targets import TargetType
from schema.texts import CreditType
from schema.weights import costs


def _credit(root: Any) -> Any:
    return None if root.credit is None else Credit(amount=root.credit, scheme=root.scheme)


@strawberry.type(
    name="OutcomeSet", description="Outcomes that together are enough for a target, by one rule."
)
@decided(PUBLIC)
class OutcomeSetType:
    """A set of outcomes that is enough."""

    at: InstitutionType | None = strawberry.field(
        name="institution",
        resolver=neighbour("institution", Institution),
        description="The receiving institution.",
    )
    agreement: AgreementType | None = strawberry.field(
        resolver=neighbour("agreement", Agreement), description="The agreement the rule stands under."
    )
    credit: CreditType | None = strawberry.field(
        resolver=_credit,
        description="The credit given, rounded; of a conditional set what would be; none: none, or unknown.",
    )
    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    by: RuleType | None = strawberry.field(
        name="rule",
        resolver=neighbour("rule", Rule),
        description="The rule, with its article, regulation and clauses; null where it is not seen.",
    )
    version: int = strawberry.field(description="The rule version's number.")
    alternative: int = strawberry.field(
        name="alternativePlace", description="The alternative's place, from 0."
    )
    target: TargetType = strawberry.field(description="What they are enough for.")
    keys: list[KeyText] = strawberry.field(
        resolver=lambda root: root.outcomes,
        name="outcomeKeys",
        description="The outcomes' keys; a repeatable one as often as it is needed.",
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
