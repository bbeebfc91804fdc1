"""HTTP over a real socket on loopback: the hub under test, and a client that may send anything at all."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from hub.server import Serving, serve


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["errors"][0]["extensions"]["code"]


def bound() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@asynccontextmanager
async def served(app: ASGIApp, serving: Serving | None = None) -> AsyncIterator[int]:
    """Serve an app on a free port of loopback; gives the port."""
    with bound() as at:
        stop = asyncio.Event()
        started = asyncio.Event()
        running = asyncio.create_task(serve(app, at, serving or Serving(), stop=stop, started=started))
        await started.wait()
        try:
            yield at.getsockname()[1]
        finally:
            stop.set()
            await running


async def read_reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Reply(int(head[0].split()[1]), headers, body)


async def send(port: int, raw: bytes) -> Reply:
    """Send bytes as they are and read one reply."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    try:
        writer.write(raw)
        return await asyncio.wait_for(read_reply(reader), 15)
    finally:
        writer.close()


def request(
    body: bytes = b"", *, method: str = "POST", path: str = "/graphql", **headers: str | None
) -> bytes:
    fields: dict[str, str | None] = {
        "host": "hub",
        "content_type": "application/json" if method == "POST" else None,
        "content_length": str(len(body)) if method == "POST" else None,
    } | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


async def post(port: int, body: object, **headers: str | None) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await send(port, request(raw, **headers))


async def get(port: int, path: str, **headers: str | None) -> Reply:
    return await send(port, request(method="GET", path=path, **headers))
