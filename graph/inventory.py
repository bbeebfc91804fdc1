"""The inventory: a sketch of every version of the concepts one explores, kept until the next publication.

Neither engine can filter a long list by ten properties and order it by a sixth without reading all of it
(decision 0008). So it is read once, in windows of keys, and answered from memory; of a later publication only
what it changed is read (`graph/following.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from itertools import chain, groupby, pairwise
from operator import attrgetter
from typing import Any, Final, Generic, LiteralString, TypeVar, cast

from graph.directory import END, Directory
from graph.errors import GraphError
from graph.feed import Feed
from graph.following import CHANGED, counting, folded_in, retraction
from graph.model.concepts import BY_STRUCT
from graph.model.outcomes import Mapping, Unit
from graph.model.values import Versioned
from graph.moment import Moment
from graph.sketches import SKETCHES, Sketch, sketcher
from graph.store import Store
from graph.tasks import stop

S = TypeVar("S", bound=Sketch)
T = TypeVar("T")

FENCES: Final = 20
"""How many of the directory's fences are read at once."""
_ORDER: Final = attrgetter("key", "number", "recorded")
VIEWS: Final = 32
"""How many views (concept, day and moment) are remembered; the least recently used goes first."""

KEPT: Final = 2
"""How many publications are remembered of a concept: some questions still ask about the one before."""
BREATH: Final = 250
"""After so many changed versions read, others have their turn."""
FOLDED: Final = 20_000
"""The most changed versions that are folded in; where more changed, all is read anew, in windows."""

_READ: Final[dict[type[Versioned], LiteralString]] = {
    struct: f"MATCH (t:{BY_STRUCT[struct].label})-[:VERSION]->(v:{BY_STRUCT[struct].label}Version) "
    "WHERE t.key > $after AND t.key <= $upto AND v.recordedAt <= $known "
    "RETURN collect({number: v.number, recorded: v.recordedAt, retracted: v.retractedAt, body: v.body}) "
    "AS rows"
    for struct in SKETCHES
    if struct is not Mapping
}
# Mappings have no node of their own (decision 0001): they are read by the units they lead to.
_READ[Mapping] = (
    "MATCH (u:Unit) WHERE u.key > $after AND u.key <= $upto MATCH (:Outcome)-[v:MAPS_TO]->(u) "
    "WHERE v.recordedAt <= $known "
    "RETURN collect({number: v.number, recorded: v.recordedAt, retracted: v.retractedAt, body: v.body}) "
    "AS rows"
)
# What changed of mappings is found by a walk over all: a fourth of what reading them takes (decision 0008).
_HELD: Final[dict[type[Versioned], LiteralString]] = {
    struct: "(:Outcome)-[v:MAPS_TO]->(:Unit)"
    if struct is Mapping
    else f"(v:{BY_STRUCT[struct].label}Version)"
    for struct in SKETCHES
}
_CHANGED: Final = {
    struct: f"MATCH {held} WHERE {CHANGED} RETURN v.number AS number, "
    "v.recordedAt AS recorded, v.retractedAt AS retracted, v.body AS body"
    for struct, held in _HELD.items()
}
_COUNT: Final = {struct: counting(held) for struct, held in _HELD.items()}
WALK: Final = 30.0
"""So many seconds counting what is recorded may take: an embedded engine that is overdue is started anew."""

Sketches = tuple[Sketch, ...]


class View(Generic[S]):
    """The live things of a concept at one moment, in order of their keys, and what was made of them."""

    def __init__(self, things: tuple[S, ...]) -> None:
        self.things = things
        self._made: dict[object, Any] = {}

    @cached_property
    def by_key(self) -> dict[str, S]:
        """The things by their keys."""
        return {thing.key: thing for thing in self.things}

    @cached_property
    def below(self) -> dict[str, list[str]]:
        """The keys directly below each key, in order."""
        found: dict[str, list[str]] = {}
        for thing in self.things:
            for key in thing.above:
                found.setdefault(key, []).append(thing.key)
        return found

    def kept(self, name: object, make: Callable[[View[S]], T]) -> T:
        """Give what ``make`` makes of this view, made once under ``name``."""
        if name not in self._made:
            self._made[name] = make(self)
        return cast(T, self._made[name])


