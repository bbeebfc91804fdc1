"""What differs between two bundles, or between the graph and a bundle: per line, with its fields."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from enum import Enum
from itertools import groupby
from typing import Any, NamedTuple, Protocol

import msgspec

from graph.exchange import imports, statements
from graph.exchange.examined import stamp
from graph.exchange.findings import Refused, Severity
from graph.exchange.manifest import Manifest, Mode
from graph.exchange.opening import Bundle
from graph.exchange.parts import Part, manifest_of, parts_of
from graph.exchange.rows import batches
from graph.exchange.sorting import Pair, Sorter
from graph.model.concepts import CONCEPTS, Concept
from graph.model.values import Value
from graph.moment import FOREVER
from graph.projections import content
from graph.store import Store


class Fate(Enum):
    """What became of a thing from the first side to the second."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"


class Change(Value, frozen=True):
    """One field that differs; None where a side does not have it."""

    field: str
    before: Any = None
    after: Any = None


class Difference(Value, frozen=True):
    """One line that differs. ``line`` is where it stands in its bundle, 0 where it is only in the graph."""

    file: str
    line: int
    key: str
    version: int
    fate: Fate
    changes: tuple[Change, ...] = ()


class One(NamedTuple):
    """A version of a thing on one side."""

    key: str
    number: int
    line: int
    body: bytes


class Side(Protocol):
    """One of the two that are compared."""

    def concepts(self) -> set[str]:
        """Return the names of the concepts it has files of."""

    def retires(self, concept: Concept) -> bool:
        """Tell whether what it lacks is gone, rather than left as it was."""

    def versions(self, concept: Concept) -> AsyncIterator[One]:
        """Yield its standing versions, in no order."""


class BundleSide:
    """A bundle as one side; :class:`Refused` at the first line that cannot be read."""

    def __init__(self, bundle: Bundle, *, whole: bool = True, mapping: str | None = None) -> None:
        self._bundle, self._whole = bundle, whole
        self.manifest: Manifest = manifest_of(bundle, mapping)
        self._parts, _ = parts_of(bundle, self.manifest)

    def concepts(self) -> set[str]:
        """Return the concepts of its files."""
        return {part.concept.name for part in self._parts}

    def retires(self, concept: Concept) -> bool:
        """Tell whether it is compared as a whole, or all its files of ``concept`` are full."""
        modes = {part.mode for part in self._of(concept)}
        return self._whole or modes == {Mode.FULL}

    async def versions(self, concept: Concept) -> AsyncIterator[One]:
        """Yield its lines."""
        for part in self._of(concept):
            for batch in batches(self._bundle, part, self.manifest):
                _refuse(batch.findings)
                stamp(batch.things, self.manifest)
                for line, thing in zip(batch.lines, batch.things, strict=True):
                    yield One(thing.key, thing.version, line, content(thing))

    def _of(self, concept: Concept) -> list[Part]:
        return [part for part in self._parts if part.concept is concept]


class GraphSide:
    """What the graph holds of one source, as published."""

    def __init__(self, store: Store, source: str) -> None:
        self._store, self._source = store, source

    def concepts(self) -> set[str]:
        """Return every concept."""
        return {concept.name for concept in CONCEPTS}

    def retires(self, concept: Concept) -> bool:
        """Tell that what the graph lacks is not there."""
        return True

    async def versions(self, concept: Concept) -> AsyncIterator[One]:
        """Yield what stands and is no stub."""
        known = await imports.published(self._store)
        async for row in self._store.stream(statements.every(concept), known=known):
            standing = row["retracted"] == FOREVER or row["retracted"] > known
            if standing and row["number"] and row["source"] == self._source:
                yield One(row["key"], row["number"], 0, row["body"].encode())


def _refuse(findings: list[Any]) -> None:
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise Refused(finding)


async def compare(before: Side, after: Side) -> AsyncIterator[Difference]:
    """Yield every difference, sorted by concept, key and version."""
    for concept in CONCEPTS:
        if concept.name in before.concepts() | after.concepts():
            with Sorter() as sorter:
                await _fill(sorter, before, concept, b"0")
                await _fill(sorter, after, concept, b"1")
                for difference in _differences(concept, sorter.pairs()):
                    if difference.fate is not Fate.RETIRED or after.retires(concept):
                        yield difference


async def _fill(sorter: Sorter, side: Side, concept: Concept, mark: bytes) -> None:
    if concept.name not in side.concepts():
        return
    async for one in side.versions(concept):
        place = f"{one.key}\0{one.number:08d}\0".encode()
        sorter.add(place + mark, b"%d\t%b" % (one.line, one.body))


def _differences(concept: Concept, pairs: Iterator[Pair]) -> Iterator[Difference]:
    for _, group in groupby(pairs, key=lambda pair: pair[0].split(b"\0")[0]):
        sides: tuple[dict[int, One], dict[int, One]] = ({}, {})
        for place, text in group:
            one = _one(place, text)
            sides[int(place[-1:])][one.number] = one
        yield from _of_thing(concept, *_numbered(*sides))


def _one(place: bytes, text: bytes) -> One:
    key, number, _ = place.split(b"\0")
    line, _, body = text.partition(b"\t")
    return One(key.decode(), int(number), int(line), body)


def _numbered(before: dict[int, One], after: dict[int, One]) -> tuple[dict[int, One], dict[int, One]]:
    """Let a line without number stand for the latest version of the other side, and leave its others out."""
    if set(after) == {0} and before:
        latest = max(before)
        return {latest: before[latest]}, {latest: after[0]}
    if set(before) == {0} and after:
        latest = max(after)
        return {latest: before[0]}, {latest: after[latest]}
    return before, after


def _of_thing(concept: Concept, before: dict[int, One], after: dict[int, One]) -> Iterator[Difference]:
    for number in sorted(before.keys() | after.keys()):
        old, new = before.get(number), after.get(number)
        one = new or old
        if one and not (old and new and old.body == new.body):
            fate = Fate.CHANGED if old and new else Fate.ADDED if new else Fate.RETIRED
            changes = tuple(fields_changed(old.body, new.body)) if old and new else ()
            yield Difference(
                file=concept.file, line=one.line, key=one.key, version=number, fate=fate, changes=changes
            )


def fields_changed(before: bytes, after: bytes) -> Iterator[Change]:
    """Yield the fields in which two bodies differ, in order of their names."""
    old, new = dict(_flat(msgspec.json.decode(before))), dict(_flat(msgspec.json.decode(after)))
    for field in sorted(old.keys() | new.keys()):
        if old.get(field) != new.get(field):
            yield Change(field=field, before=old.get(field), after=new.get(field))


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for place, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{place}]")
    else:
        yield path, value
