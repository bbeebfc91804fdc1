"""The app, made from its parts: what stands before every request, and the doors behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from strawberry import Schema

from hub.bounds import Bounds
from hub.compression import Compressed
from hub.edge import Guard
from hub.event_stream import EventStream
from hub.graphql import ContextMaker, GraphQL, plain_context
from hub.origins import CrossOrigin, Origins
from hub.reply import encode
from hub.seats import Seats
from hub.streams import LEAVING, Streams
from hub.turns import Turns
from hub.validators import Freshness
from hub.websocket import WebSocketDoor
from schema.errors import Refusal
from schema.execution import Execution
from schema.limits import Limits
from schema.permissions import demand_decisions
from schema.persisted import Persisted


@dataclass(frozen=True, slots=True)
class State:
    """How one component is: `detail` is for operators and holds no personal datum."""

    ready: bool
    detail: str = ""


async def no_components() -> Mapping[str, State]:
    """Report a hub without anything to wait for."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an app is made of. `rooms` are opened in order when the app starts and closed in reverse.

    `reload` reads again what may change while the hub runs: what SIGHUP asks for.
    """

    schema: Schema
    rooms: Sequence[Callable[[], AbstractAsyncContextManager[object]]] = ()
    routes: Sequence[BaseRoute] = ()
    states: Callable[[], Awaitable[Mapping[str, State]]] = no_components
    make_context: ContextMaker = plain_context
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)
    persisted: Persisted = field(default_factory=Persisted)
    origins: Origins = field(default_factory=Origins)
    freshness: Freshness = field(default_factory=Freshness)
    reload: Callable[[], None] = lambda: None


def create_app(parts: Parts) -> Starlette:
    """Make the app; raises `Undecided` where a field of the schema has no permission decision."""
    demand_decisions(parts.schema)
    turns = Turns(parts.bounds)
    app = Starlette(
        routes=[*_graphql(parts, turns), *_states(parts.states), *parts.routes],
        middleware=[
            Middleware(CrossOrigin, origins=parts.origins),
            Middleware(Guard, bounds=parts.bounds, turns=turns),
            Middleware(Compressed),
        ],
        exception_handlers={HTTPException: _refuse},
        lifespan=_lifespan(parts),
    )
    app.router.redirect_slashes = False
    return app


def _graphql(parts: Parts, turns: Turns) -> list[BaseRoute]:
    execution = Execution(parts.schema, parts.limits, parts.persisted)
    streams = Streams(execution, parts.make_context, turns)
    bounds = parts.bounds.streaming
    seats = Seats(bounds.connections)
    events = EventStream(streams, seats, bounds)
    return [
        Route("/graphql", GraphQL(execution, parts.make_context, events, parts.freshness)),
        WebSocketRoute("/graphql", WebSocketDoor(streams, seats, bounds, parts.origins)),
    ]


def _states(states: Callable[[], Awaitable[Mapping[str, State]]]) -> list[BaseRoute]:
    async def ready(_request: Request) -> Response:
        found = await states()
        return _health(all(state.ready for state in found.values()), found)

    async def live(_request: Request) -> Response:
        return _health(ready=True, found={})

    return [Route("/health/live", live), Route("/health/ready", ready)]


def _health(ready: bool, found: Mapping[str, State]) -> Response:
    body: dict[str, Any] = {"ready": ready, "components": found}
    return Response(encode(body), 200 if ready else 503, media_type="application/json")


def _lifespan(parts: Parts) -> Callable[[Starlette], AbstractAsyncContextManager[Mapping[str, Any]]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as open_rooms:
            for room in parts.rooms:
                await open_rooms.enter_async_context(room())
            yield {LEAVING: asyncio.Event()}

    return lifespan


async def _refuse(_request: Request, error: Exception) -> Response:
    """Turn starlette's own 404 and 405 into refusals, which the guard answers in the one shape."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        raise Refusal("METHOD_NOT_ALLOWED", allow=(error.headers or {}).get("Allow", "GET"))
    raise Refusal("NOT_FOUND")
