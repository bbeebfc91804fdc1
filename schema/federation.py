"""The hub as a subgraph: what it says of itself, and the things that others name by their keys.

Keys are the natural codes: `key`, and beside it `scheme edition code` where a key is made of these. What
`_entities` answers are canonical values, so an entity's type follows from the value's own: nothing here
needs `is_type_of`, which would cost the types their short way (schema/plain.py).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, NamedTuple

import strawberry
from graphql import GraphQLUnionType
from strawberry.federation.schema import FederationAny
from strawberry.types import Info

from graph import things
from graph.model.framework import Framework, Industry, Position, Region
from graph.model.institutions import Agreement, Alliance, Institution
from graph.model.outcomes import Outcome, Programme, Unit
from graph.model.rules import Rule
from graph.model.values import Versioned, normalised
from schema.asking import loaders
from schema.errors import Refusal
from schema.framework import FrameworkType, IndustryType, PositionType, RegionType
from schema.institutions import AgreementType, AllianceType, InstitutionType
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.programmes import ProgrammeType
from schema.rules import RuleType
from schema.scalars import LONGEST, SCALARS, read_code, read_key, shown
from schema.units import UnitType
from schema.weights import costs

VERSION: Final = "2.9"
"""Of the federation specification: the newest that all three common composers read."""

ANY: Final[dict[object, Any]] = {
    FederationAny: strawberry.scalar(
        name="_Any",
        description="Names a thing of some type: `__typename` and the fields of one of its keys.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    )
}

MOST: Final = things.MOST
"""How many entities one question may name: as many as one round trip finds."""

SPOILT: Final = 10
"""How many of them are refused in their places; with more the whole is, for each error costs time."""


class Entity(NamedTuple):
    """A type that other subgraphs may name: its struct, and how its key is read."""

    struct: type[Versioned]
    read: Callable[[Mapping[str, Any]], str]


class Named(NamedTuple):
    """What a representation names."""

    struct: type[Versioned]
    key: str


def _coded(given: Mapping[str, Any]) -> str:
    """Read a coded key: `key`, or else its three parts."""
    if "key" in given:
        return read_key(_text(given, "key"))
    parts = [normalised(_text(given, name)[: LONGEST + 1]) for name in ("scheme", "edition", "code")]
    if any(":" in part for part in parts[:2]):
        raise Refusal("MALFORMED_KEY", key=shown(":".join(parts)))
    return read_key(":".join(parts))


def _bare(given: Mapping[str, Any]) -> str:
    """Read a bare code."""
    return read_code(_text(given, "key"))


ENTITIES: Final = {
    "AccreditationUnit": Entity(Unit, _coded),
    "Agreement": Entity(Agreement, _bare),
    "Alliance": Entity(Alliance, _bare),
    "ConversionRule": Entity(Rule, _bare),
    "Framework": Entity(Framework, _coded),
    "Industry": Entity(Industry, _coded),
    "Institution": Entity(Institution, _coded),
    "Outcome": Entity(Outcome, _coded),
    "Position": Entity(Position, _coded),
    "ProgrammeVersion": Entity(Programme, _coded),
    "Region": Entity(Region, _coded),
}
NAMES: Final = {entity.struct: name for name, entity in ENTITIES.items()}

AnyEntity = Annotated[
    UnitType
    | AgreementType
    | AllianceType
    | RuleType
    | FrameworkType
    | IndustryType
    | InstitutionType
    | OutcomeType
    | PositionType
    | ProgrammeType
    | RegionType,
    strawberry.union("_Entity", description="A thing that other subgraphs may name by its key."),
]
Representations = Annotated[
    list[FederationAny],
    strawberry.argument(
        description="Each an object of `__typename` and a key: `key`, or `scheme`, `edition` and `code`; "
        f"at most {MOST}."
    ),
]


@strawberry.type(name="_Service", description="The hub as a subgraph of a federation.")
@decided(PUBLIC)
class Service:
    """What the hub says of itself to a composer."""

    # As much text as thousands of other fields, so that an answer holds a few copies at most.
    sdl: str = strawberry.field(
        metadata=costs(2_000), description="The hub's schema with its federation directives."
    )


class Subgraph(strawberry.federation.Schema):
    """A schema whose query has `_service` and `_entities` of its own, and which is printed once."""

    def __init__(self, query: type, subscription: type | None = None, mutation: type | None = None) -> None:
        super().__init__(
            query=query,
            subscription=subscription,
            mutation=mutation,
            config=SCALARS,
            scalar_overrides=ANY,
            federation_version=VERSION,
        )
        union = self._schema.type_map["_Entity"]
        assert isinstance(union, GraphQLUnionType)
        union.resolve_type = lambda value, _info, _union: NAMES[type(value)]

    def _get_federation_query_type(self, query: Any, *_rest: Any) -> Any:
        """Leave the query as it is: a generated heir would lose the decisions on its fields."""
        return query

    @cached_property
    def sdl(self) -> str:
        """The schema as composers read it, and as `schema.graphql` holds it."""
        return self.as_str().rstrip() + "\n"


async def service(info: Info) -> Service:
    """Tell a composer the schema."""
    assert isinstance(info.schema, Subgraph)
    return Service(sdl=info.schema.sdl)


async def entities(info: Info, representations: Representations) -> list[AnyEntity | None]:
    """Find the named things, as of now; one that is malformed is refused in its place."""
    if len(representations) > MOST:
        raise Refusal("TOO_MANY_KEYS", value=len(representations), limit=MOST)
    answers: list[Any] = []
    spoilt = 0
    for given in representations:
        answers.append(answer := _read(given))
        spoilt += isinstance(answer, Refusal)
        if spoilt > SPOILT:
            raise answer
    await _fill(info, answers)
    return answers


async def _fill(info: Info, answers: list[Any]) -> None:
    """Put the things where their names are; a refusal stays, and graphql-core reports it at its place."""
    at = await loaders(info).moment(info, None)
    wanted: dict[type[Versioned], list[int]] = defaultdict(list)
    for place, answer in enumerate(answers):
        if isinstance(answer, Named):
            wanted[answer.struct].append(place)

    async def fill(struct: type[Versioned], places: list[int]) -> None:
        found = await loaders(info).many(struct, tuple(answers[place].key for place in places), at)
        for place, thing in zip(places, found, strict=True):
            answers[place] = thing

    await asyncio.gather(*(fill(struct, places) for struct, places in wanted.items()))


def _read(given: Any) -> Any:
    """Read a representation: what it names, or why it is refused."""
    try:
        entity = ENTITIES.get(_text(given, "__typename")) if isinstance(given, dict) else None
        if entity is None:
            raise Refusal("MALFORMED_REPRESENTATION", member="__typename")
        return Named(entity.struct, entity.read(given))
    except Refusal as refusal:
        return refusal


def _text(given: Mapping[str, Any], name: str) -> str:
    text = given.get(name)
    if not isinstance(text, str):
        raise Refusal("MALFORMED_REPRESENTATION", member=name)
    return text
