"""Paging: the pages of one endpoint, one after the other, until they end or are made to."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from connectors.errors import SourceUnreadable
from connectors.expressions import field
from connectors.expressions import rows as rows_of
from connectors.notices import NoticeCode
from connectors.rest.filling import Asked
from connectors.rest.settings import Endpoint, Nested, Paging
from connectors.transport import Answer, Request

LONGEST = 4000
"""Signs of a header that are looked at."""
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*rel="?next"?')

Make = Callable[[Asked], Request]
"""Makes the request of a page, with what is asked for besides."""
Fetch = Callable[[Request], Awaitable[tuple[Answer, Any]]]
"""Gives an answer, and what it says; None stands for a thing that is not there."""


class Pages:
    """The pages of one answer, each as (the whole answer, its rows), fetched as they are asked for.

    ``SourceUnreadable`` (PAGING_ENDLESS) where pages repeat or are more than declared.
    """

    def __init__(self, endpoint: Endpoint, make: Make, fetch: Fetch) -> None:
        self._fetch = fetch
        self._rows_at, self._inner = compiled(endpoint)
        self._steps = _Steps(endpoint, make)
        self._next: Callable[[], Request | None] = self._steps.first

    def __aiter__(self) -> Pages:
        return self

    async def __anext__(self) -> tuple[Any, list[Any]]:
        request = self._next()
        if request is None:
            raise StopAsyncIteration
        answer, told = await self._fetch(request)
        if told is None:
            raise StopAsyncIteration
        outer = _rows(self._rows_at(told))
        rows = self._inner(outer)
        self._next = lambda: self._steps.following(answer, told, max(outer, rows, key=len))
        return told, rows


class _Steps:
    """From one page to the next, and no further than declared."""

    def __init__(self, endpoint: Endpoint, make: Make) -> None:
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
        if not params and not size:
            return request
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
