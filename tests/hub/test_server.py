"""The server's patience, over a real socket: heads, answers nobody reads, pipelines, and leaving."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from hub.app import Parts, create_app
from hub.server import Serving
from tests.hub.wire import post, read_reply, request, send, served
from tests.schema.small import schema

FINE = b'{"query":"{__typename}"}'
APP = create_app(Parts(schema=schema))
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
async def port():
    async with served(APP, Serving(head=0.5, idle=1, unread=0.5)) as number:
        yield number


async def closed_after(reader: asyncio.StreamReader) -> float:
    begun = time.monotonic()
    async with asyncio.timeout(5):
        while await reader.read(10_000):
            pass
    return time.monotonic() - begun


async def test_a_half_sent_head_is_closed(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /graphql HTTP/1.1\r\nhost: h")
    assert await closed_after(reader) < 0.5 + 1
    writer.close()


async def test_a_dribbled_head_is_closed(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    closing = asyncio.ensure_future(closed_after(reader))
    while not closing.done():
        writer.write(b"G")
        await asyncio.sleep(0.1)
    assert await closing < 0.5 + 1
    writer.close()


async def test_a_silent_connection_is_closed(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await closed_after(reader) < 0.5 + 1
    writer.close()


async def test_a_half_sent_second_head_is_closed(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(FINE))
    assert (await read_reply(reader)).status == 200
    closing = asyncio.ensure_future(closed_after(reader))
    for _ in range(4):
        writer.write(b"G")
        await asyncio.sleep(0.1)
    assert await closing < 0.5 + 1
    writer.close()


async def test_a_head_in_pieces_is_answered_when_it_comes_in_time(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    raw = request(FINE)
    for start in range(0, len(raw), 20):
        writer.write(raw[start : start + 20])
        await asyncio.sleep(0.01)
    assert (await read_reply(reader)).status == 200
    writer.close()


async def test_a_request_longer_than_the_head_timer_is_answered(port: int):
    assert (await post(port, b'{"query":"{slow(seconds:1.2)}"}')).json == {"data": {"slow": 1}}


async def test_a_head_over_the_cap_is_refused(port: int):
    reply = await send(port, request(FINE, x_long="a" * 200_000)[:190_000])
    assert reply.status == 431


async def test_a_long_head_below_the_cap_is_answered(port: int):
    assert (await send(port, request(FINE, x_long="a" * 40_000))).status == 200


async def test_answers_on_one_connection_do_not_wait_for_acknowledgements(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun = time.monotonic()
    for _ in range(100):
        writer.write(request(FINE))
        await read_reply(reader)
    assert time.monotonic() - begun < 1 + 1  # held back for 40 ms each, they would take 4 s
    writer.close()


@pytest.mark.parametrize(
    "raw", [b"\x16\x03\x01\x02\x00\x01\x00", b"GARBAGE\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"]
)
async def test_what_is_not_http_is_refused(port: int, raw: bytes):
    assert (await send(port, raw)).status in (400, 404)


async def test_pipelined_requests_are_answered_in_order(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    queries = [f'{{"query":"{{unit(code:\\"{i}\\"){{code}}}}"}}'.encode() for i in range(10)]
    writer.write(b"".join(request(query) for query in queries))
    replies = [await read_reply(reader) for _ in queries]
    assert [reply.json["data"]["unit"]["code"] for reply in replies] == [str(i) for i in range(10)]
    writer.close()


async def test_an_answer_that_nobody_reads_does_not_keep_its_connection():
    wide = b'{"query":"{units(first:9000){code level}}"}'
    async with served(APP, Serving(head=1, idle=1, unread=0.3)) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(request(wide) * 40)
            begun = time.monotonic()
            while not await asyncio.to_thread(_reset, client):
                assert time.monotonic() - begun < 60  # patience, no measure: forty wide answers are made
                await asyncio.sleep(0.2)


def _reset(client: socket.socket) -> bool:
    """Whether the other end is gone, without reading what it sent."""
    try:
        client.send(b"G")
    except OSError:
        return True
    return False


async def start(port: socket.socket, draining: int) -> asyncio.subprocess.Process:
    script = (
        "import socket, sys\n"
        "from hub.app import Parts, create_app\n"
        "from hub.server import Serving, run\n"
        "from tests.schema.small import schema\n"
        "bound = socket.socket(fileno=int(sys.argv[1]))\n"
        "from contextlib import nullcontext\n"
        f"run(nullcontext(create_app(Parts(schema=schema))), bound, Serving(draining={draining}))\n"
        "print('left')\n"
    )
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(port.fileno()),
        cwd=ROOT, env=os.environ | {"PYTHONPATH": "."},
        stdout=asyncio.subprocess.PIPE, pass_fds=[port.fileno()],
    )  # fmt: skip


async def test_sigterm_answers_what_is_in_progress_and_leaves():
    with socket.create_server(("127.0.0.1", 0)) as bound:
        process = await start(bound, draining=10)
        number = bound.getsockname()[1]
        assert (await post(number, FINE)).status == 200
        _, idle = await asyncio.open_connection("127.0.0.1", number)
        asked = asyncio.ensure_future(post(number, b'{"query":"{slow(seconds:1)}"}'))
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert (await asked).json == {"data": {"slow": 1}}
        out, _ = await asyncio.wait_for(process.communicate(), 5)
        assert (out, process.returncode) == (b"left\n", 0)
        idle.close()


async def test_leaving_is_bounded_in_time():
    with socket.create_server(("127.0.0.1", 0)) as bound:
        process = await start(bound, draining=1)
        number = bound.getsockname()[1]
        assert (await post(number, FINE)).status == 200
        asked = asyncio.ensure_future(post(number, b'{"query":"{slow(seconds:9)}"}'))
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        await asyncio.wait_for(process.communicate(), 8)
        assert time.monotonic() - begun < 1 + 2
        await asyncio.gather(asked, return_exceptions=True)
