"""The one guard before everything: size, type, overload, deadline, and one shape for every answer.

A body is read before a place is taken, so slow senders hold no place; all bodies being read share one
budget. What comes out has a request id and the security headers, whether it came from the app or from
here.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.gate import Gate
from hub.media import JSON, choose, demand_json
from schema.context import Deadline
from schema.errors import Refusal, dress, dress_internal, log_defect

REQUEST_ID: Final = "request_id"
DEADLINE: Final = "deadline"

SECURITY: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much the edge takes: bytes, seconds and requests."""

    body: int = 2_000_000  # bytes of one body
    bodies: int = 64_000_000  # bytes of all bodies being read or answered
    deadline: float = 10.0  # seconds from the head of a request to its answer
    upload: float = 8.0  # seconds for a body to arrive
    places: int = 64  # requests answered at once
    queue: int = 64  # requests waiting for a place
    patience: float = 1.0  # seconds in the queue
    retry_after: int = 1  # seconds, told to those refused
    unguarded: tuple[str, ...] = ("/health/",)  # paths that need no place


def encode(body: object) -> bytes:
    """Encode an answer as JSON."""
    return msgspec.json.encode(body)


def refused(refusal: Refusal, request_id: str, accept: str, retry_after: int) -> Response:
    """Answer a refusal, in the media type the client prefers and in JSON where it takes neither."""
    response = Response(encode({"errors": [dress(refusal, request_id)]}), refusal.code.status)
    response.headers["content-type"] = content_type(choose(accept) or JSON)
    if refusal.code.name in ("OVERLOADED", "DEADLINE_EXCEEDED"):
        response.headers["retry-after"] = str(retry_after)
    if "allow" in refusal.facts:
        response.headers["allow"] = str(refusal.facts["allow"])
    if refusal.code.name == "BODY_TOO_SLOW":
        response.headers["connection"] = "close"
    return response


def content_type(media: str) -> str:
    """Write out a media type with its charset."""
    return f"{media}; charset=utf-8"


class Guard:
    """Wraps an ASGI app; puts the request id and the deadline into the request's state."""

    def __init__(self, app: ASGIApp, bounds: Bounds | None = None) -> None:
        self._app = app
        self._bounds = bounds or Bounds()
        self._gate = Gate(self._bounds.places, self._bounds.queue, self._bounds.patience)
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reply = _Reply(scope, send)
        try:
            await self._answer(scope, receive, reply)
        except Refusal as refusal:
            await reply.refuse(refusal, self._bounds.retry_after)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001 - the last resort: every request gets an answer
            log_defect(error, reply.request_id)
            await reply.fail()

    async def _answer(self, scope: Scope, receive: Receive, reply: _Reply) -> None:
        deadline = Deadline.after(self._bounds.deadline)
        scope.setdefault("state", {}).update({REQUEST_ID: reply.request_id, DEADLINE: deadline})
        if scope["path"].startswith(self._bounds.unguarded):
            await self._run(scope, receive, reply, deadline)
            return
        body = await self._read(reply.headers, scope["method"], receive)
        try:
            async with self._gate.place():
                await self._run(scope, _replay(body, receive), reply, deadline)
        finally:
            self._held -= len(body)

    async def _run(self, scope: Scope, receive: Receive, reply: _Reply, deadline: Deadline) -> None:
        try:
            async with asyncio.timeout(deadline.left) as limit:
                await self._app(scope, receive, reply)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise Refusal("DEADLINE_EXCEEDED", seconds=self._bounds.deadline) from error

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


class _Reply:
    """The way back: adds the headers of every answer, and knows whether one has begun."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.headers = Headers(scope=scope)
        self.accept = ",".join(self.headers.getlist("accept"))
        self.request_id = _request_id(self.headers.get("x-request-id"))
        self._scope = scope
        self._send = send
        self._begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            headers["x-request-id"] = self.request_id
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def refuse(self, refusal: Refusal, retry_after: int) -> None:
        await self._say(refused(refusal, self.request_id, self.accept, retry_after))

    async def fail(self) -> None:
        body = encode({"errors": [dress_internal(self.request_id)]})
        await self._say(Response(body, 500, media_type=choose(self.accept) or JSON))

    async def _say(self, response: Response) -> None:
        if not self._begun:  # half an answer cannot be taken back: the server closes the connection
            await response(self._scope, _nothing, self)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _chunks(receive: Receive) -> Any:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        more = message.get("more_body", False)
        yield message.get("body", b"")


class ClientGone(Exception):
    """The client left before its request was whole."""


def _replay(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed


# Ids are taken over only in a shape that no personal number has.
_GIVEN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _request_id(given: str | None) -> str:
    return given if given and _GIVEN.fullmatch(given) else uuid.uuid4().hex
