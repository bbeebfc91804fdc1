"""OneRoster's REST binding: filtered, by pages, until they end or are made to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from connectors.call import Call
from connectors.decoding import strict
from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode
from connectors.oneroster.settings import OneRosterSettings
from connectors.oneroster.shelf import SERVICES, SINGLE, Thing
from connectors.rest.auth import signer
from connectors.rest.paging import linked
from connectors.sent import spoken
from connectors.transport import Answer, Http, Request

_MOST_KEPT = 5000


class Interface:
    """Asks a OneRoster server."""

    def __init__(self, settings: OneRosterSettings, http: Http) -> None:
        self._settings = settings
        self._http = http
        self._signer = signer(settings.auth, http)
        self._headers = {name: spoken(value) for name, value in settings.headers.items()}
        self._kept: dict[tuple[str, str], tuple[float, Thing]] = {}

    def __repr__(self) -> str:
        return "<Interface>"

    async def of(self, kind: str, role: str, learner: str, call: Call) -> Sequence[Thing]:
        """Ask for a learner's things by filter; a name with a quote in it cannot be one."""
        if "'" in learner:
            return ()
        return await self._all(kind, f"{role}.sourcedId='{learner}'", call)

    async def one(self, kind: str, name: str, call: Call) -> Thing | None:
        """Ask for one thing, or give what is kept of it."""
        kept = self._kept.get((kind, name))
        if kept is not None and call.clock.now() < kept[0]:
            return kept[1]
        answer = await self._signer.ask(
            self._http, self._request(f"{kind}/{quote(name, safe='')}", kind, absent=True), call
        )
        if answer.status == 404:
            return None
        found = self._read(answer, call).get(SINGLE[kind])
        if not isinstance(found, dict):
            raise SourceUnreadable(where=SINGLE[kind])
        while len(self._kept) >= _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[kind, name] = call.clock.now() + self._settings.keep, found
        return found

    async def courses(self, since: str, call: Call) -> Sequence[Thing]:
        """Ask for the courses, by the date of their last change."""
        return await self._all("courses", f"dateLastModified>='{since}'" if since else "", call)

    async def _all(self, kind: str, wanted: str, call: Call) -> list[Thing]:
        found: list[Thing] = []
        seen: set[str] = set()
        request: Request | None = self._page(kind, wanted, 0)
        while request is not None:
            if len(seen) >= self._settings.most_pages:
                raise SourceUnreadable(NoticeCode.PAGING_ENDLESS, pages=len(seen))
            answer = await self._signer.ask(self._http, request, call)
            rows = self._read(answer, call).get(kind, [])
            if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
                raise SourceUnreadable(where=kind)
            place = repr((request.url, request.params))
            if place in seen:
                raise SourceUnreadable(NoticeCode.PAGING_ENDLESS, pages=len(seen))
            seen.add(place)
            found.extend(rows)
            request = self._following(request, answer, rows, len(found), kind, wanted)
        return found

    def _following(
        self, request: Request, answer: Answer, rows: list[Any], count: int, kind: str, wanted: str
    ) -> Request | None:
        """Follow the Link header; without one, the total if it is told; else until a page is not full."""
        there = linked(answer)
        if there:
            return self._linked(request, there)
        total = answer.headers.get("x-total-count", "")
        if total.isascii() and total.isdigit() and len(total) < 12:
            more = count < int(total) and bool(rows)
        else:
            more = len(rows) >= self._settings.page
        return self._page(kind, wanted, count) if more else None

    def _linked(self, request: Request, there: str) -> Request:
        url = urljoin(request.url, there)
        if urlsplit(url)[:2] != urlsplit(request.url)[:2]:
            raise SourceUnreadable(NoticeCode.REDIRECTED, where="paging")
        return Request(url=url, headers=request.headers)

    def _page(self, kind: str, wanted: str, offset: int) -> Request:
        params = [("limit", str(self._settings.page)), ("offset", str(offset))]
        return self._request(kind, kind, (*params, ("filter", wanted)) if wanted else tuple(params))

    def _request(
        self, path: str, kind: str, params: tuple[tuple[str, str], ...] = (), absent: bool = False
    ) -> Request:
        url = f"{self._settings.url.rstrip('/')}/{SERVICES[kind]}/v1p2/{path}"
        return Request(url=url, params=params, headers=self._headers, absent_ok=absent)

    def _read(self, answer: Answer, call: Call) -> Thing:
        told = strict.read(answer.body, self._settings.reading, call)
        if not isinstance(told, dict):
            raise SourceUnreadable(where="json")
        return told
