"""An export: one file, indexed by learner, its rows read where they lie."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from connectors.call import Call
from connectors.clock import WallClock
from connectors.decoding.people import rounded_column
from connectors.decoding.text import Reading, decode, plain
from connectors.errors import SourceUnavailable, SourceUnreadable
from connectors.extras import lacking
from connectors.files.found import Found
from connectors.files.settings import FilesSettings, Staging
from connectors.files.sheet import FORMULA
from connectors.mapping import Rows
from connectors.notices import NoticeCode

if TYPE_CHECKING:
    from connectors.files.staging import Stage

_LONGEST_ROW = 1024 * 1024
_LOOKED_AT = 5000


class Line(NamedTuple):
    """One row as it lies in the file: its place in bytes, the number of its first line, and its text."""

    place: int
    number: int
    text: bytes


class Export:
    """An open export: which rows are whose, by their places in the file, or by its staged copy."""

    def __init__(self, found: Found, settings: FilesSettings, rows: Rows) -> None:
        self.mark = found.mark
        self.as_of = found.as_of
        self._found = found
        self._settings = settings
        self._rows = rows
        self._reading = settings.reading
        self._delimiter = settings.delimiter
        self._file: IO[bytes] | None = None
        self._stage: Stage | None = None
        self._places: dict[str, array[int]] = {}

    def __repr__(self) -> str:
        return "<Export>"

    def open(self) -> Export:
        """Open the file; what was a sheet is read as it was spelled out."""
        self._file, sheet = self._found.open(self._settings)
        if sheet:
            self._reading, self._delimiter = Reading(damaged=self._reading.damaged), ","
        return self

    def index(self) -> Export:
        """Read the file once; ``SourceUnreadable`` where it is not what was agreed."""
        lines = self.open().lines()
        self.check(next(lines, Line(0, 1, b"")).text)
        owned = self._owned(lines)
        if self._settings.staging is not None:
            self._staged(owned, self._settings.staging)
            return self
        for owner, line in owned:
            self._places.setdefault(owner, array("Q")).append(line.place)
        return self

    def _owned(self, lines: Iterator[Line]) -> Iterator[tuple[str, Line]]:
        """Give each row with whose it is; ``SourceUnreadable`` at the end for a column of rounded codes."""
        seen: set[str] = set()
        for line in lines:
            owner = self._rows.owner(self.row(line.text))
            if owner is None:
                continue
            if len(seen) < _LOOKED_AT:
                seen.add(owner)
            yield owner, line
        if rounded_column(seen):
            raise SourceUnreadable(NoticeCode.IDENTIFIER_MANGLED, where="learner")

    def _staged(self, owned: Iterator[tuple[str, Line]], staging: Staging) -> None:
        """Write the encrypted copy, and let go of the file."""
        try:
            from connectors.files.staging import Stage
        except ModuleNotFoundError as error:
            raise lacking("files", error) from None
        made = Stage(Path(staging.folder), staging.key.reveal().encode(), staging.days)
        sealed = ((owner, line.text) for owner, line in owned)
        self._stage = made.fill(sealed, (*self.mark, self._settings.columns, self._rows.declared.learner))
        self.close_file()

    def rows(self, code: str, call: Call) -> list[dict[str, str]]:
        """Read one learner's rows; damage in them is counted and judged."""
        found = []
        for text in self._texts(code):
            decode(text, self._reading, call)
            found.append(self.row(text))
        return found

    def _texts(self, code: str) -> Iterator[bytes]:
        if self._stage is not None:
            yield from self._stage.rows(code)
            return
        for place in self._places.get(code, ()):
            yield next(self.lines(place)).text

    def close(self) -> None:
        """Close what is open."""
        self.close_file()
        if self._stage is not None:
            self._stage.close()

    def close_file(self) -> None:
        """Close the file alone."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def check(self, header: bytes) -> None:
        """Compare the header with what was agreed; ``SourceUnreadable`` (COLUMNS_CHANGED) if it differs."""
        text = decode(header, self._reading, Call(seconds=1, clock=WallClock()))
        if tuple(each.strip() for each in self._split(text)) != self._settings.columns:
            raise SourceUnreadable(NoticeCode.COLUMNS_CHANGED, where="header")

    def row(self, line: bytes) -> dict[str, str]:
        """Read one row by column; ``SourceUnreadable`` where it has other cells than agreed."""
        cells = self._split(plain(line, self._reading))
        if len(cells) != len(self._settings.columns):
            raise SourceUnreadable(NoticeCode.COLUMNS_CHANGED, cells=len(cells))
        told = dict(zip(self._settings.columns, cells, strict=True))
        if FORMULA in cells:
            raise SourceUnreadable(NoticeCode.SHEET_UNFIT, where=self._settings.columns[cells.index(FORMULA)])
        return told

    def _split(self, text: str) -> list[str]:
        try:
            return next(csv.reader(io.StringIO(text), delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            raise SourceUnreadable(where="csv") from None

    def lines(self, place: int = 0) -> Iterator[Line]:
        """Give whole rows from a place on; a quoted cell may hold line breaks."""
        file = self._file
        if file is None:
            raise SourceUnavailable
        file.seek(place)
        row, number = b"", 1
        for following, line in enumerate(iter(lambda: file.readline(_LONGEST_ROW), b""), 2):
            row += line
            if len(row) >= _LONGEST_ROW:
                raise SourceUnreadable(NoticeCode.TOO_LARGE, where="row")
            if row.count(b'"') % 2 == 0:
                if row.strip():
                    yield Line(place, number, row)
                place, row, number = place + len(row), b"", following
        if row:
            raise SourceUnreadable(where="csv: a row that does not end")
