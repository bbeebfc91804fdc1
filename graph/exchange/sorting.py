"""Sort more lines than fit in memory: runs on disk, merged while reading."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

HELD = 24 * 1024 * 1024
"""Bytes of lines that are sorted in memory at a time."""

ENTRY = 120
"""What Python keeps besides the text of a line."""

Pair = tuple[bytes, bytes]


class Sorter:
    """Collects (sort key, line) pairs and gives them back in order. Neither may hold a newline or a tab."""

    def __init__(self, held: int = HELD) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="alliance-hub-sort-")
        self._held, self._size = held, 0
        self._pairs: list[Pair] = []
        self._runs: list[Path] = []

    def __enter__(self) -> Sorter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def add(self, key: bytes, line: bytes) -> None:
        """Take one line."""
        self._pairs.append((key, line))
        self._size += len(key) + len(line) + ENTRY
        if self._size > self._held:
            self._spill()

    def pairs(self) -> Iterator[Pair]:
        """Yield all lines in the order of their keys, equal keys in the order of their lines."""
        self._pairs.sort()
        with ExitStack() as files:
            runs = [_read(files.enter_context(path.open("rb"))) for path in self._runs]
            yield from heapq.merge(*runs, self._pairs)

    def _spill(self) -> None:
        self._pairs.sort()
        path = Path(self._folder.name) / f"{len(self._runs):06d}"
        with path.open("wb") as file:
            file.writelines(b"%b\t%b\n" % pair for pair in self._pairs)
        self._runs.append(path)
        self._pairs, self._size = [], 0


def _read(lines: Iterator[bytes]) -> Iterator[Pair]:
    for text in lines:
        key, _, line = text.rstrip(b"\n").partition(b"\t")
        yield key, line
