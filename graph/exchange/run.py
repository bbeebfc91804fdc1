"""An import from its runner's side: opened at the first write, one transaction per batch, then closed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import LiteralString

from graph.errors import GraphBusy, GraphError
from graph.exchange import imports, statements
from graph.exchange.cargo import Cargo
from graph.exchange.imports import LONG, Import, Kind, State
from graph.exchange.tally import Tally, tally_of
from graph.exchange.writing import Work
from graph.model.concepts import CONCEPTS, Concept
from graph.model.outcomes import Mapping
from graph.moment import FOREVER
from graph.store import Store

TRIES = 5
SWEPT = 5_000
"""How many versions one statement of a discard touches."""


@dataclass(slots=True)
class Run:
    """One runner's import. ``open`` is None until something is to be written."""

    store: Store
    kind: Kind
    source: str
    digest: str
    base: str
    tally: Tally
    open: Import | None = None
    resumed: bool = False

    @classmethod
    async def prepare(cls, store: Store, cargo: Cargo, kind: Kind, *, partial: bool = False) -> Run:
        """Find out where to start: anew, or where the same bundle was interrupted."""
        digest = f"{cargo.digest}{'+partial' if partial else ''}"
        found = await imports.open_import(store)
        if found is None:
            base = await imports.published(store)
            fresh = {one.concept.name for one in cargo.loads if not await _any(store, one.concept)}
            return cls(store, kind, cargo.source, digest, base, Tally(fresh))
        if (found.digest, found.kind) != (digest, kind):
            raise imports.running(found)
        taken = await imports.take(store, found)
        return cls(store, kind, cargo.source, digest, "", tally_of(taken.progress), taken, resumed=True)

    @property
    def id(self) -> str:
        """The import's id, once it is open."""
        return self.open.id if self.open else ""

    @property
    def moment(self) -> str:
        """The recorded time of all it writes, once it is open."""
        return self.open.moment if self.open else ""

    async def begin(self) -> None:
        """Open the import if it is not open yet."""
        if self.open is None:
            text = Tally(self.tally.fresh).text()
            self.open = await imports.begin(self.store, self.source, self.kind, self.digest, text, self.base)

    async def write(self, work: Work) -> None:
        """Write one batch and the progress it makes, or neither."""
        for tries in range(TRIES):
            try:
                self.open = await self._written(work)
            except GraphBusy:
                if tries == TRIES - 1:
                    raise
                await asyncio.sleep(0.1 * 2**tries)
            else:
                return

    async def _written(self, work: Work) -> Import:
        if self.open is None:
            raise imports.lost()
        async with self.store.transaction(within=LONG) as tx:
            moved = await imports.beat(tx, self.open, self.tally.text())
            await work.send(tx)
        return moved

    async def publish(self, seen: str = "") -> None:
        """Make all of it visible at once."""
        if self.open:
            await imports.end(self.store, self.open, State.PUBLISHED, self.tally.text(), seen)

    async def discard(self) -> None:
        """Leave the graph as it was before."""
        if self.open:
            await discard(self.store, self.open)

    async def release(self) -> None:
        """Say that this runner stops, as far as the graph still listens."""
        if self.open:
            try:
                await imports.release(self.store, self.open)
            except GraphError:
                return


async def _any(store: Store, concept: Concept) -> bool:
    return bool(await store.read(statements.anything(concept), within=LONG))


async def discard(store: Store, dead: Import) -> None:
    """Undo an import that was not published: forget what it recorded, reopen what it retracted.

    An interrupted discard is simply begun again.
    """
    mine = dead if dead.runner == (await _holder(store)) else await imports.take(store, dead)
    touched = sorted(CONCEPTS, key=lambda concept: concept.struct is not Mapping)
    for concept in touched:
        query = statements.forget_all if dead.kind is Kind.RESTORE else statements.forget
        await _drain(store, query(concept), dead.moment)
        await _drain(store, statements.reopen(concept), dead.moment)
    for concept in touched[1:]:
        await _drain(store, statements.sweep(concept), dead.moment)
    await imports.end(store, mine, State.DISCARDED, mine.progress)


async def _holder(store: Store) -> str:
    found = await imports.open_import(store)
    return found.runner if found else ""


async def _drain(store: Store, query: LiteralString, moment: str) -> None:
    given = {"moment": moment, "never": FOREVER, "most": SWEPT}
    while (await store.write(query, within=LONG, **given))[0]["count"]:
        pass
