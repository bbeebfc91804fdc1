"""One conversation in `graphql-transport-ws`: many operations over one WebSocket, under their ids.

The protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. An operation has at most one
message on its way; while that waits for a slow client, nothing more is asked of its source.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.body import question_of, read_json
from hub.bounds import Streaming
from hub.reply import encode, new_request_id
from hub.streams import Streams
from schema.errors import Refusal
from schema.execution import Answer, Question, refuse

PROTOCOL: Final = "graphql-transport-ws"
INIT: Final = "connection_init"
Sent = dict[str, Any]


class Closing(Exception):
    """The conversation ends, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Talk:
    """One client's conversation, from its first message to its last."""

    def __init__(self, socket: WebSocket, streams: Streams, bounds: Streaming) -> None:
        self._socket = socket
        self._streams = streams
        self._bounds = bounds
        self._acknowledged = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._takers: dict[str, Callable[[Sent], Awaitable[None]]] = {
            INIT: self._begin,
            "ping": self._pong,
            "pong": self._nothing,
            "subscribe": self._subscribe,
            "complete": self._complete,
        }

    async def hold(self) -> None:
        """Talk until the client leaves; raise `Closing` where it breaks a rule."""
        try:
            await self._listen()
        except WebSocketDisconnect:
            return
        finally:
            await self._end()

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(self._bounds.init):
                while not self._acknowledged:
                    await self._take()
        except TimeoutError as error:
            raise Closing(4408, "Connection initialisation timeout") from error
        while True:
            await self._take()

    async def _take(self) -> None:
        message = _read(await self._socket.receive())
        taker = self._takers.get(message.get("type", ""))
        if taker is None:
            raise Closing(4400, "Unknown message type")
        await taker(message)

    async def _begin(self, message: Sent) -> None:
        if self._acknowledged:
            raise Closing(4429, "Too many initialisation requests")
        if not isinstance(message.get("payload") or {}, dict):
            raise Closing(4400, "The payload must be an object")
        self._socket.scope["state"][INIT] = message.get("payload") or {}
        self._acknowledged = True
        await self._say("connection_ack")

    async def _pong(self, _message: Sent) -> None:
        await self._say("pong")

    async def _nothing(self, _message: Sent) -> None:
        return

    async def _subscribe(self, message: Sent) -> None:
        if not self._acknowledged:
            raise Closing(4401, "Unauthorized")
        name, question = self._name(message), _question(message)
        if name in self._running:
            raise Closing(4409, "Subscriber for this id already exists")
        if len(self._running) >= self._bounds.operations:
            full = Refusal("TOO_MANY_OPERATIONS_OPEN", limit=self._bounds.operations)
            await self._tell(name, refuse(full, new_request_id()))
            return
        self._running[name] = asyncio.create_task(self._run(name, question))

    async def _complete(self, message: Sent) -> None:
        task = self._running.pop(self._name(message), None)
        if task:
            task.cancel()

    async def _run(self, name: str, question: Question) -> None:
        try:
            async with aclosing(self._streams.answers(question, self._socket.scope)) as answers:
                async for answer in answers:
                    if not await self._tell(name, answer):
                        return
            await self._say("complete", name)
        except WebSocketDisconnect:
            return
        finally:
            if self._running.get(name) is asyncio.current_task():
                del self._running[name]

    async def _tell(self, name: str, answer: Answer) -> bool:
        """Send an answer; tell whether there may be more: a refusal ends its operation."""
        if answer.code is None:
            await self._say("next", name, answer.body)
        else:
            await self._say("error", name, answer.body["errors"])
        return answer.code is None

    async def _say(self, kind: str, name: str | None = None, payload: object = None) -> None:
        fields = {"type": kind, "id": name, "payload": payload}
        message = {key: value for key, value in fields.items() if value is not None}
        await self._socket.send_text(encode(message).decode())

    def _name(self, message: Sent) -> str:
        name = message.get("id")
        if not isinstance(name, str) or not 0 < len(name) <= self._bounds.identifier:
            raise Closing(4400, f"The id must be a string of 1 to {self._bounds.identifier} characters")
        return name

    async def _end(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _read(received: Message) -> Sent:
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1005))
    text = received.get("text")
    if text is None:
        raise Closing(4400, "Messages are text")
    try:
        message = read_json(text.encode(errors="surrogatepass"))
    except Refusal as refusal:
        raise Closing(4400, refusal.code.name) from refusal
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Closing(4400, "A message is an object with a type")
    return message


def _question(message: Sent) -> Question:
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise Closing(4400, "The payload must be an object")
    try:
        return question_of(payload)
    except Refusal as refusal:
        raise Closing(4400, refusal.code.name) from refusal
