"""Node, as the tests of the federation need it: the scripts beside this file, on what `npm ci` installed."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent

needs_node = [
    pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed"),
    pytest.mark.skipif(not (HERE / "node_modules").exists(), reason="run `npm ci` in tests/federation"),
]


async def run(*words: str, given: str = "") -> tuple[int, str]:
    """Run a script to its end; gives its exit code and what it said."""
    node = await _start(*words)
    said, _ = await asyncio.wait_for(node.communicate(given.encode()), 60)
    return node.returncode or 0, said.decode()


@asynccontextmanager
async def gateway(hub: str, readings: list[dict[str, str]]) -> AsyncIterator[str]:
    """Put the gateway in front of the hub and of a library with some readings; gives its address."""
    node = await _start("gateway.js", hub, READINGS=json.dumps(readings))
    try:
        yield (await asyncio.wait_for(node.stdout.readline(), 30)).decode().strip()
    finally:
        node.stdin.close()
        await asyncio.wait_for(node.wait(), 10)


async def _start(*words: str, **environment: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        "node", *words, cwd=HERE, stdin=pipe, stdout=pipe, env=os.environ | environment
    )
