"""The embedded engine: ArcadeDB in a child process, started with the hub, watched, and stopped with it."""

import asyncio
import contextlib
import importlib.util
import logging
import secrets
import tempfile
import time
from pathlib import Path

from graph.engines.engine import Address, Define, Link
from graph.engines.process import Process, launch
from graph.errors import GraphAway, GraphError, GraphRefused, GraphTaken

log = logging.getLogger(__name__)

DATABASE = "hub"
FIRST_WAIT = 0.1
LONGEST_WAIT = 4.0  # so that a graph that can return does so within 5 s
HANDOVER = 3.0  # a killed hub's child may hold the folder a moment longer
SETTLED = 30.0  # a child that lived this long was well: begin the next backoff afresh
ANALYZER = "org.apache.lucene.analysis.cjk.CJKAnalyzer"


class Embedded:
    """The engine of a fresh machine: no server to install, one folder of data."""

    name = "embedded"
    honours_deadlines = False  # measured: it ignores Bolt's transaction timeout

    def __init__(self, folder: Path | None = None, *, follow: bool = True) -> None:
        """Keep data in `folder`, or in a temporary one; `follow` asks for the parent-death signal."""
        self.generation = 0
        self._temporary = tempfile.TemporaryDirectory(prefix="alliance-hub-") if folder is None else None
        self._folder = Path(self._temporary.name if self._temporary else folder or ".").resolve()
        self._password = secrets.token_urlsafe(24)
        self._follow = follow
        self._process: Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def link(self) -> Link:
        """A nominal address: the child's port changes at each start, and `resolve` knows it."""
        return Link("bolt://127.0.0.1:7687", ("root", self._password), DATABASE, self._resolve)

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.child.pid if self._process else None

    async def open(self) -> None:
        """Start the child; a folder in use or a missing package is told at once."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if importlib.util.find_spec("arcadedb") is None:
            raise GraphRefused(
                "the embedded engine is not installed: "
                "pip install 'alliance-hub[embedded]', or give a Neo4j URI"
            )
        with contextlib.suppress(GraphAway):  # a crash at start is the watch's to mend
            await self._take_over()
        self._watch = asyncio.create_task(self._guard())

    async def close(self) -> None:
        """Stop the watch, then the child, then remove a temporary folder."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._process:
            await self._process.stop()
            self._process = None
        if self._temporary:
            self._temporary.cleanup()

    async def renew(self, reason: str) -> None:
        """Kill the child; the watch starts the next one."""
        if self._process:
            log.warning("the embedded engine is killed and restarted: %s", reason)
            self._process.kill()

    def fulltext(self, label: str, field: str) -> str:
        """ArcadeDB names an index by its type and property."""
        return f"{label}[{field}]"

    async def index(self, label: str, field: str, define: Define) -> None:
        """Full text is made through the engine's SQL: its Cypher has no words for it."""
        if not self._process:
            raise GraphAway("the embedded engine is restarting")
        await self._process.order(f"CREATE VERTEX TYPE {label} IF NOT EXISTS")
        await self._process.order(f"CREATE PROPERTY {label}.{field} IF NOT EXISTS STRING")
        kind = f'FULL_TEXT METADATA {{"analyzer":"{ANALYZER}"}}'
        await self._process.order(f"CREATE INDEX IF NOT EXISTS ON {label} ({field}) {kind}")

    async def settle(self, define: Define) -> None:
        """Nothing to wait for: a statement returns when its index is filled."""

    async def _take_over(self) -> None:
        """Start, waiting a little for the child of a hub that was just killed to end."""
        until = time.monotonic() + HANDOVER
        while True:
            try:
                return await self._start()
            except GraphTaken:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(FIRST_WAIT)

    async def _start(self) -> None:
        self._process = await launch(self._folder, self._password, DATABASE, self._follow)
        self.generation += 1

    async def _guard(self) -> None:
        """Restart the child whenever it ends, waiting longer after each quick failure."""
        wait = FIRST_WAIT
        while True:
            born = time.monotonic()
            if self._process:
                code = await self._process.child.wait()
                self._process = None
                log.warning("the embedded engine's process ended (%s); restarting in %.1f s", code, wait)
            await asyncio.sleep(wait)
            wait = FIRST_WAIT if time.monotonic() - born > SETTLED else min(wait * 2, LONGEST_WAIT)
            await self._retry()

    async def _retry(self) -> None:
        try:
            await self._start()
        except (GraphError, OSError) as error:
            log.warning("the embedded engine did not restart: %s", error)

    def _resolve(self, _: object) -> list[Address]:
        # Port 9 is "discard": nothing answers there, so the driver fails at once and tries again.
        return [("127.0.0.1", self._process.port if self._process else 9)]
