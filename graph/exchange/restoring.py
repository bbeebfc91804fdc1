"""Restoring: fill an empty graph with an export, recorded times and all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from graph.exchange.cargo import Batch, Cargo, Load
from graph.exchange.imports import ImportRefused, Kind
from graph.exchange.loading import Loaded, Watch, unwatched
from graph.exchange.run import Run
from graph.exchange.tally import Count
from graph.exchange.writing import Work
from graph.model.values import Versioned
from graph.moment import FOREVER, stamp
from graph.projections import content
from graph.store import Store


async def restore(store: Store, cargo: Cargo, *, watch: Watch = unwatched) -> Loaded:
    """Write every version of an export as it was recorded, and publish it as known at its latest moment.

    Raises :class:`ImportRefused` where the graph is not empty or a line has no recorded time.
    """
    run = await Run.prepare(store, cargo, Kind.RESTORE)
    if not run.resumed and (run.base or len(run.tally.fresh) < len({one.concept for one in cargo.loads})):
        raise ImportRefused("GRAPH_NOT_EMPTY", "a restore needs an empty graph: give it a new one")
    await run.begin()
    latest = ""
    try:
        for one in cargo.loads:
            latest = max(latest, await _file(run, one, watch))
        await run.publish(latest)
    except BaseException:
        await run.release()
        raise
    return Loaded(run.tally, (), run.id, latest, run.resumed, published=True)


async def _file(run: Run, load: Load, watch: Watch) -> str:
    count, latest = run.tally.of(load.file), ""
    done = count.batches
    for number, batch in enumerate(load.batches()):
        work, last = await asyncio.to_thread(_work, run, load, batch)
        latest = max(latest, last)
        if number >= done:
            _tell(count, batch)
            await run.write(work)
        watch(load.file, len(batch.things))
    return latest


def _tell(count: Count, batch: Batch) -> None:
    count.batches += 1
    count.stubs += sum(thing.stub for thing in batch.things)
    count.added += sum(not thing.stub for thing in batch.things)


def _work(run: Run, load: Load, batch: Batch) -> tuple[Work, str]:
    work, latest = Work(load.concept, run.moment, run.source), ""
    for line, thing in zip(batch.lines, batch.things, strict=True):
        since, until = _times(load.file, line, thing)
        work.source = thing.loaded_by or thing.source or run.source
        work.add_recorded(thing, thing.version, content(thing), since, until)
        latest = max(latest, since, until if until != FOREVER else "")
    return work, latest


def _times(file: str, line: int, thing: Versioned) -> tuple[str, str]:
    if thing.recorded_at is None:
        raise ImportRefused("NOT_AN_EXPORT", f"{file}:{line}: no recordedAt: restore takes exports only")
    until = _moment(thing.retracted_at) if thing.retracted_at else FOREVER
    return _moment(thing.recorded_at), until


def _moment(time: datetime) -> str:
    return stamp(time.astimezone(UTC) if time.tzinfo else time)
