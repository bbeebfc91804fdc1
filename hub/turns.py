"""Turns: whatever is answered, over any transport, holds a place of one gate and ends by a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.bounds import Bounds
from hub.gate import Gate
from schema.context import Deadline
from schema.errors import Refusal


class Turns:
    """One hub's turns."""

    def __init__(self, bounds: Bounds) -> None:
        self._seconds = bounds.deadline
        self._gate = Gate(bounds.places, bounds.queue, bounds.patience)
        self._events = asyncio.Semaphore(bounds.streaming.answering)

    def deadline(self) -> Deadline:
        """Set the deadline of what begins now."""
        return Deadline.after(self._seconds)

    @asynccontextmanager
    async def request(self, deadline: Deadline) -> AsyncIterator[None]:
        """Take the turn of a request; `Refusal` OVERLOADED or DEADLINE_EXCEEDED."""
        async with self._gate.place(), self.until(deadline):
            yield

    @asynccontextmanager
    async def event(self) -> AsyncIterator[Deadline]:
        """Take the turn of one event. Thousands may be waiting for the same one, so nobody is refused."""
        async with self._events:
            deadline = self.deadline()
            async with self.until(deadline):
                yield deadline

    @asynccontextmanager
    async def until(self, deadline: Deadline) -> AsyncIterator[None]:
        """End by a deadline; `Refusal` DEADLINE_EXCEEDED."""
        try:
            async with asyncio.timeout(deadline.left) as limit:
                yield
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise Refusal("DEADLINE_EXCEEDED", seconds=self._seconds) from error
