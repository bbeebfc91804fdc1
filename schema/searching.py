"""Search in the API: what is found for a text, each with the way it was found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from functools import partial
from itertools import chain
from typing import Annotated, Any, Final, TypeVar

import strawberry
from graphql import GraphQLUnionType
from strawberry import Schema
from strawberry.types import Info

from graph.model.framework import Industry
from graph.model.institutions import Institution
from graph.model.outcomes import Outcome, Unit
from graph.model.rules import Rule
from graph.model.values import Versioned
from graph.search.holdings import code_of
from graph.search.index import Find, FoundBy
from graph.search.spelling import cut, folded, is_found
from schema.arguments import After, As, First
from schema.asking import Connection, Edge, PageInfo, loaders
from schema.cursors import place_after, place_cursor
from schema.errors import Refusal
from schema.framework import IndustryType
from schema.institutions import InstitutionType
from schema.loaders import FIRST, paging
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.rules import RuleType
from schema.texts import TextType
from schema.units import UnitType
from schema.weights import costs

S = TypeVar("S", bound=Schema)

LONGEST: Final = 400
"""The longest text that is searched: as long as the longest title."""


@strawberry.enum(description="What may be searched for.")
class SearchKind(Enum):
    """What may be searched for."""

    OUTCOME = strawberry.enum_value("Outcome", description="Outcomes 成果目录项.")
    UNIT = strawberry.enum_value("Unit", description="Accreditation units 认证单元.")
    INSTITUTION = strawberry.enum_value("Institution", description="Institutions 机构.")
    INDUSTRY = strawberry.enum_value("Industry", description="Industry classes 行业分类.")
    RULE = strawberry.enum_value("Rule", description="Conversion rules 转换规则.")


STRUCTS: Final[dict[SearchKind, type[Versioned]]] = {
    SearchKind.OUTCOME: Outcome,
    SearchKind.UNIT: Unit,
    SearchKind.INSTITUTION: Institution,
    SearchKind.INDUSTRY: Industry,
    SearchKind.RULE: Rule,
}
_KINDS: Final = {struct: kind for kind, struct in STRUCTS.items()}
_NAMES: Final[dict[type, str]] = {
    Outcome: "Outcome",
    Unit: "AccreditationUnit",
    Institution: "Institution",
    Industry: "Industry",
    Rule: "ConversionRule",
}


Searchable = Annotated[
    OutcomeType | UnitType | InstitutionType | IndustryType | RuleType,
    strawberry.union("Searchable", description="What may be searched for 可检索项."),
]


def tell_apart(schema: S) -> S:
    """Have the members of the union told by the canonical values behind them: a type with `is_type_of`
    would lose the short way for its plain fields (decision 0005)."""
    union = schema._schema.type_map["Searchable"]
    assert isinstance(union, GraphQLUnionType)
    union.resolve_type = lambda value, _info, _union: _NAMES[type(value)]
    return schema


async def _total(root: Any) -> int | None:
    found = int(await root.counting())
    return found if found <= COUNTED else None


async def _at_least(root: Any) -> int:
    return min(int(await root.counting()), COUNTED)


@strawberry.type(name="Hit", description="A thing found by a search, and how it was found 检索结果.")
@decided(PUBLIC)
class HitType:
    """A thing found by a search."""

    key: str = strawberry.field(description="The key of the thing; of a rule its code.")
    kind: SearchKind = strawberry.field(description="What kind of thing it is.")
    title: TextType = strawberry.field(description="Its title.")
    stub: bool = strawberry.field(description="Whether it is only known because something else names it.")
    synthetic: bool = strawberry.field(description="Whether it was made by the project 合成数据.")
    thing: Searchable = strawberry.field(description="The thing itself.")
    found_by: FoundBy = strawberry.field(description="How it was found; better ways come first.")
    matched: str = strawberry.field(description="The code or the title in which the text was found.")


COUNTED: Final = 10_000
"""How many things found are counted at most."""


@strawberry.type(description="A page of what was found.")
@decided(PUBLIC)
class HitConnection(Connection[HitType]):
    """A page of what was found, which can be counted so far."""

    counting: strawberry.Private[Callable[[], Awaitable[int]]]

    total_count: int | None = strawberry.field(
        resolver=_total,
        metadata=costs(5),
        description="How many are found on all pages together, exactly; null where there are more than "
        "10,000.",
    )
    at_least: int = strawberry.field(
        name="atLeastCount",
        resolver=_at_least,
        metadata=costs(5),
        description="How many are found at least: exactly so many up to 10,000, and 10,000 where there are "
        "more.",
    )


SearchText = Annotated[
    str,
    strawberry.argument(
        description="A code or its beginning, or part of a title: Chinese characters in a row, words or "
        "their beginnings; all of them must be found. At most 400 characters. No character has a special "
        "meaning."
    ),
]
Kinds = Annotated[
    list[SearchKind] | None, strawberry.argument(description="Only these kinds of things. Default: all.")
]


async def resolve_search(
    info: Info,
    text: SearchText,
    kinds: Kinds = None,
    first: First = FIRST,
    after: After = None,
    as_of: As = None,
) -> Any:
    """Find things by a code or by parts of their titles."""
    plain, page, skip = read_text(text), paging(first, None), place_after(after)
    index, at = await loaders(info).index(info, as_of)
    structs = [STRUCTS[kind] for kind in (SearchKind if kinds is None else kinds)]
    finds = index.find(plain, structs, at, skip=skip, first=page.first + 1)
    things = await loaders(info).found(finds[: page.first], at)
    counting = partial(asyncio.to_thread, index.count, plain, structs, at, COUNTED + 1)
    return _connected(plain, things, skip, counting, more=len(finds) > page.first)


def read_text(text: str) -> str:
    """Fold what is searched for; `Refusal` where nothing is left of it, or where it is too long."""
    if len(text) > LONGEST:
        raise Refusal("SEARCH_TEXT_TOO_LONG", value=len(text), limit=LONGEST)
    plain = folded(text)
    if not plain:
        raise Refusal("SEARCH_TEXT_EMPTY")
    return plain


def _connected(
    text: str,
    things: Sequence[tuple[Find, Any]],
    skip: int,
    counting: Callable[[], Awaitable[int]],
    *,
    more: bool,
) -> Any:
    hits = [_hit(text, find, thing) for find, thing in things]
    edges = [Edge(node=hit, cursor=place_cursor(skip + place)) for place, hit in enumerate(hits, 1) if hit]
    end = place_cursor(skip + len(hits)) if hits else None
    return HitConnection(
        nodes=[edge.node for edge in edges],
        edges=edges,
        page_info=PageInfo(has_next_page=more, end_cursor=end),
        counting=counting,
    )


def _hit(text: str, find: Find, thing: Any) -> HitType | None:
    """Dress a find; none where the graph no longer shows the thing."""
    return thing and HitType(
        key=thing.key,
        kind=_KINDS[find.struct],
        title=thing.title,
        stub=thing.stub,
        synthetic=thing.synthetic,
        thing=thing,
        found_by=find.found_by,
        matched=_matched(text, find, thing),
    )


def _matched(text: str, find: Find, thing: Any) -> str:
    if find.found_by in (FoundBy.CODE, FoundBy.CODE_PREFIX):
        return code_of(find.key)
    zh, en = thing.title.zh, thing.title.en
    sought = (text,) if find.found_by is not FoundBy.WORDS else chain(*cut(text))
    spelled = folded(zh)
    return str(zh if any(is_found(piece, spelled) for piece in sought) else en)
