"""The way back: one shape for every answer, with a request id and the security headers."""

from __future__ import annotations

import re
import secrets
from typing import Final

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

from hub.media import JSON, choose
from schema.errors import Refusal, dress, dress_internal

SECURITY: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_SECURITY: Final = [(name.encode(), value.encode()) for name, value in SECURITY.items()]


def encode(body: object) -> bytes:
    """Encode an answer as JSON."""
    return msgspec.json.encode(body)


def content_type(media: str) -> str:
    """Write out a media type with its charset."""
    return f"{media}; charset=utf-8"


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


class Reply:
    """The way back of one request: adds the headers of every answer, knows whether it began and ended."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.headers = Headers(scope=scope)
        self.accept = ",".join(self.headers.getlist("accept"))
        self.request_id = _request_id(self.headers.get("x-request-id"))
        self.ended = False
        self._scope = scope
        self._send = send
        self._begun = False

    async def __call__(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self._begun = True
            raw = message.setdefault("headers", [])
            MutableHeaders(raw=raw)["x-request-id"] = self.request_id
            said = {name for name, _ in raw}
            raw.extend(each for each in _SECURITY if each[0] not in said)
        elif not message.get("more_body"):
            self.ended = True
        await self._send(message)

    async def refuse(self, refusal: Refusal, retry_after: int) -> None:
        """Answer with a refusal."""
        await self._say(refused(refusal, self.request_id, self.accept, retry_after))

    async def fail(self) -> None:
        """Answer that something went wrong, and not what."""
        body = encode({"errors": [dress_internal(self.request_id)]})
        await self._say(Response(body, 500, media_type=choose(self.accept) or JSON))

    async def _say(self, response: Response) -> None:
        if not self._begun:  # half an answer cannot be taken back: the server closes the connection
            await response(self._scope, _nothing, self)


def new_request_id() -> str:
    """Make an id for a request, or for one operation of a long connection."""
    return secrets.token_hex(16)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


# Ids are taken over only in a shape that no personal number has.
_GIVEN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _request_id(given: str | None) -> str:
    return given if given and _GIVEN.fullmatch(given) else new_request_id()
