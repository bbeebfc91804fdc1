"""What is true of servers that break HTTP itself: an error of our own, within its time."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from connectors.errors import SourceError
from connectors.network import Network
from connectors.notices import NoticeCode
from connectors.policy import Policy
from connectors.transport import Limits, Request

LIMITS = Limits(connect=2, read=1, total=2, max_bytes=100_000)
BODY = b'{"a":1}'
OK = b"HTTP/1.1 200 OK\r\n"

SERVER = """
import asyncio, sys
head, again = bytes.fromhex(sys.argv[1]), bytes.fromhex(sys.argv[2])
async def on(reader, writer):
    try:
        await reader.readuntil(b"\\r\\n\\r\\n")
        writer.write(head)
        while again:
            writer.write(again)
            await writer.drain()
        await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
async def main():
    server = await asyncio.start_server(on, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""

ENDLESS = {
    "headers": (OK, b"X-A: aaaa\r\n" * 1000),
    "a header": (OK + b"X: ", b"a" * 10_000),
    "a status line": (b"HTTP/1.1 200 ", b"a" * 10_000),
    "trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n7\r\n" + BODY + b"\r\n0\r\n", b"X-A: a\r\n" * 1000),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
    "a chunk's extension": (OK + b"Transfer-Encoding: chunked\r\n\r\n7;", b"a" * 10_000),
    "empty chunks of gzip": (
        OK + b"Content-Encoding: gzip\r\n\r\n" + bytes.fromhex("1f8b08000000000002ff"),
        b"\x00\x00\x00\xff\xff" * 2000,
    ),
}
GIVEN_UP = {NoticeCode.NOT_READABLE, NoticeCode.TIMED_OUT, NoticeCode.TOO_LARGE, NoticeCode.BROKEN_OFF}
BROKEN = {
    "no head": BODY,
    "a negative length": OK + b"Content-Length: -1\r\n\r\n" + BODY,
    "two lengths": OK + b"Content-Length: 7\r\nContent-Length: 3\r\n\r\n" + BODY,
    "a length and chunks": OK
    + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n"
    + BODY
    + b"\r\n0\r\n\r\n",
    "an endless length": OK + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n" + BODY,
    "less than its length": OK + b"Content-Length: 100\r\n\r\n" + BODY,
    "a packing nobody asked for": OK + b"Content-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd",
}


class Serving:
    """A server in a process of its own that says just these bytes."""

    def __init__(self, head: bytes, again: bytes = b"") -> None:
        self._words = (sys.executable, "-c", SERVER, head.hex(), again.hex())

    async def __aenter__(self) -> str:
        self._process = await asyncio.create_subprocess_exec(*self._words, stdout=asyncio.subprocess.PIPE)
        assert self._process.stdout
        return f"http://127.0.0.1:{int(await self._process.stdout.readline())}"

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()


async def taken(url: str) -> bytes:
    network = Network(Policy(private=("127.0.0.0/8",)), None)
    try:
        return (await network.send(Request(url=url), LIMITS)).body
    finally:
        await network.close()


@pytest.mark.parametrize("what", ENDLESS)
async def test_what_never_ends_is_given_up_in_its_time(what):
    async with Serving(*ENDLESS[what]) as url:
        began, turns = time.monotonic(), 0

        async def others() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.01)
                turns += 1

        beside = asyncio.create_task(others())
        with pytest.raises(SourceError) as caught:
            await taken(url)
        beside.cancel()
        took = time.monotonic() - began
        assert caught.value.code in GIVEN_UP
        assert took < LIMITS.total + 2
        # aiohttp takes interim answers in by itself, and leaves others few turns until the time is over
        assert what == "interim answers" or turns >= took * 10 - 2, "others have their turn meanwhile"


@pytest.mark.parametrize("what", BROKEN)
async def test_what_is_no_http_is_an_error_of_our_own_and_never_a_part_of_an_answer(what):
    async with Serving(BROKEN[what]) as url:
        with pytest.raises(SourceError) as caught:
            await taken(url)
        assert caught.value.code in (NoticeCode.NOT_READABLE, NoticeCode.BROKEN_OFF)


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\n\r\n", OK + b"Content-Length: 7\r\n\r\n"])
async def test_an_old_server_that_ends_by_closing_is_understood_as_well_as_a_new_one(head):
    async with Serving(head + BODY) as url:
        assert await taken(url) == BODY
