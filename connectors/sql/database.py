"""A database: read-only transactions on few connections, fetched in chunks, ended when nobody waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnClause, bindparam, column, event, make_url, select, table, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncResult, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.sql import Executable

from connectors.call import Call
from connectors.errors import Misdeclared, SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.sql.faults import translated
from connectors.sql.settings import Query, Results, SqlSettings

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "sqlite": "sqlite+aiosqlite",
    "mysql": "mysql+asyncmy",
    "oracle": "oracle+oracledb_async",
}
_LOGS = "alliance_hub"
_AGAIN = 0.05
_PATIENCE = 2.0
_TOLD_TO_STOP = ("sqlite", "postgresql")

Row = dict[str, Any]


class Database:
    """Asks one database."""

    def __init__(self, settings: SqlSettings) -> None:
        self._settings = settings
        self._engine = _engine(settings)
        self._kind = self._engine.dialect.name

    def __repr__(self) -> str:
        return "<Database>"

    async def rows(self, asked: Executable, values: Mapping[str, Any], call: Call) -> list[Row]:
        """Give the rows; ``SourceUnreadable`` (TOO_LARGE) over the caps, ``SourceUnavailable`` if late."""
        call.spend()
        self._there()
        left = min(call.left(), self._settings.statement_seconds)
        try:
            async with asyncio.timeout(left), self._engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await self._prepare(connection, driver, left)
                fetching = self._fetched(connection, asked, values)
                if self._kind not in _TOLD_TO_STOP:
                    return await fetching
                return await _stoppable(fetching, _stopping(self._kind, driver))
        except TimeoutError:
            raise SourceUnavailable(NoticeCode.TIMED_OUT) from None
        except (SQLAlchemyError, OSError) as error:
            raise translated(error) from None

    def _there(self) -> None:
        """Look for SQLite's file before a thread is started to open it."""
        if self._kind == "sqlite" and not Path(_file(self._settings)).exists():
            raise SourceUnavailable(NoticeCode.UNREACHABLE)

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def _prepare(self, connection: AsyncConnection, driver: Any, seconds: float) -> None:
        """Make the transaction read-only, and tell the database itself when to stop."""
        limit = max(1, int(seconds * 1000))
        match self._kind:
            case "postgresql":
                await connection.execution_options(postgresql_readonly=True)
                timeout = text("SELECT set_config('statement_timeout', :limit, true)")
                await connection.execute(timeout, {"limit": str(limit)})
            case "mysql":
                await connection.execute(text(f"SET SESSION MAX_EXECUTION_TIME = {limit:d}"))
                await connection.execute(text("SET SESSION TRANSACTION READ ONLY"))
                await connection.commit()
            case "oracle":
                driver.call_timeout = limit
                await connection.execute(text("SET TRANSACTION READ ONLY"))

    async def _fetched(
        self, connection: AsyncConnection, asked: Executable, values: Mapping[str, Any]
    ) -> list[Row]:
        result = await connection.stream(
            asked, dict(values), execution_options={"yield_per": self._settings.chunk}
        )
        try:
            return await self._collected(result)
        finally:
            await result.close()

    async def _collected(self, result: AsyncResult[Any]) -> list[Row]:
        found: list[Row] = []
        size = 0
        async for part in result.mappings().partitions(self._settings.chunk):
            size += sum(
                len(value) for row in part for value in row.values() if isinstance(value, str | bytes)
            )
            if len(found) + len(part) > self._settings.most_rows or size > self._settings.most_bytes:
                raise SourceUnreadable(NoticeCode.TOO_LARGE, rows=len(found) + len(part))
            found.extend(dict(row) for row in part)
        return found


async def _stoppable(
    fetching: Coroutine[Any, Any, list[Row]], stop: Callable[[], Awaitable[None]]
) -> list[Row]:
    """Wait for the rows; when nobody waits any more, tell the database to stop until it has.

    To break off the waiting alone would leave SQLite's thread at work, and PostgreSQL's cursor open.
    """
    task = asyncio.ensure_future(fetching)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            await stop()
            await asyncio.wait([task], timeout=_AGAIN)
        if not task.cancelled():
            task.exception()
        raise


def _stopping(kind: str, driver: Any) -> Callable[[], Awaitable[None]]:
    """Tell how a statement under way is ended: by the database itself where it can be asked to."""

    async def stop() -> None:
        match kind:
            case "sqlite":
                await driver.interrupt()
            case "postgresql":
                await driver.cancel_safe(timeout=_PATIENCE)

    return stop


def statement(query: Query) -> Executable:
    """Compile a declared query; what is asked stays a bound parameter, a list an expanding one."""
    if query.select:
        made = text(query.select)
        return made.bindparams(bindparam("codes", expanding=True)) if "codes" in query.names() else made
    schema, _, name = query.view.rpartition(".")
    columns: list[ColumnClause[Any]] = [column(each) for each in query.columns]
    asked = select(*columns).select_from(table(name, schema=schema or None))
    if isinstance(query, Results):
        return asked.where(column(query.key).in_(bindparam("codes", expanding=True)))
    return asked


def holes(query: Query, values: Mapping[str, str | Sequence[str] | None]) -> dict[str, Any]:
    """Return those of ``values`` that the query has holes for."""
    wanted = query.names() | ({"codes"} if isinstance(query, Results) else set())
    return {name: value for name, value in values.items() if name in wanted}


def _engine(settings: SqlSettings) -> AsyncEngine:
    """Make the engine; ``Misdeclared`` says what is wrong with the URL without any of it."""
    try:
        url = make_url(settings.url.reveal())
    except ArgumentError:
        raise Misdeclared("url is not a database's URL") from None
    kind = url.get_backend_name()
    if kind not in _DRIVERS:
        raise Misdeclared("url names a database other than PostgreSQL, MySQL, SQLite and Oracle")
    url = url.set(drivername=_DRIVERS[kind] if "+" not in url.drivername else url.drivername)
    given: dict[str, Any] = {"postgresql": {"connect_timeout": settings.connect_seconds}}
    if kind == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise Misdeclared("url names no file")
        place = f"file:{quote(_file(settings))}"
        url = url.set(database=place, query={"mode": "ro", "uri": "true"})
    _hush()
    try:
        made = create_async_engine(
            url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=settings.pool,
            max_overflow=0,
            pool_timeout=settings.connect_seconds,
            pool_pre_ping=kind != "sqlite",
            hide_parameters=True,
            logging_name=_LOGS,
            pool_logging_name=_LOGS,
            connect_args=given.get(kind, {}),
        )
    except ModuleNotFoundError as error:
        raise Misdeclared(
            f"the driver {error.name} is not installed; say: pip install {error.name}"
        ) from None
    except SQLAlchemyError:
        raise Misdeclared("url names a driver that cannot be used asynchronously") from None
    if kind == "sqlite":
        event.listen(made.sync_engine, "connect", _query_only)
    return made


def _file(settings: SqlSettings) -> str:
    return str(make_url(settings.url.reveal()).database).removeprefix("file:")


def _query_only(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def _hush() -> None:
    """Keep rows and parameters out of the log, whatever level the root logger has."""
    for name in (f"sqlalchemy.engine.Engine.{_LOGS}", f"sqlalchemy.pool.impl.AsyncAdaptedQueuePool.{_LOGS}"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("aiosqlite", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
