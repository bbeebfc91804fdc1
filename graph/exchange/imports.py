"""An import as the graph keeps it: one at a time, resumable, published by one write or discarded whole."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import LiteralString

import msgspec

from graph.errors import GraphBusy
from graph.fingerprint import fingerprint
from graph.model.values import Value
from graph.moment import stamp
from graph.store import Row, Store, Transaction

SILENCE = timedelta(seconds=60)
"""After so long without a sign of life an import is taken for dead."""

LONG = 600.0
"""Seconds that one statement over the whole graph may take."""

PRINTED: LiteralString = (
    "MATCH (h:Hub {name: 'hub'}) RETURN h.published AS published, h.fingerprint AS fingerprint"
)
PUBLISHED: LiteralString = "MATCH (h:Hub {name: 'hub'}) RETURN h.published AS published"
TOUCH: LiteralString = "MERGE (h:Hub {name: 'hub'}) SET h.opening = $id RETURN h.published AS published"
OPEN: LiteralString = "MATCH (i:Import {state: 'OPEN'}) RETURN properties(i) AS import"
ALL: LiteralString = "MATCH (i:Import) RETURN properties(i) AS import ORDER BY i.moment DESC LIMIT $most"
CREATE: LiteralString = (
    "CREATE (:Import {id: $id, source: $source, kind: $kind, state: 'OPEN', moment: $moment, "
    "digest: $digest, startedAt: $now, aliveAt: $now, endedAt: '', host: $host, process: $process, "
    "runner: $runner, beats: 0, progress: $progress})"
)
BEAT: LiteralString = (
    "MATCH (i:Import {id: $id}) WHERE i.state = 'OPEN' AND i.runner = $runner AND i.beats = $beats "
    "SET i.beats = $beats + 1, i.aliveAt = $now, i.progress = $progress RETURN i.id AS id"
)
TAKE: LiteralString = (
    "MATCH (i:Import {id: $id}) WHERE i.state = 'OPEN' AND i.runner = $before "
    "SET i.runner = $runner, i.host = $host, i.process = $process, i.aliveAt = $now "
    "RETURN properties(i) AS import"
)
END: LiteralString = (
    "MATCH (i:Import {id: $id}) WHERE i.state = 'OPEN' AND i.runner = $runner "
    "SET i.state = $state, i.endedAt = $now, i.progress = $progress, i.fingerprint = $fingerprint "
    "RETURN i.id AS id"
)
RELEASE: LiteralString = (
    "MATCH (i:Import {id: $id}) WHERE i.state = 'OPEN' AND i.runner = $runner "
    "SET i.aliveAt = '' RETURN i.id AS id"
)
PUBLISH: LiteralString = (
    "MATCH (h:Hub {name: 'hub'}) SET h.published = $published, h.fingerprint = $fingerprint "
    "RETURN h.published AS published"
)


class Kind(Enum):
    """IMPORT adds one source's knowledge; RESTORE fills an empty graph from an export."""

    IMPORT = "IMPORT"
    RESTORE = "RESTORE"


class State(Enum):
    """Where an import stands; readers see only what is PUBLISHED."""

    OPEN = "OPEN"
    PUBLISHED = "PUBLISHED"
    DISCARDED = "DISCARDED"


class Import(Value, frozen=True):
    """One import. ``moment`` is the recorded time of all it writes; ``progress`` is JSON (see ``tally``)."""

    id: str
    source: str
    kind: Kind
    state: State
    moment: str
    digest: str
    started_at: str
    alive_at: str
    ended_at: str
    host: str
    process: int
    runner: str
    beats: int
    progress: str
    fingerprint: str = ""

    def alive(self, at: datetime) -> bool:
        """Tell whether someone still works on it: heard of lately, and not a dead process of this host."""
        recent = stamp(at - SILENCE) < self.alive_at
        return recent and (self.host != socket.gethostname() or _running(self.process))


