"""A batch of lines on its way in: prepared, judged against what the graph holds, and gathered for writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from graph.exchange.cargo import Batch
from graph.exchange.codec import digest
from graph.exchange.corrections import Change, Effect, Stored, change, window
from graph.exchange.writing import Work
from graph.model.values import Versioned
from graph.projections import content

UNCHANGED = Change(Effect.UNCHANGED)
WRITTEN = (Effect.ADDED, Effect.CHANGED, Effect.STUB)
"""The effects that mean a new version."""


class Line(NamedTuple):
    """A thing on its way in, with its canonical text and hash."""

    place: int
    thing: Versioned
    body: bytes
    hash: str


def prepared(batches: Iterator[Batch], wanted: bool) -> list[Line] | None:
    """Return the next batch with its texts and hashes (empty ones unless ``wanted``), or None at the end."""
    batch = next(batches, None)
    if batch is None:
        return None
    pairs = zip(batch.lines, batch.things, strict=True)
    if not wanted:
        return [Line(place, thing, b"", "") for place, thing in pairs]
    return [_line(place, thing) for place, thing in pairs]


def _line(place: int, thing: Versioned) -> Line:
    body = content(thing)
    return Line(place, thing, body, digest(body))


def plain_of(rows: list[Any]) -> dict[str, tuple[int, str]]:
    """Return number and hash of the things that have just one standing version."""
    plain: dict[str, tuple[int, str]] = {}
    several: set[str] = set()
    for key, number, hash_, _ in rows:
        if key in plain:
            several.add(key)
        plain[key] = number, hash_
    return {key: one for key, one in plain.items() if key not in several} if several else plain


def same(line: Line, plain: dict[str, tuple[int, str]]) -> bool:
    """Tell whether the line's thing has just one standing version, and that says the same."""
    one = plain.get(line.thing.key)
    return one is not None and one[1] == line.hash and line.thing.version in (0, one[0]) and bool(one[0])


def decided(
    lines: list[Line], plain: dict[str, tuple[int, str]], past: dict[str, list[Stored]]
) -> list[Change]:
    """Tell what each line does; ``past`` holds every version of the things that are not plainly the same."""
    done: list[Change] = []
    for line in lines:
        if same(line, plain):
            done.append(UNCHANGED)
            continue
        versions = past.setdefault(line.thing.key, [])
        done.append(change(line.thing, line.hash, versions))
        if done[-1].effect in WRITTEN:
            plain.pop(line.thing.key, None)
            _follow(line, done[-1], versions)
    return done


def _follow(line: Line, done: Change, versions: list[Stored]) -> None:
    """Let the thing's next line in this batch see what this one does."""
    versions[:] = [one._replace(current=False) if one.number in done.retracts else one for one in versions]
    start, end = window(line.thing)
    versions.append(
        Stored(line.thing.key, done.number, line.hash, start, end, True, True, line.body.decode())
    )


def gather(work: Work, lines: list[Line], changes: list[Change]) -> None:
    """Add to ``work`` all that ``changes`` mean to write."""
    for line, one in zip(lines, changes, strict=True):
        if one.effect in WRITTEN:
            work.add(line.thing, one.number, line.body)
            work.retracts += [(line.thing.key, number) for number in one.retracts]
