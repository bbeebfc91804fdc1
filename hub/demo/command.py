"""`alliance-hub demo`: the demo alliance in an embedded graph, served, with a tour of real questions."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import aiohttp
import click
from rich.console import Console
from rich.syntax import Syntax

from graph.engines import EngineSettings, choose
from graph.exchange.importing import import_bundle
from graph.layout import CATALOG
from graph.store import Store
from hub.app import create_app
from hub.config import Config, MembersConfig
from hub.console import pages
from hub.demo.sources.faults import Fault
from hub.demo.sources.papers import tie_badges
from hub.demo.sources.troupe import SAYS, Troupe
from hub.demo.tour import Stop, learners_stops, stops
from hub.demo.watching import fail, mend, noted, watch
from hub.parts import compose
from hub.serve_commands import bound
from hub.server import Serving
from hub.server import serve as serve_app

READY_WITHIN = 30.0
ANSWER_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of the tour: how many stops were made, and how many answered with an error."""

    stops: int
    failed: int


@click.group(invoke_without_command=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any free one."
)
@click.option("--once", is_flag=True, help="Take the tour and stop; exit 1 if any question failed.")
@click.pass_context
def demo(context: click.Context, port: int, once: bool) -> None:
    """Serve the demo alliance on this machine, and show what can be asked.

    \b
    Starts the embedded graph in a temporary folder, loads the demo alliance that ships with the hub,
    starts ten members' systems (each a process, all synthetic), serves it all on 127.0.0.1, and asks
    a few real questions. It keeps nothing when it stops. While it runs, in another terminal:
      alliance-hub demo watch          what the sources answer about one learner, again and again
      alliance-hub demo fail yzpj      make one source fail while you watch
      alliance-hub demo mend yzpj      and well again
    """
    if context.invoked_subcommand is not None:
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    visit = asyncio.run(_demo(console, bound("127.0.0.1", port), once))
    if visit.failed:
        raise click.ClickException(f"{visit.failed} of {visit.stops} questions failed")


async def _demo(console: Console, listening: socket.socket, once: bool) -> Visit:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with tempfile.TemporaryDirectory(prefix="alliance-demo-") as name:
        folder = Path(name)
        async with _playing(console, folder / "members") as troupe, _loaded_store(console, folder) as store:
            if "ynyl" not in troupe.left_out:
                await tie_badges(store)
            async with _serving(store, listening, stop, troupe.folder) as url, noted(url, troupe.folder):
                visit = await _tour(console, url, troupe)
                if not once:
                    _tell_what_to_open(console, url)
                    console.print("Interrupt to stop.")
                    await stop.wait()
    return visit


@asynccontextmanager
async def _playing(console: Console, folder: Path) -> AsyncIterator[Troupe]:
    with console.status("Starting the members' systems ..."):
        troupe = await Troupe(folder).__aenter__()
    try:
        shapes = ", ".join(f"{system.code} ({system.shape})" for system, _ in troupe.playing())
        console.print(f"Sources, all synthetic: {shapes}.", soft_wrap=True)
        for code, needs in troupe.left_out.items():
            console.print(f"Left out: {code}; it needs {SAYS[needs]}.")
        yield troupe
    finally:
        await troupe.__aexit__()


@asynccontextmanager
async def _loaded_store(console: Console, folder: Path) -> AsyncIterator[Store]:
    async with Store(choose(EngineSettings(folder=folder / "graph")), CATALOG.prepare) as store:
        with console.status("Starting the embedded graph ..."):
            await store.ready(READY_WITHIN)
        health = store.health()
        console.print(f"Graph: {health.engine} ({health.server} {health.version})")
        await _load(console, store)
        yield store


