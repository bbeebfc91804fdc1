"""A member's web server that shows a folder, and misbehaves where asked: run it, and it prints its port.

Arguments: the folder, the key that what lies in ``private/`` asks for, and for TLS a certificate and its key.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path

from aiohttp import web

TORS = (
    '<imobility-tors-get-response xmlns="https://github.com/erasmus-without-paper/'
    'ewp-specs-api-imobility-tors/blob/stable-v2/endpoints/get-response.xsd">%s</imobility-tors-get-response>'
)


def handlers(folder: Path, key: str) -> list[web.RouteDef]:
    counts: dict[str, int] = {}

    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        counts[name] = counts.get(name, 0) + 1
        if name.startswith("private/") and request.headers.get("X-Key") != key:
            return web.Response(status=401)
        path = folder / name
        return web.Response(body=path.read_bytes()) if path.is_file() else web.Response(status=404)

    async def tors(request: web.Request) -> web.Response:
        """EWP: a transcript for each ``omobility_id`` that is known, in no order that was asked for."""
        if request.headers.get("X-Key") != key:
            return web.Response(status=401)
        asked = [*request.query.getall("omobility_id"), "always"]
        paths = [folder / request.match_info["name"] / each for each in reversed(asked)]
        return web.Response(text=TORS % "".join(path.read_text("utf-8") for path in paths if path.is_file()))

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"<a>" * 10_000)

    async def loop(request: web.Request) -> web.Response:
        counts["loop"] = counts.get("loop", 0) + 1
        return web.Response(status=302, headers={"Location": str(request.rel_url)})

    async def counted(request: web.Request) -> web.Response:
        return web.json_response(counts)

    return [
        web.get("/counts", counted),
        web.get("/tors/{name}", tors),
        web.get("/endless/{rest:.*}", endless),
        web.get("/loop/{rest:.*}", loop),
        web.get("/{name:.*}", show),
    ]


async def main(folder: str, key: str, *tls: str) -> None:
    app = web.Application()
    app.add_routes(handlers(Path(folder), key))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if tls else None
    if context:
        context.load_cert_chain(*tls)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
