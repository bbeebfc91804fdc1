"""Origins: pages of which other sites may ask the hub (CORS). None, unless the configuration names them.

The hub sets no cookies, and allows no credentials: what a foreign page may do here, any program may do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schema.errors import Refusal

ANY: Final = "*"
PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": "Accept, Content-Type, If-None-Match, X-Request-Id",
    "access-control-max-age": "600",
}
EXPOSED: Final = "ETag, Retry-After, X-Request-Id"


class Origins:
    """The origins that the configuration names; ``*`` names all."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(allowed)

    @property
    def none(self) -> bool:
        """Whether no other site may ask."""
        return not self._allowed

    def allows(self, origin: str) -> bool:
        """Whether pages of an origin may ask."""
        return ANY in self._allowed or origin in self._allowed

    def demand(self, headers: Headers) -> None:
        """Raise `Refusal` ORIGIN_REFUSED for a WebSocket of a page from elsewhere: no browser asks first."""
        origin = headers.get("origin")
        if origin and urlsplit(origin).netloc != headers.get("host") and not self.allows(origin):
            raise Refusal("ORIGIN_REFUSED")


class CrossOrigin:
    """Wraps an ASGI app: answers preflights, and tells browsers whose pages may read the answers."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or self._origins.none:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await self._preflight(origin)(scope, receive, send)
        else:
            await self._app(scope, receive, self._marked(origin, send))

    def _preflight(self, origin: str) -> Response:
        response = Response(status_code=204, headers={"vary": "Origin"})
        if self._origins.allows(origin):
            response.headers.update({"access-control-allow-origin": origin} | PREFLIGHT)
        return response

    def _marked(self, origin: str | None, send: Send) -> Send:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.add_vary_header("Origin")
                if origin and self._origins.allows(origin):
                    headers["access-control-allow-origin"] = origin
                    headers["access-control-expose-headers"] = EXPOSED
            await send(message)

        return marked
