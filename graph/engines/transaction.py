"""A transaction: several statements of one session, all of them or none."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, LiteralString

from neo4j import AsyncSession, AsyncTransaction

from graph.engines.complaint import translated
from graph.engines.rows import Row, rows
from graph.errors import GraphError, GraphTimeout

if TYPE_CHECKING:
    from graph.engines.bolt import Bolt


class Transaction:
    """An open write transaction; `run` is one round trip."""

    def __init__(self, bolt: Bolt, session: AsyncSession, held: AsyncTransaction, seconds: float) -> None:
        self._bolt = bolt
        self._session = session
        self._held = held
        self._seconds = seconds
        self._born = bolt.engine.generation
        self._busy: asyncio.Future[list[Row]] | None = None

    async def run(self, query: LiteralString, /, **params: Any) -> list[Row]:
        """Rows of one statement, which sees what the earlier ones wrote."""
        self._busy = asyncio.ensure_future(self._work(query, params))
        try:
            async with asyncio.timeout(self._seconds):
                found = await asyncio.shield(self._busy)
        except TimeoutError as error:
            raise GraphTimeout(f"the graph gave no answer within {self._seconds:g} s") from error
        self._busy = None
        return found

    async def commit(self) -> None:
        """Make it so."""
        with translated():
            await self._held.commit()

    async def abandon(self) -> None:
        """Close, undoing what is not committed; a statement still running is followed to its end."""
        closing = self._bolt.keep(self._close())
        if self._busy and not self._busy.done():
            self._bolt.chase(self._busy, self._seconds, self._born)
        else:
            await asyncio.shield(closing)

    async def _work(self, query: LiteralString, params: Row) -> list[Row]:
        with translated():
            return await rows(await self._bolt.run(self._held, query, params))

    async def _close(self) -> None:
        if self._busy:
            await asyncio.gather(self._busy, return_exceptions=True)
        for end in (self._held.close, self._session.close):
            with contextlib.suppress(GraphError), translated():
                await end()  # where the connection is gone, the transaction went with it
