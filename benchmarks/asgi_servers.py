"""Which ASGI server: half-sent heads, draining, head size, pipelining, memory, speed (docs/decisions/0002).

    uv run --with granian --with hypercorn --with h11 python benchmarks/asgi_servers.py

Every candidate serves the same app: this hub's edge with a schema of one small field. Throughput is measured
in rounds, each candidate once per round in turning order, and given as the median of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
import strawberry

sys.path.insert(0, str(Path(__file__).parent.parent))

from hub.app import Parts, create_app
from schema.permissions import PUBLIC, decided

CANDIDATES = ("ours", "uvicorn-h11", "uvicorn-httptools", "uvicorn-uvloop", "granian", "hypercorn")
QUERY = json.dumps({"query": "{ answer(to: 7) { value text } }"}).encode()
SLOW = json.dumps({"query": "{ slow(seconds: 2) }"}).encode()


@strawberry.type
@decided(PUBLIC)
class Sum:
    value: int
    text: str


@strawberry.type
@decided(PUBLIC)
class Query:
    @strawberry.field
    def answer(self, to: int) -> Sum:
        return Sum(value=to, text="四十二")

    @strawberry.field
    async def slow(self, seconds: float) -> int:
        await asyncio.sleep(seconds)
        return 1


app = create_app(Parts(schema=strawberry.Schema(Query)))


def serve(name: str, port: int) -> None:
    if name == "ours":
        from hub.server import run

        run(app, socket.create_server(("127.0.0.1", port), backlog=2048))
    elif name.startswith("uvicorn"):
        import uvicorn

        http = "h11" if name.endswith("h11") else "httptools"
        loop = "uvloop" if name.endswith("uvloop") else "asyncio"
        uvicorn.run(app, port=port, http=http, loop=loop, log_level="critical", timeout_graceful_shutdown=15)
    elif name == "granian":
        from granian import Granian

        target = f"{Path(__file__).stem}:app"
        Granian(
            target, port=port, interface="asgi", log_enabled=False, working_dir=Path(__file__).parent
        ).serve()
    else:
        from hypercorn.asyncio import serve as hypercorn
        from hypercorn.config import Config

        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        config.graceful_timeout = 15
        config.errorlog = None
        asyncio.run(hypercorn(app, config))


def post(body: bytes, extra: str = "") -> bytes:
    head = f"POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n{extra}"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


async def read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)


class Candidate:
    """One server in a process of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen([sys.executable, __file__, "--serve", name, "--port", str(self.port)])

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in range(100):
            try:
                return await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.1)
        raise RuntimeError(f"{self.name} did not start")

    async def ask(self, raw: bytes) -> tuple[int, bytes]:
        reader, writer = await self.connect()
        writer.write(raw)
        try:
            return await asyncio.wait_for(read(reader), 20)
        finally:
            writer.close()

    def memory(self) -> int:
        root = psutil.Process(self.process.pid)
        return sum(p.memory_info().rss for p in (root, *root.children(recursive=True))) // 2**20

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(25)
        except subprocess.TimeoutExpired:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                child.kill()
            self.process.kill()
            self.process.wait()


async def half_head(candidate: Candidate, longest: float, *, dribble: bool) -> str:
    """Send half a head, then nothing or a byte a second: how long until the connection is closed?"""
    reader, writer = await candidate.connect()
    writer.write(b"POST /graphql HTTP/1.1\r\nhost: h")
    begun = time.monotonic()
    while time.monotonic() - begun < longest:
        try:
            async with asyncio.timeout(1):
                while await reader.read(1000):
                    pass
                return f"{time.monotonic() - begun:.0f} s"
        except TimeoutError:
            if dribble:
                writer.write(b"h")
        except OSError:
            return f"{time.monotonic() - begun:.0f} s"
    writer.close()
    return f"> {longest:.0f} s"


