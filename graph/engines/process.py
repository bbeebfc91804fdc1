"""One running child process of the embedded engine: start it, give it orders, end it."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import GraphAway, GraphRefused, GraphTaken

CHILD = Path(__file__).with_name("child.py")
START = 30.0  # seconds; 0.2 is usual, a long recovery after a crash is the rest
STOP = 6.0


@dataclass(slots=True)
class Process:
    """A child that has answered, and the loopback port its Bolt server listens on."""

    child: asyncio.subprocess.Process
    port: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def order(self, sql: str) -> None:
        """Have the child run one schema statement."""
        async with self.turn:
            answer = await exchange(self.child, {"sql": sql})
        if "failed" in answer:
            raise GraphRefused(f"the embedded engine refused {sql!r}: {answer['failed']}")

    async def stop(self) -> None:
        """Close the pipe, which the child takes as the order to leave; kill it if it stays."""
        if self.child.stdin:
            self.child.stdin.close()
        try:
            await asyncio.wait_for(self.child.wait(), STOP)
        except TimeoutError:
            self.kill()
            await self.child.wait()

    def kill(self) -> None:
        """End the child at once; it recovers from its log at the next start."""
        if self.child.returncode is None:
            self.child.kill()


async def launch(folder: Path, password: str, database: str, follow: bool) -> Process:
    """Start a child on this folder and wait until it listens."""
    child = await spawn(folder)
    order = {"folder": str(folder), "password": password, "database": database}
    try:
        async with asyncio.timeout(START):
            answer = await exchange(child, {**order, "parent": os.getpid(), "follow": follow})
        return Process(child, listening(answer, folder))
    except BaseException as error:
        if child.returncode is None:
            child.kill()
        await child.wait()
        if isinstance(error, TimeoutError):
            raise GraphAway(f"the embedded engine did not start within {START:.0f} s") from error
        raise


async def spawn(folder: Path) -> asyncio.subprocess.Process:
    """The bare process, in a session of its own, so that Ctrl-C reaches the hub alone."""
    # -P: no module beside child.py may shadow another.
    pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    arguments = (sys.executable, "-P", str(CHILD))
    return await asyncio.create_subprocess_exec(
        *arguments, stdin=pipe, stdout=pipe, stderr=none, cwd=folder, start_new_session=True
    )


async def exchange(child: asyncio.subprocess.Process, order: dict[str, object]) -> dict[str, Any]:
    """One line out, one line back."""
    if not child.stdin or not child.stdout:
        raise GraphAway("the embedded engine has no pipe to its hub")
    try:
        child.stdin.write(json.dumps(order).encode() + b"\n")
        await child.stdin.drain()
        line = await child.stdout.readline()
    except ConnectionError as error:
        raise GraphAway("the embedded engine's process ended") from error
    if not line:
        raise GraphAway("the embedded engine's process ended")
    answer: dict[str, Any] = json.loads(line)
    return answer


def listening(answer: dict[str, Any], folder: Path) -> int:
    """The port of a child that started, or the reason why it did not."""
    if "taken" in answer:
        raise GraphTaken(
            f"another running hub keeps its graph in {folder}: stop it, or give this hub a folder of its own"
        )
    if "failed" in answer:
        raise GraphAway(f"the embedded engine did not start: {answer['failed']}")
    return int(answer["bolt"])
