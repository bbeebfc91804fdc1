"""Targets in the API: what a rule grants or denies, as one asks for it and as it is answered."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.types import Info

from graph.model.learning import HeldTarget
from graph.model.outcomes import Outcome, Unit
from graph.model.rules import TargetState
from graph.model.values import Key
from graph.model.verdicts import Target, TargetKind
from schema.asking import loaders
from schema.enums import tell
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.scalars import KeyText, read_code, read_key
from schema.units import UnitType

tell(
    TargetKind,
    "What a target is.",
    OUTCOME="An outcome of the receiving institution 成果.",
    UNIT="An accreditation unit 认证单元.",
    ELECTIVE="Elective credit in a block 模块选修学分.",
    ENTITLEMENT="A right that is no credit 资格.",
    PROGRAMME="The whole programme, of a denial 整个培养方案.",
)

CODED = (TargetKind.OUTCOME, TargetKind.UNIT, TargetKind.PROGRAMME)


@strawberry.input(description="A target: an outcome's or unit's key, or a block's or entitlement's code.")
class TargetInput:
    """A target."""

    kind: TargetKind = strawberry.field(name="targetKind", description="What it is.")
    key: str = strawberry.field(name="targetKey", description="Its key, or its code.")


@strawberry.input(description="How the learner stands to an outcome of the receiving institution.")
class HeldInput:
    """How the learner stands to a target."""

    outcome: KeyText = strawberry.field(description="The outcome.")
    state: TargetState = strawberry.field(description="How the learner stands to it.")


def read_target(given: TargetInput) -> Target:
    """Read a target; `Refusal` where its key or code is none."""
    key = read_key(given.key) if given.kind in CODED else read_code(given.key)
    return Target(kind=given.kind, key=key)


def read_held(given: HeldInput) -> HeldTarget:
    """Read how the learner stands to a target."""
    return HeldTarget(outcome=Key(read_key(given.outcome)), state=given.state)


async def _outcome(root: Any, info: Info) -> Any:
    if root.kind is not TargetKind.OUTCOME:
        return None
    return await loaders(info).thing(Outcome, root.key, loaders(info).moment_of(info))


async def _unit(root: Any, info: Info) -> Any:
    if root.kind is not TargetKind.UNIT:
        return None
    return await loaders(info).thing(Unit, root.key, loaders(info).moment_of(info))


@strawberry.type(name="Target", description="What a rule grants or denies 认定目标.")
@decided(PUBLIC)
class TargetType:
    """A target."""

    kind: TargetKind = strawberry.field(name="targetKind", description="What it is.")
    key: str = strawberry.field(name="targetKey", description="Its key, or its code.")
    outcome: OutcomeType | None = strawberry.field(
        resolver=_outcome, description="The outcome, if it is one."
    )
    unit: UnitType | None = strawberry.field(resolver=_unit, description="The unit, if it is one.")
