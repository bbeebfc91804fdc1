"""One source as a process: ``python -m hub.demo.sources CODE --folder FOLDER`` prints its port and serves.

It ends when its standard input does, so that none outlives the demo that started it.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import click
import uvicorn

from hub.demo.sources.faults import Faulty
from hub.demo.sources.systems import SYSTEMS

SHAPES: Final = {
    "ouc": "paged",
    "dwou": "signed",
    "cqu": "oauth",
    "byzk": "xml",
    "csia": "graph",
}
"""The module of each system's interface; imported only in its own process."""


@click.command()
@click.argument("code", type=click.Choice(sorted(SYSTEMS)))
@click.option("--folder", required=True, type=click.Path(path_type=Path, exists=True), help="The demo's folder.")
@click.option("--port", default=0, help="0 for any free one.")
def main(code: str, folder: Path, port: int) -> None:
    """Serve one source on this machine."""
    asyncio.run(_serve(code, folder, port))


async def _serve(code: str, folder: Path, port: int) -> None:
    key = (folder / "key").read_text("ascii").strip()
    made = import_module(f"hub.demo.sources.shapes.{SHAPES[code]}").make(SYSTEMS[code], key)
    bound = socket.create_server(("127.0.0.1", port))
    app = Faulty(made, folder / "faults", code)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    asyncio.get_running_loop().add_reader(sys.stdin, _left, server)
    print(bound.getsockname()[1], flush=True)  # noqa: T201 - this is how the demo learns it
    await server.serve([bound])


def _left(server: uvicorn.Server) -> None:
    if not sys.stdin.read(1):
        server.should_exit = True
        server.force_exit = True


if __name__ == "__main__":
    main()
