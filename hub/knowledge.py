"""The knowledge's room: all that reads one open graph, and is made once for every request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graph.directory import Directory
from graph.errors import GraphError
from graph.inventory import Inventory
from graph.publication import Publication
from graph.search.searching import Searching
from graph.store import Store
from graph.tasks import stop
from schema.changes import Changes
from schema.desk import Desk
from schema.loaders import Loaders


class Knowledge:
    """What a graph publishes, found and kept."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.publication = Publication(store)
        self.changes = Changes(self.publication)
        self._directory = Directory(store)
        self._inventory = Inventory(store, self._directory)
        self._searching = Searching(store)
        self._desk = Desk(store, self._inventory)

    def loaders(self) -> Loaders:
        """Give one request its loaders."""
        return Loaders(
            self.store, self.publication, self._directory, self._inventory, self._desk, self._searching
        )

    @property
    def ready(self) -> bool:
        """Tell whether the graph answers."""
        return self.store.health().state == "ready"

    @property
    def state(self) -> str:
        """Say how the graph is, in words for operators."""
        health = self.store.health()
        return f"{health.engine}: {health.state} since {health.since:%Y-%m-%dT%H:%M:%SZ}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Knowledge]:
        """Have what a first question would wait for made in the background, one thing after another."""
        warming = asyncio.create_task(self._warm())
        try:
            yield self
        finally:
            await stop([warming])
            for each in (self._searching, self._inventory, self.publication):
                await each.close()

    async def _warm(self) -> None:
        await self._searching.warm(self.publication)
        with contextlib.suppress(GraphError):
            published = await self.publication.latest()
            await self.publication.fingerprint(published)
            await self._desk.concordance.warm(published)
            await self._inventory.warm(published)
