"""Which graph a command works on: a server by URI, or the embedded engine in a folder."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from graph.engines import EngineSettings, choose
from graph.layout import CATALOG
from graph.store import Store
from hub.config import ConfigRefused, engine_settings, read_config

PATIENCE = 60.0

Command = Callable[..., Any]

_OPTIONS = (
    click.option("--graph", "uri", metavar="URI", help="A Neo4j server, such as neo4j://127.0.0.1:7687."),
    click.option("--user", default="neo4j", show_default=True, help="The server's user."),
    click.option(
        "--password-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A file with the user's password.",
    ),
    click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="FOLDER",
        help="The embedded engine, with its data in FOLDER.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="The graph of a hub's configuration. Without any of these: what `serve` would use.",
    ),
)


def graph_options(command: Command) -> Command:
    """Give ``command`` the options that name a graph; it receives them as one ``settings``."""

    @wraps(command)
    def with_settings(
        uri: str | None,
        user: str,
        password_file: Path | None,
        data: Path | None,
        config: Path | None,
        **more: Any,
    ) -> Any:
        if sum(given is not None for given in (uri, data, config)) > 1:
            raise click.UsageError("name one graph: --graph URI, --data FOLDER or --config FILE")
        found = _configured(config) if config else _settings(uri, user, password_file, data)
        return command(settings=found, **more)

    given: Command = with_settings
    for option in reversed(_OPTIONS):
        given = option(given)
    return given


def _settings(
    uri: str | None, user: str, password_file: Path | None, data: Path | None
) -> EngineSettings | None:
    if not (uri or data):
        return None
    password = password_file.read_text(encoding="utf-8").strip() if password_file else None
    return EngineSettings(uri=uri, user=user, password=password, folder=data)


def _configured(file: Path | None) -> EngineSettings:
    try:
        return engine_settings(read_config(file, os.environ).graph)
    except ConfigRefused as error:
        raise click.ClickException(str(error)) from error


def named(settings: EngineSettings | None) -> EngineSettings:
    """Return ``settings``, or the graph that `serve` would use where none was named."""
    return settings or _configured(None)


@asynccontextmanager
async def opened(settings: EngineSettings) -> AsyncIterator[Store]:
    """Open the graph, brought to the schema of this hub, for as long as the command runs."""
    async with Store(choose(settings), CATALOG.prepare) as store:
        await store.ready(PATIENCE)
        yield store
