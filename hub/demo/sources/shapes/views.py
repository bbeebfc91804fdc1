"""A database with a read-only view: a PostgreSQL of its own, behind a relay that can be stopped with it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from hub.demo.sources.cast import known_to
from hub.demo.sources.postgres import programs
from hub.demo.sources.systems import System

STARTS_WITHIN: Final = 20.0
TABLE: Final = """CREATE TABLE zs (id text PRIMARY KEY, holder text, code text, title text, title_en text,
    credit numeric, result text, awarded date)"""
VIEW: Final = "CREATE VIEW hub_results AS SELECT * FROM zs"
INSERT: Final = "INSERT INTO zs VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"


class Views:
    """The database of one system: made anew in a folder of its own, reached by its socket there."""

    def __init__(self, system: System, key: str) -> None:
        self._system = system
        self._key = key
        # Not in the demo's folder: as root PostgreSQL runs as another user, who may not look into that.
        self._home = Path(tempfile.mkdtemp(prefix="alliance-demo-database-"))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Make and start the database, and fill it."""
        bin_ = programs()
        if bin_ is None:
            raise OSError("PostgreSQL is not installed")
        data, word = str(self._home / "data"), self._home / "word"
        word.write_text(self._key, "ascii")
        if os.getuid() == 0:
            for path in (self._home, word):
                shutil.chown(path, "postgres", "postgres")
        how = ("-A", "scram-sha-256", f"--pwfile={word}", "-U", "demo", "-E", "UTF8", "--no-locale")
        await _run(_as_nobody(str(bin_ / "initdb"), "-D", data, *how))
        options = (
            "-c",
            "listen_addresses=",
            "-c",
            f"unix_socket_directories={self._home}",
            "-c",
            "fsync=off",
        )
        words = _as_nobody(str(bin_ / "postgres"), "-D", data, *options)
        self._process = await asyncio.create_subprocess_exec(
            *words, cwd="/", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        await self._filled()

    async def stop(self) -> None:
        """Stop the database at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)  # a fast end: clients are not waited for
            await self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    async def relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Pass one connection on to the database."""
        there, back = await asyncio.open_unix_connection(str(self._home / ".s.PGSQL.5432"))
        await asyncio.gather(_pass(reader, back), _pass(there, writer), return_exceptions=True)

    async def _filled(self) -> None:
        async with asyncio.timeout(STARTS_WITHIN):
            connection = await self._connected()
        async with connection:
            await connection.execute(TABLE)
            for code, person in known_to(self._system.code).items():
                for one in person.holds[self._system.code]:
                    row = (one.id, code, one.code, one.title, one.title_en, one.amount, one.mark, one.on)
                    await connection.execute(INSERT, row)
            await connection.execute(VIEW)
            password = sql.Literal(self._key)
            await connection.execute(sql.SQL("CREATE ROLE hub LOGIN PASSWORD {}").format(password))
            await connection.execute("GRANT SELECT ON hub_results TO hub")

    async def _connected(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        while True:
            try:
                return await psycopg.AsyncConnection.connect(
                    host=str(self._home), user="demo", password=self._key, dbname="postgres", autocommit=True
                )
            except psycopg.OperationalError:
                await asyncio.sleep(0.1)


def _as_nobody(*words: str) -> Sequence[str]:
    """Run as PostgreSQL's own user where we are root, and never longer than we do."""
    user = ("--reuid=postgres", "--regid=postgres", "--clear-groups") if os.getuid() == 0 else ()
    setpriv = shutil.which("setpriv")
    return (setpriv, *user, "--pdeathsig", "INT", *words) if setpriv else words


async def _run(words: Sequence[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *words, cwd="/", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    if process.returncode:
        raise OSError(f"{Path(words[-1]).name} failed: {said.decode(errors='replace')[-400:]}")


async def _pass(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()
