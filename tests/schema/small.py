"""A small schema for tests of the edge: units with neighbours, and resolvers that misbehave."""

from __future__ import annotations

import asyncio

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
        await asyncio.sleep(seconds)
        return 1


@strawberry.type
@decided(PUBLIC)
class Mutation:
    @strawberry.mutation
    def rename(self, code: str) -> str:
        return code


schema = strawberry.Schema(Query, Mutation)
