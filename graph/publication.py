"""What is published: the moment of the last published import, which bounds what a reader may know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from graph.moment import NOTHING_YET
from graph.store import Store

_READ: Final = "MATCH (h:Hub {name: 'hub'}) RETURN h.published AS published"


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
        self._until = float("-inf")
        self._asking = asyncio.Lock()

    async def latest(self) -> str:
        """Give the moment of the last published import, ``NOTHING_YET`` if there was none."""
        if self._clock() >= self._until:
            async with self._asking:
                await self._renew()
        return self._known

    async def _renew(self) -> None:
        if self._clock() < self._until:
            return
        rows = await self._store.read(_READ)
        self._known = (rows[0]["published"] if rows else None) or NOTHING_YET
        self._until = self._clock() + self._lasts
