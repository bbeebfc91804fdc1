"""The app, made from its parts: the guard around `/graphql` and the two health answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from strawberry import Schema

from hub.edge import Bounds, Guard, encode
from hub.graphql import ContextMaker, GraphQL, plain_context
from schema.errors import Refusal
from schema.execution import Execution
from schema.limits import Limits
from schema.permissions import demand_decisions


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
    """What an app is made of. `rooms` are opened in order when the app starts and closed in reverse."""

    schema: Schema
    rooms: Sequence[Callable[[], AbstractAsyncContextManager[object]]] = ()
    routes: Sequence[BaseRoute] = ()
    states: Callable[[], Awaitable[Mapping[str, State]]] = no_components
    make_context: ContextMaker = plain_context
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)


def create_app(parts: Parts) -> Starlette:
    """Make the app; raises `Undecided` where a field of the schema has no permission decision."""
    demand_decisions(parts.schema)
    execution = Execution(parts.schema, parts.limits)
    app = Starlette(
        routes=[*_routes(GraphQL(execution, parts.make_context), parts.states), *parts.routes],
        middleware=[Middleware(Guard, bounds=parts.bounds)],
        exception_handlers={HTTPException: _refuse},
        lifespan=_lifespan(parts),
    )
    app.router.redirect_slashes = False
    return app


def _routes(graphql: GraphQL, states: Callable[[], Awaitable[Mapping[str, State]]]) -> list[BaseRoute]:
    async def ready(_request: Request) -> Response:
        found = await states()
        return _health(all(state.ready for state in found.values()), found)

    async def live(_request: Request) -> Response:
        return _health(ready=True, found={})

    return [
        Route("/graphql", graphql),
        Route("/health/live", live),
        Route("/health/ready", ready),
    ]


def _health(ready: bool, found: Mapping[str, State]) -> Response:
    body: dict[str, Any] = {"ready": ready, "components": found}
    return Response(encode(body), 200 if ready else 503, media_type="application/json")


def _lifespan(parts: Parts) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as open_rooms:
            for room in parts.rooms:
                await open_rooms.enter_async_context(room())
            yield

    return lifespan


async def _refuse(_request: Request, error: Exception) -> Response:
    """Turn starlette's own 404 and 405 into refusals, which the guard answers in the one shape."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        raise Refusal("METHOD_NOT_ALLOWED", allow=(error.headers or {}).get("Allow", "GET"))
    raise Refusal("NOT_FOUND")
