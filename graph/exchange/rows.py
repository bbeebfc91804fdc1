"""Read a part of a bundle as batches of canonical values, whatever its file looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, cast

from graph.exchange.codec import BROKEN, Codec, codec
from graph.exchange.columns import nested
from graph.exchange.findings import Finding, Severity
from graph.exchange.manifest import Manifest
from graph.exchange.opening import Bundle
from graph.exchange.parts import Part
from graph.exchange.reading import Chunk, chunks
from graph.exchange.refusals import of_error
from graph.exchange.tables import Row, objects_of, table
from graph.model.values import Versioned

ROWS = 2000


@dataclass(slots=True)
class Batch:
    """Values with the lines they stand on, and what was refused or noted beside them.

    ``places`` lead the fields' paths in files where many values share a line (JSON trees), else it is empty.
    ``size`` is how many bytes of the file the batch took.
    """

    lines: Sequence[int]
    things: list[Versioned]
    findings: list[Finding] = field(default_factory=list)
    places: Sequence[str] = ()
    size: int = 0


def batches(bundle: Bundle, part: Part, manifest: Manifest) -> Iterator[Batch]:
    """Yield the part's values in the file's order, straight from the file; nothing is checked but types."""
    if part.declared:
        yield _declared(part, manifest)
    elif part.file.endswith(".jsonl"):
        yield from _json_lines(bundle, part)
    else:
        yield from _rows(bundle, part)


def _declared(part: Part, manifest: Manifest) -> Batch:
    batch, places = Batch([], []), list[str]()
    convert = codec(part.concept).convert
    for number, row in enumerate(manifest.declares[part.concept.file]):
        place = f"declares.{part.concept.file}[{number}]"
        before = len(batch.things)
        _add(batch, part, 1, place, convert, row)
        places += [place] * (len(batch.things) - before)
    batch.places = places
    return batch


def _json_lines(bundle: Bundle, part: Part) -> Iterator[Batch]:
    decoder = codec(part.concept)
    with bundle.open(part.file) as stream:
        for chunk in chunks(stream, part.file, part.entry.encoding):
            yield _at_once(decoder, chunk) or _one_by_one(decoder, chunk, part)


def _at_once(decoder: Codec, chunk: Chunk) -> Batch | None:
    """Return the chunk's values if every line is one value, which is nearly always so."""
    try:
        things = decoder.decode_lines(chunk.data)
    except BROKEN:
        return None
    count = chunk.data.count(b"\n") + (not chunk.data.endswith(b"\n"))
    if count != len(things) or chunk.data.count(b"}\n") + chunk.data.count(b"}\r\n") < count - 1:
        return None
    return Batch(range(chunk.first, chunk.first + count), things, size=len(chunk.data))


def _one_by_one(decoder: Codec, chunk: Chunk, part: Part) -> Batch:
    batch = Batch([], [], size=len(chunk.data))
    for number, line in enumerate(chunk.data.split(b"\n"), chunk.first):
        if line.strip():
            _add(batch, part, number, "", decoder.decode, line)
    return batch


def _add(
    batch: Batch, part: Part, line: int, place: str, decode: Callable[[Any], Versioned], value: Any
) -> None:
    try:
        batch.things.append(decode(value))
    except BROKEN as error:
        batch.findings.append(of_error(error, part.concept, part.file, line, place))
    else:
        cast("list[int]", batch.lines).append(line)


def _rows(bundle: Bundle, part: Part) -> Iterator[Batch]:
    size = bundle.sizes[part.file]
    source = table(bundle, part) if part.file.endswith(".csv") else objects_of(bundle, part)
    total = 0
    while taken := list(islice(source, ROWS)):
        share = min(size - total, size * len(taken) // max(taken[-1].line, 1))
        total += share
        yield _batch(taken, part, share)


def _batch(taken: list[Row], part: Part, size: int) -> Batch:
    batch, places = Batch([], [], size=size), list[str]()
    decode = partial(_decoded, part)
    for row in taken:
        if row.finding:
            batch.findings.append(row.finding)
        if row.cells and (row.finding is None or row.finding.severity is not Severity.ERROR):
            before = len(batch.things)
            _add(batch, part, row.line, row.place, decode, row)
            places += [row.place] * (len(batch.things) - before)
    batch.places = places
    return batch


def _decoded(part: Part, row: Row) -> Versioned:
    value: dict[str, Any] = nested(part.concept.struct, row.cells)
    return codec(part.concept).convert(value | {"stub": True} if row.missing else value)
