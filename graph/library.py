"""The library: rule books kept compiled in memory, public data only, bounded, as of the last publication."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakValueDictionary

from msgspec.structs import asdict

from graph.model.book import RuleBook
from graph.model.outcomes import Mapping, Outcome
from graph.model.rules import Clause
from graph.model.values import Key, Versioned
from graph.moment import Moment
from graph.recognition import Index, compiled
from graph.rulebook import Ground, Reader
from graph.store import Store

MOST_BOOKS: Final = 64
MOST_THINGS: Final = 400_000
"""Versions in all books kept together; the newest book is kept whatever its size."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A rule book as it is kept: compiled, with the outcomes it holds and how many versions it is of.

    ``beside`` are outcomes added for some questions. ``outcome in volume`` tells whether one is known.

    ``whole`` tells whether it holds what its clauses ask for; without it known results are judged by what
    `Library.knowing` adds to it, and nothing can be asked of what others might bring.
    """

    index: Index
    outcomes: frozenset[str]
    size: int
    whole: bool = True
    beside: frozenset[str] = frozenset()

    def __contains__(self, outcome: object) -> bool:
        return outcome in self.outcomes or outcome in self.beside


Name = tuple[str, str, bool]


class Library:
    """Gives rule books: from memory as of the last publication, read anew for any earlier moment."""

    def __init__(self, store: Store, *, books: int = MOST_BOOKS, things: int = MOST_THINGS) -> None:
        self._store = store
        self._most = books, things
        self._kept: dict[Name, Volume] = {}
        self._ground: tuple[str, Ground] | None = None
        self._asking: WeakValueDictionary[Name, asyncio.Lock] = WeakValueDictionary()

    async def volume(self, institution: Key, at: Moment, *, whole: bool = True) -> Volume:
        """Give the rule book of an institution as known at a moment; at least its own part, or the whole."""
        if not whole and (institution, at.known_at, True) in self._kept:
            whole = True
        name = institution, at.known_at, whole
        async with self._asking.setdefault(name, asyncio.Lock()):
            found = self._kept.pop(name, None) or await self._made(name, at)
            if at.known_at == at.published:
                self._keep(name, found)
        return found

    async def knowing(self, volume: Volume, outcomes: Iterable[str], at: Moment) -> Volume:
        """Add outcomes that results are of, and their mappings; what they are of is never kept."""
        wanted = set(outcomes)
        missing, reader = {one for one in wanted if one not in volume}, Reader(self._store, at.known_at)
        more, mapped = await asyncio.gather(
            reader.outcomes(missing, volume), reader.mappings(() if volume.whole else wanted)
        )
        return _with(volume, more, [one for one in mapped if volume.index.asks_unit(one.unit)])

    async def known(self, struct: type[Versioned], keys: Iterable[str], at: Moment) -> set[tuple[str, int]]:
        """Give which of some keys are known, with their versions' numbers, whatever their windows."""
        found = await Reader(self._store, at.known_at).versions(struct, keys)
        return {(one.key, one.version) for one in found}

    async def excerpt(self, volume: Volume, places: Iterable[int], at: Moment) -> Volume:
        """Add to the own part of a rule book what the clauses of some of its rule versions ask for."""
        if volume.whole:
            return volume
        entries = [volume.index.entries[place] for place in sorted(set(places))]
        clauses = [ask.clause for entry in entries for way in entry.ways for ask in way.asks]
        return await self._asking_for(volume, clauses, at, some=True)

    async def _asking_for(
        self, volume: Volume, clauses: Sequence[Clause], at: Moment, *, some: bool
    ) -> Volume:
        more = await Reader(self._store, at.known_at).named(clauses, volume, some=some)
        asked = volume.index.asks_unit
        return _with(volume, more.outcomes, [one for one in more.mappings if not some or asked(one.unit)])

    async def _made(self, name: Name, at: Moment) -> Volume:
        institution, _, whole = name
        if whole:
            own = await self.volume(Key(institution), at, whole=False)
            ways = (way for rule in own.index.book.rules for way in rule.alternatives)
            clauses = [clause for way in ways for clause in way.clauses]
            every = await self._asking_for(own, clauses, at, some=False)
            return replace(every, whole=True, outcomes=every.outcomes | every.beside, beside=frozenset())
        reader = Reader(self._store, at.known_at)
        return await asyncio.to_thread(_bound, await reader.book(Key(institution), self.ground(at)))

    async def ground(self, at: Moment) -> Ground:
        """Give what all rule books share, as known at a moment; the last one asked for is kept."""
        if self._ground is None or self._ground[0] != at.known_at:
            self._ground = at.known_at, await Reader(self._store, at.known_at).ground()
        return self._ground[1]

    def _keep(self, name: Name, volume: Volume) -> None:
        """Keep a book as the newest, and let go of books of earlier publications and of the oldest."""
        stale = [other for other in self._kept if other[1] != name[1]]
        for other in stale:
            del self._kept[other]
        self._kept[name] = volume
        if volume.whole:
            self._kept.pop((*name[:2], False), None)
        while len(self._kept) > 1 and self._over():
            del self._kept[next(iter(self._kept))]

    def _over(self) -> bool:
        books, things = self._most
        return len(self._kept) > books or sum(one.size for one in self._kept.values()) > things


def _bound(book: RuleBook) -> Volume:
    size = sum(len(part) for part in asdict(book).values() if isinstance(part, tuple))
    return Volume(compiled(book), frozenset(one.key for one in book.outcomes), size, whole=False)


def _with(volume: Volume, outcomes: Sequence[Outcome], mappings: Sequence[Mapping]) -> Volume:
    if not outcomes and not mappings:
        return volume
    return Volume(
        volume.index.knowing(outcomes, mappings),
        volume.outcomes,
        volume.size + len(outcomes) + len(mappings),
        volume.whole,
        volume.beside | {one.key for one in outcomes},
    )
