"""`alliance-hub serve` and `alliance-hub check`."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from starlette.types import ASGIApp

from connectors.registry import Registry
from graph.errors import GraphError
from hub.app import create_app
from hub.config import Config, ConfigRefused, MembersConfig, read_config
from hub.connector_listing import on_file, schemes
from hub.parts import compose, open_store
from hub.server import run

CONFIG = click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A TOML file (`serve --help` shows one). Without it: defaults and ALLIANCE_HUB_ variables.",
)


def configured(file: Path | None) -> Config:
    """Read the settings, or end the command with what is wrong with them."""
    try:
        return read_config(file, os.environ)
    except ConfigRefused as error:
        raise click.ClickException(str(error)) from error


def bound(host: str, port: int) -> socket.socket:
    """Bind a listening socket, or end the command with why it cannot be."""
    try:
        return socket.create_server((host, port), backlog=1024, reuse_port=False)
    except OSError as error:
        raise click.ClickException(
            f"{host}:{port} cannot be bound ({error.strerror}): choose another --port, 0 for any free one"
        ) from error


@click.command()
@CONFIG
@click.option("--host", help="The address to listen on. Default: 127.0.0.1, this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port. Default: 8000; 0 for any free one.")
def serve(file: Path | None, host: str | None, port: int | None) -> None:
    """Serve the hub until interrupted.

    \b
    A configuration, every line of which may be left out:
      [graph]
      uri = "neo4j://127.0.0.1:7687"     # none: the embedded engine
      user = "neo4j"
      password = "..."                   # better: ALLIANCE_HUB_GRAPH_PASSWORD
      data = "alliance-data"             # the embedded engine's folder
      deadline = 5.0                     # seconds a question may take in the graph
      [server]
      host = "127.0.0.1"
      port = 8000
      [http]
      origins = ""                       # other sites' pages that may ask: "https://a.example https://b.example"
      public_max_age = 0                 # seconds caches may keep public GET answers without asking again
      trusted = "manifest.json"          # trusted documents, for `documentId`; none by default
      only_trusted = false               # true: answer trusted documents only
      [members]
      folder = "connectors.d"            # one YAML file per source; SIGHUP reads it again
      links = "links.yaml"               # learners' keys at the sources; unreadable: nobody is asked
      register = "code"                  # a source that tells the links instead; none by default
      grants = "grants.yaml"             # consent; unreadable: nobody is asked
      standings = "standings.yaml"       # what `connectors check --note` found
      refresh = 60.0                     # seconds between two looks at the folder
      staging = "staging"                # members' catalogues as last synchronised, for review
      sync = 0                           # seconds between two synchronisations of a source; 0: none
      demo = false                       # true: answer about learners, on this machine alone
      four_eyes = true                   # nobody confirms a tie of their own
    """
    config = configured(file)
    listening = bound(host or config.server.host, config.server.port if port is None else port)
    try:
        run(_opening(config, listening.getsockname()), listening)
    except GraphError as error:
        raise click.ClickException(f"the graph cannot be opened: {error}") from error


@asynccontextmanager
async def _opening(config: Config, at: tuple[str, int]) -> AsyncIterator[ASGIApp]:
    """Open the graph, so that what waiting will not mend is told at once; then say where to ask."""
    async with open_store(config.graph) as store:
        parts = compose(config, store)
        app = create_app(parts)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, parts.reload)
        click.echo(f"Serving on http://{at[0]}:{at[1]}/graphql (state: /health/ready). Interrupt to stop.")
        yield app


@click.command()
@CONFIG
def check(file: Path | None) -> None:
    """Check the settings, the members' files, and whether the graph answers; exit 1 if not.

    \b
    Examples:
      alliance-hub check                        the defaults, and the embedded engine
      alliance-hub check --config hub.toml      what `serve` would use
    """
    config = configured(file)
    click.echo("settings  fine")
    wrong = _members(config.members)
    try:
        click.echo(f"graph     {asyncio.run(_answering(config))}")
    except GraphError as error:
        raise click.ClickException(f"the graph does not answer: {error}") from error
    if wrong:
        raise click.ClickException("what is wrong with the members' sources is listed above")


def _members(config: MembersConfig) -> bool:
    """Tell what is wrong with the declarations, the links and the grants."""
    sources = Registry(Path(config.folder)).load()
    files = on_file(Path(config.links), Path(config.grants), schemes(sources))
    wrong = [f"{each.code}: {each.reason}" for each in sources.quarantined]
    wrong += [line for file in files for line in file.wrong]
    click.echo(f"members   {len(sources.sources)} sources declared, {len(wrong)} things wrong")
    for line in wrong:
        click.echo(f"          {line}", err=True)
    return bool(wrong)


async def _answering(config: Config) -> str:
    async with open_store(config.graph) as store:
        await store.ready(within=10)
        health = store.health()
        return f"{health.engine}: {health.server} {health.version}"
