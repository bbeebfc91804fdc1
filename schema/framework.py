"""The framework in the API: levels, industries, regions and positions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry
from strawberry.types import Info

from graph.model.framework import Framework, Industry, Position, Region, SuccessionKind
from graph.model.institutions import Institution
from graph.model.outcomes import Unit
from graph.recognition.versions import Versions
from graph.things import Naming
from schema.asking import CountedConnection, loaders, neighbour, neighbours, part, those_naming
from schema.gaps import IndustryGap, find_gaps
from schema.hierarchies import SubtreeCounts, all_above, all_below, count_subtree
from schema.keys import CODED
from schema.nodes import Node, node_of
from schema.permissions import PUBLIC, decided
from schema.recorded import Recorded
from schema.scalars import CodeText, KeyText
from schema.texts import TextType
from schema.weights import costs

if TYPE_CHECKING:
    from schema.coverage import UnitCoverage
    from schema.institutions import InstitutionType
    from schema.outcomes import MappingType, OutcomeType
    from schema.rules import RuleType
    from schema.units import UnitType

OTHERS: Final = 200
"""How many other framework editions one tells of."""

LazyCoverage = Annotated["UnitCoverage", strawberry.lazy("schema.coverage")]
LazyInstitution = Annotated["InstitutionType", strawberry.lazy("schema.institutions")]
LazyMapping = Annotated["MappingType", strawberry.lazy("schema.outcomes")]
LazyOutcome = Annotated["OutcomeType", strawberry.lazy("schema.outcomes")]
LazyRule = Annotated["RuleType", strawberry.lazy("schema.rules")]
LazyUnit = Annotated["UnitType", strawberry.lazy("schema.units")]


@strawberry.type
@decided(PUBLIC)
class Coded(Recorded):
    """The fields of things with a coded key; inherited, never a type of its own."""

    key: KeyText = strawberry.field(description="Names the thing for ever: scheme, edition and code.")
    scheme: str = strawberry.field(resolver=part(0), description="The code scheme of the key.")
    edition: str = strawberry.field(resolver=part(1), description="The edition of the key; `-` for none.")
    code: str = strawberry.field(resolver=part(2), description="The code itself.")


@strawberry.type(name="LevelRef", description="A level 等级 of a framework edition, by its ordinal.")
@decided(PUBLIC)
class LevelRefType:
    """A level by its ordinal."""

    framework: FrameworkType | None = strawberry.field(
        resolver=neighbour("framework", Framework), description="The framework edition."
    )
    ordinal: int = strawberry.field(description="The level's ordinal; higher is higher.")


@strawberry.type(name="Dimension", description="What a framework describes its levels by.")
@decided(PUBLIC)
class DimensionType:
    """A dimension of a framework."""

    code: str = strawberry.field(description="The dimension's code.")
    title: TextType = strawberry.field(description="Its title.")


@strawberry.type(name="LevelDescriptor", description="One dimension of one level in words 等级描述.")
@decided(PUBLIC)
class DescriptorType:
    """A level descriptor."""

    dimension: str = strawberry.field(description="The dimension's code.")
    text: TextType = strawberry.field(description="The descriptor.")


@strawberry.type(name="Level", description="A level 等级 of a framework edition.")
@decided(PUBLIC)
class LevelType:
    """A level of a framework edition."""

    ordinal: int = strawberry.field(description="Its ordinal; higher is higher.")
    title: TextType = strawberry.field(description="Its title.")
    descriptors: list[DescriptorType] = strawberry.field(
        metadata=costs(size=3), description="Its descriptors, by dimension."
    )


async def _referenced_with(root: Framework, info: Info) -> Any:
    own = loaders(info)
    at = own.moment_of(info)
    ground = await own.desk.library.ground(at)
    live = Versions(ground.referencings).all_live(date.fromisoformat(at.valid_on))
    pairs = ((one.level.framework, one.other.framework) for one in live)
    others = {end for pair in pairs if root.key in pair for end in pair} - {root.key}
    found = await own.many(Framework, tuple(sorted(others)[:OTHERS]), at)
    return [thing for thing in found if thing is not None]


@strawberry.federation.type(
    name="Framework", keys=CODED, description="A learning-outcomes framework edition 学习成果框架."
)
@node_of(Framework)
@decided(PUBLIC)
class FrameworkType(Coded, Node):
    """A framework edition."""

    title: TextType = strawberry.field(description="Its title.")
    issuer: LazyInstitution | None = strawberry.field(
        resolver=neighbour("issuer", Institution),
        description="Who issued it; null where its source names nobody, or it is not seen.",
    )
    credit_scheme: CodeText | None = strawberry.field(description="The credit scheme it counts in.")
    dimensions: list[DimensionType] = strawberry.field(
        metadata=costs(size=4), description="What it describes levels by."
    )
    levels: list[LevelType] = strawberry.field(
        metadata=costs(size=10), description="Its levels, lowest first."
    )
    referenced_with: list[FrameworkType] = strawberry.field(
        metadata=costs(size=10),
        resolver=_referenced_with,
        description="The other framework editions that a referencing 等级参照 in force then compares levels "
        "of it with, in order of keys, the first 200; level by level in `frameworkComparison`.",
    )


@strawberry.type(name="Succession", description="What a code was succeeded by; it never matches by itself.")
@decided(PUBLIC)
class SuccessionType:
    """What a code was succeeded by."""

    key: KeyText = strawberry.field(description="The key that came after.")
    kind: SuccessionKind = strawberry.field(description="How it came after.")


@strawberry.federation.type(
    name="Industry", keys=CODED, description="An industry class 行业分类, such as a division of GB/T 4754."
)
@node_of(Industry)
@decided(PUBLIC)
class IndustryType(Coded, Node):
    """An industry class."""

    title: TextType = strawberry.field(description="Its title.")
    rank: int = strawberry.field(description="Its rank in the classification; 1 is topmost.")
    broader: list[IndustryType] = strawberry.field(
        metadata=costs(size=1),
        resolver=neighbours("broader", Industry),
        description="The classes directly above it.",
    )
    narrower: CountedConnection[IndustryType] = strawberry.field(
        resolver=those_naming(Naming(Industry, ("BROADER",), Industry)),
        description="The classes directly below it.",
    )
    ancestors: list[IndustryType] = strawberry.field(
        metadata=costs(2, size=6),
        resolver=all_above(Industry),
        description="All above it, nearest first, each once.",
    )
    descendants: CountedConnection[IndustryType] = strawberry.field(
        metadata=costs(2),
        resolver=all_below(Industry),
        description="All below it, however deep, each once, in order of keys.",
    )
    subtree_counts: SubtreeCounts = strawberry.field(
        metadata=costs(20), resolver=count_subtree, description="How much there is at it and at all below it."
    )
    gaps: list[IndustryGap] = strawberry.field(
        resolver=find_gaps,
        metadata=costs(20, size=100),
        description="What the classes directly below it have, each with all its descendants: 200 at "
        "most, in order of keys, and a warning (LIST_CUT) where there are more.",
    )
    succeeded_by: list[SuccessionType] = strawberry.field(
        metadata=costs(size=2), description="What it was succeeded by."
    )
    units: CountedConnection[LazyUnit] = strawberry.field(
        resolver=those_naming(Naming(Unit, ("IN_INDUSTRY",), Industry)),
        description="The accreditation units of just this class.",
    )


@strawberry.federation.type(name="Region", keys=CODED, description="A region 行政区划.")
@node_of(Region)
@decided(PUBLIC)
class RegionType(Coded, Node):
    """A region."""

    title: TextType = strawberry.field(description="Its name.")
    rank: int = strawberry.field(description="1 province, 2 city, 3 area.")
    broader: list[RegionType] = strawberry.field(
        metadata=costs(size=1),
        resolver=neighbours("broader", Region),
        description="The regions directly above it.",
    )
    ancestors: list[RegionType] = strawberry.field(
        metadata=costs(2, size=6),
        resolver=all_above(Region),
        description="All above it, nearest first, each once.",
    )
    descendants: CountedConnection[RegionType] = strawberry.field(
        metadata=costs(2),
        resolver=all_below(Region),
        description="All below it, however deep, each once, in order of keys.",
    )
    subtree_counts: SubtreeCounts = strawberry.field(
        metadata=costs(20), resolver=count_subtree, description="How much there is at it and at all below it."
    )
    institutions: CountedConnection[LazyInstitution] = strawberry.field(
        resolver=those_naming(Naming(Institution, ("IN_REGION",), Region)),
        description="The institutions of just this region.",
    )


@strawberry.federation.type(
    name="Position", keys=CODED, description="A position 岗位 that accreditation units are made for."
)
@node_of(Position)
@decided(PUBLIC)
class PositionType(Coded, Node):
    """A position."""

    title: TextType = strawberry.field(description="Its title.")
    industries: list[IndustryType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("industries", Industry),
        description="The industries that have it.",
    )
