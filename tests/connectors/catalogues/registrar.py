"""A college's registrar whose catalogue changes, as a real server: run it, and it prints its port.

registrar.py FOLDER: `catalogues.json` holds its catalogues, oldest first, as {code: item}; the last one is
served, in pages of 50, or what changed since the cursor `vN`. `fault` says how it is ill. Each page asked for
is noted in `asked`.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

FOLDER = Path(sys.argv[1])
PAGE = 50


def changes(catalogues: list[dict], since: str) -> list[dict]:
    """All there is, or what differs from the catalogue of a cursor."""
    last = catalogues[-1]
    if not since:
        return [{"code": code, **item} for code, item in last.items()]
    before = catalogues[int(since[1:]) - 1]
    gone = [{"code": code, "gone": True} for code in before if code not in last]
    return [{"code": code, **item} for code, item in last.items() if before.get(code) != item] + gone


async def catalogue(request: web.Request) -> web.Response:
    page = int(request.query["page"])
    with (FOLDER / "asked").open("a") as asked:
        asked.write(f"{page}\n")
    fault = (FOLDER / "fault").read_text() if (FOLDER / "fault").exists() else ""
    if fault == "hang" and page > 1:
        await asyncio.Event().wait()
    if fault == "failing" and page > 1:
        return web.Response(text="ORA-00942", status=500)
    catalogues = json.loads((FOLDER / "catalogues.json").read_text("utf-8"))
    rows = changes(catalogues, request.query.get("since", ""))[(page - 1) * PAGE : page * PAGE]
    return web.json_response({"items": rows, "cursor": f"v{len(catalogues)}"})


async def main() -> None:
    app = web.Application()
    app.router.add_get("/catalogue", catalogue)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
