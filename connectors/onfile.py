"""What stands on a file: read again when the file has changed; where it cannot be read, nothing stands."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import yaml

from connectors.nesting import look_through

T = TypeVar("T")
Mark = tuple[int, int, int]

LARGEST = 32 * 1024 * 1024
"""Bytes such a file may have."""


class OnFile(Generic[T]):
    """A value made of the text of a file.

    An unreadable or wrong file raises (``OSError``, ``ValueError``) each time it is asked: what was good
    before is not used any more, for a grant that was taken back must not live on.
    """

    def __init__(self, path: Path, made: Callable[[str], T]) -> None:
        self._path = path
        self._made = made
        self._mark: Mark | None = None
        self._value: T | None = None
        self._turn = asyncio.Lock()

    async def value(self) -> T:
        """Give the value of the file as it is now."""
        async with self._turn:
            mark = self._look()  # two microseconds; a thread would take a hundred
            if self._value is None or mark != self._mark:
                self._value = None
                self._value, self._mark = await asyncio.to_thread(self._read), mark
            return self._value

    def _look(self) -> Mark:
        told = self._path.stat()
        if not stat.S_ISREG(told.st_mode):  # reading a pipe would wait for ever
            raise ValueError("it is no regular file")
        if told.st_size > LARGEST:
            raise ValueError("the file is too large")
        return told.st_mtime_ns, told.st_size, told.st_ino

    def _read(self) -> T:
        try:
            text = self._path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ValueError("the file is not UTF-8") from None
        return self._made(text)


LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""What reads YAML: a safe loader, the fast one where there is one."""


def plain(text: str) -> Any:
    """Read YAML or JSON into plain values; ``ValueError`` where it is neither, or out of bounds."""
    try:
        look_through(LOADER(text))
        return yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError:
        raise ValueError("the file is not YAML") from None
