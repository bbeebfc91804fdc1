"""Fetching: requests to one source's endpoints, and what their answers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import msgspec

from connectors.call import Call
from connectors.decoding import markup, strict
from connectors.decoding.text import decode
from connectors.errors import SourceBusy, SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.expressions import field
from connectors.notices import NoticeCode
from connectors.rest.auth import signer
from connectors.rest.filling import Asked, placed, sent, spelled
from connectors.rest.paging import Pages
from connectors.rest.settings import Endpoint, RestSettings
from connectors.sent import spoken
from connectors.transport import Answer, Http, Request

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

    def pages(self, endpoint: Endpoint, asked: Asked, call: Call) -> Pages:
        """Give each page as (the whole answer, its rows); an absent thing has none."""
        return Pages(
            endpoint,
            make=lambda more: self._request(endpoint, {**asked, **more}),
            fetch=lambda request: self._page(request, call),
        )

    async def _page(self, request: Request, call: Call) -> tuple[Answer, Any | None]:
        answer = await self._signer.ask(self._http, request, call)
        return answer, self._read(answer, call)

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
