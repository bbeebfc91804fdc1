"""The one guard before everything: size, type, overload, deadline, and one shape for every answer.

A body is read before a place is taken, so slow senders hold no place; all bodies being read share one
budget. What comes out has a request id and the security headers, whether it came from the app or from
here. A stream of events holds neither place nor deadline: its operations take their own turns. Nor does an
export, which has its own bounds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.bounds import Bounds
from hub.media import demand_json, wants_events
from hub.presence import ClientGone, Present
from hub.reply import Reply
from hub.turns import Turns
from schema.context import Deadline
from schema.errors import Refusal, log_defect

REQUEST_ID: Final = "request_id"
DEADLINE: Final = "deadline"


class Guard:
    """Wraps an ASGI app; puts the request id and the deadline into the request's state."""

    def __init__(self, app: ASGIApp, bounds: Bounds | None = None, turns: Turns | None = None) -> None:
        self._app = app
        self._bounds = bounds or Bounds()
        self._turns = turns or Turns(self._bounds)
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reply = Reply(scope, send)
        try:
            await self._answer(scope, receive, reply)
        except Refusal as refusal:
            await reply.refuse(refusal, self._bounds.retry_after)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001 - the last resort: every request gets an answer
            log_defect(error, reply.request_id)
            await reply.fail()

    async def _answer(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        deadline = self._turns.deadline()
        scope.setdefault("state", {}).update({REQUEST_ID: reply.request_id, DEADLINE: deadline})
        if scope["path"].startswith(self._bounds.unguarded):
            async with self._turns.until(deadline):
                await self._app(scope, receive, reply)
            return
        body = await self._read(reply.headers, scope["method"], receive)
        turn = self._lasting(len(body)) if self._lasts(scope, reply) else self._passing(len(body), deadline)
        async with Present(receive, lambda: reply.ended), turn:
            await self._app(scope, _replay(body), reply)

    def _lasts(self, scope: Scope, reply: Reply) -> bool:
        streamed = scope["path"] in self._bounds.streams and wants_events(reply.accept)
        return streamed or scope["path"].startswith(self._bounds.downloads)

    @asynccontextmanager
    async def _passing(self, size: int, deadline: Deadline) -> AsyncIterator[None]:
        try:
            async with self._turns.request(deadline):
                yield
        finally:
            self._held -= size

    @asynccontextmanager
    async def _lasting(self, size: int) -> AsyncIterator[None]:
        self._held -= size  # the body is read at once and dropped, what is sent may last for hours
        yield

    async def _read(self, headers: Headers, method: str, receive: Receive) -> bytes:
        if method == "POST":
            demand_json(headers.get("content-type"), headers.get("content-encoding"))
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or len(length) > 12 or int(length) > self._bounds.body:
            raise Refusal("BODY_TOO_LARGE", limit=self._bounds.body)
        try:
            async with asyncio.timeout(self._bounds.upload):
                return await self._collect(receive)
        except TimeoutError as error:
            raise Refusal("BODY_TOO_SLOW", seconds=self._bounds.upload) from error

    async def _collect(self, receive: Receive) -> bytes:
        body = bytearray()
        try:
            async for chunk in _chunks(receive):
                self._held += len(chunk)
                body += chunk
                self._demand_room(len(body))
        except BaseException:
            self._held -= len(body)
            raise
        return bytes(body)

    def _demand_room(self, length: int) -> None:
        if length > self._bounds.body:
            raise Refusal("BODY_TOO_LARGE", limit=self._bounds.body)
        if self._held > self._bounds.bodies:
            raise Refusal("OVERLOADED")


async def _chunks(receive: Receive) -> Any:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        more = message.get("more_body", False)
        yield message.get("body", b"")


def _replay(body: bytes) -> Receive:
    """Give the body once more, and nothing after it: whether the client left is watched by the guard."""
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        if not given:
            await asyncio.Event().wait()
        return given.pop()

    return replayed
