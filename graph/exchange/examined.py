"""A bundle after pass 1: the report, and its accepted values to be read again by pass 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import force_setattr

from graph.exchange.folding import folded
from graph.exchange.manifest import Manifest
from graph.exchange.opening import Bundle
from graph.exchange.parts import Part
from graph.exchange.report import Report
from graph.exchange.rows import Batch, batches
from graph.model.schemes import Case
from graph.model.values import Versioned


@dataclass(frozen=True, slots=True)
class Options:
    """How strictly to read.

    ``partial`` leaves refused lines out instead of refusing the file, ``strict`` refuses stubs, ``restore``
    reads recorded times.
    """

    partial: bool = False
    strict: bool = False
    restore: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What pass 2 needs: ``refused`` holds places of values per part, ``folds`` the batches to be folded."""

    report: Report
    bundle: Bundle
    manifest: Manifest
    parts: tuple[Part, ...]
    refused: dict[int, set[int]]
    folds: set[tuple[int, int]]
    cases: dict[str, Case]

    def accepted(self, place: int) -> Iterator[Batch]:
        """Yield the accepted values of ``parts[place]``: stamped, folded, the refused ones left out."""
        start = 0
        refused = self.refused.get(place, set())
        for number, batch in enumerate(batches(self.bundle, self.parts[place], self.manifest)):
            count = len(batch.things)
            stamp(batch.things, self.manifest)
            if (place, number) in self.folds:
                batch.things = [folded(thing, self.cases) for thing in batch.things]
            if refused:
                _leave_out(batch, {index for index in range(count) if start + index in refused})
            start += count
            yield batch


def stamp(things: list[Versioned], manifest: Manifest) -> None:
    """Give things without source or licence the manifest's; a synthetic bundle's things are synthetic.

    The things were just decoded and nobody else holds them, so they are completed in place.
    """
    source, licence, synthetic = manifest.source, manifest.licence, manifest.synthetic
    for thing in things:
        if not thing.source:
            force_setattr(thing, "source", source)
        if licence and not thing.licence:
            force_setattr(thing, "licence", licence)
        if synthetic and not thing.synthetic:
            force_setattr(thing, "synthetic", True)


def _leave_out(batch: Batch, refused: set[int]) -> None:
    kept = [place for place in range(len(batch.things)) if place not in refused]
    batch.lines = [batch.lines[place] for place in kept]
    batch.places = [batch.places[place] for place in kept] if batch.places else ()
    batch.things = [batch.things[place] for place in kept]
