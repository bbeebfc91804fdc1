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
from graph.moment import Moment
from schema.alliance import MembersAsked
from schema.arguments import As
from schema.asking import CountedConnection, loaders
from schema.changes import Subscription
from schema.comparing import Comparing
from schema.errors import Refusal
from schema.exploring import Exploring
from schema.federation import AnyEntity, Service, Subgraph, entities, service
from schema.framework import FrameworkType, IndustryType, PositionType, RegionType
from schema.institutions import AgreementType, AllianceType, InstitutionType
from schema.linting import Linting
from schema.listing import explored
from schema.many import ManyQuestions
from schema.nodes import Node, find_node
from schema.outcomes import OutcomeType
from schema.pathways import Pathfinding
from schema.permissions import PUBLIC, decided
from schema.planning import Planning
from schema.programmes import ProgrammeType
from schema.recognition import Recognition
from schema.rules import RuleType
from schema.scalars import CodeText, KeyText, read_code, read_key
from schema.searching import HitConnection, resolve_search, tell_apart
from schema.ties import Mutation
from schema.units import UnitType

OneKey = Annotated[KeyText, strawberry.argument(description="Its key.")]
OneCode = Annotated[CodeText, strawberry.argument(description="Its code.")]
Keys = Annotated[
    list[KeyText],
    strawberry.argument(
        description="Just these, in this order, at most 200; null for each not seen, and for each "
        "malformed, which has an error of its own."
    ),
]
Codes = Annotated[
    list[CodeText],
    strawberry.argument(
        description="Just these, in this order, at most 200; null for each not seen, and for each "
        "malformed, which has an error of its own."
    ),
]
Resolver = Callable[..., Awaitable[Any]]

MOST_KEYS: Final = 200
"""How many keys one question may name."""


def _keyed(struct: type[Versioned]) -> Resolver:
    """Find one thing by its key."""

    async def resolve(info: Info, key: OneKey, as_of: As = None) -> Any:
        read = read_key(key)
        at = await loaders(info).moment(info, as_of)
        [spelled] = await loaders(info).spelled([read], at)
        return await loaders(info).thing(struct, spelled, at)

    return resolve


def _coded(struct: type[Versioned]) -> Resolver:
    """Find one thing by its bare code."""

    async def resolve(info: Info, code: OneCode, as_of: As = None) -> Any:
        at = await loaders(info).moment(info, as_of)
        return await loaders(info).thing(struct, read_code(code), at)

    return resolve


def _keys(struct: type[Versioned]) -> Resolver:
    """Find several things by their keys."""

    async def resolve(info: Info, keys: Keys, as_of: As = None) -> Any:
        read = [_tried(read_key, key) for key in _bounded(keys)]
        at = await loaders(info).moment(info, as_of)
        good = [key for key in read if isinstance(key, str)]
        return await _filled(info, struct, read, await loaders(info).spelled(good, at), at)

    return resolve


def _codes(struct: type[Versioned]) -> Resolver:
    """Find several things by their bare codes."""

    async def resolve(info: Info, codes: Codes, as_of: As = None) -> Any:
        read = [_tried(read_code, code) for code in _bounded(codes)]
        at = await loaders(info).moment(info, as_of)
        return await _filled(info, struct, read, [code for code in read if isinstance(code, str)], at)

    return resolve


def _tried(read: Callable[[str], str], text: str) -> str | Refusal:
    """Read one of several: what cannot be read is an error in its own place, and the others are answered."""
    try:
        return read(text)
    except Refusal as refusal:
        return refusal


async def _filled(
    info: Info, struct: type[Versioned], read: list[str | Refusal], good: list[str], at: Moment
) -> list[Any]:
    found = iter(await loaders(info).many(struct, tuple(good), at))
    return [next(found) if isinstance(key, str) else key for key in read]


def _bounded(keys: Sequence[str]) -> Sequence[str]:
    if len(keys) > MOST_KEYS:
        raise Refusal("TOO_MANY_KEYS", value=len(keys), limit=MOST_KEYS)
    return keys


