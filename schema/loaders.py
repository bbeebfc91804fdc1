"""Batching: within one request, equal wants of all resolvers become one question to the graph each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple, TypeVar

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from graph import things
from graph.directory import Directory
from graph.inventory import Inventory, View
from graph.model.outcomes import Mapping
from graph.model.values import Versioned
from graph.moment import Moment
from graph.publication import Publication
from graph.search.index import Find, Index
from graph.search.searching import SearchAway, Searching
from graph.store import Store
from graph.things import Naming, Page, Side
from schema.desk import Desk
from schema.errors import Refusal

T = TypeVar("T", bound=Versioned)
Load = Callable[[list[str]], Awaitable[Sequence[Any]]]

FIRST: Final = 20
NESTED: Final = 10
"""How long a page is where none is asked for, at the root and below it."""
MOST: Final = 200


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

    async def moment(self, info: Info, as_of: AsOf | None) -> Moment:
        """Fix the moment of a root field; everything below it is answered as of the same."""
        asked = as_of or AsOf()
        if asked.known_at is not None and asked.known_at.tzinfo is None:
            raise Refusal("MOMENT_WITHOUT_ZONE")
        at = await self._publication.moment(asked.valid_on, asked.known_at)
        self._moments[info.path.key] = at
        return at

    async def spelled(self, keys: Sequence[str], at: Moment) -> list[str]:
        """Give coded keys in the case that their schemes ask for."""
        return await self._directory.spelled(keys, at.published)

    def moment_of(self, info: Info) -> Moment:
        """Give the moment fixed by the root field above."""
        path = info.path
        while path.prev is not None:
            path = path.prev
        return self._moments[path.key]

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

    async def page(self, struct: type[T], at: Moment, paging: Paging) -> Page[T]:
        """Give a page of all live things of a concept."""
        first, after = paging
        return await things.page(self._store, self._directory, struct, at, first=first, after=after)

    async def versions(self, struct: type[T], key: str, at: Moment) -> tuple[T, ...]:
        """Give every known version of one key, oldest first."""
        loader = self._loader(
            ("versions", struct, at), lambda keys: things.versions(self._store, struct, keys, at)
        )
        found: tuple[T, ...] = await loader.load(key)
        return found

    async def naming(self, way: Naming, key: str, at: Moment, paging: Paging) -> Page[Any]:
        """Give a page of the things that name one key."""
        first, after = paging
        loader = self._loader(
            (way, at, paging),
            lambda keys: things.naming(self._store, way, keys, at, first=first, after=after),
        )
        found: Page[Any] = await loader.load(key)
        return found

    async def mappings(self, side: Side, key: str, at: Moment, paging: Paging) -> Page[Mapping]:
        """Give a page of the mappings of one outcome or unit."""
        first, after = paging
        loader = self._loader(
            (side, at, paging),
            lambda keys: things.mappings(self._store, side, keys, at, first=first, after=after),
        )
        found: Page[Mapping] = await loader.load(key)
        return found

    async def covering(self, units: Sequence[str], at: Moment) -> dict[str, frozenset[str]]:
        """Give the outcomes mapped to each of some units."""
        return await things.covering(self._store, units, at) if units else {}

    async def batched(self, name: str, load: Load, key: str, at: Moment) -> Any:
        """Give what ``load`` answers for one key, asked together with all other keys wanted now."""
        return await self._loader((name, at), load).load(key)

    def _things(self, struct: type[T], at: Moment) -> DataLoader[str, Any]:
        return self._loader((struct, at), lambda keys: things.find(self._store, struct, keys, at))

    def _loader(self, wanted: tuple[object, ...], load: Load) -> DataLoader[str, Any]:
        if wanted not in self._made:
            self._made[wanted] = DataLoader(load, max_batch_size=things.MOST)
        return self._made[wanted]


class Paging(NamedTuple):
    """Which part of a list: at most ``first`` after the cursor ``after`` (empty: from the beginning)."""

    first: int = FIRST
    after: str = ""


def paging(first: int, after: str | None) -> Paging:
    """Read paging arguments; `Refusal` BAD_PAGE where ``first`` is not between 1 and 200."""
    if not 1 <= first <= MOST:
        raise Refusal("BAD_PAGE", value=first, limit=MOST)
    return Paging(first, (after or "")[:260])
