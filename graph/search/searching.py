"""The hub's search: an index for each publication, read from the graph when first asked for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from operator import attrgetter
from typing import Final

from graph.errors import GraphError
from graph.following import CHANGED, counting, folded_in, retraction
from graph.model.concepts import BY_STRUCT
from graph.moment import NOTHING_YET
from graph.publication import Publication
from graph.search.holdings import SEARCHED, Times, Version
from graph.search.index import Index
from graph.search.ordering import let_go, ordered
from graph.store import Row, Store
from graph.tasks import stop

log = logging.getLogger(__name__)

MOST: Final = 2_000_000
"""The most versions an index holds: about a gigabyte."""
PATIENCE: Final = 1.0
"""So many seconds a question waits for the newest index before the former one answers."""
FIRST_PATIENCE: Final = 8.0
"""So many seconds it waits where there is no former one."""

WARMING: Final = 60.0
"""So many seconds the first index waits for the graph; after that it waits for the first question."""
BREATH: Final = 250
"""After so many versions read, others have their turn."""

_READ: Final = {
    struct: f"MATCH (v:{BY_STRUCT[struct].label}Version) WHERE {CHANGED} "
    "RETURN v.key AS key, v.number AS number, v.validFrom AS valid_from, v.validTo AS valid_to, "
    "v.recordedAt AS recorded_at, v.retractedAt AS retracted_at, v.titleZh AS zh, v.titleEn AS en"
    for struct in SEARCHED
}
_NAME: Final = attrgetter("name")
_COUNT: Final = {struct: counting(f"(v:{BY_STRUCT[struct].label}Version)") for struct in SEARCHED}


class SearchAway(GraphError):
    """The first index is not made yet, or could not be made."""


class Searching:
    """Holds the index of the last publication; a new one is made aside while the former one answers."""

    def __init__(
        self,
        store: Store,
        *,
        most: int = MOST,
        patience: float = PATIENCE,
        first_patience: float = FIRST_PATIENCE,
    ) -> None:
        self._store = store
        self._most = most
        self._patience = patience
        self._first_patience = first_patience
        self._index: Index | None = None
        self._making: asyncio.Task[None] | None = None
        self._trouble: GraphError = SearchAway("the search's first index is being made")

    async def index(self, published: str) -> Index:
        """Give the index of a publication, or the former one for as long as making it takes."""
        if self._index is None or self._index.published != published:
            await self._renew(published)
        if self._index is None:
            raise self._trouble
        return self._index

    async def warm(self, publication: Publication) -> None:
        """Make the first index before anybody asks, as soon as the graph is there."""
        with contextlib.suppress(GraphError):
            await self._store.ready(WARMING)
            await self.index(await publication.latest())

    async def close(self) -> None:
        """Stop making an index."""
        if self._making:
            await stop([self._making])

    async def _renew(self, published: str) -> None:
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._make(published))
        patience = self._patience if self._index is not None else self._first_patience
        await asyncio.wait({self._making}, timeout=patience)

    async def _make(self, published: str) -> None:
        begun = time.perf_counter()
        try:
            self._index = await self._followed(published) or await self._anew(published)
            took = time.perf_counter() - begun
            log.info("the search index holds %d versions; it was made in %.1f s", len(self._index), took)
        except GraphError as error:
            self._trouble = error
            log.warning("the search index was not made: %s", error)

    async def _anew(self, published: str) -> Index:
        return await asyncio.to_thread(_made, published, await self._versions(NOTHING_YET, published))

    async def _followed(self, published: str) -> Index | None:
        """Fold what changed into the former index; none where there is none, or the graph is another."""
        held = self._index
        if held is None or held.published > published:
            return None
        count = await self._count(published)
        self._demand_room(count)
        changed = await self._versions(held.published, published)
        made = await asyncio.to_thread(_renewed, held, published, changed) if changed else held.at(published)
        return made if len(made) == count else None

    async def _count(self, published: str) -> int:
        counted = [await self._store.read(query, known=published) for query in _COUNT.values()]
        return sum(rows[0]["count"] for rows in counted)

    async def _versions(self, since: str, published: str) -> list[Version]:
        """Read what was recorded or retracted after one publication and no later than another."""
        found: list[Version] = []
        known: dict[Times, Times] = {}
        for kind, struct in enumerate(SEARCHED):
            async for row in self._store.stream(_READ[struct], since=since, known=published):
                found.append(_version(kind, row, known, published))
                self._demand_room(len(found))
                if len(found) % BREATH == 0:
                    await asyncio.sleep(0)
        return found

    def _demand_room(self, count: int) -> None:
        if count > self._most:
            raise SearchAway(f"the search holds at most {self._most:,} versions")


def _version(kind: int, row: Row, known: dict[Times, Times], published: str) -> Version:
    retracted = retraction(row["retracted_at"], published)
    times = Times(row["valid_from"], row["valid_to"], row["recorded_at"], retracted)
    title = (row["zh"] or "", row["en"] or "")
    return Version(row["key"], kind, row["number"], known.setdefault(times, times), title)


def _itself(version: Version) -> Version:
    return version


def _made(published: str, versions: list[Version]) -> Index:
    return _indexed(published, ordered(versions), versions)


def _renewed(held: Index, published: str, changed: list[Version]) -> Index:
    versions = folded_in(held.versions(), ordered(changed), name=_NAME, order=_itself)
    return _indexed(published, list(versions), changed)


def _indexed(published: str, versions: list[Version], used: list[Version]) -> Index:
    made = Index(published, versions)
    let_go(used)
    let_go(versions)
    return made
