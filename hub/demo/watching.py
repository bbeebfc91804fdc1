"""`alliance-hub demo fail | mend | watch`: what one may do to a running demo, from another terminal."""

from __future__ import annotations

import json
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

from hub.demo.sources.faults import Fault, wish
from hub.demo.sources.systems import SYSTEMS

QUERY: Final = """query($code: Code!, $grant: String!) {
  learner(key: {scheme: "demo", code: $code}, purpose: "recognition", basis: "consent", grant: $grant) {
    holdings(within: 3) { replies {
      source status elapsed records { recordId } notice { code text { zh en } } } } } }"""
ASKS_WITHIN: Final = 15.0
COLOURS: Final = {"ANSWERED": "green", "EMPTY": "green", "STALE": "yellow", "UNLINKED": "dim"}


def _notes(port: int | str) -> Path:
    """Say where a running demo of this user is noted: several may run, each on its port."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(tempfile.gettempdir()) / f"alliance-hub-demo-{user}-{port}.json"


@asynccontextmanager
async def noted(url: str, folder: Path) -> AsyncIterator[None]:
    """Note where the demo is while it runs."""
    note = _notes(urlsplit(url).port or 0)
    note.unlink(missing_ok=True)
    note.touch(0o600)
    note.write_text(json.dumps({"url": url, "folder": str(folder)}), "utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def _running(port: int | None) -> tuple[str, Path]:
    """Find the demo on a port, or the only one that runs."""
    pattern = _notes(port or "*")
    found = sorted(pattern.parent.glob(pattern.name))
    if len(found) > 1:
        ports = ", ".join(note.stem.rpartition("-")[2] for note in found)
        raise click.ClickException(f"several demos are running: name one with --port ({ports})")
    try:
        told = json.loads(found[0].read_text("utf-8"))
    except (IndexError, OSError, ValueError):
        raise click.ClickException("no demo is running; start one in another terminal: make demo") from None
    return told["url"], Path(told["folder"]) / "faults"


_on_port = click.option("--port", type=int, help="The demo's port, where several are running.")


@click.command()
@click.argument("source", type=click.Choice(sorted(SYSTEMS)))
@click.option(
    "--how", type=click.Choice([fault.value for fault in Fault]), default=Fault.DOWN.value, show_default=True,
    help="hang and down befall its process; error, garbage and slow its answers.",
)  # fmt: skip
@_on_port
def fail(source: str, how: str, port: int | None) -> None:
    """Make one SOURCE of the running demo fail."""
    url, folder = _running(port)
    wish(folder, source, Fault(how))
    click.echo(f"{source} of {url}: {how}; alliance-hub demo mend {source} makes it well again")


@click.command()
@click.argument("source", type=click.Choice(sorted(SYSTEMS)), required=False)
@_on_port
def mend(source: str | None, port: int | None) -> None:
    """Make one SOURCE well again, or all."""
    url, folder = _running(port)
    for code in [source] if source else sorted(SYSTEMS):
        wish(folder, code, None)
    click.echo(
        f"{source or 'all'} of {url}: well again; a source that failed is asked anew within half a minute"
    )


@click.command()
@click.argument("learner", default="L001")
@click.option("--each", default=1.0, show_default=True, help="Seconds between two questions.")
@click.option("--times", default=0, help="How often to ask; 0 until interrupted.")
@_on_port
def watch(learner: str, each: float, times: int, port: int | None) -> None:
    """Ask about one LEARNER (L001 to L100) again and again, and show what each source answers."""
    url, _ = _running(port)
    console = Console(width=None if os.isatty(1) else 110)
    with Live(console=console, auto_refresh=False) as live:
        for turn in _turns(times):
            live.update(_table(learner, _asked(url, learner)), refresh=True)
            if turn != times:
                time.sleep(each)


def _turns(times: int) -> Iterator[int]:
    turn = 0
    while not times or turn < times:
        turn += 1
        yield turn


def _asked(url: str, learner: str) -> list[dict[str, Any]]:
    body = json.dumps({"query": QUERY, "variables": {"code": learner, "grant": f"demo-{learner}"}}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/graphql", body, headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=ASKS_WITHIN) as answer:  # noqa: S310 - our own address
            told = json.load(answer)
    except (urllib.error.URLError, TimeoutError):
        raise click.ClickException(f"the demo at {url} does not answer any more") from None
    if told.get("data") is None:
        raise click.ClickException(told["errors"][0]["message"])
    found: list[dict[str, Any]] = told["data"]["learner"]["holdings"]["replies"]
    return found


def _table(learner: str, replies: list[dict[str, Any]]) -> Table:
    table = Table("source", "interface", "status", "records", "seconds", "notice", title=f"demo:{learner}")
    for reply in replies:
        status, notice = reply["status"], reply["notice"] or {}
        told = f"{notice['code']} {notice['text']['zh']}" if notice else ""
        system = SYSTEMS.get(reply["source"])
        table.add_row(
            reply["source"],
            system.shape if system else "",
            f"[{COLOURS.get(status, 'red')}]{status}",
            str(len(reply["records"] or [])),
            f"{reply['elapsed'] or 0:.2f}",
            told,
        )
    return table
