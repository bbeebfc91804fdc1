"""Batching: within one request, equal wants of all resolvers become one question to the graph each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from graph import mapped, things
from graph.directory import Directory
from graph.feed import Feed
from graph.fingerprint import NOTHING
from graph.inventory import Inventory, View
from graph.items import Items, items
from graph.mapped import Side
from graph.model.outcomes import Mapping
from graph.model.values import ANY_STATUS, NEVER, Versioned
from graph.moment import Moment, stamp
from graph.publication import Publication
from graph.search.index import Find, Index
from graph.search.searching import SearchAway, Searching
from graph.store import Store
from graph.things import Naming, Page
from schema.cursors import key_after
from schema.desk import Desk
from schema.errors import Refusal

T = TypeVar("T", bound=Versioned)
Statuses = tuple[str, ...]
Load = Callable[[list[str]], Awaitable[Sequence[Any]]]

FIRST: Final = 20
NESTED: Final = 10
"""How long a page is where none is asked for, at the root and below it."""
MOST: Final = 200
WARNINGS: Final = 50
"""How many warnings an answer bears."""


@strawberry.input(description="As of when: which day's validity, and which moment's knowledge.")
class AsOf:
    """The two times of a question."""

    valid_on: date | None = strawberry.field(
        default=None, description="The day, in Asia/Shanghai, on which things must be valid. Default: today."
    )
    known_at: datetime | None = strawberry.field(
        default=None, description="Answer as it was known at this moment. Default: now."
    )


class Loaders:
    """The wants of one request, batched per kind, moment and page."""

    def __init__(
        self,
        store: Store,
        publication: Publication,
        directory: Directory,
        inventory: Inventory,
        desk: Desk,
        searching: Searching,
    ) -> None:
        self.desk = desk
        self._store = store
        self._inventory = inventory
        self._searching = searching
        self._directory = directory
        self._publication = publication
        self._moments: dict[str | int, Moment] = {}
        self._made: dict[tuple[object, ...], DataLoader[str, Any]] = {}
        self._warnings: dict[tuple[object, ...], Refusal] = {}

    def warn(self, code: str, **facts: str) -> None:
        """Have the answer bear a warning, each once; of very many the first are enough."""
        if len(self._warnings) < WARNINGS:
            self._warnings[code, *facts.items()] = Refusal(code, **facts)

    @property
    def warnings(self) -> list[Refusal]:
        """The warnings beside the answer."""
        return list(self._warnings.values())

    async def moment(self, info: Info, as_of: AsOf | None) -> Moment:
        """Fix the moment of a root field; everything below it is answered as of the same."""
        at = await self.moment_asked(as_of)
        self.fix(info, at)
        return at

    async def moment_asked(self, as_of: AsOf | None) -> Moment:
        """Give the moment that is asked for."""
        asked = zoned(as_of) or AsOf()
        return await self._publication.moment(asked.valid_on, asked.known_at)

    def fix(self, info: Info, at: Moment) -> None:
        """Answer everything below a field's root as of a moment."""
        self._moments[_root(info)] = at

    async def known(self, asked: str) -> str:
        """Give what was known at a moment: before a publication that was under way then."""
        return await self._publication.known(asked)

    @property
    def feed(self) -> Feed:
        """The feed of publications."""
        return self._inventory.feed

    async def snapshot(self, at: Moment) -> Snapshot:
        """Name what is answered as of a moment."""
        return Snapshot(await self._publication.fingerprint(at.known_at), at.valid_on, at.known_at)

    async def snapshots(self) -> dict[str, dict[str, str]]:
        """Name what each root field of this request was answered from, by its name in the answer."""
        found = {str(name): await self.snapshot(at) for name, at in self._moments.items()}
        for snapshot in found.values():
            if snapshot.hash == NOTHING:
                self.warn("NOTHING_KNOWN_YET", known=snapshot.known)
        return {name: snapshot._asdict() for name, snapshot in found.items()}

    async def spelled(self, keys: Sequence[str], at: Moment) -> list[str]:
        """Give coded keys in the case that their schemes ask for."""
        return await self._directory.spelled(keys, at.published)

    def moment_of(self, info: Info) -> Moment:
        """Give the moment fixed by the root field above."""
        return self._moments[_root(info)]

    async def index(self, info: Info, as_of: AsOf | None) -> tuple[Index, Moment]:
        """Give the search's index, and the moment, which is never later than what the index knows."""
        at = await self.moment(info, as_of)
        try:
            index = await self._searching.index(at.published)
        except SearchAway:
            raise Refusal("SEARCH_AWAY") from None
        self._moments[info.path.key] = at = at._replace(known_at=min(at.known_at, index.published))
        return index, at

    async def found(self, finds: Sequence[Find], at: Moment) -> list[tuple[Find, Versioned | None]]:
        """Give what was found, each with its live version."""
        wanted = (self._things(find.struct, at).load(find.key) for find in finds)
        return list(zip(finds, await asyncio.gather(*wanted), strict=True))

    async def thing(self, struct: type[T], key: str, at: Moment) -> T | None:
        """Give the live version of one key; None where nothing is seen."""
        found: T | None = await self._things(struct, at).load(key)
        return found

    async def many(self, struct: type[T], keys: tuple[str, ...], at: Moment) -> list[T | None]:
        """Give the live versions of some keys, in their order."""
        return list(await self._things(struct, at).load_many(keys))

    async def view(self, struct: type[Versioned], at: Moment) -> View[Any]:
        """Give the sketches of a concept's live things, from memory."""
        return await self._inventory.live(struct, at)

    async def sketches(self, struct: type[Versioned], at: Moment) -> Sequence[Any]:
        """Give the sketches of every version of a concept that was published, from memory."""
        return await self._inventory.versions(struct, at.published)

    async def page(self, struct: type[T], at: Moment, paging: Paging) -> Page[T]:
        """Give a page of all live things of a concept."""
        return await things.page(self._store, self._directory, struct, at, **paging._asdict())

    async def versions(self, struct: type[T], key: str, at: Moment) -> tuple[T, ...]:
        """Give every known version of one key, oldest first."""
        loader = self._loader(
            ("versions", struct, at), lambda keys: things.versions(self._store, struct, keys, at)
        )
        found: tuple[T, ...] = await loader.load(key)
        return found

    async def all_versions(self, struct: type[T], keys: tuple[str, ...], at: Moment) -> list[tuple[T, ...]]:
        """Give every known version of some keys, in their order."""
        loader = self._loader(
            ("versions", struct, at), lambda keys: things.versions(self._store, struct, keys, at)
        )
        return list(await loader.load_many(keys)) if keys else []

    async def naming(self, way: Naming, key: str, at: Moment, paging: Paging) -> Page[Any]:
        """Give a page of the things that name one key."""
        loader = self._loader(
            (way, at, paging),
            lambda keys: things.naming(self._store, way, keys, at, **paging._asdict()),
        )
        found: Page[Any] = await loader.load(key)
        return found

    async def naming_counted(self, way: Naming, key: str, at: Moment, statuses: Statuses) -> int:
        """Count the things of some statuses that name one key."""
        loader = self._loader(
            (way, at, statuses),
            lambda keys: things.naming_counted(self._store, way, keys, at, statuses),
        )
        return int(await loader.load(key))

    async def mappings(self, side: Side, key: str, at: Moment, paging: Paging) -> Page[Mapping]:
        """Give a page of the mappings of one outcome or unit."""
        loader = self._loader(
            (side, at, paging),
            lambda keys: mapped.mappings(self._store, side, keys, at, **paging._asdict()),
        )
        found: Page[Mapping] = await loader.load(key)
        return found

    async def mappings_counted(self, side: Side, key: str, at: Moment, statuses: Statuses) -> int:
        """Count the mappings of some statuses of one outcome or unit."""
        loader = self._loader(
            (side, at, statuses),
            lambda keys: mapped.mappings_counted(self._store, side, keys, at, statuses),
        )
        return int(await loader.load(key))

    async def between(self, outcome: str, unit: str, at: Moment) -> tuple[Mapping, ...]:
        """Give the mappings of one outcome to one unit."""
        loader = self._loader(("between", at), lambda pairs: mapped.between(self._store, pairs, at))
        found: tuple[Mapping, ...] = await loader.load(f"{outcome}|{unit}")
        return found

    async def items(self, at: Moment, frameworks: list[str]) -> list[Items]:
        """Give the items of some framework editions."""
        return await items(self._store, frameworks, at)

    async def batched(self, name: str, load: Load, key: str, at: Moment) -> Any:
        """Give what ``load`` answers for one key, asked together with all other keys wanted now."""
        return await self._loader((name, at), load).load(key)

    def _things(self, struct: type[T], at: Moment) -> DataLoader[str, Any]:
        return self._loader((struct, at), lambda keys: things.find(self._store, struct, keys, at))

    def _loader(self, wanted: tuple[object, ...], load: Load) -> DataLoader[str, Any]:
        if wanted not in self._made:
            self._made[wanted] = DataLoader(load, max_batch_size=things.MOST)
        return self._made[wanted]


