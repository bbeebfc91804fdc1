"""What is published: the moment of the last published import, which bounds what a reader may know."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from graph.fingerprint import NOTHING, fingerprint
from graph.moment import NOTHING_YET, Moment, moment, stamp, unstamp
from graph.store import Store
from graph.tasks import stop

_READ: Final = (
    "MATCH (h:Hub {name: 'hub'}) OPTIONAL MATCH (i:Import {state: 'PUBLISHED', kind: 'IMPORT'}) "
    "WITH h, i ORDER BY i.moment DESC LIMIT $most "
    "RETURN h.published AS published, h.fingerprint AS fingerprint, "
    "collect([i.moment, i.endedAt, i.fingerprint]) AS windows"
)
MOST: Final = 1_000
"""How many imports back the time between an import's moment and its publication is remembered."""


PRINTS: Final = 64
"""How many fingerprints that had to be read are remembered."""


class Publication:
    """Tells the last published moment, asked of the graph at most once a second.

    Other processes publish too (the ``bundle import`` command), so it cannot just be remembered; a second is
    how late a reader may see a new publication, and what keeps one round trip off every question.
    """

    def __init__(
        self, store: Store, *, lasts: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._lasts = lasts
        self._clock = clock
        self._known = NOTHING_YET
        self._fingerprint = NOTHING
        self._windows: tuple[tuple[str, str, str], ...] = ()
        self._prints: OrderedDict[str, asyncio.Task[str]] = OrderedDict()
        self._until = float("-inf")
        self._asking = asyncio.Lock()

    async def latest(self) -> str:
        """Give the moment of the last published import, ``NOTHING_YET`` if there was none."""
        if self._clock() >= self._until:
            async with self._asking:
                await self._renew()
        return self._known

    async def known(self, asked: str) -> str:
        """Give what was known at a moment: the same answer however late it is asked.

        An import's versions bear the moment it began; until it was published nobody knew them. So a moment
        between the two is answered as before the import. The import's own moment names its publication.
        """
        await self.latest()
        for began, ended, _ in self._windows:
            if began < asked < ended:
                return stamp(unstamp(began) - timedelta(microseconds=1))
        return asked

    async def fingerprint(self, known: str) -> str:
        """Give the fingerprint of what is known at a moment that was asked of this publication.

        Each import leaves its own behind; only for a moment before the oldest of them, as after a restore,
        is the graph read.
        """
        if known >= self._known and self._fingerprint:
            return self._fingerprint
        marks = (mark for began, _, mark in self._windows if began <= known)
        return next(marks, "") or await asyncio.shield(self._reading(known))

    async def close(self) -> None:
        """Stop reading fingerprints."""
        await stop(self._prints.values())

    def _reading(self, known: str) -> asyncio.Task[str]:
        found = self._prints.pop(known, None)
        if found is None or (found.done() and (found.cancelled() or found.exception() is not None)):
            found = asyncio.create_task(fingerprint(self._store, known))
        self._prints[known] = found
        while len(self._prints) > PRINTS:
            self._prints.popitem(last=False)
        return found

    async def moment(self, valid_on: date | None = None, known_at: datetime | None = None) -> Moment:
        """Fix the moment a question asks for: by default today, as known by the last publication."""
        published = await self.latest()
        return moment(published, valid_on, await self.known(stamp(known_at)) if known_at else None)

    async def _renew(self) -> None:
        if self._clock() < self._until:
            return
        rows = await self._store.read(_READ, most=MOST)
        self._known = (rows[0]["published"] if rows else None) or NOTHING_YET
        self._windows = tuple(_window(*row) for row in rows[0]["windows"] if row[0]) if rows else ()
        self._fingerprint = (rows[0]["fingerprint"] or "") if rows else NOTHING
        self._until = self._clock() + self._lasts


def _window(began: str, ended: str, mark: str | None) -> tuple[str, str, str]:
    return began, ended, mark or ""
