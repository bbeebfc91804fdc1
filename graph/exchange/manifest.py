"""``bundle.json``: whose knowledge a bundle is, and how each of its files is to be read."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, field

from graph.exchange.findings import refused
from graph.model.concepts import BY_FILE
from graph.model.values import Code, Text, Value

NAME = "bundle.json"
LARGEST = 8 * 1024 * 1024
ENCODINGS = ("utf-8", "gb18030")


class Mode(Enum):
    """FULL retires what the same source loaded before and the file now lacks; DELTA leaves it."""

    FULL = "full"
    DELTA = "delta"


class Column(Value, frozen=True):
    """Where a field comes from: a template of columns, perhaps through a table of words.

    ``otherwise`` stands for a word the table lacks; without it such a word refuses the line.
    """

    take: str
    words: dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None


class Tree(Value, frozen=True):
    """A JSON tree of codes: which names its nodes use, and how long the codes of each rank are.

    ``lengths`` are counted without the ``prefix`` (``letter``: the section's letter before each code).
    """

    code: str
    children: str = "children"
    prefix: str = ""
    lengths: Annotated[tuple[int, ...], Meta(min_length=1, max_length=12)] = (1, 2, 3, 4)


class Same(Value, frozen=True):
    """Two templates that, where they give the same text, make a row one to leave out."""

    take: str
    equals: str


class FieldMap(Value, frozen=True):
    """How the columns of a foreign file become fields: field -> column, template or :class:`Column`."""

    columns: dict[str, str | Column]
    constants: dict[str, Any] = field(default_factory=dict)
    tree: Tree | None = None
    skip: tuple[Same, ...] = ()


class Entry(Value, frozen=True):
    """One file of the bundle. Without ``concept`` its name says what it holds."""

    concept: str = ""
    encoding: str = "utf-8"
    mode: Mode | None = None
    mapping: FieldMap | None = None


class Taken(Value, frozen=True):
    """What an export was taken from: the hash of all that was known, and the moment."""

    hash: str
    known: str


class Manifest(Value, frozen=True):
    """The whole of ``bundle.json``; ``declares`` holds lines of small concepts, by their file's name.

    ``snapshot`` is told by exports, and nothing an import looks at.
    """

    bundle: Annotated[int, Meta(ge=1, le=1)]
    source: Code
    title: Text = Text()
    licence: str = ""
    synthetic: bool = False
    mode: Mode = Mode.DELTA
    files: dict[str, Entry] = field(default_factory=dict)
    declares: dict[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    snapshot: Taken | None = None


def parse(data: bytes, file: str = NAME) -> Manifest:
    """Return the manifest written in ``data``; :class:`Refused` names the field that is wrong."""
    try:
        manifest = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=Manifest)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise refused("MANIFEST_INVALID", file, 1, why=error) from error
    for name, entry in manifest.files.items():
        _check(file, name, entry)
    for concept in manifest.declares:
        _check_concept(file, f"declares.{concept}", concept)
    return manifest


def _check(file: str, name: str, entry: Entry) -> None:
    if entry.concept:
        _check_concept(file, f"files.{name}.concept", entry.concept)
    if entry.encoding.lower() not in ENCODINGS:
        raise refused("ENCODING_UNKNOWN", file, 1, f"files.{name}.encoding", encoding=entry.encoding)


def _check_concept(file: str, field: str, concept: str) -> None:
    if concept not in BY_FILE:
        raise refused("MANIFEST_INVALID", file, 1, field, why=f"no such concept: {concept}")
