"""Presence: what is done for a client is cancelled once the client has left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Final

from starlette.types import Receive

GRACE: Final = 0.02  # seconds: what is answered sooner is not worth watching for


class ClientGone(Exception):
    """The client left before its answer was whole."""


class Present:
    """Cancels what is inside when the client leaves unanswered, and raises `ClientGone`."""

    def __init__(self, receive: Receive, answered: Callable[[], bool]) -> None:
        self._receive = receive
        self._answered = answered
        self._gone = False
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._task = asyncio.current_task(loop)
        self._later = loop.call_later(GRACE, self._watch)

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._later.cancel()
        if self._watching:
            self._watching.cancel()
        if self._gone and kind is asyncio.CancelledError and self._task and not self._task.uncancel():
            raise ClientGone

    def _watch(self) -> None:
        self._watching = asyncio.create_task(self._see())

    async def _see(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._task and not self._answered():
            self._gone = True
            self._task.cancel()
