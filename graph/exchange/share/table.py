"""A selection as CSV and as JSON Lines; each row names its licence, its source and its snapshot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from graph.exchange.guarding import guarded
from graph.exchange.share.selection import Chosen, Fields, fields

FIRST: Final = ("key", "version", "source", "licence", "synthetic")
LAST: Final = ("snapshot.hash", "snapshot.valid", "snapshot.known")


def json_lines(chosen: Chosen) -> Iterator[bytes]:
    """Yield a JSON object a line."""
    for row in _rows(chosen):
        yield msgspec.json.encode(row) + b"\n"


def comma_separated(chosen: Chosen) -> Iterator[bytes]:
    """Yield CSV in UTF-8 with a byte order mark: dotted columns, lists as JSON; a header even of nothing.

    No cell is a formula: ``unguarded`` gives the text it was.
    """
    names = _columns(chosen)
    yield b"\xef\xbb\xbf" + _line(names)
    for row in _rows(chosen):
        cells = flat(row)
        yield _line([cells.get(name, "") for name in names])


def flat(said: Fields, path: str = "") -> dict[str, str]:
    """Return nested fields under dotted names, each as the text of a cell."""
    cells: dict[str, str] = {}
    for name, value in said.items():
        if isinstance(value, dict):
            cells |= flat(value, f"{path}{name}.")
        else:
            cells[path + name] = _cell(value)
    return cells


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _rows(chosen: Chosen) -> Iterator[Fields]:
    snapshot = msgspec.to_builtins(chosen.snapshot)
    return (fields(thing) | {"snapshot": snapshot} for thing in chosen.things())


def _columns(chosen: Chosen) -> list[str]:
    found = {name for row in _rows(chosen) for name in flat(row)}
    return [*FIRST, *sorted(found.difference(FIRST, LAST)), *LAST]


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(map(guarded, cells))
    return out.getvalue().encode()
