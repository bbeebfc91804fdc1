"""A spreadsheet spelled out as CSV: row for row, with what a spreadsheet does to data refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from connectors.errors import SourceUnreadable
from connectors.extras import lacking
from connectors.notices import NoticeCode

FORMULA = "#FORMULA!"
"""Stands for a computed cell: whoever reads it as a value is told SHEET_UNFIT."""

_EXACT = 10**15
_WIDEST = 500


def spelled(file: IO[bytes], name: str, most: int) -> IO[bytes]:
    """Return the sheet of that name (the first, without one) as CSV in UTF-8, one line for each row.

    ``SourceUnreadable`` (SHEET_UNFIT) for a heading of merged cells, (TOO_LARGE) over ``most`` bytes,
    (NOT_READABLE) where it is no workbook. ``Misdeclared`` without ``alliance-hub[files]``.
    """
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError as error:
        raise lacking("files", error) from None
    try:
        book = load_workbook(file, read_only=True)
        try:
            sheet = book[name] if name else book.worksheets[0]
            return _written(sheet.iter_rows(), most)
        finally:
            book.close()
    except SourceUnreadable:
        raise
    except Exception:  # noqa: BLE001  (a broken workbook makes openpyxl raise whatever it likes)
        raise SourceUnreadable(where="sheet") from None


def _written(rows: Iterable[Sequence[Any]], most: int) -> IO[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    width = 0
    for number, row in enumerate(rows, 1):
        cells = [_cell(each) for each in row[:_WIDEST]]
        while cells and not cells[-1] and (number == 1 or len(cells) > width):
            cells.pop()
        if number == 1:
            width = len(cells)
            if "" in cells:
                raise SourceUnreadable(NoticeCode.SHEET_UNFIT, where="header")
        writer.writerow(cells if any(cells) else [])
        if text.tell() > most:
            raise SourceUnreadable(NoticeCode.TOO_LARGE, where="sheet")
    return io.BytesIO(text.getvalue().encode())


def _cell(cell: Any) -> str:
    """Spell one cell; a number a sheet cannot hold exactly is written so that it is refused as an id."""
    value = cell.value
    if getattr(cell, "data_type", "") == "f":
        return FORMULA
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value)
    return str(value).replace("\r", " ").replace("\n", " ")


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.14E}"
    return str(int(value)) if float(value).is_integer() else repr(value)
