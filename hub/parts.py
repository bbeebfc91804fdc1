"""The composition root: opens the parts a configuration names, and makes the app of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import HTTPConnection

from graph.directory import Directory
from graph.engines import choose
from graph.errors import GraphError
from graph.exchange.case.library import Library
from graph.inventory import Inventory
from graph.layout import CATALOG
from graph.publication import Publication
from graph.search.searching import Searching
from graph.store import Limits, Store
from hub import case_routes, export_routes, start
from hub.app import Parts, State
from hub.bounds import Bounds
from hub.config import Config, GraphConfig, engine_settings
from hub.console.pages import routes as console_pages
from hub.demo.tour import stops
from hub.graphql import plain_context
from hub.manifest import read_manifest
from hub.members import Members
from hub.origins import Origins
from hub.validators import Freshness
from hub.viewers import viewer_of
from schema.changes import Changes
from schema.context import Context
from schema.desk import Desk
from schema.loaders import Loaders
from schema.persisted import Persisted
from schema.root import make_schema


def open_store(config: GraphConfig) -> Store:
    """Make the store that a configuration names; it is opened by ``async with``."""
    return Store(choose(engine_settings(config)), CATALOG.prepare, Limits(deadline=config.deadline))


def compose(config: Config, store: Store | None = None) -> Parts:
    """Put the parts together; ``store`` is given where it is already open and is then left open."""
    given = store
    used = given or open_store(config.graph)
    publication, directory = Publication(used), Directory(used)
    changes = Changes(publication)
    inventory = Inventory(used, directory)
    searching = Searching(used)
    desk = Desk(used, inventory)
    members = Members(config.members, used)

    def make_context(request: HTTPConnection) -> Context:
        context = plain_context(request)
        context.viewer = viewer_of(request, demo=config.members.demo)
        context.members = members.switchboard.line(context)
        context.loaders = Loaders(used, publication, directory, inventory, desk, searching)
        context.changes = changes
        return context

    async def states() -> Mapping[str, State]:
        health = used.health()
        detail = f"{health.engine}: {health.state} since {health.since:%Y-%m-%dT%H:%M:%SZ}"
        return {
            "graph": State(health.state == "ready", detail),
            "members": State(members.ready, members.state),  # a sick source makes no sick hub
        }

    schema, http, bounds = make_schema(), config.http, Bounds()
    freshness = Freshness(http.public_max_age)
    trusted = read_manifest(Path(http.trusted), schema) if http.trusted else {}
    return Parts(
        schema=schema,
        rooms=(
            *(() if given else (lambda: used,)),
            lambda: _warmed(searching, desk, publication),
            members.open,
        ),
        routes=[
            *start.routes(),
            *console_pages(stops()),
            *case_routes.routes(Library(used, publication)),
            *export_routes.routes(used, publication, bounds.exporting, freshness),
        ],
        bounds=bounds,
        states=states,
        make_context=make_context,
        persisted=Persisted(trusted, only=http.only_trusted),
        origins=Origins(http.origins.split()),
        freshness=freshness,
        reload=members.reload,
    )


@asynccontextmanager
async def _warmed(searching: Searching, desk: Desk, publication: Publication) -> AsyncIterator[None]:
    """Have what a first question would wait for made in the background: one after another, to stay polite."""
    warming = asyncio.create_task(_warm(searching, desk, publication))
    try:
        yield
    finally:
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)
        await searching.close()


async def _warm(searching: Searching, desk: Desk, publication: Publication) -> None:
    await searching.warm(publication)
    with contextlib.suppress(GraphError):
        published = await publication.latest()
        await publication.fingerprint(published)
        await desk.concordance.warm(published)
