"""Reading things: by key, by page, by version, by what names them; always batched, always bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from graph import projections
from graph.directory import Directory
from graph.model.concepts import BY_STRUCT, CONCEPTS
from graph.model.outcomes import Mapping
from graph.model.values import Versioned
from graph.moment import Moment
from graph.store import Store

T = TypeVar("T", bound=Versioned)
Row = dict[str, Any]

MOST: Final = 500
"""The most things one question lists, and the most keys it looks up at once in one statement."""

# What a version must pass to be seen at (validOn, knownAt). Half-open windows; texts compare as times do.
SEEN: Final = (
    "{v}.recordedAt <= $known AND {v}.retractedAt > $known AND {v}.validFrom <= $on AND {v}.validTo > $on"
)
_KNOWN: Final = "{v}.recordedAt <= $known AND {v}.retractedAt > $known"
# Of several seen versions of one thing, the highest number is live.
LIVE: Final = (
    SEEN.format(v="v")
    + " AND NOT EXISTS {{ MATCH (t)-[:VERSION]->(w:{label}Version) WHERE w.number > v.number AND "
    + SEEN.format(v="w")
    + " }}"
)
_COLUMNS: Final = "v.number AS number, v.recordedAt AS recorded, v.retractedAt AS retracted, v.body AS body"

_FIND: Final = (
    "UNWIND $keys AS key MATCH (t:{label} {{key: key}})-[:VERSION]->(v:{label}Version) WHERE "
    + SEEN.format(v="v")
    + f" RETURN key, {_COLUMNS}"
)
_VERSIONS: Final = (
    "UNWIND $keys AS key MATCH (t:{label} {{key: key}})-[:VERSION]->(v:{label}Version) WHERE "
    + _KNOWN.format(v="v")
    + f" RETURN key, {_COLUMNS} ORDER BY v.number, v.recordedAt LIMIT {MOST * 20}"
)
_PAGE: Final = (
    "MATCH (t:{label})-[:VERSION]->(v:{label}Version) "
    "WHERE t.key > $after AND t.key <= $upto AND "
    + LIVE
    + f" RETURN t.key AS key, {_COLUMNS} ORDER BY t.key LIMIT $first"
)
_NAMING: Final = (
    "UNWIND $keys AS named CALL {{ WITH named "
    "MATCH (n:{named} {{key: named}})<-[:{edges}]-(v:{label}Version)<-[:VERSION]-(t:{label}) "
    "WHERE t.key > $after AND "
    + LIVE
    + f" RETURN DISTINCT t.key AS key, {_COLUMNS} ORDER BY key LIMIT $first }}}} "
    "RETURN named, key, number, recorded, retracted, body"
)

# A pattern begins where its key is: the engine walks patterns as they are written.
_MAPPINGS: Final = (
    "UNWIND $keys AS named CALL {{ WITH named MATCH {mapped} "
    "WHERE v.key > $after AND "
    + SEEN.format(v="v")
    + " AND NOT EXISTS {{ MATCH (o)-[w:MAPS_TO]->(u) WHERE w.key = v.key AND w.number > v.number AND "
    + SEEN.format(v="w")
    + f" }}}} RETURN v.key AS key, {_COLUMNS} ORDER BY key LIMIT $first }}}} "
    "RETURN named, key, number, recorded, retracted, body"
)
_MAPPINGS_OF: Final = {
    "outcome": _MAPPINGS.format(mapped="(o:Outcome {key: named})-[v:MAPS_TO]->(u:Unit)"),
    "unit": _MAPPINGS.format(mapped="(u:Unit {key: named})<-[v:MAPS_TO]-(o:Outcome)"),
}
Side = Literal["outcome", "unit"]
_BY_LABEL: Final = {
    template: {concept.struct: template.format(label=concept.label) for concept in CONCEPTS}
    for template in (_FIND, _VERSIONS, _PAGE)
}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, in order of keys; ``more`` tells whether the list goes on after them."""

    things: tuple[T, ...]
    more: bool


async def find(store: Store, struct: type[T], keys: Sequence[str], at: Moment) -> list[T | None]:
    """Give the live version of each key, in the order of the keys; None where nothing is seen."""
    live: dict[str, Row] = {}
    for row in await store.read(_BY_LABEL[_FIND][struct], keys=list(keys), on=at.valid_on, known=at.known_at):
        best = live.get(row["key"])
        if best is None or best["number"] < row["number"]:
            live[row["key"]] = row
    return [thing_of(struct, live[key]) if key in live else None for key in keys]


