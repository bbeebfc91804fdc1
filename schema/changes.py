"""Changes: who subscribes hears of each publication. One question a second for all who listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from datetime import datetime
from typing import Annotated, Final, Protocol

import strawberry
from strawberry.types import Info

from graph.errors import GraphError
from graph.moment import NOTHING_YET, unstamp
from schema.context import Context
from schema.errors import Refusal
from schema.loaders import stamped
from schema.many import ManyAnswers
from schema.permissions import PUBLIC, decided

MOST: Final = 5_000  # listeners at once


class Published(Protocol):
    """What tells the moment of the last publication."""

    async def latest(self) -> str:
        """Give the moment, as the graph stores it."""
        ...


class Changes:
    """The publications of one graph, told to all who listen; who is slow hears of the last one only."""

    def __init__(self, published: Published, *, every: float = 1.0, most: int = MOST) -> None:
        self._published = published
        self._every = every
        self._most = most
        self._known = NOTHING_YET
        self._listeners: set[asyncio.Event] = set()
        self._asking: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def after(self, seen: str | None = None) -> AsyncGenerator[str, None]:
        """Give each publication later than the one seen, by default than the last one."""
        if len(self._listeners) >= self._most:
            raise Refusal("OVERLOADED")
        with self._listening() as news:
            self._known = max(self._known, await self._published.latest())
            seen = self._known if seen is None else seen
            while True:
                if self._known > seen:
                    seen = self._known
                    yield seen
                await news.wait()
                news.clear()

    @contextmanager
    def _listening(self) -> Iterator[asyncio.Event]:
        news = asyncio.Event()
        self._listeners.add(news)
        self._asking = self._asking or asyncio.create_task(self._ask())
        try:
            yield news
        finally:
            self._listeners.discard(news)

    async def _ask(self) -> None:
        try:
            while self._listeners:
                await asyncio.sleep(self._every)
                with suppress(GraphError):  # the graph is away: ask again, nobody need hear of it
                    self._tell(await self._published.latest())
        finally:
            self._asking = None

    def _tell(self, latest: str) -> None:
        if latest > self._known:
            self._known = latest
            for news in self._listeners:
                news.set()


@strawberry.type(description="What readers of the graph may know has changed.")
@decided(PUBLIC)
class GraphChange:
    """A publication."""

    published: datetime = strawberry.field(
        description="The moment of the publication: later answers know what it brought."
    )


Since = Annotated[
    datetime | None,
    strawberry.argument(description="Tell at once if there is a later one than this. Default: now."),
]


@strawberry.type(description="What the hub tells whoever subscribes, over WebSocket or server-sent events.")
@decided(PUBLIC)
class Subscription(ManyAnswers):
    """The root of all subscriptions."""

    @strawberry.subscription(  # type: ignore[untyped-decorator]  # strawberry leaves it untyped
        description="Tells of each publication that changes the graph 图谱更新."
    )
    async def graph_changed(
        self, info: Info[Context, None], since: Since = None
    ) -> AsyncIterator[GraphChange]:
        """Tell of each publication."""
        async with aclosing(_changes(info).after(_stamped(since))) as moments:
            async for moment in moments:
                yield GraphChange(published=unstamp(moment))


def _changes(info: Info[Context, None]) -> Changes:
    if info.context.changes is None:
        raise Refusal("OPERATION_NOT_SERVED", kind="subscription")
    changes: Changes = info.context.changes
    return changes


def _stamped(since: datetime | None) -> str | None:
    return stamped(since) if since else None
