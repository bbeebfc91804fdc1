"""Statements under way: nobody waits for one longer than they said, and what nobody waits for is ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_AGAIN = 0.05
_PATIENCE = 2.0
_LAST = 12.0
"""Seconds for a driver that was broken off: psycopg tells a dumb server twice, for five seconds each."""


class Wire:
    """The driver's connection that a statement runs on, from when there is one."""

    driver: Any = None


class Underway:
    """Waits for statements to one kind of database, and ends those that are waited for no more.

    To break off the waiting alone would leave SQLite's thread at work, and PostgreSQL's cursor open: so the
    database itself is told to stop, again and again for two seconds, and then the connection is given up. The
    question has gone by then: a server that says nothing at all keeps nobody.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._ending: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"<Underway, {len(self._ending)} ending>"

    async def wait(self, ask: Callable[[Wire], Coroutine[Any, Any, T]], seconds: float) -> T:
        """Wait for what a statement gives; ``TimeoutError`` after ``seconds``."""
        wire = Wire()
        task = asyncio.create_task(ask(wire))
        task.add_done_callback(_heard)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(task)
        finally:
            if not task.done():
                ending = asyncio.create_task(self._end(task, wire))
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Wait until what is being ended has ended."""
        if self._ending:
            await asyncio.wait(self._ending, timeout=_PATIENCE + _LAST)

    async def _end(self, task: asyncio.Task[Any], wire: Wire) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE
        while not task.done() and loop.time() < until and await self._told(wire.driver):
            await asyncio.wait([task], timeout=_AGAIN)
        task.cancel()
        await asyncio.wait([task], timeout=_LAST)

    async def _told(self, driver: Any) -> bool:
        """Tell the database to stop; False where it cannot be told, or does not listen."""
        try:
            match self._kind if driver is not None else "":
                case "sqlite":
                    await driver.interrupt()
                case "postgresql":
                    await driver.cancel_safe(timeout=_PATIENCE)
                case _:
                    return False
        except Exception:  # noqa: BLE001  (whatever the driver says to it, the connection is given up next)
            return False
        return True


def _heard(task: asyncio.Task[Any]) -> None:
    """Take what came too late, so that nothing is said of it."""
    if not task.cancelled():
        task.exception()
