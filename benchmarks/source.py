"""A member's system for the benchmarks: HTTP by hand, every answer encoded once.

python benchmarks/source.py NAME SCHEME CODE...

It prints its port. `GET /results?codes=1,2` gives each learner one row per code; `GET /count` tells how many
times it was asked since the last such question; `GET /hang` has it answer nobody from now on, `GET /answer`
has it answer again.
"""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

import httptools


class Source:
    """What is answered, and how often it was asked."""

    def __init__(self, name: str, scheme: str, codes: list[str]) -> None:
        self._name = name
        self._scheme = scheme
        self._codes = codes
        self._encoded: dict[bytes, bytes] = {}
        self._asked = 0
        self._hangs = False

    def answer(self, target: bytes) -> bytes | None:
        """Give the whole answer to one request; None where there is to be none."""
        if target == b"/count":
            asked, self._asked = self._asked, 0
            return _http({"asked": asked})
        if target in (b"/hang", b"/answer"):
            self._hangs = target == b"/hang"
            return _http({})
        self._asked += 1
        if self._hangs:
            return None
        if target not in self._encoded:
            self._encoded[target] = _http({"data": {"items": self._rows(target.decode())}})
        return self._encoded[target]

    def _rows(self, target: str) -> list[dict]:
        learners = parse_qs(urlsplit(target).query)["codes"][0].split(",")
        return [
            {
                "id": f"{self._name}-{learner}-{place:02}",
                "student": {"no": learner},
                "course": {"scheme": self._scheme, "code": code, "name": f"合成课程 {code}"},
                "credit": str(2 + place % 3),
                "finished": "20230601",
            }
            for learner in learners
            for place, code in enumerate(self._codes)
        ]


def _http(body: object) -> bytes:
    encoded = json.dumps(body, ensure_ascii=False).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(encoded)}\r\n\r\n"
    return head.encode() + encoded


class Connection(asyncio.Protocol):
    """One kept connection."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._target = url

    def on_message_complete(self) -> None:
        answer = self._source.answer(self._target)
        if answer is not None:
            self._transport.write(answer)


async def main(name: str, scheme: str, *codes: str) -> None:
    source = Source(name, scheme, list(codes))
    server = await asyncio.get_running_loop().create_server(lambda: Connection(source), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
