"""Open a bundle, folder or zip, and hand out its files; neither can lead outside or swell without end."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from graph.exchange.findings import refused

FILES = 400
LARGEST_FILE = 4 * 1024**3
SWELLING = 200
"""How many times its packed size a file of over 16 MiB may have."""

SMALL = 16 * 1024**2


class Bundle(Protocol):
    """An open bundle: its path, the sizes of its files, and a way to open each."""

    path: Path
    sizes: dict[str, int]

    def open(self, name: str) -> IO[bytes]:
        """Open the file called ``name`` for reading from its start."""


class Folder:
    """A bundle that is a folder. Only plain files directly in it are seen; links are refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes = dict(sorted(self._found()))

    def open(self, name: str) -> IO[bytes]:
        """Open the file called ``name``."""
        try:
            return (self.path / name).open("rb")
        except OSError as error:
            raise refused("NOT_A_BUNDLE", name, why=_reason(error)) from error

    def _found(self) -> Iterator[tuple[str, int]]:
        for entry in self.path.iterdir():
            if entry.is_symlink():
                raise refused("PATH_UNSAFE", entry.name, name=entry.name)
            if entry.is_file():
                yield entry.name, _checked_size(entry.name, entry.stat().st_size)


class Archive:
    """A bundle that is a zip; its files may lie in one folder of it."""

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        self.path = path
        self._zip = file
        infos = [info for info in file.infolist() if not info.is_dir()]
        if len(infos) > FILES:
            raise refused("ZIP_UNSAFE", path.name, why=f"{len(infos)} files, at most {FILES}")
        for info in infos:
            _check_info(info)
        self._names = _plain_names([info.filename for info in infos])
        self.sizes = {name: file.getinfo(full).file_size for name, full in sorted(self._names.items())}

    def open(self, name: str) -> IO[bytes]:
        """Open the file called ``name``; no more is read of it than its entry declares."""
        try:
            return self._zip.open(self._names[name])
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise refused("ZIP_UNSAFE", name, why="it is damaged") from error


def _plain_names(fulls: list[str]) -> dict[str, str]:
    folder = fulls[0].rpartition("/")[0] if fulls else ""
    names: dict[str, str] = {}
    for full in fulls:
        head, _, name = full.rpartition("/")
        if head != folder or "/" in head or name in names:
            raise refused("PATH_UNSAFE", full, name=full)
        names[name] = full
    return names


def _check_info(info: zipfile.ZipInfo) -> None:
    name = info.filename
    if name.startswith("/") or "\\" in info.orig_filename or ":" in name or ".." in name.split("/"):
        raise refused("PATH_UNSAFE", name, name=name)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refused("PATH_UNSAFE", name, name=name)
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused("ZIP_UNSAFE", name, why="it is encrypted or packed in an unusual way")
    _checked_size(name, info.file_size)
    if info.file_size > SMALL and info.file_size > SWELLING * max(info.compress_size, 1):
        raise refused("ZIP_UNSAFE", name, why=f"it swells to {info.file_size} bytes, over {SWELLING} times")


def _checked_size(name: str, size: int) -> int:
    if size > LARGEST_FILE:
        raise refused("FILE_TOO_LARGE", name, size=size, limit=LARGEST_FILE)
    return size


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open the folder or zip at ``path``; :class:`Refused` where it is neither or not safe."""
    if path.is_dir():
        yield _folder(path)
        return
    if path.exists() and not path.is_file():
        raise refused("NOT_A_BUNDLE", path.name, why="it is neither a folder nor a file")
    try:
        file = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise refused("NOT_A_BUNDLE", path.name, why=_reason(error)) from error
    with file:
        yield Archive(path, file)


def _folder(path: Path) -> Folder:
    try:
        return Folder(path)
    except OSError as error:
        raise refused("NOT_A_BUNDLE", path.name, why=_reason(error)) from error


def _reason(error: Exception) -> str:
    return error.strerror or "it cannot be read" if isinstance(error, OSError) else "it is no zip"