async def _load(console: Console, store: Store) -> None:
    with as_file(files("hub.demo") / "alliance") as folder, console.status("Loading the demo alliance ..."):
        imported = await import_bundle(store, folder)
    if not imported.ok or imported.loaded is None:
        raise click.ClickException("the demo alliance was refused: alliance-hub bundle validate tells why")
    counts = imported.loaded.tally.files
    lines = {Path(file).stem: count.added for file, count in counts.items() if count.added}
    told = ", ".join(f"{number:,} {name.replace('-', ' ')}" for name, number in lines.items())
    console.print(f"Loaded: {told}.")


@asynccontextmanager
async def _serving(
    store: Store, listening: socket.socket, stop: asyncio.Event, folder: Path
) -> AsyncIterator[str]:
    """Serve until the block is left; yields the hub's address."""
    host, port = listening.getsockname()[:2]
    app, ended, started = create_app(compose(_config(folder), store)), asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(serve_app(app, listening, Serving(), stop=ended, started=started))
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield f"http://{host}:{port}"
    finally:
        waiting.cancel()
        ended.set()
        await running


def _config(folder: Path) -> Config:
    members = MembersConfig(
        folder=str(folder / "connectors.d"),
        links=str(folder / "links.yaml"),
        grants=str(folder / "grants.yaml"),
        staging=str(folder / "staging"),
        demo=True,
    )
    return Config(members=members)


async def _tour(console: Console, url: str, troupe: Troupe) -> Visit:
    made = (*stops(), *learners_stops())
    failed = 0
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
    async with aiohttp.ClientSession(url, timeout=timeout) as session:
        with console.status("Opening the members' sources ..."):
            await _opened(session)
        for place, stop in enumerate(made, 1):
            answer = await _ask(session, stop)
            failed += "errors" in answer
            _show(console, f"{place}/{len(made)}", stop, answer)
        async with troupe.failing("yzpj", Fault.DOWN):
            console.rule("[bold]yzpj 停机 | yzpj is down, and the same is asked[/bold]", align="left")
            answer = await _ask(session, made[-1])
            failed += "errors" in answer
            console.print(Syntax(folded(answer.get("data") or answer), "json", background_color="default"))
    return Visit(len(made) + 1, failed)


async def _opened(session: aiohttp.ClientSession) -> None:
    """Wait until the hub says that it is ready; what was not opened in time is told as silent."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_WITHIN):
            while True:
                async with session.get("/health/ready") as response:
                    if response.status == HTTPStatus.OK:
                        return
                await asyncio.sleep(0.1)


async def _ask(session: aiohttp.ClientSession, stop: Stop) -> dict[str, Any]:
    async with session.post("/graphql", json={"query": stop.query}) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        return answer


def _show(console: Console, place: str, stop: Stop, answer: dict[str, Any]) -> None:
    console.rule(f"[bold]{place}  {stop.zh}[/bold]", align="left")
    console.print(stop.en, style="dim")
    console.print(Syntax(stop.query.rstrip(), "graphql", background_color="default"), soft_wrap=True)
    written = folded(answer.get("data") or answer)
    console.print(Syntax(written, "json", background_color="default"), soft_wrap=True)


def folded(value: Any, indent: str = "", room: int = 100) -> str:
    """Write JSON with what fits into a line on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= room or not isinstance(value, (dict, list)) or not value:
        return line
    below = indent + "  "
    if isinstance(value, list):
        items = [folded(item, below, room) for item in value]
    else:
        items = [f"{json.dumps(name)}: {folded(item, below, room)}" for name, item in value.items()]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return f"{opening}\n{below}" + f",\n{below}".join(items) + f"\n{indent}{closing}"


def _tell_what_to_open(console: Console, url: str) -> None:
    console.rule("[bold]Open 打开[/bold]", align="left")
    console.print(f"  {url}/               the questions above, as links\n  {url}/graphql        GraphQL")
    built = "" if pages.built() else " (not built: make console)"
    console.print(
        f"  {url}/graphiql       the questions above, to change and ask again{built}", soft_wrap=True
    )
    console.print(f"  {url}/health/ready   the hub's state")


for _each in (fail, mend, watch):
    demo.add_command(_each)
