"""The workroom: a few threads beside the event loop for heavy work, with a short queue and a hard limit.

Threads, not processes: compiled rule books stay where they are, and the solver lets go of the interpreter.
Python work in a thread shares the interpreter with the event loop, which goes on in slices of 5 ms. Whatever
is not ready in time is refused; its thread ends by the evaluator's and solver's own limits, and counts as
busy until then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from schema.context import Deadline
from schema.errors import Refusal

P = ParamSpec("P")
R = TypeVar("R")

THREADS: Final = 2
WAITING: Final = 6
HARD: Final = 15.0
"""Seconds after which nothing is waited for, whatever the request's deadline."""


class Workroom:
    """Runs heavy work in a few threads."""

    def __init__(self, threads: int = THREADS, waiting: int = WAITING, hard: float = HARD) -> None:
        self._pool = ThreadPoolExecutor(threads, "workroom")
        self._most = threads + waiting
        self._hard = hard
        self._busy = 0

    async def run(self, deadline: Deadline, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do some work in a thread; `Refusal` where there is no room (OVERLOADED) or no time."""
        if self._busy >= self._most:
            raise Refusal("OVERLOADED")
        seconds = min(deadline.left, self._hard)
        self._busy += 1
        loop = asyncio.get_running_loop()
        future = self._pool.submit(work, *args, **kwargs)
        future.add_done_callback(lambda _done: self._tell(loop))
        return await self._wait(future, seconds)

    async def _wait(self, future: Future[R], seconds: float) -> R:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except TimeoutError:
            raise Refusal("DEADLINE_EXCEEDED", seconds=round(seconds, 1)) from None

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._busy -= 1
