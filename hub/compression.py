"""Compression: answers above a size are sent as gzip to clients that take it.

Streams of events pass as they are, for each event must leave at once. Bodies that take long to compress
are compressed outside the event loop.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.media import accepts_gzip

SMALLEST: Final = 1_000  # bytes
LONG: Final = 100_000  # bytes, about 2 ms
LEVEL: Final = 5
TEXTS: Final = (
    "application/json",
    "application/graphql-response+json",
    "text/html",
    "text/css",
    "text/javascript",
)


class Compressed:
    """Wraps an ASGI app."""

    def __init__(self, app: ASGIApp, smallest: int = SMALLEST) -> None:
        self._app = app
        self._smallest = smallest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            send = _Sender(scope, send, self._smallest)
        await self._app(scope, receive, send)


class _Sender:
    """Holds the head back until the first part of the body tells whether it is all there is."""

    def __init__(self, scope: Scope, send: Send, smallest: int) -> None:
        self._scope = scope
        self._send = send
        self._smallest = smallest
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        head, self._head = self._head, None
        if head:
            message = await self._changed(head, message)
            await self._send(head)
        await self._send(message)

    async def _changed(self, head: Message, message: Message) -> Message:
        headers, body = MutableHeaders(raw=head["headers"]), message.get("body", b"")
        if not headers.get("content-type", "").startswith(TEXTS):
            return message
        headers.add_vary_header("Accept-Encoding")
        if message.get("more_body") or len(body) < self._smallest or not self._wanted():
            return message
        packed = await asyncio.to_thread(_pack, body) if len(body) > LONG else _pack(body)
        headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(packed))
        return {"type": "http.response.body", "body": packed}

    def _wanted(self) -> bool:
        encodings = Headers(scope=self._scope).getlist("accept-encoding")
        return self._scope["method"] != "HEAD" and accepts_gzip(",".join(encodings))


def _pack(body: bytes) -> bytes:
    return zlib.compress(body, LEVEL, 31)
