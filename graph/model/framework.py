"""The learning-outcomes framework, its levels, and the vocabularies beside it."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Meta

from graph.model.values import Code, Key, Line, LongText, Text, Value, Versioned

Ordinal = Annotated[int, Meta(ge=0, le=100)]
Verbatim = Annotated[str, Meta(max_length=1_000_000)]


class LevelRef(Value, frozen=True):
    """A level of a framework edition, by its ordinal."""

    framework: Key
    ordinal: Ordinal


class Dimension(Value, frozen=True):
    """What a framework describes its levels by: knowledge, skills, competence ..."""

    code: Code
    title: Text


class Descriptor(Value, frozen=True):
    """A level descriptor 等级描述: one dimension of one level in words."""

    dimension: Code
    text: LongText


class Level(Value, frozen=True):
    """A level 等级 of a framework edition; higher ordinals are higher levels."""

    ordinal: Ordinal
    title: Text
    descriptors: Annotated[tuple[Descriptor, ...], Meta(max_length=20)] = ()


class Framework(Versioned, frozen=True):
    """A framework edition 框架: its dimensions and its levels.

    ``verbatim`` keeps, as JSON text, what an imported document says and the hub does not read.
    """

    title: Text
    issuer: Key | None = None
    credit_scheme: Code | None = None
    dimensions: Annotated[tuple[Dimension, ...], Meta(max_length=20)] = ()
    levels: Annotated[tuple[Level, ...], Meta(max_length=40)] = ()
    verbatim: Verbatim = ""


class FrameworkItem(Versioned, frozen=True):
    """An item of an imported framework (a CASE CFItem); ``verbatim`` keeps what the hub does not read."""

    framework: Key
    statement: LongText
    abbreviation: Text = Text()
    human_code: Line = ""
    kind: Line = ""
    level: LevelRef | None = None
    verbatim: Verbatim = ""


class Association(Versioned, frozen=True):
    """A typed edge between items 关联, with its group and its place in sequence.

    ``origin`` and ``target`` are keys of items, or the framework's own key where its root is meant. Where
    ``external`` says so, ``target`` is a URI outside the graph; ``origin`` where ``origin_external`` does.
    """

    framework: Key
    origin: Key
    target: str
    kind: Code
    external: bool = False
    origin_external: bool = False
    group: Line = ""
    sequence: int | None = None
    verbatim: Verbatim = ""


class Referencing(Versioned, frozen=True):
    """Levels of two frameworks compared 等级参照; many to many, and only as its document says."""

    level: LevelRef
    other: LevelRef
    document: Line = ""
    decision: Code | None = None


class SuccessionKind(Enum):
    """How a code gave way to another."""

    SPLIT = "SPLIT"
    MERGE = "MERGE"
    RENAME = "RENAME"


class Succession(Value, frozen=True):
    """What a code was succeeded by 沿革. It is told, and never matches by itself."""

    key: Key
    kind: SuccessionKind


class Class(Versioned, frozen=True):
    """A member of a vocabulary; ``broader`` makes a directed acyclic graph."""

    title: Text
    rank: Annotated[int, Meta(ge=1, le=12)] = 1
    broader: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    succeeded_by: Annotated[tuple[Succession, ...], Meta(max_length=50)] = ()


class Industry(Class, frozen=True):
    """An industry class 行业分类, such as a division of GB/T 4754."""


class Region(Class, frozen=True):
    """A region 行政区划, six digits in an edition."""


class Position(Class, frozen=True):
    """A position 岗位 that units are made for."""

    industries: Annotated[tuple[Key, ...], Meta(max_length=50)] = ()
