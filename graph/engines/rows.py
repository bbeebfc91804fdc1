"""Rows: what a statement gives, as plain values."""

from typing import Any

from neo4j import AsyncResult

Row = dict[str, Any]


async def rows(result: AsyncResult) -> list[Row]:
    """Plain dictionaries; a query returns values and maps, not nodes."""
    keys = result.keys()
    return [dict(zip(keys, record, strict=True)) async for record in result]
