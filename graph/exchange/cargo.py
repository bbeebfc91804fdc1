"""What pass 2 is given: an examined bundle as things in batches, and its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import msgspec

from graph.exchange.examined import Examined
from graph.exchange.manifest import Manifest, Mode
from graph.exchange.opening import Bundle
from graph.exchange.stubs import stubs
from graph.model.concepts import Concept
from graph.model.values import Versioned

BATCH = 5_000
"""Lines per write transaction."""

PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """Some things of one file and the lines they stand on."""

    lines: Sequence[int]
    things: Sequence[Versioned]


class Load(Protocol):
    """One file of things of one concept, readable again and again in the same batches."""

    @property
    def file(self) -> str:
        """How the file is called."""

    @property
    def concept(self) -> Concept:
        """What its things are."""

    @property
    def full(self) -> bool:
        """Whether what its source loaded before and the file lacks is to be retired."""

    def batches(self) -> Iterator[Batch]:
        """Yield its things from the first."""


@dataclass(frozen=True, slots=True)
class Cargo:
    """All that one import loads. ``stubs`` is a load of its own per concept, loaded first."""

    source: str
    digest: str
    loads: tuple[Load, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A load held in memory: stubs, and small ones in tests."""

    file: str
    concept: Concept
    things: Sequence[Versioned]
    full: bool = False
    size: int = BATCH

    def batches(self) -> Iterator[Batch]:
        """Yield its things in slices."""
        for start in range(0, len(self.things), self.size):
            things = self.things[start : start + self.size]
            yield Batch(range(start + 1, start + 1 + len(things)), things)


@dataclass(frozen=True, slots=True)
class FromBundle:
    """A load that is a part of an examined bundle. A part with refused lines never retires anything."""

    examined: Examined
    place: int
    size: int = BATCH

    @property
    def file(self) -> str:
        """The part's file; several concepts may stand in the manifest itself."""
        part = self.examined.parts[self.place]
        return f"{part.file}#{part.concept.file}" if part.declared else part.file

    @property
    def concept(self) -> Concept:
        """The part's concept."""
        return self.examined.parts[self.place].concept

    @property
    def full(self) -> bool:
        """Whether the part says so, and every line of it was accepted."""
        lost = {count.concept for count in self.examined.report.counts if count.refused}
        return self.examined.parts[self.place].mode is Mode.FULL and self.concept.name not in lost

    def batches(self) -> Iterator[Batch]:
        """Yield the accepted things in batches of ``size``, the last one smaller."""
        lines: list[int] = []
        things: list[Versioned] = []
        for found in self.examined.accepted(self.place):
            lines.extend(found.lines)
            things.extend(found.things)
            while len(things) >= self.size:
                yield Batch(lines[: self.size], things[: self.size])
                del lines[: self.size], things[: self.size]
        if things:
            yield Batch(lines, things)


def cargo(examined: Examined, size: int = BATCH) -> Cargo:
    """Return what pass 2 loads of an examined bundle."""
    source = examined.manifest.source
    named = [
        Listed(f"(stubs of {concept.file})", concept, things, size=size)
        for concept, things in stubs(examined.report.stubs, source)
    ]
    files = [FromBundle(examined, place, size) for place in range(len(examined.parts))]
    return Cargo(source, mark(examined.bundle, examined.manifest, size), (*named, *files))


def by_concept(loads: Sequence[Load]) -> Iterator[tuple[Concept, list[Load]]]:
    """Yield neighbouring loads of one concept together."""
    for concept, group in groupby(loads, key=lambda load: load.concept):
        yield concept, list(group)


def mark(bundle: Bundle, manifest: Manifest, size: int) -> str:
    """Return what must be the same for an interrupted import to go on: content, manifest, batches."""
    return f"{digest(bundle)}/{hashlib.sha256(msgspec.json.encode(manifest)).hexdigest()[:16]}/{size}"


def digest(bundle: Bundle) -> str:
    """Return the SHA-256 of all names and contents of a bundle, the same for a folder and its zip."""
    whole = hashlib.sha256()
    for name in sorted(bundle.sizes):
        whole.update(f"{name}\0{bundle.sizes[name]}\0".encode())
        with bundle.open(name) as stream:
            while piece := stream.read(PIECE):
                whole.update(piece)
    return whole.hexdigest()
