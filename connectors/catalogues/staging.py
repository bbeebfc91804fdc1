"""The staging folder: what members' catalogues were last known to hold, kept as files until reviewed.

Files, not nodes of the graph: nothing a member sends comes near what is published, a synchronisation needs
no graph (the embedded engine belongs to one process), and a file is replaced whole or not at all. For each
source one file of its catalogue, whose first line is the report and the cursor, one of its last failure, one
of what reviewers did.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from connectors.catalogues.acts import Acts
from connectors.catalogues.mirror import Entry
from connectors.catalogues.runs import Run

LONGEST: Final = 200
"""Characters of a file's name made of a source's code."""
FIRST_LINE: Final = 1024 * 1024

T = TypeVar("T")


class StagingAway(Exception):
    """The staging folder cannot be read or written, or a file in it is not ours; the text names the file."""


class Busy(Exception):
    """Another process is at work on this source."""


class Head(Struct, frozen=True):
    """The first line of a catalogue: the last finished run, the cursor, and when all was last asked for."""

    run: Run
    cursor: str = ""
    full_at: float = 0.0


class Kept(Struct, frozen=True):
    """A source's catalogue as kept; without a head it was never synchronised."""

    head: Head | None
    entries: Mapping[str, Entry]


class Staging:
    """The staging folder. Its methods do I/O and block; `StagingAway` where that fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, source: str) -> Iterator[None]:
        """Be the only one at work on a source, also among processes; `Busy` where another is."""
        with _telling(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._path(source, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(lock)
            yield
        finally:
            os.close(lock)

    def load(self, source: str) -> Kept:
        """Read a source's catalogue."""
        path = self._path(source, "catalogue.jsonl")
        with _telling(path):
            if not path.exists():
                return Kept(None, {})
            with path.open("rb") as lines:
                head = msgspec.json.decode(next(lines, b""), type=Head)
                decoder = msgspec.json.Decoder(Entry)
                entries = [decoder.decode(line) for line in lines]
        return Kept(head, {entry.key: entry for entry in entries})

    def save(self, source: str, head: Head, entries: Mapping[str, Entry]) -> None:
        """Put a source's catalogue in place of the last one, whole or not at all."""
        encode = msgspec.json.Encoder().encode
        lines = (encode(entries[key]) for key in sorted(entries))
        self._replace(self._path(source, "catalogue.jsonl"), (encode(head), *lines))

    def told(self, source: str) -> tuple[Run | None, Run | None]:
        """Give the last finished run, and a failed one since, without reading the catalogue."""
        path = self._path(source, "catalogue.jsonl")
        with _telling(path):
            finished = None
            if path.exists():
                with path.open("rb") as lines:
                    finished = msgspec.json.decode(lines.readline(FIRST_LINE), type=Head).run
        failed = self._one(self._path(source, "failed.json"), Run)
        since = failed is not None and (finished is None or failed.ended > finished.ended)
        return finished, failed if since else None

    def fail(self, run: Run) -> None:
        """Note a run that failed; what is kept stays."""
        self._replace(self._path(run.source, "failed.json"), (msgspec.json.encode(run),))

    def acts(self, source: str) -> Acts:
        """Read what reviewers did."""
        return self._one(self._path(source, "acts.json"), Acts) or Acts()

    def note(self, source: str, acts: Acts) -> None:
        """Put what reviewers did in place of what was noted."""
        self._replace(self._path(source, "acts.json"), (msgspec.json.encode(acts),))

    def _one(self, path: Path, wanted: type[T]) -> T | None:
        with _telling(path):
            return msgspec.json.decode(path.read_bytes(), type=wanted) if path.exists() else None

    def _path(self, source: str, kind: str) -> Path:
        name = quote(source, safe="")
        if len(name) > LONGEST:
            name = hashlib.sha256(source.encode()).hexdigest()
        return self._folder / f"{name}.{kind}"

    def _replace(self, path: Path, lines: tuple[bytes, ...]) -> None:
        fresh = path.with_name(f"{path.name}.new")
        with _telling(path):
            self._folder.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as out:
                out.writelines(line + b"\n" for line in lines)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(path)
            _settle(self._folder)


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy from None
    except OSError as error:  # not every network file system can lock
        raise StagingAway(f"the folder cannot be locked: {error.strerror}") from error


def _settle(folder: Path) -> None:
    """Have the folder itself written, so that the replacement outlives a loss of power."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StagingAway(f"{path.name}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise StagingAway(f"{path.name} is not what a synchronisation wrote") from error
