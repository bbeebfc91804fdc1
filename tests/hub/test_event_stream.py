"""GraphQL over server-sent events over a real socket, under the same rules as everything else."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import pytest

from hub.app import Parts, create_app
from hub.bounds import Bounds, Streaming
from hub.server import Serving, serve
from tests.hub.wire import bound, get, post, request, send, served
from tests.schema.small import GIVEN, SECRET, schema

EVENTS = "text/event-stream"
FINE = {"query": "{__typename}"}


class Events:
    """What comes out of one stream, frame by frame, without the chunks' sizes."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.reader = reader
        self.headers: dict[str, str] = {}

    async def begin(self) -> int:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:])}
        return int(head[0].split()[1])

    async def chunk(self) -> bytes:
        size = int(await self.reader.readline(), 16)
        data = await self.reader.readexactly(size + 2)
        return data[:-2]

    async def next(self) -> tuple[str, object]:
        while (frame := await asyncio.wait_for(self.chunk(), 10)).startswith(b":"):
            pass
        if not frame:
            return "end", None
        name, data = frame.decode().strip().split("\n")
        text = data.removeprefix("data:").strip()
        return name.removeprefix("event: "), json.loads(text) if text else None


@asynccontextmanager
async def streaming(port: int, body: object, **headers: str | None) -> AsyncIterator[Events]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(request(json.dumps(body).encode(), accept=EVENTS, **headers))
    events = Events(reader)
    assert await events.begin() == 200
    yield events
    writer.close()


@pytest.fixture(scope="module")
async def port():
    async with served(create_app(Parts(schema=schema))) as number:
        yield number


async def until(true) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_subscription_gives_its_events_and_completes(port: int):
    async with streaming(port, {"query": "subscription{count(to:2)}"}) as events:
        assert events.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert events.headers["cache-control"] == "no-store"
        assert len(events.headers["x-request-id"]) == 32
        assert "content-encoding" not in events.headers
        heard = [await events.next() for _ in range(4)]
    assert heard == [
        ("next", {"data": {"count": 0}}),
        ("next", {"data": {"count": 1}}),
        ("complete", None),
        ("end", None),
    ]


async def test_a_query_gives_one_event(port: int):
    async with streaming(port, FINE, accept_encoding="gzip") as events:
        assert await events.next() == ("next", {"data": {"__typename": "Query"}})
        assert await events.next() == ("complete", None)


async def test_get_subscribes_and_does_not_change(port: int):
    async def asked(query: str) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        path = f"/graphql?query={quote(query)}"
        writer.write(request(method="GET", path=path, accept=EVENTS, connection="close"))
        whole = await reader.read()
        writer.close()
        return whole

    assert b'event: next\ndata: {"data":{"count":0}}' in await asked("subscription{count(to:1)}")
    assert b"METHOD_NOT_ALLOWED" in await asked('mutation{rename(code:"1")}')


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{nope}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription{unitChanges" + "{neighbours" * 30 + "{code}" + "}" * 31, "QUERY_TOO_DEEP"),
        ("subscription{refuses}", "NOT_FOUND"),
    ],
)
async def test_what_is_wrong_with_the_document_is_told_in_the_stream(port: int, query: str, code: str):
    async with streaming(port, {"query": query}) as events:
        name, body = await events.next()
        assert (name, body["errors"][0]["extensions"]["code"]) == ("next", code)
        assert await events.next() == ("complete", None)


async def test_what_the_edge_refuses_is_refused_by_status(port: int):
    for raw, status in ((b"42", 400), (b"{", 400), (b'{"query":"' + b"x" * 2_000_000 + b'"}', 413)):
        assert (await send(port, request(raw, accept=EVENTS))).status == status
    assert (await send(port, request(b"{}", accept=EVENTS, content_type="text/plain"))).status == 415
    assert (await send(port, request(accept=EVENTS, method="PUT"))).status == 405


async def test_json_is_preferred_where_both_are_equal(port: int):
    for accept in ("*/*", "application/json, text/event-stream", "text/event-stream;q=0, */*"):
        assert (await post(port, FINE, accept=accept)).json == {"data": {"__typename": "Query"}}


async def test_a_source_that_breaks_is_masked(port: int):
    async with streaming(port, {"query": "subscription{breaks}"}) as events:
        assert await events.next() == ("next", {"data": {"breaks": 1}})
        _, body = await events.next()
        assert body["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert SECRET not in json.dumps(body)


async def test_who_leaves_stops_the_source(port: int):
    async with streaming(port, {"query": "subscription{endless}"}):
        await until(lambda: GIVEN["listening"] == 1)
    await until(lambda: GIVEN["listening"] == 0)


async def test_a_silent_stream_gives_signs_of_life():
    parts = Parts(schema=schema, bounds=Bounds(streaming=Streaming(beat=0.1)))
    endless = {"query": "subscription{endless}"}
    async with served(create_app(parts)) as port, streaming(port, endless) as events:
        assert [await events.chunk() for _ in range(4)] == [b":\n\n"] * 4


async def test_a_stream_outlasts_the_deadline_and_holds_no_place():
    bounds = Bounds(deadline=0.3, places=1, queue=0)
    app, count = (
        create_app(Parts(schema=schema, bounds=bounds)),
        {"query": "subscription{count(to:2,every:0.5)}"},
    )
    async with served(app) as port, streaming(port, count) as events:
        await asyncio.sleep(0.1)
        assert (await post(port, FINE)).status == 200
        assert [(await events.next())[0] for _ in range(3)] == ["next", "next", "complete"]
        late = await send(port, request(b'{"query":"{slow(seconds:9)}"}', accept=EVENTS))
        assert (late.status, late.code) == (503, "DEADLINE_EXCEEDED")


async def test_streams_are_counted():
    parts = Parts(schema=schema, bounds=Bounds(streaming=Streaming(connections=1)))
    async with served(create_app(parts)) as port:
        async with streaming(port, {"query": "subscription{endless}"}):
            refused = await send(port, request(b'{"query":"{__typename}"}', accept=EVENTS))
            assert (refused.status, refused.code, refused.headers["retry-after"]) == (503, "OVERLOADED", "1")
            assert (await get(port, "/graphql?query=%7B__typename%7D")).status == 200
        await until(lambda: GIVEN["listening"] == 0)
        async with streaming(port, FINE) as events:
            assert (await events.next())[0] == "next"


async def test_a_client_that_does_not_read_is_cut_off_and_its_source_waits():
    GIVEN["flood"] = 0
    async with served(create_app(Parts(schema=schema)), Serving(unread=0.5)) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(request(b'{"query":"subscription{flood}"}', accept=EVENTS))
            await until(lambda: GIVEN["flooding"] == 1)
            await asyncio.sleep(0.3)
            given = GIVEN["flood"]
            assert given < 2_000
            await until(lambda: GIVEN["flooding"] == 0)
            assert GIVEN["flood"] <= given + 5


async def test_a_stop_ends_streams_without_complete_and_in_time():
    with bound() as at:
        stop, started = asyncio.Event(), asyncio.Event()
        app = create_app(Parts(schema=schema))
        running = asyncio.create_task(serve(app, at, Serving(), stop=stop, started=started))
        await started.wait()
        async with streaming(at.getsockname()[1], {"query": "subscription{endless}"}) as events:
            await until(lambda: GIVEN["listening"] == 1)
            begun = time.monotonic()
            stop.set()
            assert (await events.next())[0] == "end"
        await running
        assert time.monotonic() - begun < 1 + 1
    assert GIVEN["listening"] == 0
