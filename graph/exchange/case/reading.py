"""A framework with its items and associations, read back from the graph at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, LiteralString, TypeVar

from graph.exchange.case import association, document, item
from graph.exchange.case.verbatim import Said
from graph.model.concepts import BY_STRUCT
from graph.model.framework import Association, Framework, FrameworkItem
from graph.model.values import Versioned
from graph.moment import Moment
from graph.store import Row, Store
from graph.things import SEEN, find, thing_of

T = TypeVar("T", bound=Versioned)

_MEMBERS: Final = (
    "MATCH (f:Framework {{key: $key}})<-[:IN_FRAMEWORK]-(v:{label}Version) WHERE "
    + SEEN.format(v="v")
    + " RETURN v.key AS key, v.number AS number, v.recordedAt AS recorded, v.retractedAt AS retracted, "
    "v.body AS body"
)
_QUERIES: Final[dict[type[Versioned], LiteralString]] = {
    struct: _MEMBERS.format(label=BY_STRUCT[struct].label) for struct in (FrameworkItem, Association)
}


@dataclass(frozen=True, slots=True)
class Whole:
    """A framework and all that is in it, in order of keys."""

    framework: Framework
    items: tuple[FrameworkItem, ...]
    associations: tuple[Association, ...]

    def package(self) -> Said:
        """Return it as a CFPackage, its lists ordered by identifier."""
        said = document.package(self.framework)
        if self.items or document.ITEMS in said:
            said[document.ITEMS] = [item.write(one) for one in self.items]
        if self.associations or document.ASSOCIATIONS in said:
            said[document.ASSOCIATIONS] = [association.write(one) for one in self.associations]
        return said


async def whole(store: Store, key: str, at: Moment) -> Whole | None:
    """Read the framework called ``key``; None where none is seen."""
    (framework,) = await find(store, Framework, [key], at)
    if framework is None:
        return None
    items = await _members(store, FrameworkItem, key, at)
    return Whole(framework, items, await _members(store, Association, key, at))


async def _members(store: Store, struct: type[T], key: str, at: Moment) -> tuple[T, ...]:
    live: dict[str, Row] = {}
    rows = store.stream(_QUERIES[struct], key=key, on=at.valid_on, known=at.known_at)
    async for row in rows:
        if row["key"] not in live or live[row["key"]]["number"] < row["number"]:
            live[row["key"]] = row
    return tuple(thing_of(struct, live[key]) for key in sorted(live))
