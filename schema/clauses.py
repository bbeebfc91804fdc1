"""Clauses in the API: what a rule asks for, in alternatives."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graph.model import rules as canonical
from graph.model.outcomes import Outcome, Unit
from graph.model.values import Stage
from schema.apart import type_of
from schema.asking import neighbour
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.scalars import KeyText
from schema.texts import CreditType, GradeType, PeriodType, TextType
from schema.units import UnitType
from schema.weights import costs


@strawberry.type(name="Tests", description="What a clause asks of each result that it takes.")
@decided(PUBLIC)
class TestsType:
    """The tests of a clause."""

    minimum_grade: GradeType | None = strawberry.field(description="The lowest grade that will do.")
    maximum_age: PeriodType | None = strawberry.field(description="How old a result may be when one applies.")
    issuers: list[KeyText] = strawberry.field(description="Whose results will do; none: anybody's.")
    attempts_at_most: int | None = strawberry.field(description="In how many attempts it must be earned.")
    stage_not_below: Stage | None = strawberry.field(description="The lowest educational stage.")
    tags: list[str] = strawberry.field(description="Tags of which the source outcome has at least one.")


@strawberry.type(name="OutcomeClause", description="Asks for a result of an outcome.")
@decided(PUBLIC)
@type_of(canonical.OutcomeClause)
class OutcomeClauseType:
    """A clause that asks for an outcome."""

    outcome_key: KeyText = strawberry.field(
        resolver=lambda root: root.outcome, description="The outcome asked for; its edition may be `any`."
    )
    outcome: OutcomeType | None = strawberry.field(
        resolver=neighbour("outcome", Outcome),
        description="The outcome asked for; null for edition `any`.",
    )
    or_higher: bool = strawberry.field(description="Whether a higher tier of its series will do.")
    tests: TestsType = strawberry.field(description="What is asked of the result.")


@strawberry.type(name="UnitClause", description="Asks for the whole of an accreditation unit.")
@decided(PUBLIC)
@type_of(canonical.UnitClause)
class UnitClauseType:
    """A clause that asks for a unit."""

    unit: UnitType | None = strawberry.field(
        resolver=neighbour("unit", Unit), description="The accreditation unit asked for."
    )
    tests: TestsType = strawberry.field(description="What is asked of each contributing result.")


@strawberry.type(name="PoolClause", description="Asks for so much credit out of a set of outcomes.")
@decided(PUBLIC)
@type_of(canonical.PoolClause)
class PoolClauseType:
    """A clause that asks for credit out of a pool."""

    credit: CreditType = strawberry.field(description="How much credit.")
    outcomes: list[KeyText] = strawberry.field(description="The outcomes that count.")
    tests: TestsType = strawberry.field(description="What is asked of each result.")


@strawberry.type(name="TextClause", description="A condition in words that a person checks.")
@decided(PUBLIC)
@type_of(canonical.TextClause)
class TextClauseType:
    """A clause in words."""

    text: TextType = strawberry.field(description="The condition.")


ClauseType = Annotated[
    OutcomeClauseType | UnitClauseType | PoolClauseType | TextClauseType,
    strawberry.union("Clause", description="One condition of an alternative."),
]


@strawberry.type(name="Alternative", description="One of a rule's ways: all of its clauses 备选组.")
@decided(PUBLIC)
class AlternativeType:
    """An alternative."""

    clauses: list[ClauseType] = strawberry.field(
        metadata=costs(size=3), description="All of these must be met."
    )
    one_issuer: bool = strawberry.field(description="Whether all evidence must come from one issuer.")
    credit_not_below: bool = strawberry.field(
        description="Whether the evidence's credit must reach the catalogue credit of what is granted."
    )
