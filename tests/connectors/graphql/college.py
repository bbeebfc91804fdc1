"""A college's GraphQL interface, as a real server: run it, and it prints its port."""

from __future__ import annotations

import asyncio
import sys

import strawberry
import uvicorn
from graphql import GraphQLError
from strawberry.asgi import GraphQL

LEARNERS = {"s1": 5, "s2": 3}


@strawberry.type
class Result:
    id: str
    student: str
    course: str
    title: str
    credit: float


@strawberry.type
class Page:
    items: list[Result]
    next: str | None


def rows(students: list[str]) -> list[Result]:
    return [
        Result(id=f"{code}-{n}", student=code, course=f"C{n}", title="数据结构", credit=2.5)
        for code in reversed(students)
        for n in range(LEARNERS.get(code, 0))
    ]


@strawberry.type
class Query:
    @strawberry.field
    def results(self, info: strawberry.Info, students: list[str], after: str | None = None) -> Page:
        key = info.context["request"].headers.get("x-key", "")
        if key != "hush-hush":
            raise GraphQLError(f"{students} are none of yours, {key}", extensions={"code": "UNAUTHENTICATED"})
        if students == ["partial"]:
            raise GraphQLError("it went wrong for partial")
        start = int(after or 0)
        mine = rows(students)
        loops = students == ["s2"] and after == "2"
        following = "2" if loops else str(start + 2) if start + 2 < len(mine) else None
        return Page(items=mine[start : start + 2], next=following)


async def main() -> None:
    server = uvicorn.Server(uvicorn.Config(GraphQL(strawberry.Schema(Query)), port=0, log_level="critical"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110  (uvicorn tells it no other way)
            await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await serving


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
