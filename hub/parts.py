"""The composition root: opens the parts a configuration names, and makes the app of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute
from strawberry import Schema

from graph.engines import choose
from graph.exchange.case.library import Library
from graph.layout import CATALOG
from graph.store import Limits, Store
from hub import case_routes, export_routes, start
from hub.app import Parts, State
from hub.bounds import Bounds
from hub.config import Config, GraphConfig, engine_settings
from hub.console.pages import routes as console_pages
from hub.demo.tour import stops
from hub.graphql import ContextMaker, plain_context
from hub.knowledge import Knowledge
from hub.manifest import read_manifest
from hub.members import Members
from hub.origins import Origins
from hub.validators import Freshness
from hub.viewers import viewer_of
from schema.context import Context
from schema.persisted import Persisted
from schema.root import make_schema


def open_store(config: GraphConfig) -> Store:
    """Make the store that a configuration names; it is opened by ``async with``."""
    return Store(choose(engine_settings(config)), CATALOG.prepare, Limits(deadline=config.deadline))


def compose(config: Config, store: Store | None = None) -> Parts:
    """Put the parts together; ``store`` is given where it is already open and is then left open."""
    used = store or open_store(config.graph)
    knowledge, members = Knowledge(used), Members(config.members, used)
    schema, http, bounds = make_schema(), config.http, Bounds()
    freshness = Freshness(http.public_max_age)
    trusted = read_manifest(Path(http.trusted), schema) if http.trusted else {}
    rooms = (knowledge.open, members.open)
    return Parts(
        schema=schema,
        rooms=rooms if store else (lambda: used, *rooms),
        routes=_routes(knowledge, schema, bounds, freshness),
        bounds=bounds,
        states=_states(knowledge, members),
        make_context=_contexts(knowledge, members, demo=config.members.demo),
        persisted=Persisted(trusted, only=http.only_trusted),
        origins=Origins(http.origins.split()),
        freshness=freshness,
        reload=members.reload,
    )


def _contexts(knowledge: Knowledge, members: Members, *, demo: bool) -> ContextMaker:
    def make(request: HTTPConnection) -> Context:
        context = plain_context(request)
        context.viewer = viewer_of(request, demo=demo)
        context.members = members.switchboard.line(context)
        context.loaders = knowledge.loaders()
        context.changes = knowledge.changes
        return context

    return make


def _states(knowledge: Knowledge, members: Members) -> Callable[[], Awaitable[Mapping[str, State]]]:
    async def states() -> Mapping[str, State]:
        return {
            "graph": State(knowledge.ready, knowledge.state),
            "members": State(members.ready, members.state),  # a sick source makes no sick hub
        }

    return states


def _routes(knowledge: Knowledge, schema: Schema, bounds: Bounds, freshness: Freshness) -> list[BaseRoute]:
    return [
        *start.routes(),
        *console_pages(stops()),
        *case_routes.routes(Library(knowledge.store, knowledge.publication)),
        *export_routes.routes(knowledge, schema, bounds.exporting, freshness),
    ]
