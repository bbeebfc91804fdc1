"""The questions of the API, and the schema made of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Final

import strawberry
from strawberry.types import Info

import schema.enums
import schema.reasons
import schema.steps  # noqa: F401 - and these, before any type uses them
from graph.model.framework import Framework, Industry, Position, Region
from graph.model.institutions import Agreement, Alliance, Institution
from graph.model.outcomes import Outcome, Programme, Unit
from graph.model.rules import Rule
from graph.model.values import Versioned
from schema.asking import Connection, connected, loaders
from schema.errors import Refusal
from schema.framework import FrameworkType, IndustryType, PositionType, RegionType, UnitType
from schema.institutions import AgreementType, AllianceType, InstitutionType
from schema.loaders import FIRST, AsOf, paging
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.programmes import ProgrammeType
from schema.recognition import Recognition
from schema.rules import RuleType
from schema.scalars import SCALARS, CodeText, KeyText, read_code, read_key

As = Annotated[AsOf | None, strawberry.argument(description="As of when. Default: today, as known now.")]
First = Annotated[int, strawberry.argument(description="At most so many, 1 to 200.")]
After = Annotated[str | None, strawberry.argument(description="The cursor after which the page begins.")]
OneKey = Annotated[KeyText, strawberry.argument(description="Its key.")]
OneCode = Annotated[CodeText, strawberry.argument(description="Its code.")]
Keys = Annotated[
    list[KeyText],
    strawberry.argument(description="Just these, in this order, null for each not seen; at most 200."),
]
Codes = Annotated[
    list[CodeText],
    strawberry.argument(description="Just these, in this order, null for each not seen; at most 200."),
]
Resolver = Callable[..., Awaitable[Any]]

MOST_KEYS: Final = 200
"""How many keys one question may name."""


def _keyed(struct: type[Versioned]) -> Resolver:
    """Find one thing by its key."""

    async def resolve(info: Info, key: OneKey, as_of: As = None) -> Any:
        at = await loaders(info).moment(info, as_of)
        return await loaders(info).thing(struct, read_key(key), at)

    return resolve


def _coded(struct: type[Versioned]) -> Resolver:
    """Find one thing by its bare code."""

    async def resolve(info: Info, code: OneCode, as_of: As = None) -> Any:
        at = await loaders(info).moment(info, as_of)
        return await loaders(info).thing(struct, read_code(code), at)

    return resolve


def _listed(struct: type[Versioned]) -> Resolver:
    """List all of a concept, page by page."""

    async def resolve(info: Info, first: First = FIRST, after: After = None, as_of: As = None) -> Any:
        at = await loaders(info).moment(info, as_of)
        return connected(await loaders(info).page(struct, at, paging(first, after)))

    return resolve


def _keys(struct: type[Versioned]) -> Resolver:
    """Find several things by their keys."""

    async def resolve(info: Info, keys: Keys, as_of: As = None) -> Any:
        return await _many(info, struct, [read_key(key) for key in _bounded(keys)], as_of)

    return resolve


def _codes(struct: type[Versioned]) -> Resolver:
    """Find several things by their bare codes."""

    async def resolve(info: Info, codes: Codes, as_of: As = None) -> Any:
        return await _many(info, struct, [read_code(code) for code in _bounded(codes)], as_of)

    return resolve


def _bounded(keys: Sequence[str]) -> Sequence[str]:
    if len(keys) > MOST_KEYS:
        raise Refusal("TOO_MANY_KEYS", value=len(keys), limit=MOST_KEYS)
    return keys


async def _many(info: Info, struct: type[Versioned], keys: Sequence[str], as_of: AsOf | None) -> Any:
    at = await loaders(info).moment(info, as_of)
    return await loaders(info).many(struct, tuple(keys), at)


@strawberry.type(description="What the hub answers. Every question may be asked as of a day and a moment.")
@decided(PUBLIC)
class Query(Recognition):
    """The root of all questions."""

    unit: UnitType | None = strawberry.field(
        resolver=_keyed(Unit), description="One accreditation unit 认证单元."
    )
    units_by_key: list[UnitType | None] = strawberry.field(
        resolver=_keys(Unit), description="Several accreditation units."
    )
    units: Connection[UnitType] = strawberry.field(
        resolver=_listed(Unit), description="All accreditation units, in order of their keys."
    )
    outcome: OutcomeType | None = strawberry.field(
        resolver=_keyed(Outcome), description="One outcome 成果目录项."
    )
    outcomes_by_key: list[OutcomeType | None] = strawberry.field(
        resolver=_keys(Outcome), description="Several outcomes."
    )
    outcomes: Connection[OutcomeType] = strawberry.field(
        resolver=_listed(Outcome), description="All outcomes, in order of their keys."
    )
    institution: InstitutionType | None = strawberry.field(
        resolver=_keyed(Institution), description="One institution 机构."
    )
    institutions_by_key: list[InstitutionType | None] = strawberry.field(
        resolver=_keys(Institution), description="Several institutions."
    )
    institutions: Connection[InstitutionType] = strawberry.field(
        resolver=_listed(Institution), description="All institutions, in order of their keys."
    )
    rule: RuleType | None = strawberry.field(
        resolver=_coded(Rule), description="One conversion rule 转换规则, in the version live then."
    )
    rules_by_code: list[RuleType | None] = strawberry.field(
        resolver=_codes(Rule), description="Several conversion rules."
    )
    rules: Connection[RuleType] = strawberry.field(
        resolver=_listed(Rule), description="All conversion rules live then, in order of their codes."
    )
    programme: ProgrammeType | None = strawberry.field(
        resolver=_keyed(Programme), description="One programme version 培养方案."
    )
    programmes: Connection[ProgrammeType] = strawberry.field(
        resolver=_listed(Programme), description="All programme versions, in order of their keys."
    )
    agreement: AgreementType | None = strawberry.field(
        resolver=_coded(Agreement), description="One agreement 互认协议."
    )
    alliance: AllianceType | None = strawberry.field(
        resolver=_coded(Alliance), description="One alliance 联盟."
    )
    framework: FrameworkType | None = strawberry.field(
        resolver=_keyed(Framework), description="One framework edition 框架."
    )
    industry: IndustryType | None = strawberry.field(
        resolver=_keyed(Industry), description="One industry class 行业分类."
    )
    region: RegionType | None = strawberry.field(resolver=_keyed(Region), description="One region 行政区划.")
    position: PositionType | None = strawberry.field(
        resolver=_keyed(Position), description="One position 岗位."
    )


def make_schema() -> strawberry.Schema:
    """Make the schema."""
    return strawberry.Schema(query=Query, config=SCALARS)