class Inventory:
    """The sketches of the last publications."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory
        self.feed = Feed(store, directory)
        self._stock: defaultdict[type[Versioned], dict[str, asyncio.Task[Sketches]]] = defaultdict(dict)
        self._sketchers: dict[type[Versioned], Callable[[dict[str, Any]], Sketch]] = {}
        self._views: OrderedDict[tuple[object, ...], View[Any]] = OrderedDict()

    async def versions(self, struct: type[Versioned], published: str) -> Sketches:
        """Give every version of a concept that is published, by key and number, retracted ones too."""
        stock = self._stock[struct]
        for known in [known for known, reading in stock.items() if _failed(reading)]:
            del stock[known]
        if published not in stock:
            stock[published] = asyncio.create_task(self._renewed(struct, dict(stock), published))
        for old in sorted(stock)[:-KEPT]:
            if old != published:
                del stock[old]
        # The asker may give up; whoever asks next still finds it read.
        return await asyncio.shield(stock[published])

    async def warm(self, published: str) -> None:
        """Read every concept before anybody asks, one after another; what takes longest comes last."""
        for struct in SKETCHES:
            await self.versions(struct, published)

    async def close(self) -> None:
        """Stop reading."""
        await stop(reading for stock in self._stock.values() for reading in stock.values())

    async def live(self, struct: type[Versioned], at: Moment) -> View[Any]:
        """Give the things of a concept that are live at the moment."""
        name = (struct, *at)
        if name not in self._views:
            versions = await self.versions(struct, at.published)
            self._keep(name, View(await asyncio.to_thread(live, versions, at)), at.published)
        self._views.move_to_end(name)
        return self._views[name]

    def _keep(self, name: tuple[object, ...], view: View[Any], published: str) -> None:
        self._views[name] = view
        for old in [name for name in self._views if name[-1] != published]:
            del self._views[old]
        while len(self._views) > VIEWS:
            self._views.popitem(last=False)

    async def _renewed(
        self, struct: type[Versioned], stock: dict[str, asyncio.Task[Sketches]], published: str
    ) -> Sketches:
        """Follow the publication before, where one is held; else read all."""
        before = max((known for known in stock if known < published), default=None)
        if before is not None:
            with contextlib.suppress(GraphError):
                held = await asyncio.shield(stock[before])
                following = await self._followed(struct, held, before, published)
                if following is not None:
                    return following
        return await self._read(struct, published)

    async def _followed(
        self, struct: type[Versioned], held: Sketches, since: str, published: str
    ) -> Sketches | None:
        """Fold in what changed; none where the graph does not hold just that."""
        changed = await self._changed(struct, since, published)
        if len(changed) > FOLDED:
            return None
        if changed:
            held = await asyncio.to_thread(_merged, held, changed)
        counted = await self._store.read(_COUNT[struct], within=WALK, known=published)
        return held if counted[0]["count"] == len(held) else None

    async def _changed(self, struct: type[Versioned], since: str, published: str) -> list[Sketch]:
        sketch, found = self._sketchers[struct], list[Sketch]()
        async for row in self._store.stream(_CHANGED[struct], since=since, known=published):
            found.append(sketch(_as_known(row, published)))
            if len(found) > FOLDED:
                break
            if len(found) % BREATH == 0:
                await asyncio.sleep(0)
        return found

    async def _read(self, struct: type[Versioned], published: str) -> Sketches:
        mapped = struct is Mapping
        fences = await self._directory.fences(Unit if mapped else struct, published)
        marks = ["", *(fences[1:] if mapped else fences[FENCES::FENCES]), END]
        sketch, windows = sketcher(struct), list[list[Sketch]]()
        for after, upto in pairwise(marks):
            rows = await self._store.read(_READ[struct], after=after, upto=upto, known=published)
            windows.append(await asyncio.to_thread(_sketched, sketch, rows[0]["rows"], published))
        self._sketchers[struct] = sketch
        # Windows of units hold mappings out of order. Merging lets others have a turn, sorting does not.
        ordered = partial(heapq.merge, key=_ORDER) if mapped else chain
        return await asyncio.to_thread(lambda: tuple(ordered(*windows)))


def live(versions: Iterable[S], at: Moment) -> tuple[S, ...]:
    """Choose of each thing's versions, given by key and number, the live one; none where none is seen."""
    seen = filter(partial(is_seen, at), versions)
    return tuple(list(same)[-1] for _, same in groupby(seen, key=attrgetter("key")))


def is_seen(at: Moment, version: Sketch) -> bool:
    """Tell whether a version is seen at a moment (decision 0001)."""
    return (
        version.recorded <= at.known_at < version.retracted
        and version.valid_from <= at.valid_on < version.valid_to
    )


def _sketched(
    sketch: Callable[[dict[str, Any]], Sketch], rows: list[dict[str, Any]], published: str
) -> list[Sketch]:
    return sorted((sketch(_as_known(row, published)) for row in rows), key=_ORDER)


def _as_known(row: dict[str, Any], published: str) -> dict[str, Any]:
    return row | {"retracted": retraction(row["retracted"], published)}


def _merged(held: Sketches, changed: list[Sketch]) -> Sketches:
    return tuple(folded_in(held, sorted(changed, key=_ORDER), name=_ORDER, order=_ORDER))


def _failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
