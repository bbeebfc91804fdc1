"""Origins: where exports come from, a folder, an address on the web, or a folder behind SFTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from connectors.call import Call
from connectors.files.folder import Folder, dated, named_day
from connectors.files.found import Found
from connectors.files.settings import FilesSettings
from connectors.rest.auth import signer
from connectors.transport import Answer, Http, Request


class Origin(Protocol):
    """Gives the exports to read: the newest full one, and the deltas after it, oldest first."""

    async def chain(self, call: Call) -> Sequence[Found]:
        """Look what is there; ``SourceUnavailable`` where there is no full export."""
        ...


class Local:
    """A folder of this machine."""

    def __init__(self, settings: FilesSettings) -> None:
        self._full = Folder(settings.folder, settings.pattern, settings.marker, settings.settled)
        self._deltas = Folder(settings.folder, settings.deltas, settings.marker, settings.settled)

    async def chain(self, call: Call) -> Sequence[Found]:
        """Look into the folder."""
        now = call.clock.moment().timestamp()
        full = _found(self._full.exports(now, call)[-1])
        if not self._deltas.pattern:
            return (full,)
        later = [_found(each) for each in self._deltas.whole(now)]
        after = (full.as_of, full.changed)
        return (
            full,
            *(each for each in later if (each.as_of, each.changed) > after and each.path != full.path),
        )


class Web:
    """One address; asked again every ``again`` seconds, by the traffic policy of the source."""

    def __init__(self, settings: FilesSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._signer = signer(settings.auth, http)
        self._last: Found | None = None
        self._next = 0.0

    async def chain(self, call: Call) -> Sequence[Found]:
        """Fetch it, unless it was fetched a little while ago."""
        if self._last is None or call.clock.now() >= self._next:
            answer = await self._http.ask(Request(url=self._settings.url), call, self._signer.sign)
            self._last = self._taken(answer, call)
            self._next = call.clock.now() + self._settings.again
        return (self._last,)

    def _taken(self, answer: Answer, call: Call) -> Found:
        name = PurePosixPath(self._settings.url.partition("?")[0]).name or "export"
        if self._last is not None and self._last.body == answer.body:
            return self._last
        as_of = named_day(name) or _said(answer) or call.clock.moment()
        return Found(name=name, changed=call.clock.now(), as_of=as_of, body=answer.body)


def _found(path: Path) -> Found:
    return Found(name=path.name, changed=path.stat().st_mtime, as_of=dated(path), path=path)


def _said(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("last-modified", "")).astimezone(UTC)
    except (ValueError, TypeError):
        return None
