"""Outcomes in the API: what can be earned, and what it is mapped to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.model.framework import Industry, Position
from graph.model.institutions import Institution
from graph.model.outcomes import Outcome, OutcomeClass, OutcomeKind, Tier, Unit
from graph.model.rules import Rule
from graph.model.values import Stage
from graph.things import Naming
from schema.asking import CountedConnection, all_versions, mappings_of, neighbour, neighbours, those_naming
from schema.differences import Change, changed
from schema.framework import Coded, IndustryType, LevelRefType, PositionType
from schema.keys import CODED
from schema.nodes import Node, node_of
from schema.permissions import PUBLIC, decided
from schema.recorded import Recorded
from schema.scalars import CodeText
from schema.texts import CreditType, PeriodType, TextType
from schema.units import UnitType
from schema.weights import costs

if TYPE_CHECKING:
    from schema.institutions import InstitutionType
    from schema.rules import RuleType

LazyInstitution = Annotated["InstitutionType", strawberry.lazy("schema.institutions")]
LazyRule = Annotated["RuleType", strawberry.lazy("schema.rules")]


@strawberry.federation.type(
    name="Outcome", keys=CODED, description="A catalogue item that can be earned 成果目录项."
)
@node_of(Outcome)
@decided(PUBLIC)
class OutcomeType(Coded, Node):
    """An outcome."""

    title: TextType = strawberry.field(description="Its title.")
    kind: OutcomeKind = strawberry.field(description="What it is.")
    outcome_class: OutcomeClass = strawberry.field(description="Its class in the framework.")
    credit: CreditType | None = strawberry.field(description="Its catalogue credit.")
    level: LevelRefType | None = strawberry.field(description="Its level.")
    stage: Stage | None = strawberry.field(description="Its educational stage.")
    series: str = strawberry.field(description="The series of certificates it is a tier of; empty for none.")
    tier: Tier | None = strawberry.field(description="Its tier in the series.")
    tags: list[str] = strawberry.field(description="Compulsory, elective, practice, politics, thesis ...")
    awards_for: PeriodType | None = strawberry.field(description="How long what it awards stays valid.")
    repeatable: bool = strawberry.field(description="Whether one may earn it again and again.")
    issuer: LazyInstitution | None = strawberry.field(
        resolver=neighbour("issuer", Institution), description="Who issues it."
    )
    higher_than: OutcomeType | None = strawberry.field(
        resolver=neighbour("higher_than", Outcome), description="The tier directly below it."
    )
    parts: list[OutcomeType] = strawberry.field(
        metadata=costs(size=4), resolver=neighbours("parts", Outcome), description="What it is made of."
    )
    prerequisites: list[OutcomeType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("prerequisites", Outcome),
        description="What must be held before it.",
    )
    industries: list[IndustryType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("industries", Industry),
        description="The industries it belongs to.",
    )
    position: PositionType | None = strawberry.field(
        resolver=neighbour("position", Position), description="The position it is for."
    )
    succeeded_by: list[OutcomeType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("succeeded_by", Outcome),
        description="What it was succeeded by; a succession never matches by itself.",
    )
    succeeds: CountedConnection[OutcomeType] = strawberry.field(
        resolver=those_naming(Naming(Outcome, ("SUCCEEDED_BY",), Outcome)),
        description="What it is the successor of: those that name it in `succeededBy` 前身.",
    )
    mappings: CountedConnection[MappingType] = strawberry.field(
        resolver=mappings_of("outcome"), description="The accreditation units it is mapped to."
    )
    asked_by: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("ASKS",), Outcome)),
        description="The rules with a clause or a pool that names just this edition of it.",
    )
    granted_by: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("GRANTS",), Outcome)),
        description="The rules that grant it.",
    )
    denied_by: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("DENIES",), Outcome)),
        description="The rules that deny it.",
    )
    changes_from: list[Change] | None = strawberry.field(
        resolver=changed(Outcome),
        metadata=costs(2, size=20),
        description="How this version differs from another; null where that one is not known, at most 1000.",
    )
    versions: list[OutcomeType] = strawberry.field(
        metadata=costs(size=4),
        resolver=all_versions(Outcome),
        description="Every known version, oldest first.",
    )


@strawberry.type(name="Mapping", description="An outcome mapped to an accreditation unit 成果-单元对应.")
@decided(PUBLIC)
class MappingType(Recorded):
    """A mapping."""

    key: CodeText = strawberry.field(description="The mapping's code.")
    outcome: OutcomeType | None = strawberry.field(
        resolver=neighbour("outcome", Outcome), description="The outcome."
    )
    unit: UnitType | None = strawberry.field(
        resolver=neighbour("unit", Unit), description="The accreditation unit."
    )
    statements: list[str] = strawberry.field(description="The codes of the unit's statements it covers.")
    whole: bool = strawberry.field(description="Whether it covers the whole unit.")
    evidence: TextType = strawberry.field(description="What the mapping rests on.")
    decision: CodeText | None = strawberry.field(description="The decision 审核决定 that approved it.")