async def versions(store: Store, struct: type[T], keys: Sequence[str], at: Moment) -> list[tuple[T, ...]]:
    """Give every version of each key known at the moment, whatever its window, oldest first."""
    found: dict[str, list[T]] = {key: [] for key in keys}
    for row in await store.read(_BY_LABEL[_VERSIONS][struct], keys=list(keys), known=at.known_at):
        found[row["key"]].append(thing_of(struct, row))
    return [tuple(found[key]) for key in keys]


async def page(
    store: Store, directory: Directory, struct: type[T], at: Moment, *, first: int, after: str = ""
) -> Page[T]:
    """List live things in order of their keys, those after ``after``."""
    rows: list[Row] = []
    for start, upto in await directory.windows(struct, at.published, after, first):
        rows += await store.read(
            _BY_LABEL[_PAGE][struct],
            after=start,
            upto=upto,
            first=first + 1 - len(rows),
            on=at.valid_on,
            known=at.known_at,
        )
        if len(rows) > first:
            break
    return _paged(struct, rows, first)


@dataclass(frozen=True, slots=True)
class Naming:
    """A way back along edges: the things of ``struct`` that name a thing of ``named`` by any of ``edges``."""

    struct: type[Versioned]
    edges: tuple[str, ...]
    named: type[Versioned]

    @property
    def query(self) -> str:
        """The statement that lists, for each named key, a page of those naming it."""
        return _NAMING.format(
            label=BY_STRUCT[self.struct].label, edges="|".join(self.edges), named=BY_STRUCT[self.named].label
        )


async def naming(
    store: Store, way: Naming, keys: Sequence[str], at: Moment, *, first: int, after: str = ""
) -> list[Page[Any]]:
    """List, for each key, the live things that name it, a page each; one round trip for all keys."""
    rows = await store.read(
        way.query, keys=list(keys), after=after, first=first + 1, on=at.valid_on, known=at.known_at
    )
    return _pages(way.struct, rows, keys, first)


async def mappings(
    store: Store, side: Side, keys: Sequence[str], at: Moment, *, first: int, after: str = ""
) -> list[Page[Mapping]]:
    """List, for each outcome or each unit, its live mappings, a page each; one round trip for all keys."""
    rows = await store.read(
        _MAPPINGS_OF[side], keys=list(keys), after=after, first=first + 1, on=at.valid_on, known=at.known_at
    )
    return _pages(Mapping, rows, keys, first)


def thing_of(struct: type[T], row: Row) -> T:
    """Decode a version node's row into its value, with its number and recorded times."""
    return projections.thing_of(struct, row["body"], row["number"], row["recorded"], row["retracted"])


def _paged(struct: type[T], rows: Iterable[Row], first: int) -> Page[T]:
    things = tuple(thing_of(struct, row) for row in rows)
    return Page(things[:first], more=len(things) > first)


def _pages(struct: type[T], rows: Iterable[Row], keys: Sequence[str], first: int) -> list[Page[T]]:
    groups: dict[str, list[Row]] = {key: [] for key in keys}
    for row in rows:
        groups[row["named"]].append(row)
    return [_paged(struct, groups[key], first) for key in keys]


_BETWEEN: Final = (
    "UNWIND $pairs AS pair MATCH (o:Outcome {{key: pair[0]}})-[v:MAPS_TO]->(u:Unit {{key: pair[1]}}) WHERE "
    + SEEN.format(v="v")
    + f" RETURN pair[0] + '|' + pair[1] AS named, v.key AS key, {_COLUMNS} ORDER BY key, number "
    f"LIMIT {MOST * 20}"
).format()


async def between(store: Store, pairs: Sequence[str], at: Moment) -> list[tuple[Mapping, ...]]:
    """Give the live mappings of each pair (`outcome|unit`), by key."""
    given = [pair.split("|", 1) for pair in pairs]
    rows = await store.read(_BETWEEN, pairs=given, on=at.valid_on, known=at.known_at)
    found: dict[str, dict[str, Mapping]] = {pair: {} for pair in pairs}
    for row in rows:
        found[row["named"]][row["key"]] = thing_of(Mapping, row)  # a higher number comes later
    return [tuple(found[pair].values()) for pair in pairs]
