"""The hub's search: an index for each publication, read from the graph when first asked for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Final

from graph.errors import GraphError
from graph.model.concepts import BY_STRUCT
from graph.publication import Publication
from graph.search.holdings import SEARCHED, Times, Version
from graph.search.index import Index
from graph.search.ordering import ordered
from graph.store import Row, Store

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
    struct: f"MATCH (v:{concept.label}Version) WHERE v.recordedAt <= $published "
    "RETURN v.key AS key, v.number AS number, v.validFrom AS valid_from, v.validTo AS valid_to, "
    "v.recordedAt AS recorded_at, v.retractedAt AS retracted_at, v.titleZh AS zh, v.titleEn AS en"
    for struct, concept in BY_STRUCT.items()
    if struct in SEARCHED
}


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
            self._making.cancel()
            await asyncio.gather(self._making, return_exceptions=True)

    async def _renew(self, published: str) -> None:
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._make(published))
        patience = self._patience if self._index is not None else self._first_patience
        await asyncio.wait({self._making}, timeout=patience)

    async def _make(self, published: str) -> None:
        begun = time.perf_counter()
        try:
            versions = await self._versions(published)
            self._index = await asyncio.to_thread(_made, published, versions)
            took = time.perf_counter() - begun
            log.info("the search index holds %d versions; it was made in %.1f s", len(versions), took)
        except GraphError as error:
            self._trouble = error
            log.warning("the search index was not made: %s", error)

    async def _versions(self, published: str) -> list[Version]:
        found: list[Version] = []
        known: dict[Times, Times] = {}
        for kind, struct in enumerate(SEARCHED):
            async for row in self._store.stream(_READ[struct], published=published):
                found.append(_version(kind, row, known))
                if len(found) > self._most:
                    raise SearchAway(f"the search holds at most {self._most:,} versions")
                if len(found) % BREATH == 0:
                    await asyncio.sleep(0)
        return found


def _version(kind: int, row: Row, known: dict[Times, Times]) -> Version:
    times = Times(row["valid_from"], row["valid_to"], row["recorded_at"], row["retracted_at"])
    title = (row["zh"] or "", row["en"] or "")
    return Version(row["key"], kind, row["number"], known.setdefault(times, times), title)


def _made(published: str, versions: list[Version]) -> Index:
    return Index(published, ordered(versions))
