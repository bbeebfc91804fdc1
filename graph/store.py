"""The store: the hub's one door to its graph, open even while the graph is away."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, LiteralString

from graph.engines.bolt import Bolt, Limits
from graph.engines.engine import Engine
from graph.engines.rows import Row
from graph.engines.transaction import Transaction
from graph.errors import GraphAway, GraphBusy, GraphError, GraphTimeout

__all__ = ["Health", "Limits", "Row", "Store", "Transaction"]

log = logging.getLogger(__name__)

State = Literal["opening", "ready", "away", "refused"]
PULSE = 2.0  # between two looks at a graph that answers
FIRST_WAIT = 0.1
LONGEST_WAIT = 2.0  # between two tries at one that does not: it must be back within 5 s of its return
PATIENCE = 1.0  # a question waits this long for a graph that has only just gone
GREETING = 3.0
MISSES = 2  # slow answers in a row that make a busy graph one that is away


@dataclass(frozen=True, slots=True)
class Health:
    """What `/health/ready` tells: since when the graph is in which state, and who answers."""

    state: State
    since: datetime
    engine: str
    server: str | None = None
    version: str | None = None
    reason: str | None = None


class Store:
    """Reads, writes and schema over one engine. Errors are those of `graph/errors.py`.

    `prepare` runs before the graph counts as ready, each time it comes back: the catalogue's place.
    """

    def __init__(
        self,
        engine: Engine,
        prepare: Callable[[Bolt], Awaitable[None]] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._engine = engine
        self._prepare = prepare
        self._limits = limits or Limits()
        self._bolt: Bolt | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._wake = asyncio.Event()
        self._misses = 0
        self._trouble: GraphError = GraphAway("the graph is not open yet")
        self._health = Health("opening", now(), engine.name)

    async def __aenter__(self) -> "Store":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Start the engine if it is ours, and reach for it in the background from now on."""
        await self._engine.open()
        self._bolt = Bolt(self._engine, self._limits)
        self._keeper = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Let go of the graph; stop the engine if it is ours."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._bolt:
            await self._bolt.close()
        await self._engine.close()
        self._ready.clear()
        self._trouble = GraphAway("the graph is closed")

    async def ready(self, within: float = 5.0) -> None:
        """Wait until the graph answers; raise why it does not."""
        try:
            await asyncio.wait_for(self._ready.wait(), within)
        except TimeoutError:
            raise self._trouble from None

    def health(self) -> Health:
        """The state of the graph now, without asking it."""
        return self._health

    @property
    def round_trips(self) -> int:
        """Statements sent so far; the store's own pulse is not among them."""
        return self._bolt.round_trips if self._bolt else 0

    async def read(self, query: LiteralString, /, within: float | None = None, **params: Any) -> list[Row]:
        """Rows of a read, each a dictionary by the names in `RETURN`; `within` seconds."""
        bolt = await self._gate()
        with self._noticing():
            return await bolt.read(query, params, within)

    async def write(self, query: LiteralString, /, within: float | None = None, **params: Any) -> list[Row]:
        """Rows of a write in a transaction of its own; it may be retried, so it must bear that."""
        bolt = await self._gate()
        with self._noticing():
            return await bolt.write(query, params, within)

    async def stream(self, query: LiteralString, /, **params: Any) -> AsyncIterator[Row]:
        """Rows of a read over much of the graph, one by one; for exports, which have no deadline."""
        bolt = await self._gate()
        with self._noticing():
            async for row in bolt.stream(query, params):
                yield row

    @asynccontextmanager
    async def transaction(self, within: float | None = None) -> AsyncIterator[Transaction]:
        """Several statements, all or nothing: `async with store.transaction() as tx: await tx.run(...)`."""
        bolt = await self._gate()
        with self._noticing():
            async with bolt.transaction(within) as transaction:
                yield transaction

    async def define(self, statement: str, within: float | None = None) -> None:
        """One schema statement, made of declared names only."""
        bolt = await self._gate()
        with self._noticing():
            await bolt.define(statement, within)

    def fulltext(self, label: str, field: str) -> str:
        """The name to give `CALL db.index.fulltext.queryNodes($index, $text)`."""
        return self._engine.fulltext(label, field)

    async def _gate(self) -> Bolt:
        """The driver, once the graph is there; only a graph that has just gone is waited for."""
        if not self._ready.is_set():
            gone = (now() - self._health.since).total_seconds()
            await self.ready(max(PATIENCE - gone, 0))
        if not self._bolt:
            raise self._trouble
        return self._bolt

    @contextlib.contextmanager
    def _noticing(self) -> Any:
        try:
            yield
        except GraphAway as error:
            if not isinstance(error, GraphBusy):
                self._lose(error)
                self._wake.set()
            raise

    async def _keep(self) -> None:
        """Look at the graph for as long as the store is open."""
        wait = FIRST_WAIT
        while True:
            with contextlib.suppress(Exception):
                await self._look()
            wait = FIRST_WAIT if self._ready.is_set() else min(wait * 2, LONGEST_WAIT)
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), PULSE if self._ready.is_set() else wait)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(GREETING):
                name, version = await self._answer()
            if not self._ready.is_set():
                await self._welcome(name, version)
            self._misses = 0
        except (GraphBusy, GraphTimeout, TimeoutError) as error:
            self._misses += 1
            if self._misses >= MISSES:
                self._lose(GraphAway(str(error) or "the graph does not answer"))
        except GraphError as error:
            self._lose(error)

    async def _answer(self) -> tuple[str, str]:
        if not self._bolt:
            raise self._trouble
        return await self._bolt.identify()

    async def _welcome(self, name: str, version: str) -> None:
        """Prepare a graph that has come (back), then let the questions through."""
        if self._prepare and self._bolt:
            await self._prepare(self._bolt)
        self._health = Health("ready", now(), self._engine.name, name, version)
        self._ready.set()
        log.info("the graph is ready: %s %s (%s)", name, version, self._engine.name)

    def _lose(self, error: GraphError) -> None:
        """Say once that the graph is gone, and since when."""
        state: State = "away" if isinstance(error, GraphAway) else "refused"
        self._trouble = error
        if self._ready.is_set() or self._health.state != state:
            self._ready.clear()
            seen = self._health
            self._health = Health(state, now(), seen.engine, seen.server, seen.version, str(error))
            log.warning("the graph is %s: %s", state, error)


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)
