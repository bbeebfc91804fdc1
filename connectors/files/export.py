"""An export: one file, indexed by learner, its rows read where they lie."""

from __future__ import annotations

import csv
import io
from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from connectors.call import Call
from connectors.clock import WallClock
from connectors.decoding.people import rounded_column
from connectors.decoding.text import decode, plain
from connectors.errors import SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.files.settings import FilesSettings
from connectors.mapping import Rows
from connectors.notices import NoticeCode

_LONGEST_ROW = 1024 * 1024


class Line(NamedTuple):
    """One row as it lies in the file: its place in bytes, the number of its first line, and its text."""

    place: int
    number: int
    text: bytes


class Export:
    """An open export: which rows are whose, by their places in the file."""

    def __init__(self, path: Path, settings: FilesSettings, rows: Rows) -> None:
        self.path = path
        self._settings = settings
        self._rows = rows
        self._file = _opened(path, settings.most_bytes)
        self._places: dict[str, array[int]] = {}
        self.changed = path.stat().st_mtime
        self.as_of = _date(path, self.changed)
        self._size = 0

    def __repr__(self) -> str:
        return f"<Export of {len(self._places)} learners>"

    def __len__(self) -> int:
        return self._size

    def index(self) -> Export:
        """Read the file once; ``SourceUnreadable`` where it is not what was agreed."""
        lines = self.lines()
        self.check(next(lines, Line(0, 1, b"")).text)
        for line in lines:
            owner = self._rows.owner(self.row(line.text))
            if owner is not None:
                self._places.setdefault(owner, array("Q")).append(line.place)
                self._size += 1
        if rounded_column(self._places):
            raise SourceUnreadable(NoticeCode.IDENTIFIER_MANGLED, where="learner")
        return self

    def rows(self, code: str, call: Call) -> list[dict[str, str]]:
        """Read one learner's rows; damage in them is counted and judged."""
        found = []
        for place in self._places.get(code, ()):
            line = next(self.lines(place)).text
            decode(line, self._settings.reading, call)
            found.append(self.row(line))
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def check(self, header: bytes) -> None:
        """Compare the header with what was agreed; ``SourceUnreadable`` (COLUMNS_CHANGED) if it differs."""
        text = decode(header, self._settings.reading, Call(seconds=1, clock=WallClock()))
        if tuple(each.strip() for each in self._split(text)) != self._settings.columns:
            raise SourceUnreadable(NoticeCode.COLUMNS_CHANGED, where="header")

    def row(self, line: bytes) -> dict[str, str]:
        """Read one row by column; ``SourceUnreadable`` where it has other cells than agreed."""
        cells = self._split(plain(line, self._settings.reading))
        if len(cells) != len(self._settings.columns):
            raise SourceUnreadable(NoticeCode.COLUMNS_CHANGED, cells=len(cells))
        return dict(zip(self._settings.columns, cells, strict=True))

    def _split(self, text: str) -> list[str]:
        try:
            return next(csv.reader(io.StringIO(text), delimiter=self._settings.delimiter, strict=True), [])
        except csv.Error:
            raise SourceUnreadable(where="csv") from None

    def lines(self, place: int = 0) -> Iterator[Line]:
        """Give whole rows from a place on; a quoted cell may hold line breaks."""
        self._file.seek(place)
        row, number = b"", 1
        for following, line in enumerate(iter(lambda: self._file.readline(_LONGEST_ROW), b""), 2):
            row += line
            if len(row) >= _LONGEST_ROW:
                raise SourceUnreadable(NoticeCode.TOO_LARGE, where="row")
            if row.count(b'"') % 2 == 0:
                if row.strip():
                    yield Line(place, number, row)
                place, row, number = place + len(row), b"", following
        if row:
            raise SourceUnreadable(where="csv: a row that does not end")


def _opened(path: Path, most: int) -> IO[Any]:
    try:
        if path.stat().st_size > most:
            raise SourceUnreadable(NoticeCode.TOO_LARGE, where="file")
        return path.open("rb")
    except PermissionError:
        raise SourceRefused(NoticeCode.FORBIDDEN) from None
    except OSError:
        raise SourceUnavailable from None


def _date(path: Path, changed: float) -> datetime:
    """Read the date in the name, else when it was last changed."""
    digits = "".join(c if c.isdigit() else " " for c in path.stem).split()
    for each in digits:
        try:
            return datetime.strptime(each, "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            continue
    return datetime.fromtimestamp(changed, UTC)


def newest(settings: FilesSettings, now: float, call: Call) -> Path:
    """Find the newest export that is complete; ``SourceUnavailable`` where there is none.

    Two of one date: the one changed last counts, and DUPLICATES is remarked.
    """
    try:
        paths = sorted(Path(settings.folder).glob(settings.pattern), key=_age)
        whole = [path for path in paths if _complete(path, settings, now)]
    except PermissionError:
        raise SourceRefused(NoticeCode.FORBIDDEN) from None
    except OSError:
        raise SourceUnavailable from None
    if not whole:
        raise SourceUnavailable(NoticeCode.UNREACHABLE, files=len(paths))
    days = Counter(_age(path)[0] for path in whole)
    if days[_age(whole[-1])[0]] > 1:
        call.remark(NoticeCode.DUPLICATES)
    return whole[-1]


def _age(path: Path) -> tuple[datetime, float]:
    changed = path.stat().st_mtime
    return _date(path, changed), changed


def _complete(path: Path, settings: FilesSettings, now: float) -> bool:
    if settings.marker:
        return path.with_name(path.name + settings.marker).exists()
    return now - path.stat().st_mtime >= settings.settled
