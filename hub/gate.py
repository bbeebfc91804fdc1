"""The gate: how many requests are answered at once, how many may wait, how long; the rest hear at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from schema.errors import Refusal


class Gate:
    """Places for requests in progress, and a bounded queue before them, first come first served."""

    def __init__(self, places: int, queue: int, patience: float) -> None:
        self._free = places
        self._queue = queue
        self._patience = patience
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """Requests in the queue now."""
        return len(self._waiting)

    @property
    def free(self) -> int:
        """Places free now."""
        return self._free

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place; raise `Refusal` OVERLOADED when the queue is full or the wait too long."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    async def _enter(self) -> None:
        if self._free:
            self._free -= 1
        elif len(self._waiting) >= self._queue:
            raise Refusal("OVERLOADED")
        else:
            await self._wait()

    async def _wait(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            self._give_up(turn)
            if isinstance(error, TimeoutError):
                raise Refusal("OVERLOADED") from error
            raise

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():
            self._leave()  # the place came just as we left: hand it on
        elif turn in self._waiting:
            self._waiting.remove(turn)

    def _leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
