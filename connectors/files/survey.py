"""A survey: everything that is wrong with one export, by line and field, for those who must mend it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct

from connectors.call import Call
from connectors.decoding.text import Reading, damage, judge
from connectors.errors import SourceError, SourceUnavailable, SourceUnreadable
from connectors.files.export import Export, Line
from connectors.files.folder import dated
from connectors.files.found import Found
from connectors.files.settings import FilesSettings
from connectors.mapping import Rows
from connectors.notices import NoticeCode
from connectors.records import LearnerKey, Provenance

MOST = 1000

_ALL = Reading(damaged=0)


class Defect(Struct, frozen=True):
    """One thing wrong: the line it begins on (the header is 1), the column or field, and what it is.

    Never the value itself.
    """

    line: int
    where: str
    code: NoticeCode


def survey(path: Path, settings: FilesSettings, most: int = MOST) -> tuple[Defect, ...]:
    """Read a whole export and list its defects in the order of lines, at most ``most``.

    ``SourceUnavailable`` or ``SourceRefused`` where the file cannot be opened.
    """
    rows = Rows(settings.map, Provenance())
    try:
        found = Found(name=path.name, changed=path.stat().st_mtime, as_of=dated(path), path=path)
    except OSError:
        raise SourceUnavailable from None
    export = Export(found, settings, rows)
    try:
        try:
            export.open()
        except SourceUnreadable as error:
            return (Defect(1, error.where, error.code),)
        return tuple(islice(_defects(export, settings, rows), most))
    finally:
        export.close()


def _defects(export: Export, settings: FilesSettings, rows: Rows) -> Iterator[Defect]:
    seen: set[tuple[str, str]] = set()
    number = 1
    try:
        for line in export.lines():
            number = line.number
            found = _header(export, line) if number == 1 else _row(export, settings, rows, line, seen)
            yield from found
    except SourceError as error:
        yield Defect(number, error.where, error.code)


def _header(export: Export, line: Line) -> Iterator[Defect]:
    try:
        export.check(line.text)
    except SourceError as error:
        yield Defect(line.number, error.where or "header", error.code)


def _row(
    export: Export, settings: FilesSettings, rows: Rows, line: Line, seen: set[tuple[str, str]]
) -> Iterator[Defect]:
    try:
        cells = export.row(line.text)
        for column, cell in cells.items():
            _undamaged(column, cell)
        owner = rows.owner(cells)
        if owner is None:
            raise SourceUnreadable(NoticeCode.FOREIGN_RECORDS, where="learner")
        record = rows.record(cells, LearnerKey(scheme=settings.key_scheme, code=owner))
    except SourceError as error:
        yield Defect(line.number, error.where, error.code)
        return
    if (owner, record.id) in seen and not settings.map.resits:
        yield Defect(line.number, "id", NoticeCode.DUPLICATES)
    seen.add((owner, record.id))


def _undamaged(column: str, cell: str) -> None:
    try:
        judge(damage(cell), _ALL, Call(seconds=1))
    except SourceUnreadable as error:
        raise SourceUnreadable(error.code, where=column) from None
