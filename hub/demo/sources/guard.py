"""The guard of an interface: requests without the key are turned away before it sees them."""

from __future__ import annotations

from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Keyed:
    """Lets in requests that carry ``key`` in ``X-Key``; others get ``status``, but at ``free`` paths."""

    def __init__(self, app: ASGIApp, key: str, status: int = 401, free: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._key = key.encode()
        self._status = status
        self._free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or turn it away."""
        if scope["type"] == "http" and not self._lets(Request(scope)):
            await JSONResponse({"error": "unauthorised"}, self._status)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _lets(self, request: Request) -> bool:
        shown = request.headers.get("x-key", "").encode("utf-8", "replace")
        return request.url.path in self._free or compare_digest(shown, self._key)
