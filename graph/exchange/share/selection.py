"""A selection: the live things of one concept at one moment, by simple filters or a list of keys."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec

from graph.errors import GraphError
from graph.exchange.codec import body, line
from graph.exchange.share.aside import aside
from graph.exchange.share.conditions import Condition
from graph.exchange.share.named import Named, TooMany, read_named, told
from graph.exchange.sorting import Sorter
from graph.exchange.statements import pattern
from graph.model.concepts import Concept
from graph.model.references import Reference
from graph.model.values import Value, Versioned
from graph.moment import Moment
from graph.store import Row, Store
from graph.things import SEEN, thing_of

Fields = dict[str, Any]

HELD: Final = 4 * 1024 * 1024
"""Bytes of lines sorted in memory at a time: a sort is short, for nothing else runs meanwhile."""
BATCH: Final = 500
"""So many versions are read before they are taken in, aside."""


class SelectsNothing(GraphError):
    """A key that names nothing at the moment, or a condition that holds for nothing then."""

    def __init__(self, parameter: str, given: str) -> None:
        super().__init__(f"nothing has {parameter} {given} at this moment")
        self.parameter, self.given = parameter, given


class Snapshot(Value, frozen=True):
    """What an export is of: the hash of all that it says, the day it is valid on, and when it was known."""

    hash: str
    valid: str
    known: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: the things of these keys (none: all) for which every condition holds.

    ``within``, where it is not none, are the keys that a filter leaves: it may leave none.
    """

    concept: Concept
    keys: frozenset[str] = frozenset()
    where: tuple[Condition, ...] = ()
    within: frozenset[str] | None = None

    def holds(self, thing: Versioned) -> bool:
        """Tell whether ``thing`` is selected."""
        if (self.keys and thing.key not in self.keys) or (
            self.within is not None and thing.key not in self.within
        ):
            return False
        return all(one.holds(thing) for one in self.where)


def fields(thing: Versioned) -> Fields:
    """Return a thing as its JSON says it; licence, source, synthetic and version always stand there."""
    always = {"version": thing.version, "licence": thing.licence, "source": thing.source}
    said: Fields = msgspec.json.decode(line(thing))
    return said | always | {"synthetic": thing.synthetic}


def relation(reference: Reference) -> str:
    """Return how a thing names another: the edge the graph draws, else the last word of the field."""
    return reference.edge or reference.field.rpartition(".")[2].partition("[")[0]


class Chosen:
    """A selection that was read: its things, to be gone through again and again, and its snapshot."""

    def __init__(self, selection: Selection, sorter: Sorter, named: Sorter, at: Moment) -> None:
        self.selection = selection
        self._sorter, self._named, self._at = sorter, named, at
        self._demand_something()
        self.snapshot = self._snapshot()

    def things(self) -> Iterator[Versioned]:
        """Yield the things selected, in order of keys."""
        return filter(self.selection.holds, self._live())

    def _live(self) -> Iterator[Versioned]:
        """Yield every live thing of the concept; of several seen versions the last is live."""
        last: Versioned | None = None
        for thing in self._seen():
            if last is not None and last.key != thing.key:
                yield last
            last = thing
        if last is not None:
            yield last

    def _demand_something(self) -> None:
        """Raise `SelectsNothing` where a key or a condition by itself selects nothing: likely a slip."""
        keys, where = set(self.selection.keys), set(self.selection.where)
        if not keys and not where:
            return
        for thing in self._live():
            keys.discard(thing.key)
            where -= {one for one in where if one.holds(thing)}
        if keys:
            raise SelectsNothing("key", min(keys))
        if where:
            raise SelectsNothing("where", "=".join(min(where)))

    def named(self) -> Iterator[Named]:
        """Yield what the things name beside themselves, where it was read too."""
        return told(self._named)

    def _seen(self) -> Iterator[Versioned]:
        decode = msgspec.json.Decoder(self.selection.concept.struct).decode
        return (decode(text) for _, text in self._sorter.pairs())

    def _snapshot(self) -> Snapshot:
        whole = hashlib.sha256()
        for thing in self.things():
            whole.update(body(thing) + b"\n")  # without recorded times: equal content, equal hash
        return Snapshot(hash=whole.hexdigest()[:32], valid=self._at.valid_on, known=self._at.known_at)


@cache
def _query(concept: Concept) -> str:
    return (
        f"MATCH {pattern(concept)} WHERE {SEEN.format(v='v')} RETURN v.key AS key, v.number AS number, "
        "v.body AS body, v.recordedAt AS recorded, v.retractedAt AS retracted"
    )


@asynccontextmanager
async def chosen(
    store: Store, selection: Selection, at: Moment, *, named: bool = False, most: int | None = None
) -> AsyncIterator[Chosen]:
    """Read a selection out of the graph, ``named``: with what it names; on disk where memory is too small.

    Raises `SelectsNothing` where a key or a condition by itself does, and `TooMany` where more than ``most``
    live versions of the concept, or things named, would be read.
    """
    with Sorter(HELD) as sorter, Sorter(HELD) as others:
        await _read(store, selection.concept, at, sorter, most)
        found = await aside(Chosen, selection, sorter, others, at)
        if named:
            await read_named(store, found.things(), at, others, most)
        yield found


async def _read(store: Store, concept: Concept, at: Moment, sorter: Sorter, most: int | None) -> None:
    batch: list[Row] = []
    count = 0
    async for row in store.stream(_query(concept), on=at.valid_on, known=at.known_at):
        batch.append(row)
        count += 1
        if most is not None and count > most:
            raise TooMany(f"more than {most:,} versions")
        if len(batch) == BATCH:
            await aside(_take, sorter, concept, batch)
            batch = []
    await aside(_take, sorter, concept, batch)


def _take(sorter: Sorter, concept: Concept, batch: list[Row]) -> None:
    for row in batch:
        thing = thing_of(concept.struct, row)
        sorter.add(f"{row['key']}\0{row['number']:08d}".encode(), line(thing).rstrip(b"\n"))
