"""A staged export: its rows encrypted in a small database, found by a keyed hash of the learner's code."""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connectors.errors import SourceUnavailable, SourceUnreadable

_NONCE = 12
_DAY = 86_400.0
_SCHEMA = "CREATE TABLE rows (learner BLOB NOT NULL, sealed BLOB NOT NULL)"


class Stage:
    """The rows of one export in one file, which holds nothing readable without the key.

    ``secret`` is at least 32 bytes. After ``days`` it is answered no more, and deleted at the next question
    or the next export, whichever comes first.
    """

    def __init__(self, folder: Path, secret: bytes, days: float) -> None:
        self._folder = folder
        self._days = days
        self._hash = hashlib.blake2b(b"learner", key=secret[:64]).digest()
        self._seal = AESGCM(hashlib.blake2b(b"rows", key=secret[:64], digest_size=32).digest())
        self._file: sqlite3.Connection | None = None
        self._path: Path | None = None

    def __repr__(self) -> str:
        return "<Stage>"

    def fill(self, rows: Iterable[tuple[str, bytes]], mark: tuple[object, ...]) -> Stage:
        """Write (learner's code, row) for all rows, or find them written; another key finds nothing."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.expire()
        name = hmac.digest(self._hash, repr(mark).encode(), "sha256").hex()[:32]
        self._path = self._folder / f"{name}.staged"
        if not self._path.exists():
            self._write(self._path.with_suffix(f".{os.getpid()}.part"), rows)
        self._file = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, check_same_thread=False)
        return self

    def rows(self, code: str) -> Iterator[bytes]:
        """Give one learner's rows, opened; ``SourceUnreadable`` where one was altered."""
        if self._file is None or self._path is None:
            raise SourceUnavailable
        if self._expired(self._path):
            self.close()
            self.expire()
            raise SourceUnavailable
        learner = self._hidden(code)
        for (sealed,) in self._file.execute(
            "SELECT sealed FROM rows WHERE learner = ? ORDER BY rowid", [learner]
        ):
            try:
                yield self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], learner)
            except InvalidTag:
                raise SourceUnreadable(where="staged") from None

    def expire(self) -> None:
        """Delete what is older than declared, and what was left half written."""
        for path in self._folder.glob("*.staged"):
            if self._expired(path):
                path.unlink(missing_ok=True)
        for path in self._folder.glob("*.part"):
            if time.time() - path.stat().st_mtime > _DAY:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; it stays until it is too old."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _expired(self, path: Path) -> bool:
        try:
            return time.time() - path.stat().st_mtime > self._days * _DAY
        except OSError:
            return True

    def _hidden(self, code: str) -> bytes:
        return hmac.digest(self._hash, code.encode(), "sha256")[:16]

    def _write(self, part: Path, rows: Iterable[tuple[str, bytes]]) -> None:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        made = sqlite3.connect(part, isolation_level=None)
        try:
            made.execute("PRAGMA journal_mode = OFF")
            made.execute("PRAGMA synchronous = OFF")
            made.execute(_SCHEMA)
            made.execute("BEGIN")
            made.executemany("INSERT INTO rows VALUES (?, ?)", map(self._sealed, rows))
            made.execute("CREATE INDEX by_learner ON rows (learner)")
            made.execute("COMMIT")
        except BaseException:
            made.close()
            part.unlink(missing_ok=True)
            raise
        made.close()
        assert self._path is not None
        part.replace(self._path)

    def _sealed(self, row: tuple[str, bytes]) -> tuple[bytes, bytes]:
        code, text = row
        learner, nonce = self._hidden(code), os.urandom(_NONCE)
        return learner, nonce + self._seal.encrypt(nonce, text, learner)
