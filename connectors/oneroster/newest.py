"""The newest archives of a folder: looked for at each question, and read once however many ask."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from connectors.call import Call
from connectors.errors import SourceUnavailable
from connectors.files.folder import Folder, dated
from connectors.notices import NoticeCode
from connectors.oneroster.archive import Archive
from connectors.oneroster.settings import OneRosterSettings


class Seen(NamedTuple):
    """The archives there are, the newest last, when each was changed, and the date of the newest."""

    paths: tuple[Path, ...]
    changed: tuple[float, ...]
    as_of: datetime


class Newest:
    """Gives what the newest archives hold."""

    def __init__(self, settings: OneRosterSettings) -> None:
        self._settings = settings
        self._folder = Folder(settings.archives, settings.pattern, settings.marker, settings.settled)
        self._read: tuple[Seen, Archive] | None = None
        self._reading: tuple[Seen, asyncio.Task[Archive]] | None = None

    def __repr__(self) -> str:
        return "<Newest>"

    async def archive(self, call: Call) -> Archive:
        """Give the archives as they are now.

        ``SourceUnavailable`` (TIMED_OUT) where they are still being read; whoever asks next waits for the
        same reading.
        """
        seen = await asyncio.to_thread(self._look, call)
        while self._read is None or self._read[0] != seen:
            self._read = await self._finished(*self._started(seen, call), call)
        call.dated(seen.as_of)
        return self._read[1]

    def close(self) -> None:
        """Wait for no reading any more; a thread at it ends by itself."""
        if self._reading is not None:
            self._reading[1].cancel()

    def _started(self, seen: Seen, call: Call) -> tuple[Seen, asyncio.Task[Archive]]:
        if self._reading is None:
            loading = asyncio.to_thread(Archive(self._settings).load, seen.paths, call)
            self._reading = seen, asyncio.create_task(loading)
        return self._reading

    async def _finished(self, seen: Seen, reading: asyncio.Task[Archive], call: Call) -> tuple[Seen, Archive]:
        await asyncio.wait([reading], timeout=call.left())
        if not reading.done():
            raise SourceUnavailable(NoticeCode.TIMED_OUT)
        if self._reading is not None and self._reading[1] is reading:
            self._reading = None
        return seen, reading.result()

    def _look(self, call: Call) -> Seen:
        try:
            paths = tuple(self._folder.exports(call.clock.moment().timestamp(), call))
            return Seen(paths, tuple(path.stat().st_mtime for path in paths), dated(paths[-1]))
        except OSError:  # one went away while we looked
            raise SourceUnavailable from None
