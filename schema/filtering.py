"""Filters made into tests over sketches; hierarchies are walked, and who names what is looked up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from graph.covering import uncovered_units
from graph.hierarchy import with_descendants
from graph.model.framework import Industry, Region
from graph.model.institutions import Alliance, Institution, Membership
from graph.model.outcomes import Mapping, Outcome, Unit
from graph.model.values import IN_FORCE, Versioned
from graph.moment import Moment
from graph.naming import in_force
from graph.picking import (
    Test,
    all_of,
    any_of,
    begun_between,
    credit_between,
    filled,
    held_in,
    key_part,
    level_between,
    named,
    one_of,
)
from graph.search.spelling import folded
from schema.errors import Refusal
from schema.filters import CreditRange, DayRange, LevelRange
from schema.loaders import Loaders
from schema.scalars import read_code, read_key
from schema.warned import warn_of_unknown

T = TypeVar("T")
V = TypeVar("V")
B = TypeVar("B", date | None, Decimal | None, int | None)
Make = Callable[["Asked", Any], Awaitable[Test]]

MOST: Final = 200
"""How many values one filter may name."""


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
        spelled = await self._loaders.spelled(each(read_key, given), self._at)
        return await self.known(name, spelled)

    async def codes(self, name: str, given: Sequence[str]) -> list[str]:
        """Give codes; unknown ones are warned of."""
        return await self.known(name, each(read_code, given))

    async def known(self, name: str, values: list[str]) -> list[str]:
        """Give the values back; unknown ones are warned of."""
        await warn_of_unknown(self._loaders, self.struct, self._at, name, values)
        return values

    async def institutions(self, regions: Sequence[str]) -> frozenset[str]:
        """Give the institutions in some regions and all below them."""
        within = await self.below("regions", Region, regions)
        view = await self._loaders.view(Institution, self._at)
        return frozenset(thing.key for thing in view.things if thing.region in within)

    async def uncovered(self) -> frozenset[str]:
        """Give the units with a statement that no outcome covers, found once for each moment."""
        units, mappings = (
            await self._loaders.view(Unit, self._at),
            await self._loaders.view(Mapping, self._at),
        )
        outcomes = in_force(await self._loaders.view(Outcome, self._at)).by_key
        return await asyncio.to_thread(
            units.kept, "uncovered", lambda those: uncovered_units(those, mappings, outcomes)
        )

    async def allied(self, institutions: Sequence[str]) -> frozenset[str]:
        """Give the alliances that some institutions are members of."""
        view, wanted = await self._loaders.view(Membership, self._at), frozenset(institutions)
        members = (one for one in view.things if one.status in IN_FORCE)
        return frozenset(one.alliance for one in members if one.institution in wanted)


def given(where: Any) -> dict[str, Any]:
    """Give what a filter asks for."""
    return {} if where is None else {name: value for name, value in vars(where).items() if value is not None}


async def tests_of(loaders: Loaders, struct: type[Versioned], where: Any, at: Moment) -> list[Test]:
    """Turn a filter into tests, all of which must hold; of what is in force, if it names no status."""
    asked, wanted = Asked(loaders, struct, at), given(where)
    governed = [] if "statuses" in wanted else [one_of("status", IN_FORCE)]
    return governed + [await _MAKE[name](asked, value) for name, value in wanted.items()]


def each(read: Callable[[V], T], values: Sequence[V]) -> list[T]:
    """Read each value of a filter; `Refusal` TOO_MANY_KEYS where there are more than 200."""
    if len(values) > MOST:
        raise Refusal("TOO_MANY_KEYS", value=len(values), limit=MOST)
    return [read(value) for value in values]


def _among(field: str, read: Callable[[Any], Any]) -> Make:
    async def make(_asked: Asked, values: Sequence[Any]) -> Test:
        return one_of(field, each(read, values))

    return make


def _keyed(name: str, field: str) -> Make:
    async def make(asked: Asked, keys: Sequence[str]) -> Test:
        return one_of(field, await asked.keys(name, keys))

    return make


def _named_by_code(name: str, field: str) -> Make:
    async def make(asked: Asked, codes: Sequence[str]) -> Test:
        return one_of(field, await asked.codes(name, codes))

    return make


def _exactly(field: str) -> Make:
    async def make(_asked: Asked, value: bool) -> Test:
        return one_of(field, (value,))

    return make


def _coded(name: str, part: int) -> Make:
    async def make(asked: Asked, values: Sequence[str]) -> Test:
        return key_part(part, await asked.codes(name, values))

    return make


def _value(enum: Any) -> str:
    return str(enum.value)


async def _kinds(asked: Asked, values: Sequence[Any]) -> Test:
    make = any_of if asked.struct is Institution else one_of
    return make("kinds" if asked.struct is Institution else "kind", each(_value, values))


async def _industries(asked: Asked, keys: Sequence[str]) -> Test:
    return any_of("industries", await asked.below("industries", Industry, keys))


async def _regions(asked: Asked, keys: Sequence[str]) -> Test:
    if asked.struct is Institution:
        return one_of("region", await asked.below("regions", Region, keys))
    where = "institution" if asked.struct.__name__ == "Rule" else "issuer"
    return one_of(where, await asked.institutions(keys))


async def _institutions(asked: Asked, keys: Sequence[str]) -> Test:
    wanted = await asked.keys("institutions", keys)
    if asked.struct is Alliance:
        return one_of("key", await asked.allied(wanted))
    return one_of("institution", wanted)


async def _parties(asked: Asked, keys: Sequence[str]) -> Test:
    return any_of("parties", await asked.keys("parties", keys))


async def _all_parties(asked: Asked, keys: Sequence[str]) -> Test:
    return all_of("parties", await asked.keys("all_parties", keys))


async def _succeeded(_asked: Asked, yes: bool) -> Test:
    return filled("succeeded_by", yes)


async def _uncovered(asked: Asked, yes: bool) -> Test:
    return held_in("key", await asked.uncovered(), yes)


async def _began(_asked: Asked, given: DayRange) -> Test:
    return begun_between(*_ordered("began", given.since, given.until))


async def _below(asked: Asked, keys: Sequence[str]) -> Test:
    return one_of("key", await asked.below("below", asked.struct, keys))


async def _directions(asked: Asked, names: Sequence[str]) -> Test:
    return named("direction", await asked.known("directions", each(folded, names)))


async def _credit(asked: Asked, given: CreditRange) -> Test:
    [scheme] = await asked.known("credit.scheme", [read_code(given.scheme)])
    return credit_between(scheme, *_ordered("credit", given.at_least, given.at_most))


async def _level(asked: Asked, given: LevelRange) -> Test:
    framework = await asked.keys("level.framework", [given.framework] if given.framework else [])
    return level_between(
        framework[0] if framework else None, *_ordered("level", given.at_least, given.at_most)
    )


def _ordered(name: str, low: B, high: B) -> tuple[B, B]:
    """Give bounds back; `Refusal` RANGE_REVERSED where nothing could lie between them."""
    if low is not None and high is not None and low > high:
        raise Refusal("RANGE_REVERSED", filter=f"where.{name}", low=str(low), high=str(high))
    return low, high


_MAKE: Final[dict[str, Make]] = {
    "statuses": _among("status", _value),
    "synthetic": _exactly("synthetic"),
    "stub": _exactly("stub"),
    "schemes": _coded("schemes", 0),
    "editions": _coded("editions", 1),
    "kinds": _kinds,
    "classes": _among("outcome_class", _value),
    "issuers": _keyed("issuers", "issuer"),
    "owners": _keyed("owners", "owner"),
    "parents": _keyed("parents", "parent"),
    "receivers": _keyed("receivers", "institution"),
    "majors": _named_by_code("majors", "major"),
    "intakes": _among("intake", int),
    "stages": _among("stage", _value),
    "agreements": _named_by_code("agreements", "agreement"),
    "credit_schemes": _named_by_code("credit_schemes", "credit_scheme"),
    "alliances": _named_by_code("alliances", "alliance"),
    "positions": _keyed("positions", "position"),
    "ranks": _among("rank", int),
    "articulation": _exactly("articulation"),
    "parties": _parties,
    "all_parties": _all_parties,
    "succeeded": _succeeded,
    "uncovered": _uncovered,
    "began": _began,
    "institutions": _institutions,
    "below": _below,
    "directions": _directions,
    "industries": _industries,
    "regions": _regions,
    "credit": _credit,
    "level": _level,
}
