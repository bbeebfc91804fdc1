"""Retiring: what a source loaded before, and its full file now lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from graph.exchange import statements
from graph.exchange.cargo import BATCH
from graph.exchange.imports import LONG
from graph.exchange.run import Run
from graph.exchange.writing import Work, groups
from graph.model.concepts import Concept
from graph.moment import FOREVER


@dataclass(slots=True)
class Retiring:
    """The keys that the files of one concept hold, as 64-bit hashes of this process.

    ``foreign`` are those of them that another source has standing: with their number it is mostly clear,
    without looking at every version, that nothing is to be retired. ``sure`` says whether it is known.
    """

    run: Run
    concept: Concept
    seen: set[int] = field(default_factory=set)
    foreign: set[int] = field(default_factory=set)
    sure: bool = True

    def see(self, keys: list[str]) -> bool:
        """Note keys; tell whether one of them was noted before."""
        expected = len(self.seen) + len(keys)
        self.seen.update(map(hash, keys))
        return len(self.seen) < expected

    def others(self, keys: Iterable[str]) -> None:
        """Note that another source has a standing version of ``keys``."""
        self.foreign.update(map(hash, keys))

    def doubt(self) -> None:
        """Note that some lines were not compared in this run."""
        self.sure = False

    async def retire(self, file: str) -> None:
        """Retract all that the source had standing and that was not seen; count it for ``file``."""
        if await self._nothing():
            return
        gone = await self._gone()
        count = self.run.tally.of(file)
        if gone:
            await self.run.begin()
        for group in groups(gone, BATCH):
            count.retired += len({key for key, _ in group})
            await self.run.write(Work(self.concept, self.run.moment, self.run.source, retracts=list(group)))

    async def _nothing(self) -> bool:
        if self.concept.name in self.run.tally.fresh:
            return True
        given = {"source": self.run.source, "never": FOREVER}
        rows = await self.run.store.read(statements.standing_count(self.concept), within=LONG, **given)
        count: int = rows[0]["count"]
        return not count or (self.sure and count == len(self.seen) - len(self.foreign))

    async def _gone(self) -> list[tuple[str, int]]:
        given = {"source": self.run.source, "never": FOREVER, "moment": self.run.moment}
        rows = self.run.store.stream(statements.standing(self.concept), **given)
        return sorted(
            [(row["key"], row["number"]) async for row in rows if hash(row["key"]) not in self.seen]
        )
