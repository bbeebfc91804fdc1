"""Resolvers in a few shapes: the neighbour a key names, those several keys name, those that name this."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Generic, TypeVar

import strawberry
from strawberry.types import Info

import schema.enums  # noqa: F401 - tells the closed lists before any argument uses one
from graph.mapped import Side
from graph.model.values import APPROVED, IN_FORCE, Status, Versioned, parts_of
from graph.things import Naming, Page
from schema.arguments import After, First, InStatus, MappedIn
from schema.cursors import key_cursor
from schema.loaders import NESTED, Loaders, paging
from schema.permissions import PUBLIC, decided
from schema.weights import costs

Counting = Callable[[], Awaitable[int]]
N = TypeVar("N")


@strawberry.type(description="Where a page ends, and whether the list goes on.")
@decided(PUBLIC)
class PageInfo:
    """Where a page ends."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    end_cursor: str | None = strawberry.field(description="Give it as `after` to get the next page.")
    has_previous_page: bool = strawberry.field(
        default=False, description="Always false: lists are gone through forwards only, by `after`."
    )
    start_cursor: str | None = strawberry.field(
        default=None, description="The cursor of the page's first item; none on an empty page."
    )


@strawberry.type(description="One item of a page, with its cursor.")
@decided(PUBLIC)
class Edge(Generic[N]):
    """One item of a page."""

    node: N = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="The item's place in the list.")


@strawberry.type(description="A page of a list.")
@decided(PUBLIC)
class Connection(Generic[N]):
    """A page of a list."""

    nodes: list[N] = strawberry.field(description="The items.")
    edges: list[Edge[N]] = strawberry.field(description="The items with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")

    def __post_init__(self) -> None:
        if self.edges:
            self.page_info.start_cursor = self.edges[0].cursor


async def _total(root: Any) -> int:
    return int(await root.counting())


@strawberry.type(description="A page of a list that can be counted.")
@decided(PUBLIC)
class CountedConnection(Connection[N], Generic[N]):
    """A page of a list that can be counted."""

    counting: strawberry.Private[Counting]

    total_count: int = strawberry.field(
        resolver=_total,
        metadata=costs(2),
        description="How many there are on all pages together, exactly; never an estimate.",
    )


def connected(page: Page[Any], counting: Counting) -> Any:
    """Dress a page of things, in order of keys, as a connection."""
    things = list(page.things)
    cursors = [key_cursor(thing.key) for thing in things]
    return CountedConnection(
        nodes=things,
        edges=[Edge(node=thing, cursor=at) for thing, at in zip(things, cursors, strict=True)],
        page_info=PageInfo(has_next_page=page.more, end_cursor=cursors[-1] if cursors else None),
        counting=counting,
    )


def counted(number: int) -> Counting:
    """Count what is counted already."""

    async def counting() -> int:
        return number

    return counting


def standing(statuses: list[Status] | None, default: tuple[str, ...]) -> tuple[str, ...]:
    """Give the statuses asked for, in order, as rows and sketches hold them."""
    return default if statuses is None else tuple(sorted({status.value for status in statuses}))


def loaders(info: Info) -> Loaders:
    """Give the request's loaders."""
    found: Loaders = info.context.loaders
    return found


def neighbour(field: str, struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    """Resolve the thing whose key is in ``field``; null where there is none or it is not seen."""

    async def resolve(root: Any, info: Info) -> Any:
        key = getattr(root, field)
        return await loaders(info).thing(struct, key, loaders(info).moment_of(info)) if key else None

    return resolve


def neighbours(field: str, struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    """Resolve the things whose keys are in ``field``, in its order, without those not seen."""

    async def resolve(root: Any, info: Info) -> Any:
        found = await loaders(info).many(struct, getattr(root, field), loaders(info).moment_of(info))
        return [thing for thing in found if thing is not None]

    return resolve


def those_naming(way: Naming) -> Callable[..., Awaitable[Any]]:
    """Resolve a page of the things that name this one."""

    async def resolve(
        root: Any, info: Info, statuses: InStatus = None, first: First = NESTED, after: After = None
    ) -> Any:
        own, at = loaders(info), loaders(info).moment_of(info)
        page = paging(first, after)._replace(statuses=standing(statuses, IN_FORCE))
        counting = partial(own.naming_counted, way, root.key, at, page.statuses)
        return connected(await own.naming(way, root.key, at, page), counting)

    return resolve


def mappings_of(side: Side) -> Callable[..., Awaitable[Any]]:
    """Resolve a page of the mappings of this outcome or of this unit."""

    async def resolve(
        root: Any, info: Info, statuses: MappedIn = None, first: First = NESTED, after: After = None
    ) -> Any:
        own, at = loaders(info), loaders(info).moment_of(info)
        page = paging(first, after)._replace(statuses=standing(statuses, APPROVED))
        counting = partial(own.mappings_counted, side, root.key, at, page.statuses)
        return connected(await own.mappings(side, root.key, at, page), counting)

    return resolve


def all_versions(struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    """Resolve every known version of this thing, oldest first."""

    async def resolve(root: Any, info: Info) -> Any:
        return await loaders(info).versions(struct, root.key, loaders(info).moment_of(info))

    return resolve


def part(place: int) -> Callable[..., str]:
    """Resolve a part of a coded key: scheme 0, edition 1, code 2."""

    def resolve(root: Any) -> str:
        return parts_of(root.key)[place]

    return resolve
