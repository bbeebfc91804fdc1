"""A source that behaves as ill as it is told to: a real HTTP server. Run it, and it prints its ports.

``GET /set/<fault>`` sets the fault, ``/results?learners=a,b&page=1`` is what it offers.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import ssl
import sys
import zlib
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

EACH = 3
SECRETS = "password=hunter2; host=10.9.8.7; at /srv/app/db.py line 42"
CERTIFICATES = Path(__file__).with_name("certificates")

Learners = list[str]
Play = Callable[["Asked"], Awaitable[None]]


class Asked:
    """One request, and the line it came on."""

    def __init__(self, path: str, writer: asyncio.StreamWriter) -> None:
        query = parse_qs(urlsplit(path).query)
        self.learners = query.get("learners", [""])[0].split(",")
        self.page = int(query.get("page", ["1"])[0])
        self.cursor = query.get("cursor", [""])[0]
        self.writer = writer

    async def tell(self, body: bytes, status: int = 200, head: str = "", length: int | None = None) -> None:
        size = len(body) if length is None else length
        said = (
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n{head}\r\n"
        )
        self.writer.write(said.encode() + body)
        await self.writer.drain()

    async def stream(self, pieces, head: str = "") -> None:
        self.writer.write(f"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n{head}\r\n".encode())
        for piece in pieces:
            self.writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await self.writer.drain()
        self.writer.write(b"0\r\n\r\n")


def rows(learners: Learners) -> list[dict]:
    return [
        {
            "id": f"{code}-{n}",
            "learner": code,
            "course": f"C{n}",
            "title": "数据结构",
            "credit": "2.5",
            "on": "20230630",
        }
        for code in learners
        for n in range(EACH)
    ]


def body(told: list, **more) -> bytes:
    return json.dumps({"rows": told, **more}, ensure_ascii=False).encode()


def says(status: int, text: str = SECRETS, head: str = "") -> Play:
    async def play(asked: Asked) -> None:
        await asked.tell(text.encode(), status, head)

    return play


def gives(change: Callable[[list[dict]], list], encoding: str = "utf-8") -> Play:
    """Give the rows, changed."""

    async def play(asked: Asked) -> None:
        await asked.tell(body(change(rows(asked.learners))).decode().encode(encoding, "replace"))

    return play


def writes(change: Callable[[bytes], bytes]) -> Play:
    """Give the body, changed."""

    async def play(asked: Asked) -> None:
        await asked.tell(change(body(rows(asked.learners))))

    return play


def first(**fields) -> Callable[[list[dict]], list[dict]]:
    """Change fields of the first row of each learner."""

    def change(told: list[dict]) -> list[dict]:
        return [row | fields if row["id"].endswith("-0") else row for row in told]

    return change


async def slow_headers(asked: Asked) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
        asked.writer.write(bytes([letter]))
        await asked.writer.drain()
        await asyncio.sleep(0.05)


async def slow_drip(asked: Asked) -> None:
    asked.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(1000):
        asked.writer.write(b" ")
        await asked.writer.drain()
        await asyncio.sleep(0.05)


async def hang(asked: Asked) -> None:
    await asyncio.sleep(60)


async def reset(asked: Asked) -> None:
    told = body(rows(asked.learners))
    await asked.tell(told[: len(told) // 2], length=len(told))
    asked.writer.transport.abort()


@cache
def long_body() -> bytes:
    return b"[" + b"1," * 12_500_000 + b"1]"


async def huge(asked: Asked) -> None:
    await asked.tell(long_body())


async def endless(asked: Asked) -> None:
    def pieces():
        yield b'{"rows": ['
        while True:
            yield b'{"id": "x"},' * 1000

    await asked.stream(pieces())


@cache
def packed_zeros() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b"0" * 10_000_000) for _ in range(20)) + packer.flush()


async def bomb(asked: Asked) -> None:
    await asked.tell(packed_zeros(), head="Content-Encoding: gzip\r\n")


async def packed(asked: Asked) -> None:
    await asked.tell(gzip.compress(body(rows(asked.learners))), head="Content-Encoding: gzip\r\n")


async def endless_pages(asked: Asked) -> None:
    told = [row | {"id": f"{row['id']}-{asked.page}"} for row in rows(asked.learners)]
    await asked.tell(body(told, next=str(asked.page + 1)))


async def looping_cursor(asked: Asked) -> None:
    await asked.tell(body(rows(asked.learners), next="2" if asked.page == 1 else "1"))


calls = 0


async def flapping(asked: Asked) -> None:
    global calls
    calls += 1
    await (says(503) if calls % 2 else PLAYS["healthy"])(asked)


def xml(prologue: str) -> Play:
    def told(code: str, n: int) -> str:
        return (
            f"<rows><id>{code}-{n}</id><learner>{code}</learner><course>C{n}</course><title>&a;</title>"
            "<credit>2.5</credit><on>20230630</on></rows>"
        )

    async def play(asked: Asked) -> None:
        inner = "".join(told(code, n) for code in asked.learners for n in range(EACH))
        await asked.tell(f"{prologue}<all>{inner}</all>".encode())

    return play


_BEFORE = "abcdefgh"
_AFTER = "bcdefghi"
LAUGHS = "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip(_BEFORE, _AFTER, strict=True)
)
ERRORS = {"code": "500", "errors": [{"message": f"{SECRETS} {n}"} for n in range(10_000)]}

PLAYS: dict[str, Play] = {
    "healthy": gives(lambda told: told),
    "healthy, packed": packed,
    "401": says(401),
    "403": says(403),
    "404": says(404),
    "429 with Retry-After": says(429, head="Retry-After: 120\r\n"),
    "500 with secrets": says(500),
    "503": says(503),
    "HTML with 200": says(200, f"<html>{SECRETS}</html>"),
    "business error with 200": says(200, json.dumps({"code": "9999", "message": SECRETS})),
    "10,000 errors": says(200, json.dumps(ERRORS)),
    "a million tiny values": says(200, '{"rows": [' + "[]," * 1_000_000 + "[]]}"),
    "empty body": says(200, ""),
    "truncated JSON": writes(lambda told: told[: len(told) // 2]),
    "wrong types": gives(first(credit={"amount": []})),
    "rows are a text": says(200, '{"rows": "none"}'),
    "NaN": writes(lambda told: told.replace(b'"2.5"', b"NaN", 1)),
    "1e400": writes(lambda told: told.replace(b'"2.5"', b"1e400", 1)),
    "5,000-digit number": writes(lambda told: told.replace(b'"2.5"', b"9" * 5000, 1)),
    "duplicate keys": writes(lambda told: told.replace(b'"credit"', b'"title": "x", "credit"', 1)),
    "lone surrogates": writes(lambda told: told.replace("数".encode(), b"\\ud800", 1)),
    "latin-1 unannounced": gives(first(title="Zoë"), "latin-1"),
    "GB18030 unannounced": gives(lambda told: told, "gb18030"),
    "reordered keys": gives(lambda told: told[::-1]),
    "missing keys": gives(lambda told: told[: len(told) - EACH]),
    "duplicate rows": gives(lambda told: [*told, told[0]]),
    "null keys": gives(lambda told: [*told, told[0] | {"learner": None}]),
    "another learner": gives(lambda told: [*told, *rows(["stranger-77"])]),
    "negative credit": gives(first(credit="-3")),
    "impossible date": gives(first(on="20230230")),
    "mangled number": gives(first(learner=2.0211e9)),
    "slow headers": slow_headers,
    "slow drip": slow_drip,
    "hang": hang,
    "reset mid-body": reset,
    "25 MB body": huge,
    "endless body": endless,
    "gzip bomb": bomb,
    "XML bomb": xml(f'<!DOCTYPE all [<!ENTITY a "ha">{LAUGHS}]>'),
    "external entity": xml('<!DOCTYPE all [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "redirect to a private address": says(302, head="Location: http://169.254.169.254/latest\r\n"),
    "endless paging": endless_pages,
    "looping cursor": looping_cursor,
    "expired credential": says(401, '{"error": "token expired"}'),
    "flapping": flapping,
}


class Server:
    """Plays the fault that was set last."""

    def __init__(self) -> None:
        self.fault = "healthy"
        self.asked = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head.split(b" ")[1].decode(), writer)
        writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        asked = Asked(path, writer)
        if path.startswith("/set/"):
            self.fault, self.asked = list(PLAYS)[int(path.removeprefix("/set/"))], 0
            await asked.tell(b"{}")
        elif path.startswith("/asked"):
            await asked.tell(str(self.asked).encode())
        else:
            self.asked += 1
            await PLAYS[self.fault](asked)


def secure(name: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(CERTIFICATES / name, CERTIFICATES / "source.key")
    return made


async def main() -> None:
    server = Server()
    long_body(), packed_zeros()
    kinds = [None, secure("wrong-name.pem"), secure("expired.pem"), secure("good.pem")]
    lines = [await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=kind) for kind in kinds]
    print(*(line.sockets[0].getsockname()[1] for line in lines), flush=True)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
