"""Pass 2: load what pass 1 accepted, in batches nobody sees until the whole is published."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from graph.exchange import standing
from graph.exchange.cargo import Cargo, Load, by_concept
from graph.exchange.corrections import Change, Effect, change
from graph.exchange.findings import Finding, found
from graph.exchange.imports import Kind
from graph.exchange.judging import WRITTEN, Line, decided, gather, plain_of, prepared, same
from graph.exchange.retiring import Retiring
from graph.exchange.run import Run
from graph.exchange.tally import Tally
from graph.exchange.writing import Work
from graph.store import Store

LISTED = 100
"""How many refusals of pass 2 are listed; all are counted."""

Watch = Callable[[str, int], None]
"""Told after each batch: the file, and how many lines of it were done."""


def unwatched(file: str, lines: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The outcome of an import. Nothing was published where lines were refused, or nothing had to change."""

    tally: Tally
    refusals: tuple[Finding, ...] = ()
    id: str = ""
    moment: str = ""
    resumed: bool = False
    published: bool = False

    @property
    def ok(self) -> bool:
        """Tell whether the graph now says what the bundle says."""
        return self.published or not (self.id or self.refusals)


async def load(store: Store, cargo: Cargo, *, partial: bool = False, watch: Watch = unwatched) -> Loaded:
    """Load ``cargo`` and publish it; resume where the same bundle was interrupted.

    With ``partial`` refused lines are left out; else one of them discards the import. Raises
    :class:`ImportRefused` where another import is open.
    """
    run = await Run.prepare(store, cargo, Kind.IMPORT, partial=partial)
    loading = Loading(run, partial, watch)
    try:
        await loading.all(cargo)
        return await loading.close()
    except BaseException:
        await run.release()
        raise


@dataclass(slots=True)
class Loading:
    """One import under way."""

    run: Run
    partial: bool
    watch: Watch
    refusals: list[Finding] = field(default_factory=list)

    async def all(self, cargo: Cargo) -> None:
        """Load every file, then retire what full files lack."""
        for concept, loads in by_concept(cargo.loads):
            retiring = Retiring(self.run, concept)
            for one in loads:
                await _File(self, one, retiring).load()
            whole = all(one.full and not self.run.tally.of(one.file).refused for one in loads)
            if whole and not self.halted:
                await retiring.retire(loads[-1].file)

    async def close(self) -> Loaded:
        """Publish what was written, or discard it if a line was refused."""
        run, refused = self.run, self.halted
        if run.open and refused:
            await run.discard()
        elif run.open:
            await run.publish()
        published = run.open is not None and not refused
        return Loaded(run.tally, tuple(self.refusals), run.id, run.moment, run.resumed, published)

    @property
    def halted(self) -> bool:
        """Tell whether nothing more is to be written: a line was refused, and not in part."""
        return bool(self.refusals) and not self.partial

    def refuse(self, finding: Finding) -> None:
        """Note a refusal; all are counted, some listed."""
        if len(self.refusals) < LISTED:
            self.refusals.append(finding)


class _File:
    """One file under way: the next batch is read and judged while the last one is written."""

    def __init__(self, loading: Loading, load: Load, retiring: Retiring) -> None:
        self._loading, self._run, self._load = loading, loading.run, load
        self._retiring = retiring
        self._count = self._run.tally.of(load.file)
        self._writing: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Load the file from where it was left."""
        try:
            await self._batches()
            await self._written()
        finally:
            if self._writing:
                self._writing.cancel()
                await asyncio.gather(self._writing, return_exceptions=True)

    async def _batches(self) -> None:
        batches, done = self._load.batches(), self._count.batches
        ahead = asyncio.create_task(asyncio.to_thread(prepared, batches, done == 0))
        number = 0
        while (lines := await ahead) is not None:
            number += 1
            ahead = asyncio.create_task(asyncio.to_thread(prepared, batches, done <= number))
            await self._batch(lines, skip=number <= done)

    async def _batch(self, lines: list[Line], skip: bool) -> None:
        again = self._retiring.see([line.thing.key for line in lines])
        self._retiring.others(line.thing.key for line in lines if line.thing.stub)
        if skip:
            self._retiring.doubt()
        else:
            if again:
                await self._written()
            await self._judged(lines, again)
        self._loading.watch(self._load.file, len(lines))

    async def _judged(self, lines: list[Line], again: bool) -> None:
        changes = await self._changes(lines, again)
        if any(one.effect in WRITTEN for one in changes) and not self._loading.halted:
            await self._run.begin()
        work = Work(self._load.concept, self._run.moment, self._run.source)
        await asyncio.to_thread(gather, work, lines, changes)
        await self._written()
        self._tell(lines, changes)
        self._count.batches += 1
        if not (work.empty or self._loading.halted):
            self._writing = asyncio.create_task(self._run.write(work))

    async def _written(self) -> None:
        if self._writing:
            await self._writing
            self._writing = None

    async def _changes(self, lines: list[Line], again: bool) -> list[Change]:
        concept, run = self._load.concept, self._run
        if concept.name in run.tally.fresh and not again:
            return [change(line.thing, line.hash, []) for line in lines]
        keys = list({line.thing.key: None for line in lines})
        rows = await standing.settled(run.store, concept, keys, run.source)
        plain = plain_of(rows)
        self._retiring.others(row[0] for row in rows if not row[3])
        rest = [line.thing.key for line in lines if not same(line, plain)]
        past = await standing.history(run.store, concept, list(dict.fromkeys(rest)), run.source, run.moment)
        return decided(lines, plain, past)

    def _tell(self, lines: list[Line], changes: list[Change]) -> None:
        for line, one in zip(lines, changes, strict=True):
            name = one.effect.value
            setattr(self._count, name, getattr(self._count, name) + 1)
            if one.effect is Effect.REFUSED:
                self._loading.refuse(
                    found(
                        one.why,
                        self._load.file,
                        line.place,
                        "version",
                        key=line.thing.key,
                        version=line.thing.version,
                    )
                )
