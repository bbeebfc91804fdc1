"""A member's system for the tests: REST, one student's results a request. Prints its port, and who is asked.

A student whose number begins with HANG gets no answer at all.
"""

import asyncio
import sys

from aiohttp import web

CODE, NAME = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "快递员"


async def results(request: web.Request) -> web.Response:
    student = request.match_info["student"]
    print(f"asked {student}", flush=True)
    if student.startswith("HANG"):
        await asyncio.Event().wait()
    row = {
        "id": f"R-{student}",
        "student": {"no": student},
        "course": {"code": CODE, "name": NAME},
        "credit": "3",
        "finished": "20230601",
    }
    return web.json_response({"data": {"items": [row]}})


async def main() -> None:
    app = web.Application()
    app.router.add_get("/students/{student}/results", results)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
