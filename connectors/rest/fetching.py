"""Fetching: the pages of one endpoint, one after the other, until they end or are made to."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from importlib import import_module
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from connectors.call import Call
from connectors.decoding import markup, strict
from connectors.decoding.text import decode
from connectors.errors import SourceBusy, SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.expressions import field
from connectors.expressions import rows as rows_of
from connectors.notices import NoticeCode
from connectors.rest.auth import signer
from connectors.rest.filling import Asked, placed, sent, spelled
from connectors.rest.settings import Endpoint, Nested, Paging, RestSettings
from connectors.sent import spoken
from connectors.transport import Answer, Http, Request

LONGEST = 4000
"""Signs of a header that are looked at."""
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*rel="?next"?')

_MEANT: Mapping[str, type[SourceError]] = {
    "unavailable": SourceUnavailable,
    "busy": SourceBusy,
    "refused": SourceRefused,
    "unreadable": SourceUnreadable,
}


class Fetcher:
    """Asks one source's endpoints, signed, and gives their rows."""

    def __init__(self, settings: RestSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._signer = signer(settings.auth, http)
        self._wrong = field(settings.errors.when if settings.errors else "")
        self._code = field(settings.errors.code if settings.errors else "")

    async def pages(
        self, endpoint: Endpoint, asked: Asked, call: Call
    ) -> AsyncIterator[tuple[Any, list[Any]]]:
        """Give each page as (the whole answer, its rows); an absent thing has none.

        ``SourceUnreadable`` (PAGING_ENDLESS) where pages repeat or are more than declared.
        """
        rows_at, inner = compiled(endpoint)
        steps = _Steps(endpoint, lambda more: self._request(endpoint, {**asked, **more}))
        request: Request | None = steps.first()
        while request is not None:
            answer = await self._signer.ask(self._http, request, call)
            told = self._read(answer, call)
            if told is None:
                return
            outer = _rows(rows_at(told))
            rows = inner(outer)
            yield told, rows
            request = steps.following(answer, told, max(outer, rows, key=len))

    async def document(
        self, endpoint: Endpoint, asked: Asked, more: Sequence[tuple[str, str]], call: Call
    ) -> bytes | None:
        """Give one whole answer as it came, None where the thing is absent; ``more`` are further params."""
        request = self._request(endpoint, asked)
        answer = await self._signer.ask(
            self._http, msgspec.structs.replace(request, params=(*request.params, *more)), call
        )
        return None if answer.status == 404 else answer.body

    async def probe(self, path: str, call: Call) -> None:
        """Send one request and look at its status only."""
        request = Request(url=self._settings.url + path, headers=self._headers())
        await self._signer.ask(self._http, request, call)

    def _request(self, endpoint: Endpoint, asked: Asked) -> Request:
        body, kind = sent(endpoint, asked)
        return Request(
            url=self._settings.url + placed(endpoint.path, asked),
            method=endpoint.method,
            params=tuple((name, spelled(value, asked)) for name, value in endpoint.params.items()),
            headers={**self._headers(), **kind},
            body=body,
            read=True,
            absent_ok=endpoint.absent,
        )

    def _headers(self) -> dict[str, str]:
        return {name: spoken(value) for name, value in self._settings.headers.items()}

    def _read(self, answer: Answer, call: Call) -> Any | None:
        """Read an answer; None stands for a thing that is not there."""
        if answer.status == 404:
            return None
        told = self._open(answer.body, call)
        return None if self._says_none(told) else told

    def _open(self, body: bytes, call: Call) -> Any:
        if self._settings.format == "json":
            return strict.read(body, self._settings.reading, call)
        text = decode(body, self._settings.reading, call)
        if self._settings.format == "xml":
            return markup.parse(text)
        elements = import_module("connectors.decoding.elements")
        return elements.plain(elements.opened(text))

    def _says_none(self, told: Any) -> bool:
        """Look for an error inside the answer: True where it says there is nothing."""
        if self._settings.errors is None or not self._wrong(told):
            return False
        meant = self._settings.errors.known.get(str(self._code(told)))
        if meant == "empty":
            return True
        if meant is None:
            raise SourceUnreadable(NoticeCode.SAYS_NO)
        raise _MEANT[meant]()


class _Steps:
    """From one page to the next, and no further than declared."""

    def __init__(self, endpoint: Endpoint, make: Callable[[Asked], Request]) -> None:
        self._paging = endpoint.paging
        self._make = make
        self._request = make({})
        self._next = field(endpoint.paging.next if endpoint.paging else "")
        self._pages = field(endpoint.paging.pages if endpoint.paging else "")
        self._seen: set[str] = set()
        self._last: list[Any] | None = None
        self._count = 0

    def first(self) -> Request:
        paging = self._paging
        if paging is None or paging.kind in ("cursor", "link"):
            return self._sized(self._request)
        return self._numbered(paging)

    def following(self, answer: Answer, told: Any, rows: list[Any]) -> Request | None:
        """Return the request for the next page, or None at the end."""
        paging = self._paging
        if paging is None:
            return None
        self._count += 1
        request = self._step(paging, answer, told, rows)
        if request is not None and (self._count >= paging.most or (rows and rows == self._last)):
            raise SourceUnreadable(NoticeCode.PAGING_ENDLESS, pages=self._count)
        self._last = rows
        return request

    def _step(self, paging: Paging, answer: Answer, told: Any, rows: list[Any]) -> Request | None:
        if paging.kind in ("cursor", "link"):
            return self._pointed(paging, answer, told)
        pages = self._pages(told)
        if pages is not None:
            return self._numbered(paging) if self._count < _whole(pages) else None
        return self._numbered(paging) if len(rows) >= paging.size else None

    def _pointed(self, paging: Paging, answer: Answer, told: Any) -> Request | None:
        pointer = self._next(told) or _headed(paging, answer)
        if not pointer:
            return None
        if not isinstance(pointer, str | int) or str(pointer) in self._seen:
            raise SourceUnreadable(NoticeCode.PAGING_ENDLESS, pages=self._count)
        self._seen.add(str(pointer))
        if paging.kind == "link":
            return self._linked(str(pointer))
        if paging.in_body:
            return self._sized(self._make({"cursor": str(pointer)}))
        return self._sized(self._request, (paging.param, str(pointer)))

    def _linked(self, place: str) -> Request:
        there = urljoin(self._request.url, place)
        if urlsplit(there)[:2] != urlsplit(self._request.url)[:2]:
            raise SourceUnreadable(NoticeCode.REDIRECTED, where="paging")
        return msgspec.structs.replace(self._request, url=there, params=())

    def _numbered(self, paging: Paging) -> Request:
        step = paging.size if paging.kind == "offset" else 1
        start = paging.first if paging.kind == "page" else 0
        return self._sized(self._request, (paging.param, str(start + self._count * step)))

    def _sized(self, request: Request, *params: tuple[str, str]) -> Request:
        paging = self._paging
        size = ((paging.size_param, str(paging.size)),) if paging and paging.size_param else ()
        return msgspec.structs.replace(request, params=(*request.params, *params, *size))


def _whole(pages: Any) -> int:
    if isinstance(pages, str) and pages.isascii() and pages.isdigit() and len(pages) < 9:
        return int(pages)
    if isinstance(pages, int) and not isinstance(pages, bool):
        return pages
    raise SourceUnreadable(where="pages")


def _rows(found: Any) -> list[Any]:
    if found is None or found == "":
        return []
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise SourceUnreadable(where="rows")
    return found


def compiled(endpoint: Endpoint) -> tuple[Callable[[Any], Any], Callable[[list[Any]], list[Any]]]:
    """Compile where an endpoint's rows are found; ``Misdeclared`` where an expression of it is none."""
    for expression in (endpoint.paging.next, endpoint.paging.pages) if endpoint.paging else ():
        field(expression)
    return rows_of(endpoint.rows), nested(endpoint.nested)


def nested(declared: Nested | None) -> Callable[[list[Any]], list[Any]]:
    """Compile how rows are taken out of outer ones, each with the one it was in."""
    if declared is None:
        return lambda outer: outer
    at, parent = field(declared.rows), declared.parent

    def taken(outer: list[Any]) -> list[Any]:
        return [{**_named(row), parent: above} for above in outer for row in _rows(at(above))]

    return taken


def _named(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise SourceUnreadable(where="nested.rows")
    return row


def _headed(paging: Paging, answer: Answer) -> str | None:
    """Return what the headers of an answer point to, if they do."""
    found = answer.headers.get(paging.header.lower(), "")[:LONGEST] if paging.header else ""
    return found or (linked(answer) if paging.kind == "link" else None)


def linked(answer: Answer) -> str | None:
    """Return where the Link header says the next page is."""
    found = _NEXT.search(answer.headers.get("link", "")[:LONGEST])
    return found[1] if found else None
