"""A GraphQL interface: one query over many learners, results in pages by cursor."""

from __future__ import annotations

import json
from typing import Any, Final

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.demo.sources.cast import known_to
from hub.demo.sources.systems import System

PAGE: Final = 50
BODY: Final = 64_000


@strawberry.type(description="A certificate that a learner holds.")
class Award:
    """A row."""

    id: str
    holder: str
    code: str
    title: str
    title_en: str
    credits: str
    result: str
    awarded: str


@strawberry.type(description="A page of certificates.")
class Awards:
    """A page."""

    items: list[Award]
    next: str | None


def make(system: System, key: str) -> Starlette:
    """Make the interface of a system; requests carry ``key`` as a bearer token."""
    schema = strawberry.Schema(_query(system))

    async def answer(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {key}":
            denied = {"message": "unauthenticated", "extensions": {"code": "UNAUTHENTICATED"}}
            return JSONResponse({"errors": [denied]})
        body = json.loads((await request.body())[:BODY])
        done = await schema.execute(body["query"], body.get("variables"))
        errors = {"errors": [{"message": error.message} for error in done.errors]} if done.errors else {}
        return JSONResponse({"data": done.data, **errors})

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


def _query(system: System) -> type:
    learners = known_to(system.code)

    def awards(holders: list[str], after: str | None = None) -> Awards:
        found = [learners[code] for code in holders if code in learners]
        rows = [_award(system.code, person, one) for person in found for one in person.holds[system.code]]
        start = int(after) if after and after.isdigit() and len(after) < 7 else 0
        following = str(start + PAGE) if start + PAGE < len(rows) else None
        return Awards(items=rows[start : start + PAGE], next=following)

    @strawberry.type
    class Query:
        held: Awards = strawberry.field(resolver=awards)

    return Query


def _award(system: str, person: Any, one: Any) -> Award:
    return Award(
        id=one.id,
        holder=person.codes[system],
        code=one.code,
        title=one.title,
        title_en=one.title_en,
        credits=one.amount,
        result=one.mark,
        awarded=one.on.isoformat(),
    )
