"""The members' room: the roster of sources, open beside the server and kept up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from connectors.catalogues.job import Synchroniser
from connectors.catalogues.staging import Staging
from connectors.clock import Clock
from connectors.consent import GrantFile
from connectors.dispatch import Dispatch
from connectors.linkage import AskedLinks, Linkage, LinkFile
from connectors.registry import Registry, Shelf, find
from connectors.roster import Roster
from connectors.standings import StandingFile
from graph.store import Store
from graph.tasks import stop
from hub.config import MembersConfig
from schema.anchors import Anchors
from schema.switchboard import Switchboard

LOOKS_EACH: Final = 10.0
"""Seconds between two looks at which sources are due."""

FIRST_LOOK: Final = 20.0
"""Seconds after which the hub is ready though its sources are still being opened."""

log = logging.getLogger("alliance_hub.members")


class Members:
    """The sources a configuration names, and the switchboard to them."""

    def __init__(
        self,
        config: MembersConfig,
        store: Store,
        shelf: Callable[[], Shelf] = find,
        clock: Clock | None = None,
    ) -> None:
        self._every = config.refresh
        self._again = asyncio.Event()
        self._began: float | None = None
        self.roster = Roster(Registry(Path(config.folder), shelf), clock)
        staging = Staging(Path(config.staging))
        self._job = Synchroniser(self.roster, staging)
        self._sync = timedelta(seconds=config.sync)
        self._standings = StandingFile(Path(config.standings))
        dispatch = Dispatch(self.roster, _linkage(config, self.roster), GrantFile(Path(config.grants)))
        self.switchboard = Switchboard(
            dispatch,
            self.roster,
            store,
            self._standings,
            Anchors(store),
            config.four_eyes,
            staging,
        )

    def reload(self) -> None:
        """Read the declarations again now."""
        self._again.set()

    @property
    def ready(self) -> bool:
        """Tell whether every source was looked at once, well or ill, or has had its time for that."""
        if self.roster.looked:
            return True
        return self._began is not None and self.roster.clock.now() - self._began >= FIRST_LOOK

    @property
    def state(self) -> str:
        """Say how many sources are open, in words for operators."""
        roster = self.roster
        if not roster.looked:
            return "the sources are being opened"
        return f"{len(roster.open)} of {len(roster.known)} sources open, {len(roster.quarantined)} set aside"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Members]:
        """Open the sources in the background, refresh them from time to time, close them at the end."""
        self._began = self.roster.clock.now()
        tasks = [asyncio.create_task(self._keep())]
        if self._sync:
            tasks.append(asyncio.create_task(self._synchronise()))
        try:
            yield self
        finally:
            await stop(tasks)
            await self.roster.close()

    async def _keep(self) -> None:
        while True:
            self._again.clear()
            await self._refresh()
            try:
                await asyncio.wait_for(self._again.wait(), self._every)
            except TimeoutError:
                continue

    async def _synchronise(self) -> None:
        """Synchronise each source when it is due; nothing is published by it."""
        while True:
            try:
                for run in await self._job.run(await self._job.due(self._sync)):
                    log.info("synchronised %s: %s %s", run.source, run.outcome, run.notice or "")
            except Exception as error:  # noqa: BLE001 - whatever it is, the next one is tried
                log.error("catalogues cannot be synchronised (%s)", type(error).__name__)
            await asyncio.sleep(min(LOOKS_EACH, self._sync.total_seconds()))

    async def _refresh(self) -> None:
        before = self.state
        try:
            await self.roster.refresh()
        except Exception as error:  # noqa: BLE001 - whatever it is, the last good sources go on
            log.error("the sources cannot be read (%s); the last good ones stay", type(error).__name__)
            return
        await self._standings.look(self.roster.known.values())
        if self.state != before:
            log.info("members: %s", self.state)


def _linkage(config: MembersConfig, roster: Roster) -> Linkage:
    return AskedLinks(roster, config.register) if config.register else LinkFile(Path(config.links))
