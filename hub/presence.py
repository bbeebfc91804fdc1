"""Presence: what is done for a client is cancelled once the client has left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.types import Receive


class ClientGone(Exception):
    """The client left before its answer was whole."""


@asynccontextmanager
async def present(receive: Receive, answered: Callable[[], bool]) -> AsyncIterator[None]:
    """Cancel what is inside when the client leaves unanswered, and raise `ClientGone`."""
    task = asyncio.current_task()
    assert task
    watching = asyncio.create_task(_gone(receive))
    watching.add_done_callback(lambda done: done.cancelled() or answered() or task.cancel())
    try:
        yield
    except asyncio.CancelledError:
        if not watching.done() or task.uncancel():
            raise  # somebody else's: a deadline, or the server that stops
        raise ClientGone from None
    finally:
        watching.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
