"""The members' room: the roster of sources, open beside the server and kept up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from connectors.consent import GrantFile
from connectors.dispatch import Dispatch
from connectors.linkage import AskedLinks, Linkage, LinkFile
from connectors.registry import Registry
from connectors.roster import Roster
from connectors.standings import StandingFile
from graph.store import Store
from hub.config import MembersConfig
from schema.anchors import Anchors
from schema.switchboard import Switchboard

log = logging.getLogger("alliance_hub.members")


class Members:
    """The sources a configuration names, and the switchboard to them."""

    def __init__(self, config: MembersConfig, store: Store) -> None:
        self._every = config.refresh
        self._again = asyncio.Event()
        self.roster = Roster(Registry(Path(config.folder)))
        dispatch = Dispatch(self.roster, _linkage(config, self.roster), GrantFile(Path(config.grants)))
        self.switchboard = Switchboard(
            dispatch,
            self.roster,
            store,
            StandingFile(Path(config.standings)),
            Anchors(store),
            config.four_eyes,
        )

    def reload(self) -> None:
        """Read the declarations again now."""
        self._again.set()

    @property
    def state(self) -> str:
        """Say how many sources are open, in words for operators."""
        roster = self.roster
        return f"{len(roster.open)} of {len(roster.known)} sources open, {len(roster.quarantined)} set aside"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Members]:
        """Open the sources in the background, refresh them from time to time, close them at the end."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield self
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self.roster.close()

    async def _keep(self) -> None:
        while True:
            self._again.clear()
            await self._refresh()
            try:
                await asyncio.wait_for(self._again.wait(), self._every)
            except TimeoutError:
                continue

    async def _refresh(self) -> None:
        before = self.state
        try:
            await self.roster.refresh()
        except Exception as error:  # noqa: BLE001 - whatever it is, the last good sources go on
            log.error("the sources cannot be read (%s); the last good ones stay", type(error).__name__)
            return
        if self.state != before:
            log.info("members: %s", self.state)


def _linkage(config: MembersConfig, roster: Roster) -> Linkage:
    return AskedLinks(roster, config.register) if config.register else LinkFile(Path(config.links))
