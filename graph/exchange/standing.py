"""What the graph already holds of some keys: read in batches, before a line is judged and for pass 1."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, LiteralString

from graph.exchange import statements
from graph.exchange.corrections import Stored
from graph.exchange.imports import LONG
from graph.exchange.writing import GROUP, groups
from graph.model.concepts import BY_NAME, Concept
from graph.model.values import Versioned
from graph.moment import FOREVER
from graph.projections import thing_of
from graph.store import Store

MANY = 2_500
"""How many keys of nodes one statement asks for."""

ABREAST = 2
"""How many statements are on their way at a time."""


async def _asked(
    store: Store, concept: Concept, query: LiteralString, keys: Sequence[str], **more: Any
) -> list[Any]:
    door = asyncio.Semaphore(ABREAST)

    async def ask(group: Sequence[str]) -> list[Any]:
        async with door:
            rows = await store.read(query, within=LONG, keys=group, **more)
        return [found for row in rows for found in row["found"]]

    size = GROUP if statements.is_mapping(concept) else MANY
    answers = await asyncio.gather(*(ask(group) for group in groups(keys, size)))
    return [found for answer in answers for found in answer]


async def settled(store: Store, concept: Concept, keys: Sequence[str], source: str) -> list[Any]:
    """Return (key, number, hash, whether ours) of every standing version of ``keys``."""
    query = statements.settled(concept)
    return await _asked(store, concept, query, keys, source=source, never=FOREVER)


async def history(
    store: Store, concept: Concept, keys: Sequence[str], source: str, moment: str
) -> dict[str, list[Stored]]:
    """Return every version of each of ``keys``, oldest first; ``own`` are those recorded at ``moment``."""
    found = await _asked(store, concept, statements.history(concept), keys, source=source)
    past: dict[str, list[Stored]] = {}
    for key, number, hash_, start, end, retracted, recorded, _, body in sorted(found, key=lambda row: row[6]):
        standing = retracted == FOREVER
        version = Stored(key, number, hash_, start, end, standing, recorded == moment, body)
        past.setdefault(key, []).append(version)
    return past


class Standing:
    """The graph as pass 1 asks it: which keys are known at a moment, and a few things in full."""

    def __init__(self, store: Store, moment: str) -> None:
        self._store = store
        self._moment = moment

    async def known(self, concept: str, keys: Collection[str]) -> set[str]:
        """Return those of ``keys`` that name a thing of ``concept``."""
        asked = BY_NAME[concept]
        query = statements.known(asked)
        return set(await _asked(self._store, asked, query, sorted(keys), known=self._moment))

    async def things(self, concept: str, keys: Collection[str]) -> list[Versioned]:
        """Return the live version of each of ``keys`` that names a thing of ``concept``."""
        asked, query = BY_NAME[concept], statements.live(BY_NAME[concept])
        best: dict[str, Versioned] = {}
        for group in groups(sorted(keys)):
            for row in await self._store.read(query, within=LONG, keys=group, known=self._moment):
                thing = thing_of(asked.struct, row["body"], row["number"], row["recorded"], row["retracted"])
                if thing.key not in best or best[thing.key].version < thing.version:
                    best[thing.key] = thing
        return [best[key] for key in sorted(best)]
