"""The filters of the long lists: what one may ask of outcomes, units, rules, frameworks and the rest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import strawberry

import schema.enums  # noqa: F401 - tells the closed lists before any type uses one
from graph.model.framework import Framework, Industry, Region
from graph.model.institutions import Agreement, Alliance, Institution, InstitutionKind
from graph.model.outcomes import Outcome, OutcomeClass, OutcomeKind, Programme, Unit
from graph.model.rules import Rule
from graph.model.values import Stage, Status, Versioned
from schema.scalars import CodeText, KeyText


@strawberry.input(description="Credit within bounds, both included, in one credit scheme 学分范围.")
class CreditRange:
    """A range of credit."""

    scheme: CodeText = strawberry.field(
        description="The credit scheme; credits of two schemes never compare."
    )
    at_least: Decimal | None = strawberry.field(default=None, description="At least so much.")
    at_most: Decimal | None = strawberry.field(default=None, description="At most so much.")


@strawberry.input(description="Levels within bounds, both included 等级范围.")
class LevelRange:
    """A range of levels."""

    framework: KeyText | None = strawberry.field(
        default=None, description="Of this framework edition only. Default: of any."
    )
    at_least: int | None = strawberry.field(default=None, description="The lowest ordinal.")
    at_most: int | None = strawberry.field(default=None, description="The highest ordinal.")


@strawberry.input(description="Days within bounds, both included 日期范围.")
class DayRange:
    """A range of days."""

    since: date | None = strawberry.field(default=None, description="The first day.")
    until: date | None = strawberry.field(default=None, description="The last day.")


@strawberry.input(description="What a thing must be to be listed.")
class GovernedFilter:
    """What all filters have."""

    statuses: list[Status] | None = strawberry.field(
        default=None, description="With one of these statuses. Default: PUBLISHED and no other."
    )
    synthetic: bool | None = strawberry.field(
        default=None, description="Only what the project made, or only what it did not."
    )
    stub: bool | None = strawberry.field(
        default=None, description="Only what is known by name alone, or only what is known in full."
    )


@strawberry.input(description="What a numbered thing must be to be listed.")
class NumberedFilter(GovernedFilter):
    """What the filters of things with a coded key have."""

    schemes: list[CodeText] | None = strawberry.field(
        default=None, description="Numbered by one of these schemes."
    )
    editions: list[CodeText] | None = strawberry.field(
        default=None, description="Of one of these editions; `-` for none."
    )


@strawberry.input(description="What a coded thing must be to be listed.")
class CodedFilter(NumberedFilter):
    """What the filters of things that belong to industries have."""

    industries: list[KeyText] | None = strawberry.field(
        default=None, description="Of one of these industry classes, or of any class below them."
    )
    began: DayRange | None = strawberry.field(
        default=None,
        description="Whose version live then became valid on a day in this range; none that always was.",
    )


@strawberry.input(description="What an outcome must be to be listed; every field given must hold.")
class OutcomeFilter(CodedFilter):
    """A filter of outcomes."""

    kinds: list[OutcomeKind] | None = strawberry.field(default=None, description="Of one of these kinds.")
    classes: list[OutcomeClass] | None = strawberry.field(
        default=None, description="Of one of the framework's classes."
    )
    issuers: list[KeyText] | None = strawberry.field(
        default=None, description="Issued by one of these institutions."
    )
    regions: list[KeyText] | None = strawberry.field(
        default=None, description="Issued in one of these regions, or in any region below them."
    )
    credit: CreditRange | None = strawberry.field(default=None, description="With credit in this range.")
    level: LevelRange | None = strawberry.field(default=None, description="With a level in this range.")
    succeeded: bool | None = strawberry.field(
        default=None, description="Only those that name a successor 后继, or only those that name none."
    )


@strawberry.input(description="What an accreditation unit must be to be listed; every field given must hold.")
class UnitFilter(CodedFilter):
    """A filter of units."""

    owners: list[KeyText] | None = strawberry.field(
        default=None, description="Established by one of these institutions."
    )
    directions: list[str] | None = strawberry.field(
        default=None,
        description="Of one of these directions 方向, named in Chinese or English as a whole; case and width "
        "do not matter.",
    )
    positions: list[KeyText] | None = strawberry.field(
        default=None, description="Made for one of these positions."
    )
    credit: CreditRange | None = strawberry.field(default=None, description="With credit in this range.")
    level: LevelRange | None = strawberry.field(default=None, description="With a level in this range.")
    succeeded: bool | None = strawberry.field(
        default=None, description="Only those that name a successor 后继, or only those that name none."
    )
    uncovered: bool | None = strawberry.field(
        default=None,
        description="Only those with a statement that no outcome covers, as `coverage` tells it, or only "
        "those without one.",
    )


@strawberry.input(description="What an institution must be to be listed; every field given must hold.")
class InstitutionFilter(CodedFilter):
    """A filter of institutions."""

    kinds: list[InstitutionKind] | None = strawberry.field(default=None, description="Of one of these kinds.")
    regions: list[KeyText] | None = strawberry.field(
        default=None, description="In one of these regions, or in any region below them."
    )
    parents: list[KeyText] | None = strawberry.field(
        default=None, description="Directly part of one of these institutions."
    )


@strawberry.input(description="What a conversion rule must be to be listed; every field given must hold.")
class RuleFilter(GovernedFilter):
    """A filter of rules."""

    receivers: list[KeyText] | None = strawberry.field(
        default=None, description="Of one of these receiving institutions."
    )
    regions: list[KeyText] | None = strawberry.field(
        default=None, description="Received in one of these regions, or in any region below them."
    )
    agreements: list[CodeText] | None = strawberry.field(
        default=None, description="Under one of these agreements."
    )


@strawberry.input(description="What a framework edition must be to be listed; every field given must hold.")
class FrameworkFilter(NumberedFilter):
    """A filter of framework editions."""

    issuers: list[KeyText] | None = strawberry.field(
        default=None, description="Issued by one of these institutions."
    )
    credit_schemes: list[CodeText] | None = strawberry.field(
        default=None, description="Counting in one of these credit schemes."
    )


@strawberry.input(description="What an alliance must be to be listed; every field given must hold.")
class AllianceFilter(GovernedFilter):
    """A filter of alliances."""

    institutions: list[KeyText] | None = strawberry.field(
        default=None, description="With one of these institutions as a member then."
    )


@strawberry.input(description="What an agreement must be to be listed; every field given must hold.")
class AgreementFilter(GovernedFilter):
    """A filter of agreements."""

    parties: list[KeyText] | None = strawberry.field(
        default=None, description="With one of these institutions as a party."
    )
    all_parties: list[KeyText] | None = strawberry.field(
        default=None, description="With every one of these institutions as a party, and others or not."
    )
    alliances: list[CodeText] | None = strawberry.field(
        default=None, description="Made in one of these alliances."
    )
    articulation: bool | None = strawberry.field(
        default=None, description="Only those that lift outcomes to a higher level, or only the others."
    )


@strawberry.input(description="What a class must be to be listed; every field given must hold.")
class ClassFilter(NumberedFilter):
    """A filter of industry classes and of regions."""

    ranks: list[int] | None = strawberry.field(default=None, description="Of one of these ranks.")
    below: list[KeyText] | None = strawberry.field(
        default=None, description="One of these classes, or any class below them."
    )


@strawberry.input(description="What a programme version must be to be listed; every field given must hold.")
class ProgrammeFilter(NumberedFilter):
    """A filter of programme versions."""

    institutions: list[KeyText] | None = strawberry.field(
        default=None, description="Offered by one of these institutions."
    )
    majors: list[CodeText] | None = strawberry.field(
        default=None, description="Of one of these majors 专业, by code."
    )
    intakes: list[int] | None = strawberry.field(
        default=None, description="Of the intakes 年级 of one of these years."
    )
    stages: list[Stage] | None = strawberry.field(
        default=None, description="Of one of these educational stages."
    )


FILTERS: Final[dict[type[Versioned], type[GovernedFilter]]] = {
    Agreement: AgreementFilter,
    Alliance: AllianceFilter,
    Framework: FrameworkFilter,
    Industry: ClassFilter,
    Institution: InstitutionFilter,
    Outcome: OutcomeFilter,
    Programme: ProgrammeFilter,
    Region: ClassFilter,
    Rule: RuleFilter,
    Unit: UnitFilter,
}
"""What may be asked of each concept that has a list of its own."""
