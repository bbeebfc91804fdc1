"""A folder behind SFTP: listed, and its newest complete export read into memory."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncssh

from connectors.call import Call
from connectors.errors import Misdeclared, SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.files.folder import named_day, waiting
from connectors.files.found import Found
from connectors.files.settings import FilesSettings, Sftp
from connectors.notices import NoticeCode

_PIECE = 256 * 1024
_MOST_FILES = 10_000


class Remote:
    """Looks again every ``again`` seconds; connects for that, and stays connected for nothing."""

    def __init__(self, settings: FilesSettings, sftp: Sftp) -> None:
        self._settings = settings
        self._sftp = sftp
        self._options = _options(sftp)
        self._last: tuple[Found, ...] = ()
        self._next = 0.0

    def __repr__(self) -> str:
        return "<Remote>"

    async def chain(self, call: Call) -> Sequence[Found]:
        """List the folder and read what is new in it."""
        if self._last and call.clock.now() < self._next:
            return self._last
        call.spend()
        try:
            async with (
                asyncssh.connect(self._sftp.host, self._sftp.port, **self._options) as connection,
                connection.start_sftp_client() as client,
            ):
                self._last = await self._read(client, call)
        except (asyncssh.Error, OSError) as error:
            raise _translated(error) from None
        self._next = call.clock.now() + self._settings.again
        return self._last

    async def _read(self, client: asyncssh.SFTPClient, call: Call) -> tuple[Found, ...]:
        listed = await self._listed(client)
        now = call.clock.moment().timestamp()
        full = self._whole(listed, self._settings.pattern, now)
        if not full:
            ages = [now - listed[name] for name in _fitting(listed, self._settings.pattern)]
            raise waiting(ages, self._settings.marker, self._settings.settled)
        if len(full) > 1 and full[-1][0] == full[-2][0]:
            call.remark(NoticeCode.DUPLICATES)
        later = self._whole(listed, self._settings.deltas, now) if self._settings.deltas else []
        wanted = [full[-1], *(each for each in later if each[:2] > full[-1][:2] and each[2] != full[-1][2])]
        return tuple([await self._fetched(client, *each) for each in wanted])

    async def _listed(self, client: asyncssh.SFTPClient) -> dict[str, float]:
        found: dict[str, float] = {}
        async for each in client.scandir(self._settings.folder):
            found[str(each.filename)] = float(each.attrs.mtime or 0)
            if len(found) > _MOST_FILES:
                raise SourceUnreadable(NoticeCode.TOO_LARGE, where="folder")
        return found

    def _whole(self, listed: dict[str, float], pattern: str, now: float) -> list[tuple[datetime, float, str]]:
        marker, settled = self._settings.marker, self._settings.settled
        done = [
            name
            for name in _fitting(listed, pattern)
            if (name + marker in listed if marker else now - listed[name] >= settled)
        ]
        return sorted(
            (named_day(name) or datetime.fromtimestamp(listed[name], UTC), listed[name], name)
            for name in done
        )

    async def _fetched(
        self, client: asyncssh.SFTPClient, as_of: datetime, changed: float, name: str
    ) -> Found:
        """Read one file, unless it is the one read before."""
        for each in self._last:
            if (each.name, each.changed) == (name, changed):
                return each
        body = bytearray()
        opening: Any = client.open(f"{self._settings.folder}/{name}", "rb")
        async with opening as file:
            while piece := await file.read(_PIECE):
                body += piece
                if len(body) > self._settings.most_bytes:
                    raise SourceUnreadable(NoticeCode.TOO_LARGE, where="file")
        return Found(name=name, changed=changed, as_of=as_of, body=bytes(body))


def _fitting(names: Iterable[str], pattern: str) -> list[str]:
    """Give the names that fit a pattern."""
    return [name for name in names if fnmatch.fnmatch(name, pattern)]


def _options(sftp: Sftp) -> dict[str, Any]:
    """Say how to connect: the host's key is the one declared, and nothing of this machine's is used."""
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
    try:
        asyncssh.import_public_key(sftp.host_key)
        known = asyncssh.import_known_hosts(f"* {sftp.host_key}\n")
        keys = [asyncssh.import_private_key(sftp.key.reveal())] if sftp.key else []
    except (asyncssh.KeyImportError, ValueError):
        raise Misdeclared("sftp: the host's key or our own is none") from None
    return {
        "username": sftp.user,
        "password": sftp.password.reveal() if sftp.password else None,
        "client_keys": keys or None,
        "known_hosts": known,
        "agent_path": None,
        "config": None,
        "connect_timeout": sftp.connect_seconds,
        "login_timeout": sftp.connect_seconds,
    }


def _translated(error: Exception) -> SourceError:
    match error:
        case asyncssh.PermissionDenied():
            return SourceRefused(NoticeCode.CREDENTIALS_REFUSED)
        case asyncssh.HostKeyNotVerifiable():
            return SourceRefused(NoticeCode.TLS_FAILED)
        case asyncssh.SFTPNoSuchFile() | asyncssh.SFTPNoSuchPath():
            return SourceUnavailable(NoticeCode.UNREACHABLE)
        case asyncssh.SFTPPermissionDenied():
            return SourceRefused(NoticeCode.FORBIDDEN)
        case asyncssh.ConnectionLost() | asyncssh.SFTPError():
            return SourceUnavailable(NoticeCode.BROKEN_OFF)
    return SourceUnavailable(NoticeCode.UNREACHABLE)