class ImportRefused(Exception):
    """An import cannot begin, go on, or end; ``code`` is stable, the text says what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _import(row: Row) -> Import:
    return msgspec.convert(row["import"], Import)


async def published(store: Store) -> str:
    """Return the moment of the last published import, or an empty text."""
    rows = await store.read(PUBLISHED)
    return (rows[0]["published"] or "") if rows else ""


async def open_import(store: Store) -> Import | None:
    """Return the import that is neither published nor discarded, if there is one."""
    rows = await store.read(OPEN)
    return _import(rows[0]) if rows else None


async def listed(store: Store, most: int = 50) -> list[Import]:
    """Return the latest imports, newest first."""
    return [_import(row) for row in await store.read(ALL, most=most)]


def _identity() -> Row:
    return {"host": socket.gethostname(), "process": os.getpid(), "runner": uuid.uuid4().hex}


def _now() -> datetime:
    return datetime.now(UTC)


def later(than: str) -> str:
    """Return the present moment, or the next one after ``than`` if the clock is behind it."""
    now = stamp(_now())
    if now > than:
        return now
    return stamp(datetime.fromisoformat(than) + timedelta(microseconds=1))


async def begin(store: Store, source: str, kind: Kind, digest: str, progress: str, expected: str) -> Import:
    """Open a new import; ``expected`` is the ``published`` all was compared with so far."""
    id_ = uuid.uuid4().hex[:12]
    facts = {"id": id_, "source": source, "kind": kind.value, "digest": digest, "progress": progress}
    try:
        async with store.transaction() as tx:
            seen = (await tx.run(TOUCH, id=id_))[0]["published"] or ""
            await _refuse_second(tx)
            if seen != expected:
                raise ImportRefused("GRAPH_MOVED", "another import was published meanwhile: import again")
            await tx.run(CREATE, moment=later(seen), now=stamp(_now()), **_identity(), **facts)
    except GraphBusy as busy:
        raise ImportRefused("IMPORT_RUNNING", "another import begins at this moment: wait for it") from busy
    return _theirs(await open_import(store), id_)


def _theirs(found: Import | None, id_: str) -> Import:
    if found is None or found.id != id_:
        raise lost()
    return found


async def _refuse_second(tx: Transaction) -> None:
    rows = await tx.run(OPEN)
    if rows:
        raise running(_import(rows[0]))


def running(other: Import) -> ImportRefused:
    """Return the refusal of a second import beside ``other``."""
    what = f"import {other.id} of source {other.source!r}, begun {other.started_at}"
    if other.alive(_now()):
        return ImportRefused("IMPORT_RUNNING", f"{what}, is still running: wait for it")
    text = f"{what}, was interrupted: give the same bundle again to resume it, or discard it"
    return ImportRefused("IMPORT_INTERRUPTED", text)


def lost() -> ImportRefused:
    """Return the refusal of a runner that another one has replaced."""
    return ImportRefused("IMPORT_LOST", "this import was taken over, published or discarded by someone else")


async def take(store: Store, dead: Import) -> Import:
    """Take over an import whose runner died; refused while it lives."""
    if dead.alive(_now()):
        raise running(dead)
    rows = await store.write(TAKE, id=dead.id, before=dead.runner, now=stamp(_now()), **_identity())
    if not rows:
        raise lost()
    return _import(rows[0])


async def beat(tx: Transaction, run: Import, progress: str) -> Import:
    """Note progress in the batch's own transaction; refused if somebody else has taken over."""
    now = stamp(_now())
    rows = await tx.run(BEAT, id=run.id, runner=run.runner, beats=run.beats, now=now, progress=progress)
    if not rows:
        raise lost()
    return msgspec.structs.replace(run, beats=run.beats + 1, alive_at=now, progress=progress)


async def release(store: Store, run: Import) -> None:
    """Say that nobody works on ``run`` any more, so that it may be resumed or discarded at once."""
    await store.write(RELEASE, id=run.id, runner=run.runner)


async def end(store: Store, run: Import, state: State, progress: str, seen: str = "") -> None:
    """Close an import; PUBLISHED makes everything up to ``seen`` (its moment by default) visible at once."""
    mark = await _fingerprint(store, seen or run.moment) if state is State.PUBLISHED else ""
    async with store.transaction() as tx:
        given = {"id": run.id, "runner": run.runner, "state": state.value, "progress": progress}
        given["fingerprint"] = mark
        if not await tx.run(END, now=stamp(_now()), **given):
            raise lost()
        if state is State.PUBLISHED:
            await tx.run(PUBLISH, published=seen or run.moment, fingerprint=mark)


async def _fingerprint(store: Store, known: str) -> str:
    """Give the fingerprint of what will be known, from that of the last publication where it is known."""
    rows = await store.read(PRINTED)
    if rows and rows[0]["fingerprint"]:
        return await fingerprint(store, known, rows[0]["fingerprint"], rows[0]["published"])
    return await fingerprint(store, known)
