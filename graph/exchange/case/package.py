"""A CFPackage as a file holds it: its parts found, its items and associations still unread text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from graph.exchange.case.document import ASSOCIATIONS, DOCUMENT, ITEMS
from graph.exchange.case.verbatim import BROKEN, Said, decode, demand_shallow
from graph.exchange.findings import refused

LARGEST: Final = 64 * 1024 * 1024
"""Bytes a package may have."""

LISTS: Final = (ITEMS, ASSOCIATIONS)

_PARTS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Package:
    """A package: all but its lists as values, and its lists one text for each member."""

    file: str
    around: Said
    items: list[msgspec.Raw] = field(default_factory=list)
    associations: list[msgspec.Raw] = field(default_factory=list)

    @property
    def document(self) -> Said:
        """The CFDocument."""
        said: Said = self.around[DOCUMENT]
        return said


def load(path: Path) -> Package:
    """Read the package in a file; :class:`graph.exchange.findings.Refused` where there is none."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise refused("FILE_TOO_LARGE", path.name, size=size, limit=LARGEST)
        return parse(path.read_bytes(), path.name)
    except OSError as error:
        raise refused("CASE_UNREADABLE", path.name, why=error.strerror or "it cannot be read") from error


def parse(data: bytes, file: str) -> Package:
    """Find the parts of a package in its text."""
    try:
        parts = _PARTS.decode(data.removeprefix(b"\xef\xbb\xbf"))
        lists = {name: _list(name, parts.pop(name, None), file) for name in LISTS}
        around = {name: decode(raw) for name, raw in parts.items()}
        demand_shallow(around)
    except BROKEN as error:
        raise refused("CASE_UNREADABLE", file, why=error) from error
    if not isinstance(around.get(DOCUMENT), dict):
        raise refused("CASE_UNREADABLE", file, 0, DOCUMENT, why="there is no CFDocument in it")
    said_empty: dict[str, Any] = {name: [] for name, raw in lists.items() if raw == []}
    return Package(file, around | said_empty, lists[ITEMS] or [], lists[ASSOCIATIONS] or [])


def _list(name: str, raw: msgspec.Raw | None, file: str) -> list[msgspec.Raw] | None:
    if raw is None:
        return None
    try:
        return _LIST.decode(raw)
    except msgspec.ValidationError as error:
        raise refused("CASE_UNREADABLE", file, 0, name, why=f"{name} is no list") from error
