"""What was found: one export as it lies in a folder, in memory, or inside a zip."""

from __future__ import annotations

import fnmatch
import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import IO

from msgspec import Struct

from connectors.errors import SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.files.settings import FilesSettings
from connectors.files.sheet import spelled
from connectors.notices import NoticeCode

_PIECE = 1024 * 1024
SHEETS = (".xlsx", ".xlsm")


class Found(Struct, frozen=True):
    """One export: its name, when it was last changed, its date, and where it lies, or its bytes."""

    name: str
    changed: float
    as_of: datetime
    path: Path | None = None
    body: bytes | None = None

    def __repr__(self) -> str:
        return "<Found>"

    @property
    def mark(self) -> tuple[str, float, int]:
        """Return what is another for another export, or for the same one changed."""
        return self.name, self.changed, len(self.body or b"")

    def open(self, settings: FilesSettings) -> tuple[IO[bytes], bool]:
        """Open it as CSV, unpacked; tell whether it was a sheet, and so is in UTF-8 with commas.

        ``SourceUnreadable`` (TOO_LARGE) over ``most_bytes``, also while unpacking.
        """
        file, name = self._plain(settings.most_bytes), self.name
        if name.lower().endswith(".zip"):
            file, name = _unpacked(file, settings)
        if not name.lower().endswith(SHEETS):
            return file, False
        with file:
            return spelled(file, settings.sheet, settings.most_bytes), True

    def _plain(self, most: int) -> IO[bytes]:
        if self.body is not None:
            return io.BytesIO(self.body)
        assert self.path is not None
        try:
            if self.path.stat().st_size > most:
                raise SourceUnreadable(NoticeCode.TOO_LARGE, where="file")
            return self.path.open("rb")
        except PermissionError:
            raise SourceRefused(NoticeCode.FORBIDDEN) from None
        except OSError:
            raise SourceUnavailable from None


def _unpacked(file: IO[bytes], settings: FilesSettings) -> tuple[IO[bytes], str]:
    """Unpack the one member of a zip that fits ``member``, into memory and no further than the cap."""
    try:
        with file, zipfile.ZipFile(file) as packed:
            fits = [each for each in packed.namelist() if fnmatch.fnmatch(each, settings.member)]
            if len(fits) != 1:
                raise SourceUnreadable(where="zip: member", members=len(fits))
            with packed.open(fits[0]) as inner:
                return io.BytesIO(_bounded(inner, settings.most_bytes)), fits[0]
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError):
        raise SourceUnreadable(where="zip") from None


def _bounded(inner: IO[bytes], most: int) -> bytes:
    found = bytearray()
    while piece := inner.read(_PIECE):
        found += piece
        if len(found) > most:
            raise SourceUnreadable(NoticeCode.TOO_LARGE, where="zip")
    return bytes(found)
