"""The long lists: filtered, ordered and counted from the inventory, each page then read from the graph."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph.model.values import IN_FORCE, Versioned
from graph.moment import Moment
from graph.picking import Test, passing, pick
from graph.ranking import OrderBy, Place
from graph.things import Page
from schema.arguments import After, As, First
from schema.asking import CountedConnection, Edge, PageInfo, loaders
from schema.cursors import read_cursor, write_cursor
from schema.filtering import given, tests_of
from schema.filters import FILTERS
from schema.loaders import FIRST, Loaders, Paging, paging


@strawberry.input(
    description="How a list is ordered. What has none of it comes last either way; equal ones go by key."
)
class Order:
    """How a list is ordered."""

    by: OrderBy = strawberry.field(default=OrderBy.CODE, description="By what.")
    descending: bool = strawberry.field(default=False, description="Whether the largest comes first.")


Ordered = Annotated[
    Order | None, strawberry.argument(description="How the list is ordered. Default: by key, ascending.")
]


def explored(struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    """Resolve a page of a concept's things, filtered and ordered."""
    where_type: Any = FILTERS[struct]
    where_argument = Annotated[
        where_type | None, strawberry.argument(description="What they must be. Default: anything.")
    ]

    async def resolve(
        info: Info,
        where: where_argument = None,
        order_by: Ordered = None,
        first: First = FIRST,
        after: After = None,
        as_of: As = None,
    ) -> Any:
        own, order = loaders(info), order_by or Order()
        at = await own.moment(info, as_of)
        count, start = paging(first, None).first, _start(after, order)
        tests = await tests_of(own, struct, where, at)
        if not given(where) and order == Order():
            page, places = await _plain(own, struct, at, start, count)
        else:
            page, places = await _page(own, struct, at, tests, order, start, count)
        return _dressed(page, places, order, partial(_count, own, struct, at, tests))

    # Annotations are looked up by name, and this one only exists here.
    resolve.__annotations__["where"] = where_argument
    return resolve


def _start(after: str | None, order: Order) -> Place | None:
    return read_cursor(after, order.by, descending=order.descending) if after else None


async def _plain(
    own: Loaders, struct: type[Versioned], at: Moment, start: Place | None, count: int
) -> tuple[Page[Any], list[Place]]:
    """Read the plain list straight from the graph: it needs no inventory."""
    after = start.key if start else ""
    page: Page[Any] = await own.page(struct, at, Paging(count, after, IN_FORCE))
    return page, [Place((), thing.key) for thing in page.things]


async def _page(
    own: Loaders,
    struct: type[Versioned],
    at: Moment,
    tests: Sequence[Test],
    order: Order,
    start: Place | None,
    count: int,
) -> tuple[Page[Any], list[Place]]:
    view = await own.view(struct, at)
    places = await asyncio.to_thread(pick, view, tests, order.by, start, count + 1, order.descending)
    found = await own.many(struct, tuple(place.key for place in places[:count]), at)
    return Page(tuple(found), more=len(places) > count), places[:count]


async def _count(own: Loaders, struct: type[Versioned], at: Moment, tests: Sequence[Test]) -> int:
    return len(await asyncio.to_thread(passing, await own.view(struct, at), tests))


def _dressed(
    page: Page[Any], places: Sequence[Place], order: Order, counting: Callable[[], Awaitable[int]]
) -> Any:
    cursors = [write_cursor(place, order.by, descending=order.descending) for place in places]
    return CountedConnection(
        nodes=list(page.things),
        edges=[Edge(node=thing, cursor=at) for thing, at in zip(page.things, cursors, strict=True)],
        page_info=PageInfo(has_next_page=page.more, end_cursor=cursors[-1] if cursors else None),
        counting=counting,
    )
