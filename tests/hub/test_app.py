"""The app is made from its parts, opens them in order, closes them in reverse, and says how they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import strawberry
from starlette.requests import Request

from hub.app import Parts, State, create_app
from hub.graphql import plain_context
from schema.context import Context
from schema.permissions import PUBLIC, Undecided, decided
from tests.hub.wire import get, post, served
from tests.schema.small import schema


async def test_rooms_open_in_order_and_close_in_reverse():
    seen: list[str] = []

    def room(name: str):
        @asynccontextmanager
        async def opened() -> AsyncIterator[None]:
            seen.append(f"open {name}")
            yield
            seen.append(f"close {name}")

        return opened

    async with served(create_app(Parts(schema=schema, rooms=(room("graph"), room("members"))))) as port:
        assert (await get(port, "/health/live")).status == 200
    assert seen == ["open graph", "open members", "close members", "close graph"]


async def test_ready_says_which_component_is_away():
    states = {"graph": State(ready=True), "members": State(ready=True)}

    async def now() -> dict[str, State]:
        return states

    async with served(create_app(Parts(schema=schema, states=now))) as port:
        assert (await get(port, "/health/ready")).status == 200
        states["graph"] = State(ready=False, detail="the graph is away")
        away = await get(port, "/health/ready")
        assert away.status == 503
        assert away.json == {
            "ready": False,
            "components": {
                "graph": {"ready": False, "detail": "the graph is away"},
                "members": {"ready": True, "detail": ""},
            },
        }
        assert (await get(port, "/health/live")).status == 200
        assert (await post(port, {"query": "{__typename}"})).status == 200


async def test_each_request_has_its_own_context():
    made: list[Context] = []

    @strawberry.type
    @decided(PUBLIC)
    class Query:
        @strawberry.field
        def mine(self, info: strawberry.Info[Context, None]) -> str:
            assert info.context is made[-1]
            assert 0 < info.context.deadline.left <= 10
            return info.context.request_id

    def make(request: Request) -> Context:
        made.append(plain_context(request))
        return made[-1]

    async with served(create_app(Parts(schema=strawberry.Schema(Query), make_context=make))) as port:
        for _ in range(2):
            reply = await post(port, {"query": "{mine}"})
            assert reply.json == {"data": {"mine": reply.headers["x-request-id"]}}
    assert made[0] is not made[1]


def test_an_undecided_schema_makes_no_app():
    @strawberry.type
    class Query:
        bare: int = 1

    with pytest.raises(Undecided, match=r"Query\.bare"):
        create_app(Parts(schema=strawberry.Schema(Query)))


async def test_a_defect_outside_graphql_is_masked_too():
    def broken(_request: Request) -> Context:
        raise RuntimeError("secret")

    async with served(create_app(Parts(schema=schema, make_context=broken))) as port:
        reply = await post(port, {"query": "{__typename}"})
    assert (reply.status, reply.code) == (500, "INTERNAL")
    assert b"secret" not in reply.body
