"""What a selection names and does not hold, each once, with what is known of it at the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from graph.errors import GraphError
from graph.exchange.codec import line
from graph.exchange.share.aside import aside
from graph.exchange.sorting import Sorter
from graph.model.concepts import BY_NAME, BY_STRUCT, CONCEPTS, Concept
from graph.model.references import references
from graph.model.values import Versioned
from graph.moment import Moment
from graph.store import Store
from graph.things import MOST, find

_BY_LABEL: Final = {concept.label: concept for concept in CONCEPTS}


class TooMany(GraphError):
    """A selection reads more than it may."""


class Named(NamedTuple):
    """A thing that is only named; ``thing`` is none where nothing is live under its key."""

    concept: Concept
    key: str
    thing: Versioned | None


async def read_named(
    store: Store, things: Iterable[Versioned], at: Moment, into: Sorter, most: int | None
) -> None:
    """Read what the things name beside themselves; `TooMany` where they name more than ``most``."""
    for concept, keys in (await aside(_wanted, things, most)).items():
        for start in range(0, len(keys), MOST):
            batch = keys[start : start + MOST]
            await aside(_take, into, concept, batch, await find(store, concept.struct, batch, at))


def told(sorter: Sorter) -> Iterator[Named]:
    """Yield what was read, in order of concepts and keys."""
    for name, text in sorter.pairs():
        label, _, key = name.decode().partition("\0")
        concept = _BY_LABEL[label]
        yield Named(concept, key, msgspec.json.decode(text, type=concept.struct) if text else None)


def _wanted(things: Iterable[Versioned], most: int | None) -> dict[Concept, list[str]]:
    held, named = set[tuple[str, str]](), set[tuple[str, str]]()
    for thing in things:
        held.add((BY_STRUCT[type(thing)].name, thing.key))
        named.update((ref.concept, ref.key) for ref in references(thing))
        if most is not None and len(named) > most:
            raise TooMany(f"more than {most:,} things named")
    found: dict[Concept, list[str]] = {}
    for name, key in sorted(named - held):
        found.setdefault(BY_NAME[name], []).append(key)
    return found


def _take(into: Sorter, concept: Concept, keys: Sequence[str], found: Sequence[Versioned | None]) -> None:
    for key, thing in zip(keys, found, strict=True):
        into.add(f"{concept.label}\0{key}".encode(), line(thing).rstrip(b"\n") if thing else b"")
