"""Documents: whole documents about a learner, fetched over HTTP or read from a folder."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

from msgspec import Meta
from msgspec import field as setting

from connectors.call import Call
from connectors.contract import Settings
from connectors.decoding.text import Reading
from connectors.errors import Misdeclared, SourceMisset, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.expressions import Expression
from connectors.mapping import Declared
from connectors.notices import NoticeCode
from connectors.rest.fetching import Fetcher
from connectors.rest.settings import Auth, Endpoint, NoAuth, Paging, RestSettings
from connectors.sent import Sent
from connectors.transport import Http

_CODE = re.compile(r"\w[\w.@-]{0,119}")
_HOLE = "{code}"


class Place(Declared, frozen=True):
    """Where a document lies: a path below the url or the folder, ``{code}`` standing for what is asked.

    ``absent`` tells that a 404 means there is nothing known. A file that is not there always means it.
    """

    path: str
    params: dict[str, Sent] = setting(default_factory=dict)
    absent: bool = False


class Located(Settings, frozen=True):
    """A source of whole documents: at a ``url`` or in a ``folder``, one of the two.

    ``most_bytes`` bounds a file; what comes over HTTP is bounded by the traffic policy.
    """

    url: str = ""
    folder: str = ""
    auth: Auth = NoAuth()
    headers: dict[str, Sent] = setting(default_factory=dict)
    reading: Reading = Reading()
    most_bytes: Annotated[int, Meta(ge=1)] = 5 * 1024 * 1024


class Documents(Protocol):
    """Gives documents."""

    async def give(
        self, place: Place, asked: Mapping[str, str], call: Call, more: Sequence[tuple[str, str]] = ()
    ) -> bytes | None:
        """Give one document, None where there is none; ``more`` are further parameters of a request."""
        ...

    def pages(
        self, place: Place, rows: Expression, paging: Paging, asked: Mapping[str, str], call: Call
    ) -> AsyncIterator[Any]:
        """Give the rows of JSON in pages, one after the other."""
        ...


def documents(settings: Located, http: Http) -> Documents:
    """Open the documents of a source; ``Misdeclared`` unless exactly one of url and folder is named."""
    if bool(settings.url) == bool(settings.folder):
        raise Misdeclared("name either a url or a folder")
    return Folder(settings) if settings.folder else Remote(settings, http)


class Remote:
    """Documents over HTTP, by the session's traffic policy."""

    def __init__(self, settings: Located, http: Http) -> None:
        made = RestSettings(
            url=settings.url, auth=settings.auth, headers=settings.headers, reading=settings.reading
        )
        self._fetcher = Fetcher(made, http)

    async def give(
        self, place: Place, asked: Mapping[str, str], call: Call, more: Sequence[tuple[str, str]] = ()
    ) -> bytes | None:
        """Fetch it."""
        endpoint = Endpoint(path=place.path, params=place.params, absent=place.absent)
        return await self._fetcher.document(endpoint, dict(asked), more, call)

    async def pages(
        self, place: Place, rows: Expression, paging: Paging, asked: Mapping[str, str], call: Call
    ) -> AsyncIterator[Any]:
        """Follow them, no further than declared."""
        endpoint = Endpoint(
            path=place.path, params=place.params, absent=place.absent, rows=rows, paging=paging
        )
        async for _, page in self._fetcher.pages(endpoint, dict(asked), call):
            for row in page:
                yield row


class Folder:
    """Documents in a folder, one file for each question; nothing outside the folder is ever opened."""

    def __init__(self, settings: Located) -> None:
        self._folder = Path(settings.folder)
        self._most = settings.most_bytes

    async def give(
        self, place: Place, asked: Mapping[str, str], call: Call, more: Sequence[tuple[str, str]] = ()
    ) -> bytes | None:
        """Read it; a code that cannot be part of a file's name names no file."""
        code = asked.get("code", "")
        if _HOLE in place.path and not _CODE.fullmatch(code):
            return None
        return await asyncio.to_thread(self._read, place.path.replace(_HOLE, code))

    async def pages(
        self, place: Place, rows: Expression, paging: Paging, asked: Mapping[str, str], call: Call
    ) -> AsyncIterator[Any]:
        """Refuse: ``SourceMisset``, since a file has no pages."""
        raise SourceMisset(where="paging")
        yield

    def _read(self, name: str) -> bytes | None:
        try:
            home = self._folder.resolve(strict=True)
            path = home.joinpath(name).resolve()
            if not path.is_relative_to(home):
                raise SourceRefused(NoticeCode.FORBIDDEN)
            with path.open("rb") as file:
                body = file.read(self._most + 1)
        except FileNotFoundError:
            if self._folder.is_dir():
                return None
            raise SourceUnavailable from None
        except PermissionError:
            raise SourceRefused(NoticeCode.FORBIDDEN) from None
        except OSError:
            raise SourceUnavailable from None
        if len(body) > self._most:
            raise SourceUnreadable(NoticeCode.TOO_LARGE, where="file")
        return body
