"""A database: read-only transactions on few connections, fetched in chunks, ended when nobody waits."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, ColumnClause, bindparam, column, event, make_url, select, table, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncResult, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.sql import Executable

from connectors.call import Call
from connectors.errors import Misdeclared, SourceUnavailable, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.sql.faults import translated
from connectors.sql.settings import Query, Results, SqlSettings
from connectors.sql.underway import Underway, Wire

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "sqlite": "sqlite+aiosqlite",
    "mysql": "mysql+asyncmy",
    "oracle": "oracle+oracledb_async",
}
_LOGS = "alliance_hub"

Row = dict[str, Any]


class Database:
    """Asks one database."""

    def __init__(self, settings: SqlSettings) -> None:
        self._settings = settings
        self._engine = _engine(settings)
        self._kind = self._engine.dialect.name
        self._underway = Underway(self._kind)

    def __repr__(self) -> str:
        return "<Database>"

    async def rows(self, asked: Executable, values: Mapping[str, Any], call: Call) -> list[Row]:
        """Give the rows; ``SourceUnreadable`` (TOO_LARGE) over the caps, ``SourceUnavailable`` if late."""
        call.spend()
        self._there()
        left = min(call.left(), self._settings.statement_seconds)
        try:
            return await self._underway.wait(lambda wire: self._exchange(wire, asked, values, left), left)
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
        await self._underway.close()
        await self._engine.dispose()

    async def _exchange(
        self, wire: Wire, asked: Executable, values: Mapping[str, Any], seconds: float
    ) -> list[Row]:
        async with self._engine.connect() as connection:
            wire.driver = (await connection.get_raw_connection()).driver_connection
            await self._prepare(connection, wire.driver, seconds)
            return await self._fetched(connection, asked, values)

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
    url = _url(settings)
    kind = url.get_backend_name()
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
            connect_args={"connect_timeout": settings.connect_seconds} if kind == "postgresql" else {},
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


def _url(settings: SqlSettings) -> URL:
    """Read the URL, with an asynchronous driver where it names none, and SQLite's file for reading only."""
    try:
        url = make_url(settings.url.reveal())
    except ArgumentError:
        raise Misdeclared("url is not a database's URL") from None
    kind = url.get_backend_name()
    if kind not in _DRIVERS:
        raise Misdeclared("url names a database other than PostgreSQL, MySQL, SQLite and Oracle")
    if "+" not in url.drivername:
        url = url.set(drivername=_DRIVERS[kind])
    if kind != "sqlite":
        return url
    if url.database in (None, "", ":memory:"):
        raise Misdeclared("url names no file")
    return url.set(database=f"file:{quote(_file(settings))}", query={"mode": "ro", "uri": "true"})


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
