"""The floor: what a hand-written server costs that asks the same sources and gives the same JSON.

python benchmarks/floor.py SETTINGS.json

Starlette, aiohttp and orjson, served by uvicorn as the hub is, and no more: no GraphQL, no consent, no
deadlines, retries or breakers, no bounds, no exact numbers, no ties (what each code means stands in the
settings, as the hub found it). It prints its address. `POST /` takes {"learners": {"alias": "code"},
"sources": [...], "whole": whether records have all their ten leaves}.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Meanings = dict[str, tuple[str, str]]
"""By a source's own code: the outcome it means, and how that is known."""
Write = Callable[[dict[str, Any], Meanings], dict[str, Any]]


class Floor:
    """Asks every source once for all learners."""

    def __init__(self, sources: dict[str, str], meanings: dict[str, Meanings]) -> None:
        self._sources = sources
        self._meanings = meanings

    @asynccontextmanager
    async def open(self, _app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as self._session:
            yield

    async def answer(self, request: Request) -> Response:
        """Answer one question."""
        asked = orjson.loads(await request.body())
        learners: dict[str, str] = asked["learners"]
        chosen, write = asked["sources"], _record if asked["whole"] else _short
        found = await asyncio.gather(*(self._ask(each, learners.values(), write) for each in chosen))
        by_source = dict(zip(chosen, found, strict=True))
        data = {alias: _holdings(by_source, code) for alias, code in learners.items()}
        return Response(orjson.dumps({"data": data}), media_type="application/json")

    async def _ask(self, source: str, learners: Iterable[str], write: Write) -> dict[str, list[Any]]:
        url = self._sources[source] + "/results"
        async with self._session.get(url, params={"codes": ",".join(learners)}) as answer:
            told = orjson.loads(await answer.read())
        meanings, records = self._meanings[source], dict[str, list[Any]]()
        for row in told["data"]["items"]:
            records.setdefault(row["student"]["no"], []).append(write(row, meanings))
        return records


def _holdings(found: dict[str, dict[str, list[Any]]], code: str) -> dict[str, Any]:
    replies = [
        {"source": source, "status": "ANSWERED", "notice": None, "records": records.get(code, [])}
        for source, records in found.items()
    ]
    return {"holdings": {"replies": replies}}


def _record(row: dict[str, Any], meanings: Meanings) -> dict[str, Any]:
    """Write one record: ten leaves."""
    course, done = row["course"], row["finished"]
    outcome, tying = meanings[course["code"]]
    return {
        "recordId": row["id"],
        "title": {"zh": course["name"]},
        "identifier": {"scheme": course["scheme"], "code": course["code"]},
        "earned": {"amount": row["credit"], "scheme": "ouc-18h"},
        "completion": {"lastDay": f"{done[:4]}-{done[4:6]}-{done[6:]}"},
        "status": "COMPLETED",
        "outcome": {"key": outcome},
        "tie": {"tying": tying},
    }


def _short(row: dict[str, Any], meanings: Meanings) -> dict[str, Any]:
    return {"recordId": row["id"], "outcome": {"key": meanings[row["course"]["code"]][0]}}


def main(settings: Path) -> None:
    told = orjson.loads(settings.read_bytes())
    floor = Floor(told["sources"], told["meanings"])
    app = Starlette(routes=[Route("/", floor.answer, methods=["POST"])], lifespan=floor.open)
    bound = socket.create_server(("127.0.0.1", 0), backlog=1024)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(f"http://127.0.0.1:{bound.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[bound])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
