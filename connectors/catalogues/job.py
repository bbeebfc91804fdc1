"""Synchronising: asks sources for their catalogues and keeps what they give, each source whole or not at all.

A source's cursor and items are replaced together, in one file. So a job that is killed leaves each source as
it was or as it became, and the next one asks again from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from connectors.call import Call
from connectors.catalogues.mirror import Entry, Folded, folded
from connectors.catalogues.runs import Run, SyncOutcome
from connectors.catalogues.staging import Busy, Head, Kept, Staging, StagingAway
from connectors.contract import Verb
from connectors.notices import NoticeCode
from connectors.offered import CatalogueChanges
from connectors.roster import Roster
from connectors.standby import OpenSource

AT_ONCE: Final = 4
"""Sources asked at a time."""
AGAIN: Final = timedelta(minutes=15)
"""How soon a source that failed is asked again, where it would not be asked sooner."""

Watch = Callable[[Run], None]
"""Told of each source when it is done."""


class _Failed(Exception):
    """Nothing is kept of this run."""

    def __init__(self, code: NoticeCode) -> None:
        super().__init__(code.value)
        self.code = code


class Synchroniser:
    """Synchronises the sources of a roster into a staging folder."""

    def __init__(self, roster: Roster, staging: Staging) -> None:
        self._roster = roster
        self._staging = staging

    def offering(self) -> tuple[str, ...]:
        """Name the declared sources that offer a catalogue."""
        return tuple(code for code, each in self._roster.known.items() if each.offer(Verb.CATALOGUE))

    async def due(self, every: timedelta) -> list[str]:
        """Name the sources last synchronised longer ago than ``every``."""
        now = self._roster.clock.moment()
        return [code for code in self.offering() if await asyncio.to_thread(self._late, code, every, now)]

    async def run(
        self, sources: Sequence[str], *, full: bool = False, watch: Watch = lambda _: None
    ) -> list[Run]:
        """Synchronise some sources; whatever happens to one is in its report and is nothing to the others."""
        door = asyncio.Semaphore(AT_ONCE)

        async def one(code: str) -> Run:
            async with door:
                run = await self._run(code, full)
            watch(run)
            return run

        return list(await asyncio.gather(*(one(code) for code in dict.fromkeys(sources))))

    def _late(self, code: str, every: timedelta, now: datetime) -> bool:
        try:
            finished, failed = self._staging.told(code)
        except StagingAway:
            return True
        if failed is not None:
            return now >= failed.ended + min(every, AGAIN)
        return finished is None or now >= finished.ended + every

    async def _run(self, code: str, full: bool) -> Run:
        began = self._roster.clock.moment()
        try:
            with ExitStack() as held:
                await asyncio.to_thread(held.enter_context, self._staging.hold(code))
                return await self._held(code, full, began)
        except Busy:
            return self._failed(code, began, NoticeCode.SYNC_RUNNING)
        except StagingAway:
            return self._failed(code, began, NoticeCode.STAGING_AWAY)

    async def _held(self, code: str, full: bool, began: datetime) -> Run:
        try:
            return await self._synchronised(code, full, began)
        except _Failed as ill:
            run = self._failed(code, began, ill.code)
            await asyncio.to_thread(self._staging.fail, run)
            return run

    async def _synchronised(self, code: str, full: bool, began: datetime) -> Run:
        source = self._roster.find(code)
        if source is None:
            raise _Failed(self._roster.absence(code))
        kept = await asyncio.to_thread(self._staging.load, code)
        whole = full or _whole(kept, source, began)
        sent = await _asked(source, None if whole or kept.head is None else kept.head.cursor)
        found = await asyncio.to_thread(_taken, source, kept.entries, sent)
        run = _report(code, began, self._roster.clock.moment(), sent.full, found)
        full_at = began.timestamp() if sent.full or kept.head is None else kept.head.full_at
        head = Head(run, sent.cursor or (kept.head.cursor if kept.head and not sent.full else ""), full_at)
        await asyncio.to_thread(self._staging.save, code, head, found.mirror)
        return run

    def _failed(self, code: str, began: datetime, why: NoticeCode) -> Run:
        ended = self._roster.clock.moment()
        return Run(source=code, began=began, ended=ended, outcome=SyncOutcome.FAILED, notice=why)


def _whole(kept: Kept, source: OpenSource, now: datetime) -> bool:
    """Tell whether the whole catalogue is to be asked for."""
    head = kept.head
    if head is None or not head.cursor or head.run.refused:  # what was refused comes again in no change
        return True
    return now.timestamp() >= head.full_at + source.source.sync.full_every


async def _asked(source: OpenSource, since: str | None) -> CatalogueChanges:
    async def put(connector: Any, call: Call) -> CatalogueChanges:
        given: CatalogueChanges = await connector.catalogue(since, call)
        return given

    bounds = source.source.sync
    if not source.source.offer(Verb.CATALOGUE):
        raise _Failed(NoticeCode.NOT_OFFERED)
    outcome = await source.ask(put, bounds.deadline, requests=bounds.requests)
    if outcome.error is not None:
        raise _Failed(outcome.error.code)
    if outcome.value is None:
        raise _Failed(NoticeCode.DEFECT)
    return replace(outcome.value, full=outcome.value.full or since is None)


def _taken(source: OpenSource, before: Mapping[str, Entry], sent: CatalogueChanges) -> Folded:
    bounds = source.source.sync
    if len(sent.changes) > bounds.items:
        raise _Failed(NoticeCode.CATALOGUE_TOO_LARGE)
    found = folded(before, sent, source.source.issuers, bounds.loss)
    size = sum(len(msgspec.json.encode(entry)) for entry in found.mirror.values())
    if len(found.mirror) > 2 * bounds.items or size > bounds.bytes:
        raise _Failed(NoticeCode.CATALOGUE_TOO_LARGE)
    return found


def _report(code: str, began: datetime, ended: datetime, full: bool, found: Folded) -> Run:
    counts, refusals = found.counts, found.refusals
    return Run(
        source=code,
        began=began,
        ended=ended,
        outcome=SyncOutcome.HELD if counts["held"] else SyncOutcome.FINISHED,
        full=full,
        read=counts["read"],
        new=counts["new"],
        changed=counts["changed"],
        gone=counts["gone"],
        unchanged=counts["unchanged"],
        held=counts["held"],
        refused=sum(refusals.codes.values()),
        refusals=tuple(refusals.named),
        by_code=dict(refusals.codes),
    )
