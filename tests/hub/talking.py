"""A client of `graphql-transport-ws` that may say anything at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol


class Client:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, kind: str, name: str | None = None, payload: object = None) -> None:
        fields = {"type": kind, "id": name, "payload": payload}
        await self.raw(json.dumps({key: value for key, value in fields.items() if value is not None}))

    async def raw(self, text: str | bytes) -> None:
        await self.socket.send(text)

    async def ask(self, name: str, query: str, **more: Any) -> None:
        await self.say("subscribe", name, {"query": query, **more})

    async def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), 10))
        return heard

    async def begin(self) -> None:
        await self.say("connection_init")
        assert await self.hear() == {"type": "connection_ack"}

    async def closed(self) -> tuple[int, str]:
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await self.socket.recv()
        assert closed.value.rcvd
        return closed.value.rcvd.code, closed.value.rcvd.reason


@asynccontextmanager
async def talking(
    port: int, protocol: str | None = "graphql-transport-ws", **named: Any
) -> AsyncIterator[Client]:
    spoken = [Subprotocol(protocol)] if protocol else None
    async with connect(
        f"ws://127.0.0.1:{port}/graphql", subprotocols=spoken, open_timeout=5, close_timeout=1, **named
    ) as socket:
        yield Client(socket)
