"""Verdicts in the API: what is said of a rule version and a target, why, and what to do next."""

from __future__ import annotations

from typing import Any

import strawberry

from graph.model.rules import WaiverMode
from graph.model.trees import Reason
from graph.model.values import Credit
from graph.model.verdicts import Verdict
from schema.arguments import First
from schema.explaining import explained
from schema.loaders import paging
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText
from schema.steps import STEPS, Actor, NextStep
from schema.targets import TargetType
from schema.texts import CreditType, GradeType, TextType
from schema.trees import TreeConnectionType, spelt
from schema.weights import costs


@strawberry.type(name="Step", description="The one thing to do next, and who does it.")
@decided(PUBLIC)
class StepType:
    """The next step."""

    step: NextStep = strawberry.field(name="action", description="What is to be done.")
    actor: Actor = strawberry.field(description="Who must act.")
    text: TextType = strawberry.field(description="The step in words.")


@strawberry.type(name="RuleVersion", description="A rule in one of its versions.")
@decided(PUBLIC)
class RuleVersionType:
    """A rule version."""

    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    version: int = strawberry.field(description="The version's number.")


def _credit(root: Any) -> Any:
    return None if root.credit is None else Credit(amount=root.credit, scheme=root.scheme)


def _explanation(root: Any) -> Any:
    return explained(root)


def _step(root: Any) -> Any:
    return STEPS[root.verdict]


def _tree(root: Any, first: First = 60) -> Any:
    return spelt(root.tree, paging(first, None).first)


@strawberry.type(name="JudgedRule", description="The verdict of one rule version on one target, by itself.")
@decided(PUBLIC)
class JudgedType:
    """A verdict of a rule version on a target."""

    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    version: int = strawberry.field(description="The rule version's number.")
    target: TargetType = strawberry.field(description="What the grant is of.")
    verdict: Verdict = strawberry.field(description="What is said; MEETS_RULE is not a grant.")
    gives: bool = strawberry.field(description="Whether credit or a waiver would be given.")
    mode: WaiverMode = strawberry.field(description="What would be waived.")
    credit: CreditType | None = strawberry.field(
        resolver=_credit, description="The credit given under the verdict, rounded; none: none, or unknown."
    )
    evidence: list[str] = strawberry.field(name="evidenceIds", description="The `resultId`s it rests on.")
    reason: Reason | None = strawberry.field(name="why", description="The reason of the first obstacle.")
    alternative: int | None = strawberry.field(
        name="alternativePlace", description="The place (from 0) of the alternative that is met."
    )
    nearest: int | None = strawberry.field(
        description="The place of the alternative nearest to completion, where none is met."
    )
    priority: int = strawberry.field(description="The rule's preference; smaller is first.")
    preferred: bool = strawberry.field(
        name="isPreferred", description="Whether it has the smallest number among rules that give the target."
    )
    grade: GradeType | None = strawberry.field(description="What would be recorded as the grade.")
    deciding: list[str] = strawberry.field(description="The silent sources that could change the verdict.")
    limited: bool = strawberry.field(
        description="Whether the search was cut short; the verdict is still true."
    )
    step: StepType = strawberry.field(
        resolver=_step, name="nextStep", description="What to do next, and who."
    )
    explanation: TextType = strawberry.field(
        resolver=_explanation, description="The verdict explained in sentences, out of its tree."
    )
    tree: TreeConnectionType = strawberry.field(
        metadata=costs(2), resolver=_tree, description="Every test behind the verdict, passing or failing."
    )


def _preferred(root: Any) -> Any:
    return [RuleVersionType(rule=rule, version=version) for rule, version in root.preferred]


@strawberry.type(name="TargetVerdict", description="The best verdict on a target over all rules concerned.")
@decided(PUBLIC)
class RollupType:
    """The best verdict on a target."""

    target: TargetType = strawberry.field(description="The target.")
    verdict: Verdict = strawberry.field(description="The best verdict.")
    gives: bool = strawberry.field(description="Whether credit or a waiver would be given.")
    preferred: list[RuleVersionType] = strawberry.field(
        name="preferredRules",
        resolver=_preferred,
        metadata=costs(size=2),
        description="The rule versions to prefer, among those that give.",
    )
    step: StepType = strawberry.field(
        resolver=_step, name="nextStep", description="What to do next, and who."
    )


@strawberry.type(name="MightConcern", description="Rules that only a silent source's outcomes could concern.")
@decided(PUBLIC)
class MightConcernType:
    """Rules that a silent source might concern."""

    source: CodeText = strawberry.field(description="The silent source.")
    rules: int = strawberry.field(name="ruleCount", description="How many rule versions.")
