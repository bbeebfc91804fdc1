"""Tasks that are made aside, and are stopped before the graph they read is let go of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel what still runs, and wait until it has ended; what it came to is nobody's any more."""
    stopping = list(tasks)
    for each in stopping:
        each.cancel()
    await asyncio.gather(*stopping, return_exceptions=True)
