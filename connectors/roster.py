"""The roster: every declared source, open; reloaded while running, the last good ones kept."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Protocol

from connectors.clock import Clock, WallClock
from connectors.errors import Misdeclared
from connectors.notices import NoticeCode
from connectors.registry import Sources
from connectors.source import Quarantined, Source
from connectors.standby import OpenSource
from connectors.transport import Transport

_log = logging.getLogger("alliance_hub.connectors")


class Loader(Protocol):
    """Says which sources are declared now: a ``Registry``, or a list in a test."""

    def load(self) -> Sources:
        """Read the declarations."""
        ...


class Declared:
    """Sources given outright."""

    def __init__(self, *sources: Source) -> None:
        self._sources = tuple(sorted(sources, key=lambda each: each.code))

    def load(self) -> Sources:
        """Return them."""
        return Sources(self._sources)


class Roster:
    """Opens what is declared, in the order of codes; one that fails is quarantined and the rest serve.

    ``known`` are the declared sources by code, whether they opened or not: for whom a silent one speaks.
    ``looked`` tells whether the first look at all of them is over.
    ``transport`` gives a source's way to the outside world; None means the real network.
    """

    def __init__(
        self,
        loader: Loader,
        clock: Clock | None = None,
        transport: Callable[[Source], Transport | None] = lambda _: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.clock = clock or WallClock()
        self.open: tuple[OpenSource, ...] = ()
        self.known: dict[str, Source] = {}
        self.quarantined: tuple[Quarantined, ...] = ()
        self.looked = False
        self._opening: set[str] = set()
        self._loader = loader
        self._transport = transport
        self._jitter = jitter
        self._turn = asyncio.Lock()

    async def refresh(self) -> None:
        """Read the declarations again: open what is new or changed, then retire what is gone."""
        async with self._turn:
            try:
                await self._refresh()
            finally:
                self.looked = True

    async def _refresh(self) -> None:
        declared = await asyncio.to_thread(self._loader.load)
        self.known = {each.code: each for each in declared.sources}
        before = {each.source.code: each for each in self.open}
        after, aside = await self._opened(declared, before)
        self.open = tuple(after)
        self._put_aside((*declared.quarantined, *aside))
        for each in before.values():
            if each not in after:
                await each.retire()

    def _put_aside(self, now: tuple[Quarantined, ...]) -> None:
        """Note what is set aside, and log what changed of it: once, however often the folder is read."""
        before, self.quarantined = self.quarantined, now
        for each in now:
            if each not in before:
                _log.warning("source %s is set aside: %s", each.code, each.reason)
        for code in sorted({each.code for each in before} - {each.code for each in now}):
            _log.warning("source %s is set aside no more", code)

    async def close(self) -> None:
        """Retire every source, the last opened first."""
        leaving, self.open = self.open, ()
        for each in reversed(leaving):
            await each.retire()

    def find(self, code: str) -> OpenSource | None:
        """Return the open source of this code."""
        return next((each for each in self.open if each.source.code == code), None)

    @property
    def declared(self) -> tuple[Source, ...]:
        """Return every source there is, open or not, in the order of codes; of an open one as it is open."""
        standing = {each.source.code: each.source for each in self.open}
        return tuple(source for _, source in sorted((self.known | standing).items()))

    def absence(self, code: str) -> NoticeCode:
        """Say why a source is not open: because it is still being opened, or because it could not be."""
        opening = not self.looked or code in self._opening
        return NoticeCode.OPENING if opening else NoticeCode.QUARANTINED

    async def __aenter__(self) -> Roster:
        await self.refresh()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _opened(
        self, declared: Sources, before: dict[str, OpenSource]
    ) -> tuple[list[OpenSource], list[Quarantined]]:
        """Open all that is new or changed at once: one that hangs holds up no other."""
        aside: list[Quarantined] = []
        standing = [before.get(source.code) for source in declared.sources]
        opened = await asyncio.gather(
            *(
                self._anew(source, there, aside)
                for source, there in zip(declared.sources, standing, strict=True)
            )
        )
        aside.sort(key=lambda each: each.code)
        return [each for each in opened if each is not None], aside

    async def _anew(
        self, source: Source, standing: OpenSource | None, aside: list[Quarantined]
    ) -> OpenSource | None:
        """Keep what stands if nothing changed or the change cannot be opened."""
        if standing is not None and standing.source == source:
            return standing
        self._opening.add(source.code)
        try:
            fresh = await self._try(source, aside)
        finally:
            self._opening.discard(source.code)
        if fresh is not None and standing is None:  # it serves at once, however long others take
            self.open = tuple(sorted((*self.open, fresh), key=lambda each: each.source.code))
        return fresh or standing

    async def _try(self, source: Source, aside: list[Quarantined]) -> OpenSource | None:
        try:
            fresh = OpenSource(source, self.clock, self._transport(source), self._jitter)
            await fresh.open()
        except Exception as error:  # noqa: BLE001  (one source's failure is shown, the rest serve)
            said = f": {error}" if isinstance(error, Misdeclared) else ""
            aside.append(Quarantined(source.code, f"it could not be opened ({type(error).__name__}{said})"))
            return None
        return fresh
