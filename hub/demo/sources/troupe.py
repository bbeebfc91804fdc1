"""The troupe: starts every source of the demo, watches what is wished to be wrong with it, and ends it."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Final

from hub.demo.sources.faults import Fault, fault_of, wish
from hub.demo.sources.papers import write_papers
from hub.demo.sources.postgres import programs
from hub.demo.sources.systems import SYSTEMS, System, keep_secret

STARTS_WITHIN: Final = 30.0
ENDS_WITHIN: Final = 3.0
LOOKS_EACH: Final = 0.2
SETTLES: Final = 2.5
"""Seconds until a fault is felt: what was fetched before is good for two."""
SAYS: Final = {
    "": "nothing",
    "sql": "PostgreSQL on this machine, and pip install 'alliance-hub[sql]'",
    "standards": "pip install 'alliance-hub[standards]'",
}
NEEDED: Final = {"": (), "sql": ("sqlalchemy",), "standards": ("lxml", "signxml", "joserfc")}


class Player:
    """One source: its process, its port, and what befell it."""

    def __init__(self, system: System, folder: Path) -> None:
        self.system = system
        self.port = 0
        self._folder = folder
        self._process: Process | None = None
        self._fault: Fault | None = None

    async def start(self) -> None:
        """Start the process and learn its port; the same port again after a fall."""
        words = ("-m", "hub.demo.sources", self.system.code, "--folder", str(self._folder), "--port")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *words, str(self.port), stdin=PIPE, stdout=PIPE
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(STARTS_WITHIN):
            said = await self._process.stdout.readline()
        if not said.strip():
            raise OSError(f"the source {self.system.code} did not start")
        self.port = int(said)

    async def follow(self) -> None:
        """Let happen what the folder of faults says."""
        wished = fault_of(self._folder / "faults", self.system.code)
        if wished is self._fault:
            return
        before, self._fault = self._fault, wished
        if before is Fault.HANG:
            self._signal(signal.SIGCONT)
        if wished is Fault.HANG:
            self._signal(signal.SIGSTOP)
        elif wished is Fault.DOWN:
            await self.end()
        elif self._process is None:
            await self.start()

    async def end(self) -> None:
        """End the process, whatever state it is in."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        for number in (signal.SIGCONT, signal.SIGTERM):
            process.send_signal(number)
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)


class Troupe:
    """All sources of the demo, in one folder: declarations, faults, and the key they were given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connectors = folder / "connectors.d"
        self.left_out = {system.code: system.needs for system in SYSTEMS.values() if not playable(system)}
        self._players = [Player(each, folder) for each in SYSTEMS.values() if playable(each)]
        self._watch: asyncio.Task[None] | None = None
        self._key = secrets.token_urlsafe(24)

    async def __aenter__(self) -> Troupe:
        for part in (self.connectors, self.folder / "faults"):
            part.mkdir(parents=True)
        keep_secret(self.folder / "key", self._key)
        try:
            await asyncio.gather(*(player.start() for player in self._players))
        except BaseException:
            await self._end()
            raise
        for player in self._players:
            self._declare(player)
        write_papers(self.folder, (player.system for player in self._players))
        self._watch = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._end()

    @asynccontextmanager
    async def failing(self, code: str, fault: Fault) -> AsyncIterator[None]:
        """Have a source fail for a while."""
        wish(self.folder / "faults", code, fault)
        await asyncio.sleep(SETTLES)
        try:
            yield
        finally:
            wish(self.folder / "faults", code, None)

    def playing(self) -> Iterator[tuple[System, int]]:
        """Give each source that plays, and its port."""
        return ((player.system, player.port) for player in self._players)

    def _declare(self, player: Player) -> None:
        code = player.system.code
        text = (files("hub.demo.sources") / "declared" / f"{code}.yaml").read_text("utf-8")
        told = player.system.tells(self.folder, self._key, player.port)
        holes = {"URL": f"http://127.0.0.1:{player.port}", "FOLDER": str(self.folder), **told}
        filled = Template(text).substitute(holes)
        (self.connectors / f"{code}.yaml").write_text(filled, "utf-8")

    async def _follow(self) -> None:
        while True:
            for player in self._players:
                await player.follow()
            await asyncio.sleep(LOOKS_EACH)

    async def _end(self) -> None:
        await asyncio.gather(*(player.end() for player in self._players), return_exceptions=True)


def playable(system: System) -> bool:
    """Tell whether what a source's interface and connector need is installed."""
    if not system.web and programs() is None:
        return False
    return all(find_spec(package) for package in NEEDED[system.needs])
