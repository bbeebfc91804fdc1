"""A chain of exports: a full one, and the deltas that came after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.call import Call
from connectors.expressions import field
from connectors.files.export import Export
from connectors.files.found import Found
from connectors.files.settings import FilesSettings
from connectors.mapping import Rows

Row = dict[str, str]


class Chain:
    """Exports read as one: later rows replace earlier ones of their id."""

    def __init__(self, found: Sequence[Found], settings: FilesSettings, rows: Rows) -> None:
        self.marks = marks(found)
        self._exports = [Export(each, settings, rows) for each in found]
        self._id = field(settings.map.id)
        self._removed = field(settings.removed)

    def __repr__(self) -> str:
        return f"<Chain of {len(self._exports)}>"

    @property
    def as_of(self) -> datetime:
        """The date of the last of them."""
        return self._exports[-1].as_of

    def index(self) -> Chain:
        """Read every export once; on an error nothing stays open."""
        try:
            for each in self._exports:
                each.index()
        except BaseException:
            self.close()
            raise
        return self

    def rows(self, code: str, call: Call) -> tuple[list[Row], list[Row]]:
        """Give one learner's rows as they are now, and those a delta has removed."""
        first, *deltas = self._exports
        now = first.rows(code, call)
        if not deltas:
            return now, []
        held: dict[Any, Row] = {self._id(row): row for row in now}
        gone: dict[Any, Row] = {}
        for delta in deltas:
            for row in delta.rows(code, call):
                name = self._id(row)
                if not self._removed(row):
                    held[name] = row
                    gone.pop(name, None)
                elif name in held:
                    gone[name] = held.pop(name)
        return list(held.values()), list(gone.values())

    def close(self) -> None:
        """Close every export."""
        for each in self._exports:
            each.close()


def marks(found: Sequence[Found]) -> tuple[tuple[str, float, int], ...]:
    """Return what differs where any export of a chain differs."""
    return tuple(each.mark for each in found)