def zoned(as_of: AsOf | None) -> AsOf | None:
    """Give what is asked for; `Refusal` MOMENT_WITHOUT_ZONE where a moment could be any of several.

    And DAY_TOO_LATE for the last day of the calendar: it stands for "no end", so nothing is valid on it.
    """
    if as_of and as_of.valid_on == NEVER:
        raise Refusal("DAY_TOO_LATE", argument="validOn", limit=str(NEVER - timedelta(days=1)))
    if as_of and as_of.known_at is not None:
        stamped(as_of.known_at)
    return as_of


def _root(info: Info) -> str | int:
    path = info.path
    while path.prev is not None:
        path = path.prev
    return path.key


class Snapshot(NamedTuple):
    """What an answer was taken from: the hash of all that was known, the day, and the moment."""

    hash: str
    valid: str
    known: str


def stamped(moment: datetime) -> str:
    """Write a moment as the graph does; `Refusal` MOMENT_WITHOUT_ZONE where it has no zone."""
    if moment.tzinfo is None:
        raise Refusal("MOMENT_WITHOUT_ZONE")
    return stamp(moment)


class Paging(NamedTuple):
    """Which part of a list: at most ``first`` after the key ``after`` (empty: from the beginning)."""

    first: int = FIRST
    after: str = ""
    statuses: Statuses = ANY_STATUS


def paging(first: int, after: str | None) -> Paging:
    """Read paging arguments of a list in order of keys.

    `Refusal` BAD_PAGE where ``first`` is not between 1 and 200, BAD_CURSOR where no such list gave ``after``.
    """
    if not 1 <= first <= MOST:
        raise Refusal("BAD_PAGE", value=first, limit=MOST)
    return Paging(first, key_after(after))