@strawberry.type(description="What the hub answers. Every question may be asked as of a day and a moment.")
@decided(PUBLIC)
class Query(Recognition, Planning, Pathfinding, Comparing, Linting, ManyQuestions, Exploring, MembersAsked):
    """The root of all questions."""

    node: Node | None = strawberry.field(
        resolver=find_node, description="The thing an id names, in the version live then."
    )

    unit: UnitType | None = strawberry.field(
        resolver=_keyed(Unit), description="One accreditation unit 认证单元."
    )
    units_by_key: list[UnitType | None] = strawberry.field(
        resolver=_keys(Unit), description="Several accreditation units."
    )
    units: CountedConnection[UnitType] = strawberry.field(
        resolver=explored(Unit),
        description="Accreditation units, filtered and ordered; only PUBLISHED ones by default.",
    )
    outcome: OutcomeType | None = strawberry.field(
        resolver=_keyed(Outcome), description="One outcome 成果目录项."
    )
    outcomes_by_key: list[OutcomeType | None] = strawberry.field(
        resolver=_keys(Outcome), description="Several outcomes."
    )
    outcomes: CountedConnection[OutcomeType] = strawberry.field(
        resolver=explored(Outcome),
        description="Outcomes, filtered and ordered; only PUBLISHED ones by default.",
    )
    institution: InstitutionType | None = strawberry.field(
        resolver=_keyed(Institution), description="One institution 机构."
    )
    institutions_by_key: list[InstitutionType | None] = strawberry.field(
        resolver=_keys(Institution), description="Several institutions."
    )
    institutions: CountedConnection[InstitutionType] = strawberry.field(
        resolver=explored(Institution),
        description="Institutions, filtered and ordered; only PUBLISHED ones by default.",
    )
    rule: RuleType | None = strawberry.field(
        resolver=_coded(Rule), description="One conversion rule 转换规则, in the version live then."
    )
    rules_by_code: list[RuleType | None] = strawberry.field(
        resolver=_codes(Rule), description="Several conversion rules."
    )
    rules: CountedConnection[RuleType] = strawberry.field(
        resolver=explored(Rule),
        description="Conversion rules live then, filtered and ordered; only PUBLISHED ones by default.",
    )
    programme: ProgrammeType | None = strawberry.field(
        resolver=_keyed(Programme), description="One programme version 培养方案."
    )
    programmes: CountedConnection[ProgrammeType] = strawberry.field(
        resolver=explored(Programme),
        description="Programme versions, filtered and ordered; only PUBLISHED ones by default.",
    )
    agreement: AgreementType | None = strawberry.field(
        resolver=_coded(Agreement), description="One agreement 互认协议."
    )
    alliance: AllianceType | None = strawberry.field(
        resolver=_coded(Alliance), description="One alliance 联盟."
    )
    agreements: CountedConnection[AgreementType] = strawberry.field(
        resolver=explored(Agreement),
        description="Agreements, filtered and ordered; only PUBLISHED ones by default.",
    )
    alliances: CountedConnection[AllianceType] = strawberry.field(
        resolver=explored(Alliance),
        description="Alliances, filtered and ordered; only PUBLISHED ones by default.",
    )
    framework: FrameworkType | None = strawberry.field(
        resolver=_keyed(Framework), description="One framework edition 框架."
    )
    frameworks: CountedConnection[FrameworkType] = strawberry.field(
        resolver=explored(Framework),
        description="Framework editions, filtered and ordered; only PUBLISHED ones by default.",
    )
    industry: IndustryType | None = strawberry.field(
        resolver=_keyed(Industry), description="One industry class 行业分类."
    )
    industries: CountedConnection[IndustryType] = strawberry.field(
        resolver=explored(Industry),
        description="Industry classes, filtered and ordered; only PUBLISHED ones by default.",
    )
    region: RegionType | None = strawberry.field(resolver=_keyed(Region), description="One region 行政区划.")
    regions: CountedConnection[RegionType] = strawberry.field(
        resolver=explored(Region),
        description="Regions, filtered and ordered; only PUBLISHED ones by default.",
    )
    position: PositionType | None = strawberry.field(
        resolver=_keyed(Position), description="One position 岗位."
    )
    search: HitConnection = strawberry.field(
        resolver=resolve_search,
        description="Things of any status found by a code, or by parts of their titles in Chinese and "
        "English 检索: exact codes first, then codes beginning so, then whole titles, beginnings of titles, "
        "and other parts; no title stands twice before each has stood once.",
    )
    service: Service = strawberry.field(
        name="_service", resolver=service, description="The hub as a subgraph, for composers and gateways."
    )
    entities: list[AnyEntity | None] = strawberry.field(
        name="_entities",
        resolver=entities,
        description="The things that other subgraphs name, in their order, null for each not seen; always as "
        "of now.",
    )


def make_schema() -> Subgraph:
    """Make the schema."""
    return tell_apart(Subgraph(Query, Subscription, Mutation))
