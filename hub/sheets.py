"""Tables of rows in CSV, XLSX and JSON Lines, by the file's ending: read and written one row at a time."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TextIO

import click
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from graph.exchange.guarding import guarded, unguarded

Row = tuple[int, dict[str, str]]
"""A line, from 1, and its cells as text; empty cells are left out."""
Write = Callable[[Sequence[str]], None]

LONGEST: Final = 1_000_000
"""Characters of one line."""
UNPRINTABLE: Final = re.compile(rf"{ILLEGAL_CHARACTERS_RE.pattern}|[\ud800-\udfff]")
"""What no sheet holds: control characters, and halves of a surrogate pair, which have no UTF-8."""
MOST_XLSX: Final = 1_048_575
"""Rows a sheet holds below its header."""


@contextmanager
def reading(path: Path, columns: frozenset[str]) -> Iterator[Iterator[Row]]:
    """Open a table; one whose columns are not among ``columns`` ends the command."""
    opener = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _json_lines}.get(path.suffix.lower())
    if opener is None:
        raise click.UsageError(f"{path}: name a file that ends in .csv, .xlsx or .jsonl")
    try:
        with opener(path) as rows:
            yield _checked(path, rows, columns)
    except UnicodeDecodeError:
        raise click.ClickException(
            f"{path}: is not UTF-8; in Excel save it as `CSV UTF-8`, or give the .xlsx "
            "文件不是 UTF-8 编码,请在 Excel 中另存为“CSV UTF-8”,或直接提供 .xlsx"
        ) from None
    except csv.Error as error:
        raise click.ClickException(
            f"{path}: a cell has more than {csv.field_size_limit():,} characters, or a quotation mark "
            "is open; save it anew from the spreadsheet 单元格过长,或引号未成对,请用电子表格软件重新保存"
        ) from error
    except (zipfile.BadZipFile, InvalidFileException, KeyError) as error:
        raise click.ClickException(
            f"{path}: cannot be read as {path.suffix} ({type(error).__name__}); save it anew in this form "
            "无法按此格式读取,请用电子表格软件重新另存"
        ) from error


def _checked(
    path: Path, rows: Iterator[tuple[int, dict[str, Any]]], columns: frozenset[str]
) -> Iterator[Row]:
    known: set[frozenset[str]] = set()
    for line, cells in rows:
        names = frozenset(cells)
        if names not in known:
            unknown = sorted(str(name) for name in names - columns)
            if unknown:
                raise click.ClickException(
                    f"{path}: line {line}: no such column "
                    f"(the first line names them 首行须为列名): {', '.join(unknown)[:200]}. "
                    f"There are: {', '.join(sorted(columns))}"
                )
            known.add(names)
        read = {name: text for name, cell in cells.items() if (text := _text(cell))}
        if strange := sorted(name for name, text in read.items() if UNPRINTABLE.search(text)):
            raise click.ClickException(
                f"{path}: line {line}: `{strange[0]}` holds a control character; write plain text "
                "含控制字符,请改为普通文字"
            )
        yield line, read


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


@contextmanager
def _csv(path: Path) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(_short(path, file), strict=True)
        head = _head(path, next(table, []))
        filled = (map(unguarded, row) for row in table if row)
        yield ((table.line_num, _named(path, table.line_num, head, list(row))) for row in filled)


def _head(path: Path, row: Sequence[Any]) -> list[str]:
    head = [str(name or "").strip() for name in row]
    if not any(head):
        raise click.ClickException(f"{path}: the first line names no columns 首行须为列名")
    if twice := sorted({name for name in head if name and head.count(name) > 1}):
        raise click.ClickException(
            f"{path}: the first line names a column twice 首行列名重复: {', '.join(twice)[:200]}"
        )
    return head


def _short(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise click.ClickException(f"{path}: a line has more than {LONGEST:,} characters")
        yield line


def _named(path: Path, line: int, head: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    if len(row) > len(head) and any(cell not in (None, "") for cell in row[len(head) :]):
        raise click.ClickException(f"{path}: line {line}: more cells than columns")
    return {name: cell for name, cell in zip(head, row, strict=False) if name}


@contextmanager
def _xlsx(path: Path) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        head = _head(path, next(rows, ()))
        yield (
            (line, _named(path, line, head, row))
            for line, row in enumerate(rows, 2)
            if any(cell is not None for cell in row)
        )
    finally:
        book.close()


@contextmanager
def _json_lines(path: Path) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
    with path.open(encoding="utf-8") as file:
        lines = enumerate(_short(path, file), 1)
        yield ((line, _object(path, line, text)) for line, text in lines if text.strip())


def _object(path: Path, line: int, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or any(isinstance(cell, dict | list | bool) for cell in found.values()):
        raise click.ClickException(f"{path}: line {line}: not a JSON object of texts and numbers")
    return found


@contextmanager
def writing(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    """Write a table of these columns; it stands there once it is whole, or not at all."""
    writer = {".csv": _write_csv, ".xlsx": _write_xlsx, ".jsonl": _write_json_lines}.get(path.suffix.lower())
    if writer is None:
        raise click.UsageError(f"{path}: name a file that ends in .csv, .xlsx or .jsonl")
    if path.exists():
        raise click.ClickException(f"{path} exists already: name a new file")
    partial = path.with_name(f".{path.name}.part")
    try:
        with writer(partial, columns) as write:
            yield write
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _write_csv(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns)
        yield lambda row: table.writerow(map(guarded, row))


@contextmanager
def _write_xlsx(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("whatIf")
    count = -1

    def write(row: Sequence[str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_XLSX:
            raise click.ClickException("a sheet holds no more rows: write .csv or .jsonl")
        cells = [WriteOnlyCell(sheet, value=text or None) for text in row]
        for cell in cells:
            if cell.value is not None:
                cell.data_type = "s"  # never a formula, whatever it begins with
        sheet.append(cells)

    write(columns)
    try:
        yield write
    except BaseException:
        sheet.close()  # the library writes to a file of its own, which else is left half open
        raise
    book.save(path)


@contextmanager
def _write_json_lines(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def write(row: Sequence[str]) -> None:
            told: Mapping[str, str] = {n: text for n, text in zip(columns, row, strict=True) if text}
            file.write(json.dumps(told, ensure_ascii=False) + "\n")

        yield write
