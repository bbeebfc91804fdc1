"""One source as a process: ``python -m hub.demo.sources CODE --folder FOLDER`` prints its port and serves.

It ends when its standard input does, so that none outlives the demo that started it.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

import click
import uvicorn

from hub.demo.sources.faults import Faulty
from hub.demo.sources.systems import SYSTEMS, System


@click.command()
@click.argument("code", type=click.Choice(sorted(SYSTEMS)))
@click.option(
    "--folder", required=True, type=click.Path(path_type=Path, exists=True), help="The demo's folder."
)
@click.option("--port", default=0, help="0 for any free one.")
def main(code: str, folder: Path, port: int) -> None:
    """Serve one source on this machine, until standard input ends."""
    system, key = SYSTEMS[code], (folder / "key").read_text("ascii").strip()
    bound = socket.create_server(("127.0.0.1", port))
    asyncio.run(_web(system, key, folder, bound) if system.web else _database(system, key, bound))


async def _web(system: System, key: str, folder: Path, bound: socket.socket) -> None:
    made = import_module(f"hub.demo.sources.shapes.{system.interface}").make(system, key)
    app = Faulty(made, folder / "faults", system.code)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve([bound]))
    await _until_left(bound)
    server.should_exit = server.force_exit = True
    await serving


async def _database(system: System, key: str, bound: socket.socket) -> None:
    from hub.demo.sources.shapes.views import Views

    views = Views(system, key)
    try:
        await views.start()
        async with await asyncio.start_server(views.relay, sock=bound):
            await _until_left(bound)
    finally:
        await views.stop()


async def _until_left(bound: socket.socket) -> None:
    """Tell the port, then wait for the end of standard input, or to be told to end."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_reader(sys.stdin, ended.set)
    print(bound.getsockname()[1], flush=True)
    await ended.wait()


if __name__ == "__main__":
    main()
