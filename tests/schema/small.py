"""A small schema for tests of the edge: units with neighbours, and resolvers that misbehave."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import strawberry

from schema.errors import Refusal
from schema.permissions import PUBLIC, decided
from schema.weights import costs

SECRET = "110101199003071234"


@strawberry.type
@decided(PUBLIC)
class Unit:
    code: str
    level: int

    @strawberry.field(metadata=costs(2, size=5))
    def neighbours(self) -> list[Unit]:
        return [Unit(code=f"{self.code}.{i}", level=self.level) for i in range(3)]


@strawberry.type
@decided(PUBLIC)
class Query:
    @strawberry.field
    def unit(self, code: str) -> Unit | None:
        return Unit(code=code, level=4)

    @strawberry.field
    async def units(self, first: int = 10) -> list[Unit]:
        return [Unit(code=f"U{i}", level=i) for i in range(first)]

    @strawberry.field
    def units_by_code(self, codes: list[str]) -> list[Unit]:
        return [Unit(code=code, level=1) for code in codes]

    @strawberry.field
    def broken(self) -> int | None:
        raise RuntimeError(f"learner {SECRET} is not in the table")

    @strawberry.field
    def refused(self) -> int | None:
        raise Refusal("NOT_FOUND")

    @strawberry.field
    async def slow(self, seconds: float) -> int:
        GIVEN["slow"] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            GIVEN["slow"] -= 1
        return 1


@strawberry.type
@decided(PUBLIC)
class Mutation:
    @strawberry.mutation
    def rename(self, code: str) -> str:
        return code


@strawberry.type
@decided(PUBLIC)
class Subscription:
    @strawberry.subscription
    async def count(self, to: int, every: float = 0) -> AsyncIterator[int]:
        for i in range(to):
            await asyncio.sleep(every)
            yield i

    @strawberry.subscription
    async def flood(self, info: strawberry.Info) -> AsyncIterator[str]:
        """Endless, 10 kB each; counts what it gave."""
        GIVEN["flooding"] += 1
        try:
            while True:
                await asyncio.sleep(0)
                GIVEN["flood"] += 1
                yield "x" * 10_000
        finally:
            GIVEN["flooding"] -= 1

    @strawberry.subscription
    async def endless(self) -> AsyncIterator[int]:
        """Never gives anything; counts who listens."""
        GIVEN["listening"] += 1
        try:
            await asyncio.Event().wait()
            yield 0
        finally:
            GIVEN["listening"] -= 1

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[int]:
        yield 1
        raise RuntimeError(f"learner {SECRET} is not in the table")

    @strawberry.subscription
    async def refuses(self) -> AsyncIterator[int]:
        raise Refusal("NOT_FOUND")
        yield 0

    @strawberry.subscription
    async def unit_changes(self) -> AsyncIterator[Unit]:
        yield Unit(code="U1", level=1)


GIVEN: Counter[str] = Counter()

schema = strawberry.Schema(Query, Mutation, Subscription)
