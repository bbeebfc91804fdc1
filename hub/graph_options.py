"""Which graph a command works on: a server by URI, or the embedded engine in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from graph.engines import EngineSettings, choose
from graph.layout import CATALOG
from graph.store import Store

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
)


def graph_options(command: Command) -> Command:
    """Give ``command`` the options that name a graph; it receives them as one ``settings``."""

    @wraps(command)
    def with_settings(
        uri: str | None, user: str, password_file: Path | None, data: Path | None, **more: Any
    ) -> Any:
        return command(settings=_settings(uri, user, password_file, data), **more)

    given: Command = with_settings
    for option in reversed(_OPTIONS):
        given = option(given)
    return given


def _settings(
    uri: str | None, user: str, password_file: Path | None, data: Path | None
) -> EngineSettings | None:
    if uri and data:
        raise click.UsageError("name one graph: --graph URI or --data FOLDER")
    if not (uri or data):
        return None
    password = password_file.read_text(encoding="utf-8").strip() if password_file else None
    return EngineSettings(uri=uri, user=user, password=password, folder=data)


def named(settings: EngineSettings | None) -> EngineSettings:
    """Return ``settings``; a usage error where no graph was named."""
    if settings is None:
        raise click.UsageError("name the graph: --graph URI (Neo4j) or --data FOLDER (embedded engine)")
    return settings


@asynccontextmanager
async def opened(settings: EngineSettings) -> AsyncIterator[Store]:
    """Open the graph, brought to the schema of this hub, for as long as the command runs."""
    async with Store(choose(settings), CATALOG.prepare) as store:
        await store.ready(PATIENCE)
        yield store
