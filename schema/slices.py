"""Pages of lists that stand in memory; places in them are their cursors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from strawberry.types import Info

from graph.model.values import Versioned
from schema.asking import CountedConnection, Edge, PageInfo, counted, loaders
from schema.cursors import place_after, place_cursor
from schema.loaders import paging


def sliced(things: Sequence[Any], first: int, after: str | None) -> Any:
    """Give a page of a list that is the same whenever it is made; `Refusal` BAD_PAGE or BAD_CURSOR."""
    most, start = paging(first, None).first, place_after(after)
    page = list(things[start : start + most])
    edges = [Edge(node=one, cursor=place_cursor(start + place)) for place, one in enumerate(page, 1)]
    more = start + len(page) < len(things)

    return CountedConnection(
        nodes=page,
        edges=edges,
        page_info=PageInfo(has_next_page=more, end_cursor=edges[-1].cursor if edges else None),
        counting=counted(len(things)),
    )


async def sliced_things(
    info: Info, struct: type[Versioned], keys: Sequence[str], first: int, after: str | None
) -> Any:
    """Give a page of the live things that a list of keys names."""
    page, own = sliced(keys, first, after), loaders(info)
    page.nodes = await own.many(struct, tuple(page.nodes), own.moment_of(info))
    page.edges = [
        Edge(node=thing, cursor=edge.cursor) for thing, edge in zip(page.nodes, page.edges, strict=True)
    ]
    return page