async def drain(candidate: Candidate) -> str:
    """SIGTERM with a request in progress and an idle connection: is it answered, how soon does it end?"""
    _idle = await candidate.connect()
    await candidate.ask(post(QUERY))
    asked = asyncio.ensure_future(candidate.ask(post(SLOW)))
    await asyncio.sleep(0.5)
    begun = time.monotonic()
    candidate.process.send_signal(signal.SIGTERM)
    try:
        answer = f"answered {(await asked)[0]}"
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        answer = f"lost ({type(error).__name__})"
    while candidate.process.poll() is None and time.monotonic() - begun < 25:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    ended = candidate.process.poll()
    return f"{answer}; exit {ended} after {time.monotonic() - begun:.1f} s"


async def head_size(candidate: Candidate) -> str:
    """The largest header that is answered with 200."""
    best = 0
    for kilobytes in (4, 8, 16, 32, 60, 64, 128, 256, 1024, 4096):
        try:
            status, _ = await candidate.ask(post(QUERY, f"x-long: {'a' * (kilobytes * 1000)}\r\n"))
        except (OSError, asyncio.IncompleteReadError, TimeoutError, IndexError):
            status = 0
        best = kilobytes if status == 200 else best
    return f"{best} kB"


async def pipelining(candidate: Candidate) -> str:
    reader, writer = await candidate.connect()
    writer.write(post(QUERY) * 10)
    try:
        async with asyncio.timeout(5):
            statuses = [(await read(reader))[0] for _ in range(10)]
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        return "lost"
    finally:
        writer.close()
    return "yes" if statuses == [200] * 10 else str(statuses)


async def throughput(candidate: Candidate, seconds: float, connections: int) -> tuple[float, float]:
    """Requests a second over kept connections, and the 99th percentile in ms."""
    until = time.monotonic() + seconds
    took: list[float] = []

    async def one() -> None:
        reader, writer = await candidate.connect()
        while (begun := time.monotonic()) < until:
            writer.write(post(QUERY))
            status, _ = await read(reader)
            assert status == 200
            took.append(time.monotonic() - begun)
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return len(took) / seconds, statistics.quantiles(took, n=100)[98] * 1000


async def compare(names: tuple[str, ...], rounds: int, seconds: float) -> dict[str, dict[str, str]]:
    candidates = {name: Candidate(name) for name in names}
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for name, candidate in candidates.items():
        await candidate.ask(post(QUERY))
        found[name]["memory, idle"] = f"{candidate.memory()} MB"
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            rates[name].append(await throughput(candidates[name], seconds, 16))
    for name, candidate in candidates.items():
        found[name]["requests/s"] = f"{statistics.median(rate for rate, _ in rates[name]):.0f}"
        found[name]["p99"] = f"{statistics.median(late for _, late in rates[name]):.0f} ms"
        found[name]["memory, after"] = f"{candidate.memory()} MB"
        found[name]["longest header"] = await head_size(candidate)
        found[name]["10 pipelined"] = await pipelining(candidate)
    for dribble, label in ((False, "half a head"), (True, "a dribbled head")):
        closed = await asyncio.gather(*(half_head(c, 45, dribble=dribble) for c in candidates.values()))
        for name, after in zip(names, closed, strict=True):
            found[name][label] = f"closed after {after}" if after[0] != ">" else f"open {after}"
    drained = await asyncio.gather(*(drain(c) for c in candidates.values()))
    for name, result in zip(names, drained, strict=True):
        found[name]["SIGTERM"] = result
        candidates[name].stop()
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--serve", choices=CANDIDATES)
    arguments.add_argument("--port", type=int)
    arguments.add_argument("--only", nargs="*", default=CANDIDATES)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=2)
    chosen = arguments.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.port)
        return
    found = asyncio.run(compare(tuple(chosen.only), chosen.rounds, chosen.seconds))
    rows = list(next(iter(found.values())))
    print(f"| {os.uname().sysname}, Python {sys.version.split()[0]} | " + " | ".join(found) + " |")
    print("| --- " * (len(found) + 1) + "|")
    for row in rows:
        print(f"| {row} | " + " | ".join(found[name][row] for name in found) + " |")


if __name__ == "__main__":
    main()
