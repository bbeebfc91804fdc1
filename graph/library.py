"""The library: rule books kept compiled in memory, public data only, bounded, as of the last publication."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from msgspec.structs import asdict, replace

from graph.model.book import RuleBook
from graph.model.values import Key
from graph.moment import Moment
from graph.recognition import Index, compiled
from graph.rulebook import Ground, Reader
from graph.store import Store

MOST_BOOKS: Final = 64
MOST_THINGS: Final = 400_000
"""Versions in all books kept together; the newest book is kept whatever its size."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A rule book as it is kept: compiled, with the outcomes it holds and how many versions it is of."""

    index: Index
    outcomes: frozenset[str]
    size: int


class Library:
    """Gives rule books: from memory as of the last publication, read anew for any earlier moment."""

    def __init__(self, store: Store, *, books: int = MOST_BOOKS, things: int = MOST_THINGS) -> None:
        self._store = store
        self._most = books, things
        self._kept: dict[tuple[str, str], Volume] = {}
        self._ground: tuple[str, Ground] | None = None
        self._asking: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def volume(self, institution: Key, at: Moment) -> Volume:
        """Give the rule book of an institution as known at a moment."""
        name = institution, at.known_at
        async with self._asking.setdefault(name, asyncio.Lock()):
            found = self._kept.pop(name, None) or await self._read(institution, at)
            if at.known_at == at.published:
                self._keep(name, found)
        return found

    async def knowing(self, volume: Volume, outcomes: Iterable[str], at: Moment) -> Volume:
        """Add outcomes that results are of and the book does not name; what they are of is never kept."""
        missing = set(outcomes) - volume.outcomes
        more = await Reader(self._store, at.known_at).outcomes(missing, volume.outcomes) if missing else ()
        if not more:
            return volume
        book = volume.index.book
        return await asyncio.to_thread(_bound, replace(book, outcomes=(*book.outcomes, *more)))

    async def ground(self, at: Moment) -> Ground:
        """Give what all rule books share, as known at a moment; the last one asked for is kept."""
        if self._ground is None or self._ground[0] != at.known_at:
            self._ground = at.known_at, await Reader(self._store, at.known_at).ground()
        return self._ground[1]

    async def _read(self, institution: Key, at: Moment) -> Volume:
        ground = await self.ground(at)
        book = await Reader(self._store, at.known_at).book(institution, ground)
        return await asyncio.to_thread(_bound, book)

    def _keep(self, name: tuple[str, str], volume: Volume) -> None:
        """Keep a book as the newest, and let go of books of earlier publications and of the oldest."""
        stale = [other for other in self._kept if other[1] != name[1]]
        for other in stale:
            del self._kept[other]
        self._kept[name] = volume
        while len(self._kept) > 1 and self._over():
            del self._kept[next(iter(self._kept))]

    def _over(self) -> bool:
        books, things = self._most
        return len(self._kept) > books or sum(one.size for one in self._kept.values()) > things


def _bound(book: RuleBook) -> Volume:
    size = sum(len(part) for part in asdict(book).values() if isinstance(part, tuple))
    return Volume(compiled(book), frozenset(one.key for one in book.outcomes), size)
