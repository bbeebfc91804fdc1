"""What a filter names and nobody knows: told as a warning, so that a slip differs from an empty answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from typing import Any, Final

from graph.inventory import View
from graph.model.framework import Framework, Industry, Position, Region
from graph.model.institutions import Agreement, Alliance, Institution
from graph.model.schemes import CreditScheme, Scheme
from graph.model.values import Versioned
from graph.moment import Moment
from graph.search.spelling import folded
from schema.loaders import Loaders
from schema.scalars import shown

Known = Callable[[Loaders, type[Versioned], Moment], Awaitable[Container[str]]]


async def warn_of_unknown(
    loaders: Loaders, struct: type[Versioned], at: Moment, name: str, values: list[str]
) -> None:
    """Warn of each value of a filter, as it is read, that nothing known at the moment bears."""
    known = await _KNOWN[name](loaders, struct, at)
    unused = [value for value in dict.fromkeys(values) if value not in known]
    for value in await _unheard(loaders, at, _THINGS.get(name), unused):
        loaders.warn("FILTER_VALUE_UNKNOWN", filter=f"where.{_spelled(name)}", value=shown(value))


def _spelled(name: str) -> str:
    """Give a filter's name as the schema writes it."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


async def _unheard(
    loaders: Loaders, at: Moment, struct: type[Versioned] | None, values: list[str]
) -> list[str]:
    """Give what no known thing is named: a scheme that nothing listed bears is known all the same."""
    if struct is None or not values:
        return values
    found = await loaders.many(struct, tuple(values), at)
    return [value for value, thing in zip(values, found, strict=True) if thing is None]


def _keys(of: type[Versioned]) -> Known:
    async def known(loaders: Loaders, _struct: type[Versioned], at: Moment) -> Container[str]:
        return (await loaders.view(of, at)).by_key

    return known


def _said(name: str, say: Callable[[Any], str | None]) -> Known:
    def gathered(view: View[Any]) -> Container[str]:
        return frozenset(text for thing in view.things if (text := say(thing)) is not None)

    async def known(loaders: Loaders, struct: type[Versioned], at: Moment) -> Container[str]:
        return (await loaders.view(struct, at)).kept(("said", name), gathered)

    return known


async def _directions(loaders: Loaders, struct: type[Versioned], at: Moment) -> Container[str]:
    def gathered(view: View[Any]) -> Container[str]:
        return frozenset(
            folded(text) for thing in view.things for text in (thing.direction.zh, thing.direction.en)
        )

    return (await loaders.view(struct, at)).kept(("said", "direction"), gathered)


async def _same(loaders: Loaders, struct: type[Versioned], at: Moment) -> Container[str]:
    return (await loaders.view(struct, at)).by_key


_KNOWN: Final[dict[str, Known]] = {
    "industries": _keys(Industry),
    "regions": _keys(Region),
    "issuers": _keys(Institution),
    "owners": _keys(Institution),
    "parents": _keys(Institution),
    "receivers": _keys(Institution),
    "parties": _keys(Institution),
    "all_parties": _keys(Institution),
    "institutions": _keys(Institution),
    "agreements": _keys(Agreement),
    "alliances": _keys(Alliance),
    "below": _same,
    "majors": _said("major", lambda thing: thing.major),
    "credit_schemes": _said("credit scheme", lambda thing: thing.credit_scheme),
    "directions": _directions,
    "positions": _said("position", lambda thing: thing.position),
    "schemes": _said("scheme", lambda thing: thing.key.split(":", 2)[0]),
    "editions": _said("edition", lambda thing: thing.key.split(":", 2)[1]),
    "credit.scheme": _said("credit", lambda thing: thing.credit and thing.credit.scheme),
    "level.framework": _said("level", lambda thing: thing.level and thing.level.framework),
}

_THINGS: Final[dict[str, type[Versioned]]] = {
    "positions": Position,
    "schemes": Scheme,
    "credit_schemes": CreditScheme,
    "credit.scheme": CreditScheme,
    "level.framework": Framework,
}
"""What a value names by itself, known even where nothing listed bears it."""
