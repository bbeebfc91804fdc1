"""Export: every version with its recorded times, sorted, as a bundle of the same bytes each time."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Protocol

import msgspec

from graph.exchange import imports, statements
from graph.exchange.codec import line
from graph.exchange.manifest import NAME, Manifest, Mode, Taken
from graph.exchange.sorting import Pair, Sorter
from graph.model.concepts import CONCEPTS, Concept
from graph.model.values import Text
from graph.moment import FOREVER
from graph.projections import thing_of
from graph.publication import Publication
from graph.store import Row, Store

SOURCE = "export"
"""The source an export names: it holds the knowledge of all, and each line tells its own."""

EPOCH = (1980, 1, 1, 0, 0, 0)

Watch = Callable[[str, int], None]


class ExportRefused(Exception):
    """The export cannot be written where it was asked for."""


class Target(Protocol):
    """Where the files of a bundle are written, one after the other."""

    def open(self, name: str) -> IO[bytes]:
        """Open the file called ``name`` for writing."""

    def close(self) -> None:
        """End the bundle."""


async def export(store: Store, path: Path, watch: Watch = lambda file, lines: None) -> dict[str, int]:
    """Write all that is published to ``path`` (a folder, or a zip by its name); return lines per file.

    Nothing stands at ``path`` until the export is whole.
    """
    if await asyncio.to_thread(path.exists):
        raise ExportRefused(f"{path} exists already: name a new folder or zip")
    known = await imports.published(store)
    with _made(path) as (target, place):
        counts = await _files(store, target, known, watch)
        target.close()
        shutil.move(place, path)
    return counts


@contextmanager
def _made(path: Path) -> Iterator[tuple[Target, Path]]:
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.name}-") as folder:
        place = Path(folder) / path.name
        yield (_Archive(place) if path.suffix == ".zip" else _Folder(place)), place


async def _files(store: Store, target: Target, known: str, watch: Watch) -> dict[str, int]:
    counts: dict[str, int] = {}
    for concept in CONCEPTS:
        with Sorter() as sorter:
            async for row in store.stream(statements.every(concept), known=known):
                sorter.add(*_pair(concept, row, known))
            counts |= _write(target, f"{concept.file}.jsonl", sorter.pairs(), watch)
    with target.open(NAME) as file:
        file.write(_manifest(Taken(hash=await _hash(store, known), known=known)))
    return counts


def _write(target: Target, name: str, pairs: Iterator[Pair], watch: Watch) -> dict[str, int]:
    first = next(pairs, None)
    if first is None:
        return {}
    count = 0
    with target.open(name) as file:
        for _, text in chain([first], pairs):
            file.write(text + b"\n")
            count += 1
    watch(name, count)
    return {name: count}


def _pair(concept: Concept, row: Row, known: str) -> Pair:
    until = row["retracted"] if row["retracted"] <= known else FOREVER
    thing = thing_of(concept.struct, row["body"], row["number"], row["recorded"], until)
    if row["source"] != thing.source:
        thing = msgspec.structs.replace(thing, loaded_by=row["source"])
    place = f"{row['key']}\0{row['number']:08d}\0{row['recorded']}"
    return place.encode(), line(thing).rstrip(b"\n")


async def _hash(store: Store, known: str) -> str:
    publication = Publication(store)
    await publication.latest()
    return await publication.fingerprint(known)


def _manifest(taken: Taken) -> bytes:
    title = Text(zh="导出", en="Export")
    manifest = Manifest(bundle=1, source=SOURCE, title=title, mode=Mode.FULL, snapshot=taken)
    return msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=2) + b"\n"


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir()

    def open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("wb")

    def close(self) -> None:
        """Nothing is left to do."""


class _Archive:
    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def open(self, name: str) -> IO[bytes]:
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        return self._zip.open(entry, "w", force_zip64=True)

    def close(self) -> None:
        self._zip.close()
