"""The demo alliance, served by a hub in a process of its own."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """Load and serve it on a free port of loopback; gives host and port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "demo", "--port", "0",
        stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout
    try:
        async with asyncio.timeout(90):
            while not (found := re.search(rb"127\.0\.0\.1:\d+/ ", await process.stdout.readline())):
                pass
        yield found[0].decode().strip().rstrip("/")
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 30)
