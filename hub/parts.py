"""The composition root: opens the parts a configuration names, and makes the app of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request

from graph.directory import Directory
from graph.engines import EngineSettings, choose
from graph.layout import CATALOG
from graph.publication import Publication
from graph.store import Limits, Store
from hub import start
from hub.app import Parts, State
from hub.config import Config, GraphConfig
from hub.graphql import plain_context
from schema.context import Context
from schema.desk import Desk
from schema.loaders import Loaders
from schema.root import make_schema


def open_store(config: GraphConfig) -> Store:
    """Make the store that a configuration names; it is opened by ``async with``."""
    settings = EngineSettings(
        uri=config.uri,
        user=config.user,
        password=config.password or None,
        database=config.database,
        folder=Path(config.data) if config.data else None,
    )
    return Store(choose(settings), CATALOG.prepare, Limits(deadline=config.deadline))


def compose(config: Config, store: Store | None = None) -> Parts:
    """Put the parts together; ``store`` is given where it is already open and is then left open."""
    given = store
    used = given or open_store(config.graph)
    publication, directory, desk = Publication(used), Directory(used), Desk(used)

    def make_context(request: Request) -> Context:
        context = plain_context(request)
        context.loaders = Loaders(used, publication, directory, desk)
        return context

    async def states() -> Mapping[str, State]:
        health = used.health()
        detail = f"{health.engine}: {health.state} since {health.since:%Y-%m-%dT%H:%M:%SZ}"
        return {"graph": State(health.state == "ready", detail)}

    rooms = () if given else (lambda: used,)
    return Parts(
        schema=make_schema(), rooms=rooms, routes=start.routes(), states=states, make_context=make_context
    )
