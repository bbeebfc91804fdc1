"""Work on files and much text, done in a thread beside the event loop, and waited for whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> T:
    """Do ``work`` in a thread. Who is cancelled leaves only when it is done: its files are still in use."""
    doing = asyncio.ensure_future(asyncio.to_thread(work, *given, **named))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait((doing,))
        raise
