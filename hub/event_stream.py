"""GraphQL over server-sent events, in distinct connections mode: one operation, one stream of events.

What the edge refuses is refused as ever, by status. What is wrong with the document is told in the stream,
where clients look for it. A stream that ends without `complete` was cut off, by the hub that stops or by
the client that does not read: ask again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from graphql import OperationType
from starlette.requests import Request
from starlette.types import Send

from hub.bounds import Streaming
from hub.edge import REQUEST_ID
from hub.media import EVENTS
from hub.reply import content_type, encode
from hub.seats import Seats
from hub.streams import LEAVING, Answers, Streams
from schema.execution import Answer, Question

BEAT: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata:\n\n"


class EventStream:
    """The door for streams of events."""

    def __init__(self, streams: Streams, seats: Seats, bounds: Streaming) -> None:
        self._streams = streams
        self._seats = seats
        self._bounds = bounds

    async def respond(
        self, request: Request, question: Question, served: frozenset[OperationType], send: Send
    ) -> None:
        """Answer one operation; `Refusal` before anything was sent where there is no room for it."""
        scope = request.scope
        with self._seats.taken():
            opened = await self._streams.open(question, scope, scope["state"][REQUEST_ID], served)
            await send({"type": "http.response.start", "status": 200, "headers": _headers()})
            leaving = scope["state"].get(LEAVING) or asyncio.Event()
            async with aclosing(self._streams.going_on(opened, scope)) as answers:
                async for chunk in self._chunks(answers, leaving):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _chunks(self, answers: Answers, leaving: asyncio.Event) -> AsyncIterator[bytes]:
        """Give events as they come, beats in between, and nothing more when the hub leaves."""
        yield BEAT
        left = asyncio.ensure_future(leaving.wait())
        step = asyncio.ensure_future(anext(answers, None))
        try:
            while not left.done():
                await asyncio.wait((step, left), timeout=self._bounds.beat, return_when="FIRST_COMPLETED")
                if not step.done():
                    yield BEAT
                elif answer := step.result():
                    yield _event(answer)
                    step = asyncio.ensure_future(anext(answers, None))
                else:
                    yield COMPLETE
                    return
        finally:
            left.cancel()
            step.cancel()
            await asyncio.wait((step,))


def _event(answer: Answer) -> bytes:
    return b"event: next\ndata: " + encode(answer.body) + b"\n\n"


def _headers() -> list[tuple[bytes, bytes]]:
    fields = {"content-type": content_type(EVENTS), "x-accel-buffering": "no"}
    return [(name.encode(), value.encode()) for name, value in fields.items()]
