"""Comparability of a unit and an outcome: statements by dimension, credit in one scheme, level, hours."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph.comparing import (
    Comparison,
    Covered,
    CreditPair,
    Hours,
    LevelPair,
    by_dimension,
    credit_pair,
    hours_of,
    level_pair,
)
from graph.model.framework import Framework
from graph.model.outcomes import Mapping, Outcome, Unit
from graph.model.schemes import CreditScheme
from graph.moment import Moment
from graph.recognition.versions import APPROVED, Versions
from graph.rulebook import Ground
from schema.arguments import As
from schema.asking import loaders
from schema.enums import tell
from schema.framework import DimensionType, LevelRefType
from schema.loaders import Loaders
from schema.outcomes import MappingType, OutcomeType
from schema.permissions import PUBLIC, decided
from schema.recorded import Recorded
from schema.scalars import CodeText, KeyText, read_key
from schema.texts import FractionType
from schema.units import StatementType, UnitType
from schema.weights import costs

tell(
    Comparison,
    "How what is stated of the outcome stands to what is stated of the unit 可比关系.",
    LESS="The outcome has less, or stands lower 低于.",
    EQUAL="Both are equal 相等.",
    MORE="The outcome has more, or stands higher 高于.",
    NO_FACTOR="No declared factors lead to a common credit scheme 无折算系数.",
    NO_REFERENCING="No referencing leads to the outcome's framework edition 无等级参照.",
    NOT_STATED="The unit or the outcome does not state it 未载明.",
)


@strawberry.type(name="DimensionCoverage", description="The statements of one dimension of a unit.")
@decided(PUBLIC)
class DimensionCoverageType:
    """The statements of one dimension."""

    code: str = strawberry.field(description="The dimension's code.")
    declared: DimensionType | None = strawberry.field(
        description="The dimension as the framework edition of the unit's level declares it; null where it "
        "does not."
    )
    statements: list[StatementType] = strawberry.field(
        metadata=costs(size=3), description="The unit's statements of it, in all."
    )
    covered: list[StatementType] = strawberry.field(
        metadata=costs(size=3), description="Those that mappings of the outcome cover."
    )
    uncovered: list[StatementType] = strawberry.field(
        metadata=costs(size=3), description="Those that no mapping of the outcome covers."
    )


@strawberry.type(
    name="Factor",
    description="A declared factor between credit schemes 折算系数: one way, never inverted or chained.",
)
@decided(PUBLIC)
class FactorType(Recorded):
    """A declared factor."""

    key: CodeText = strawberry.field(description="The factor's code.")
    from_scheme: CodeText = strawberry.field(description="The credit scheme it leads from.")
    to_scheme: CodeText = strawberry.field(description="The credit scheme it leads to.")
    factor: FractionType = strawberry.field(description="What one credit is worth there.")
    decision: CodeText | None = strawberry.field(description="The decision 审核决定 that approved it.")


@strawberry.type(
    name="Referencing", description="Levels of two framework editions compared by a document 等级参照."
)
@decided(PUBLIC)
class ReferencingType(Recorded):
    """Two levels compared."""

    key: CodeText = strawberry.field(description="The referencing's code.")
    level: LevelRefType = strawberry.field(description="The one level.")
    other: LevelRefType = strawberry.field(description="The level it is compared with.")
    document: str = strawberry.field(description="The document that says so.")
    decision: CodeText | None = strawberry.field(description="The decision 审核决定 that approved it.")


@strawberry.type(name="CreditComparison", description="Credit of a unit and of an outcome in one scheme.")
@decided(PUBLIC)
class CreditComparisonType:
    """Two credits in one scheme."""

    comparison: Comparison = strawberry.field(description="Of the exact amounts, before any rounding.")
    scheme: CodeText | None = strawberry.field(
        description="The scheme both are given in: the unit's own if the outcome's credit can be converted "
        "into it, else the outcome's, else the first by code into which both can."
    )
    of_unit: Decimal | None = strawberry.field(
        description="The unit's credit there; rounded once, as the scheme asks, if it was converted."
    )
    of_outcome: Decimal | None = strawberry.field(
        description="The outcome's credit there; rounded once, as the scheme asks, if it was converted."
    )
    unit_factor: FactorType | None = strawberry.field(
        description="The factor by which the unit's was converted."
    )
    outcome_factor: FactorType | None = strawberry.field(
        description="The factor by which the outcome's was converted."
    )


@strawberry.type(name="LevelComparison", description="The levels of a unit and of an outcome.")
@decided(PUBLIC)
class LevelComparisonType:
    """Two levels."""

    comparison: Comparison = strawberry.field(description="How the outcome's level stands to what is asked.")
    of_unit: LevelRefType | None = strawberry.field(description="The unit's level.")
    of_outcome: LevelRefType | None = strawberry.field(description="The outcome's level.")
    asked: LevelRefType | None = strawberry.field(
        name="askedLevel",
        description="What the unit's level asks in the outcome's framework edition: the highest of "
        "the levels it is referenced to.",
    )
    referencings: list[ReferencingType] = strawberry.field(
        metadata=costs(size=2), description="The referencings that say so; none within one edition."
    )


@strawberry.type(name="Hours", description="Hours of learning 学时, of both kinds.")
@decided(PUBLIC)
class HoursType:
    """Hours of learning."""

    stated: Decimal | None = strawberry.field(description="As stated; outcomes state none.")
    of_class: Decimal | None = strawberry.field(
        description="Class hours that the credit stands for; null where its scheme does not say."
    )
    notional: Decimal | None = strawberry.field(
        description="Notional hours that the credit stands for; null where its scheme does not say."
    )


@strawberry.type(name="HoursComparison", description="Hours of learning of a unit and of an outcome.")
@decided(PUBLIC)
class HoursComparisonType:
    """Hours side by side; class hours and notional hours never compare."""

    of_unit: HoursType = strawberry.field(description="The unit's.")
    of_outcome: HoursType = strawberry.field(description="The outcome's.")


@dataclass(frozen=True, slots=True)
class HoursPair:
    """Hours side by side."""

    of_unit: Hours
    of_outcome: Hours


@strawberry.type(name="Comparability", description="How an outcome stands to an accreditation unit 可比性.")
@decided(PUBLIC)
class ComparabilityType:
    """How an outcome stands to a unit."""

    unit: UnitType = strawberry.field(description="The unit.")
    outcome: OutcomeType = strawberry.field(description="The outcome.")
    mappings: list[MappingType] = strawberry.field(
        metadata=costs(size=2), description="The approved mappings of the outcome to the unit."
    )
    dimensions: list[DimensionCoverageType] = strawberry.field(
        metadata=costs(size=4),
        description="Statements in all, covered and uncovered, per dimension: those of the framework edition "
        "of the unit's level, in its order, then any other the unit's statements name.",
    )
    credit: CreditComparisonType = strawberry.field(description="Their credit.")
    level: LevelComparisonType = strawberry.field(description="Their levels.")
    hours: HoursComparisonType = strawberry.field(description="Their hours of learning.")


@dataclass(frozen=True, slots=True)
class Compared:
    """How an outcome stands to a unit."""

    unit: Unit
    outcome: Outcome
    mappings: tuple[Mapping, ...]
    dimensions: tuple[Covered, ...]
    credit: CreditPair
    level: LevelPair
    hours: HoursPair


OfUnit = Annotated[KeyText, strawberry.argument(description="The unit's key.")]
OfOutcome = Annotated[KeyText, strawberry.argument(description="The outcome's key.")]


async def compare(info: Info, unit: OfUnit, outcome: OfOutcome, as_of: As = None) -> Any:
    """Compare a unit and an outcome; null where either is not seen."""
    keys, own = [read_key(unit), read_key(outcome)], loaders(info)
    at = await own.moment(info, as_of)
    keys = await own.spelled(keys, at)
    one, other = await asyncio.gather(own.thing(Unit, keys[0], at), own.thing(Outcome, keys[1], at))
    if one is None or other is None:
        return None
    return await _compared(own, one, other, at)


async def _compared(own: Loaders, unit: Unit, outcome: Outcome, at: Moment) -> Compared:
    edition = unit.level.framework if unit.level else None
    mapped, ground = await asyncio.gather(own.between(outcome.key, unit.key, at), own.desk.library.ground(at))
    framework = await own.thing(Framework, edition, at) if edition else None
    mappings = tuple(mapping for mapping in mapped if mapping.status in APPROVED)
    return _told(unit, outcome, mappings, framework, ground, date.fromisoformat(at.valid_on))


def _told(
    unit: Unit,
    outcome: Outcome,
    mappings: tuple[Mapping, ...],
    framework: Framework | None,
    ground: Ground,
    day: date,
) -> Compared:
    schemes: dict[str, CreditScheme] = {one.key: one for one in Versions(ground.credit_schemes).all_live(day)}
    factors, referencings = Versions(ground.factors), Versions(ground.referencings)
    return Compared(
        unit=unit,
        outcome=outcome,
        mappings=mappings,
        dimensions=by_dimension(unit, framework, mappings),
        credit=credit_pair(unit.credit, outcome.credit, factors.all_live(day), schemes),
        level=level_pair(unit.level, outcome.level, referencings.all_live(day)),
        hours=HoursPair(hours_of(unit.hours, unit.credit, schemes), hours_of(None, outcome.credit, schemes)),
    )
