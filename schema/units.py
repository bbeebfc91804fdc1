"""Accreditation units in the API: what the framework counts in, and who covers it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.types import Info

from graph.model.framework import Industry, Position
from graph.model.institutions import Institution
from graph.model.outcomes import Unit
from graph.model.rules import Rule
from graph.things import Naming
from schema.asking import CountedConnection, all_versions, mappings_of, neighbour, neighbours, those_naming
from schema.differences import Change, changed
from schema.framework import Coded, IndustryType, LevelRefType, PositionType
from schema.keys import CODED
from schema.nodes import Node, node_of
from schema.permissions import PUBLIC, decided
from schema.texts import CreditType, TextType
from schema.weights import costs

if TYPE_CHECKING:
    from schema.coverage import UnitCoverage
    from schema.institutions import InstitutionType
    from schema.outcomes import MappingType, OutcomeType
    from schema.rules import RuleType

LazyCoverage = Annotated["UnitCoverage", strawberry.lazy("schema.coverage")]
LazyInstitution = Annotated["InstitutionType", strawberry.lazy("schema.institutions")]
LazyMapping = Annotated["MappingType", strawberry.lazy("schema.outcomes")]
LazyOutcome = Annotated["OutcomeType", strawberry.lazy("schema.outcomes")]
LazyRule = Annotated["RuleType", strawberry.lazy("schema.rules")]


@strawberry.type(name="Criterion", description="How a statement is assessed 评价标准.")
@decided(PUBLIC)
class CriterionType:
    """An assessment criterion."""

    code: str = strawberry.field(description="The criterion's code within the statement.")
    text: TextType = strawberry.field(description="The criterion.")


@strawberry.type(name="Statement", description="A 'can do / knows / is able to' line of a unit 学习成果描述.")
@decided(PUBLIC)
class StatementType:
    """A statement of a unit."""

    code: str = strawberry.field(description="The statement's code within the unit.")
    dimension: str = strawberry.field(description="The dimension it belongs to.")
    text: TextType = strawberry.field(description="The statement.")
    criteria: list[CriterionType] = strawberry.field(
        metadata=costs(size=4), description="How it is assessed."
    )


async def cover(root: Unit, info: Info) -> LazyCoverage:
    """Tell which outcomes cover which statements; the module below knows outcomes, so it is found late."""
    from schema import coverage

    return await coverage.cover(root, info)


@strawberry.federation.type(
    name="AccreditationUnit",
    keys=CODED,
    description="An accreditation unit 认证单元: outcomes are mapped to it, and rules ask for it.",
)
@node_of(Unit)
@decided(PUBLIC)
class UnitType(Coded, Node):
    """An accreditation unit."""

    title: TextType = strawberry.field(description="Its title.")
    credit: CreditType | None = strawberry.field(description="Its credit.")
    level: LevelRefType | None = strawberry.field(description="Its level.")
    hours: Decimal | None = strawberry.field(description="Hours of learning.")
    direction: TextType = strawberry.field(description="Its direction 方向 among its owner's units.")
    statements: list[StatementType] = strawberry.field(
        metadata=costs(size=6), description="What its holder knows and can do."
    )
    owner: LazyInstitution | None = strawberry.field(
        resolver=neighbour("owner", Institution), description="The body that established it."
    )
    industries: list[IndustryType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("industries", Industry),
        description="The industries it belongs to.",
    )
    position: PositionType | None = strawberry.field(
        resolver=neighbour("position", Position), description="The position it is made for."
    )
    succeeded_by: list[UnitType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("succeeded_by", Unit),
        description="What it was succeeded by; a succession never matches by itself.",
    )
    succeeds: CountedConnection[UnitType] = strawberry.field(
        resolver=those_naming(Naming(Unit, ("SUCCEEDED_BY",), Unit)),
        description="What it is the successor of: those that name it in `succeededBy` 前身.",
    )
    mappings: CountedConnection[LazyMapping] = strawberry.field(
        resolver=mappings_of("unit"), description="The outcomes mapped to it, fully or partly."
    )
    coverage: LazyCoverage = strawberry.field(
        resolver=cover,
        metadata=costs(3),
        description="Which outcomes cover which of its statements, and which statements none does.",
    )
    asked_by: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("ASKS_UNIT",), Unit)),
        description="The rules with a clause that asks for it.",
    )
    granted_by: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("GRANTS_UNIT",), Unit)),
        description="The rules that grant it.",
    )
    changes_from: list[Change] | None = strawberry.field(
        resolver=changed(Unit),
        metadata=costs(2, size=20),
        description="How this version differs from another; null where that one is not known, at most 1000.",
    )
    versions: list[UnitType] = strawberry.field(
        metadata=costs(size=4), resolver=all_versions(Unit), description="Every known version, oldest first."
    )
