"""Programme versions in the API: blocks and requirements of one intake."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from graph.model.institutions import Institution
from graph.model.outcomes import Outcome, Programme, RequirementKind
from graph.model.rules import Rule
from graph.model.values import Stage
from graph.things import Naming
from schema.asking import CountedConnection, all_versions, neighbour, neighbours, those_naming
from schema.framework import Coded, LevelRefType
from schema.institutions import InstitutionType, LazyRule
from schema.keys import CODED
from schema.nodes import Node, node_of
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText
from schema.texts import GradeType, TextType
from schema.weights import costs


@strawberry.type(name="Requirement", description="What a block asks for.")
@decided(PUBLIC)
class RequirementType:
    """A block's requirement."""

    kind: RequirementKind = strawberry.field(description="All of it, so many credits, or so many courses.")
    n: Decimal | None = strawberry.field(description="How many; none for all.")


@strawberry.type(
    name="Block", description="A block 模块 of a programme version; amounts are in the programme's scheme."
)
@decided(PUBLIC)
class BlockType:
    """A block of a programme version."""

    code: str = strawberry.field(description="The block's code within the programme version.")
    title: TextType = strawberry.field(description="Its title.")
    tags: list[str] = strawberry.field(description="Compulsory, elective, practice, politics, thesis ...")
    requirement: RequirementType = strawberry.field(description="What it asks for.")
    credit: Decimal | None = strawberry.field(description="Its declared total credit.")
    courses: int | None = strawberry.field(description="Its declared number of courses.")
    minimum_grade: GradeType | None = strawberry.field(description="The lowest grade that is recognised.")
    residency: Decimal | None = strawberry.field(description="Credit that must be earned at the institution.")
    outcomes: list[OutcomeType] = strawberry.field(
        metadata=costs(size=12), resolver=neighbours("outcomes", Outcome), description="Its own outcomes."
    )
    non_exemptible: list[OutcomeType] = strawberry.field(
        metadata=costs(size=4),
        resolver=neighbours("non_exemptible", Outcome),
        description="Its outcomes that are never waived.",
    )
    blocks: list[BlockType] = strawberry.field(metadata=costs(size=5), description="The blocks below it.")


@strawberry.federation.type(
    name="ProgrammeVersion",
    keys=CODED,
    description="A programme version 培养方案: blocks and requirements of one intake.",
)
@node_of(Programme)
@decided(PUBLIC)
class ProgrammeType(Coded, Node):
    """A programme version."""

    title: TextType = strawberry.field(description="Its title.")
    major: str = strawberry.field(description="The major's code 专业代码.")
    intake: int = strawberry.field(description="The year of the intake it is for.")
    stage: Stage = strawberry.field(description="Its educational stage.")
    credit_scheme: CodeText = strawberry.field(description="The credit scheme it counts in.")
    credit: Decimal | None = strawberry.field(description="Its declared total credit.")
    courses: int | None = strawberry.field(description="Its declared number of courses.")
    minimum_level: LevelRefType | None = strawberry.field(description="The lowest level that counts.")
    blocks: list[BlockType] = strawberry.field(metadata=costs(size=5), description="Its topmost blocks.")
    institution: InstitutionType | None = strawberry.field(
        resolver=neighbour("institution", Institution), description="Who offers it."
    )
    awards: OutcomeType | None = strawberry.field(
        resolver=neighbour("awards", Outcome), description="What it awards."
    )
    rules: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("INTO",), Programme)),
        description="The rules for just this programme version.",
    )
    versions: list[ProgrammeType] = strawberry.field(
        metadata=costs(size=4),
        resolver=all_versions(Programme),
        description="Every known version, oldest first.",
    )
