"""The filters of the long lists: what one may ask of outcomes, units, institutions and rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

import strawberry

import schema.enums  # noqa: F401 - tells the closed lists before any type uses one
from graph.hierarchy import with_descendants
from graph.model.framework import Industry, Region
from graph.model.institutions import Institution, InstitutionKind
from graph.model.outcomes import OutcomeClass, OutcomeKind
from graph.model.values import Status, Versioned
from graph.moment import Moment
from graph.picking import Test, any_of, credit_between, key_part, level_between, one_of
from schema.errors import Refusal
from schema.loaders import Loaders
from schema.scalars import CodeText, KeyText, read_code, read_key
from schema.warned import warn_of_unknown

T = TypeVar("T")
V = TypeVar("V")
Make = Callable[["Asked", Any], Awaitable[Test]]

MOST: Final = 200
"""How many values one filter may name."""


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


@strawberry.input(description="What a thing must be to be listed.")
class GovernedFilter:
    """What all filters have."""

    statuses: list[Status] | None = strawberry.field(default=None, description="With one of these statuses.")
    synthetic: bool | None = strawberry.field(
        default=None, description="Only what the project made, or only what it did not."
    )
    stub: bool | None = strawberry.field(
        default=None, description="Only what is known by name alone, or only what is known in full."
    )


@strawberry.input(description="What a coded thing must be to be listed.")
class CodedFilter(GovernedFilter):
    """What the filters of coded things have."""

    schemes: list[CodeText] | None = strawberry.field(
        default=None, description="Numbered by one of these schemes."
    )
    editions: list[CodeText] | None = strawberry.field(
        default=None, description="Of one of these editions; `-` for none."
    )
    industries: list[KeyText] | None = strawberry.field(
        default=None, description="Of one of these industry classes, or of any class below them."
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


@strawberry.input(description="What an accreditation unit must be to be listed; every field given must hold.")
class UnitFilter(CodedFilter):
    """A filter of units."""

    owners: list[KeyText] | None = strawberry.field(
        default=None, description="Established by one of these institutions."
    )
    credit: CreditRange | None = strawberry.field(default=None, description="With credit in this range.")
    level: LevelRange | None = strawberry.field(default=None, description="With a level in this range.")


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


class Asked:
    """A filter about to become tests: of which concept, and as of when."""

    def __init__(self, loaders: Loaders, struct: type[Versioned], at: Moment) -> None:
        self.struct = struct
        self._loaders = loaders
        self._at = at

    async def below(self, name: str, struct: type[Versioned], keys: Sequence[str]) -> frozenset[str]:
        """Give some classes and all below them."""
        return with_descendants(await self._loaders.view(struct, self._at), await self.keys(name, keys))

    async def keys(self, name: str, given: Sequence[str]) -> list[str]:
        """Give keys as their schemes spell them; unknown ones are warned of."""
        spelled = await self._loaders.spelled(_each(read_key, given), self._at)
        return await self.known(name, spelled)

    async def known(self, name: str, values: list[str]) -> list[str]:
        """Give the values back; unknown ones are warned of."""
        await warn_of_unknown(self._loaders, self.struct, self._at, name, values)
        return values

    async def institutions(self, regions: Sequence[str]) -> frozenset[str]:
        """Give the institutions in some regions and all below them."""
        within = await self.below("regions", Region, regions)
        view = await self._loaders.view(Institution, self._at)
        return frozenset(thing.key for thing in view.things if thing.region in within)


async def tests_of(loaders: Loaders, struct: type[Versioned], where: Any, at: Moment) -> list[Test]:
    """Turn a filter into tests, all of which must hold."""
    asked = Asked(loaders, struct, at)
    given = {} if where is None else {name: value for name, value in vars(where).items() if value is not None}
    return [await _MAKE[name](asked, value) for name, value in given.items()]


def _each(read: Callable[[V], T], values: Sequence[V]) -> list[T]:
    if len(values) > MOST:
        raise Refusal("TOO_MANY_KEYS", value=len(values), limit=MOST)
    return [read(value) for value in values]


def _among(field: str) -> Make:
    async def make(_asked: Asked, values: Sequence[Any]) -> Test:
        return one_of(field, _each(_value, values))

    return make


def _keyed(name: str, field: str) -> Make:
    async def make(asked: Asked, keys: Sequence[str]) -> Test:
        return one_of(field, await asked.keys(name, keys))

    return make


async def _agreements(asked: Asked, codes: Sequence[str]) -> Test:
    return one_of("agreement", await asked.known("agreements", _each(read_code, codes)))


def _exactly(field: str) -> Make:
    async def make(_asked: Asked, value: bool) -> Test:
        return one_of(field, (value,))

    return make


def _coded(name: str, part: int) -> Make:
    async def make(asked: Asked, values: Sequence[str]) -> Test:
        return key_part(part, await asked.known(name, _each(read_code, values)))

    return make


def _value(enum: Any) -> str:
    return str(enum.value)


async def _kinds(asked: Asked, values: Sequence[Any]) -> Test:
    make = any_of if asked.struct is Institution else one_of
    return make("kinds" if asked.struct is Institution else "kind", _each(_value, values))


async def _industries(asked: Asked, keys: Sequence[str]) -> Test:
    return any_of("industries", await asked.below("industries", Industry, keys))


async def _regions(asked: Asked, keys: Sequence[str]) -> Test:
    if asked.struct is Institution:
        return one_of("region", await asked.below("regions", Region, keys))
    where = "institution" if asked.struct.__name__ == "Rule" else "issuer"
    return one_of(where, await asked.institutions(keys))


async def _credit(asked: Asked, given: CreditRange) -> Test:
    [scheme] = await asked.known("credit.scheme", [read_code(given.scheme)])
    return credit_between(scheme, given.at_least, given.at_most)


async def _level(asked: Asked, given: LevelRange) -> Test:
    named = await asked.keys("level.framework", [given.framework] if given.framework else [])
    return level_between(named[0] if named else None, given.at_least, given.at_most)


_MAKE: Final[dict[str, Make]] = {
    "statuses": _among("status"),
    "synthetic": _exactly("synthetic"),
    "stub": _exactly("stub"),
    "schemes": _coded("schemes", 0),
    "editions": _coded("editions", 1),
    "kinds": _kinds,
    "classes": _among("outcome_class"),
    "issuers": _keyed("issuers", "issuer"),
    "owners": _keyed("owners", "owner"),
    "parents": _keyed("parents", "parent"),
    "receivers": _keyed("receivers", "institution"),
    "agreements": _agreements,
    "industries": _industries,
    "regions": _regions,
    "credit": _credit,
    "level": _level,
}
