"""Tables as rows of canonical cells: CSV with a header, or JSON by a mapping."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, NamedTuple

from graph.exchange.columns import columns, required
from graph.exchange.findings import Finding, found, refused
from graph.exchange.guarding import unguarded
from graph.exchange.manifest import FieldMap
from graph.exchange.mapping import Mapper, UnknownWordError
from graph.exchange.opening import Bundle
from graph.exchange.parts import Part
from graph.exchange.reading import lines, whole
from graph.exchange.trees import LARGEST, Grove, Node, rows


class Row(NamedTuple):
    """A row of canonical cells before decoding; without cells it was refused or left out already."""

    line: int
    place: str
    cells: dict[str, str]
    finding: Finding | None = None
    missing: bool = False


def table(bundle: Bundle, part: Part) -> Iterator[Row]:
    """Yield the rows of a CSV file, through its mapping if it has one."""
    with bundle.open(part.file) as stream:
        reader = csv.reader(lines(stream, part.file, part.entry.encoding), strict=True)
        header = _header(reader, part)
        mapper = _mapper(part, set(header))
        for first, cells in _records(reader):
            if isinstance(cells, csv.Error):
                yield Row(first, "", {}, found("SYNTAX", part.file, first, why=cells))
            elif any(cells):
                yield _row(part, mapper, header, first, cells)


def _records(reader: Any) -> Iterator[tuple[int, list[str] | csv.Error]]:
    while True:
        first = reader.line_num + 1
        try:
            yield first, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield first, error


def _header(reader: Any, part: Part) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise refused("COLUMN_MISSING", part.file, 1, "key", known=str(error)) from error
    for place, name in enumerate(header):
        if name in header[:place]:
            raise refused("COLUMN_TWICE", part.file, 1, name)
    if not part.entry.mapping:
        _check_header(header, part)
    return header


def _check_header(header: list[str], part: Part) -> None:
    known = columns(part.concept.struct)
    for name in header:
        if name not in known:
            raise refused("COLUMN_UNKNOWN", part.file, 1, name, known=", ".join(known))
    given = {column.partition(".")[0] for column in header}
    for name in required(part.concept.struct):
        if name not in given:
            raise refused("COLUMN_MISSING", part.file, 1, name, known=", ".join(header))


def _mapper(part: Part, have: set[str]) -> Mapper | None:
    fields = part.entry.mapping
    return Mapper(part.concept, fields, part.file, have) if fields else None


def _row(part: Part, mapper: Mapper | None, header: list[str], line: int, cells: list[str]) -> Row:
    if len(cells) != len(header):
        why = f"{len(cells)} cells below {len(header)} columns"
        return Row(line, "", {}, found("SYNTAX", part.file, line, why=why))
    row = dict(zip(header, map(unguarded, cells), strict=True))
    return _through(part, mapper, Node(line, "", row)) if mapper else Row(line, "", row)


def _through(part: Part, mapper: Mapper, node: Node) -> Row:
    if mapper.skips(node.cells):
        return Row(node.line, node.place, {}, found("ROW_SKIPPED", part.file, node.line, node.place))
    try:
        cells = mapper.row(node.cells)
    except UnknownWordError as error:
        where = f"{node.place}.{error.field}".lstrip(".")
        unknown = found("WORD_UNKNOWN", part.file, node.line, where, word=error.word)
        return Row(node.line, node.place, {}, unknown)
    return Row(node.line, node.place, cells, node.finding, node.missing)


def objects_of(bundle: Bundle, part: Part) -> Iterator[Row]:
    """Yield the rows of a JSON file, flat or a tree, through its mapping."""
    fields = part.entry.mapping
    if fields is None:
        raise refused("MAPPING_INVALID", part.file, 0, "mapping", why="a JSON file needs a mapping")
    with bundle.open(part.file) as stream:
        text = whole(stream, part.file, part.entry.encoding, LARGEST)
    nodes = Grove(fields.tree, part.file).rows(text) if fields.tree else rows(text, part.file)
    yield from _mapped(part, fields, nodes)


def _mapped(part: Part, fields: FieldMap, nodes: Iterator[Node]) -> Iterator[Row]:
    mapper: Mapper | None = None
    for node in nodes:
        mapper = mapper or Mapper(part.concept, fields, part.file, set(node.cells))
        yield _through(part, mapper, node)
