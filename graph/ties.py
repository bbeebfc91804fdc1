"""Ties 记录关联: which of a source's identifiers means which outcome; proposed, confirmed and retracted.

A tie is about codes, never about a person. Nothing is overwritten: each change closes what stood before, so
that a tie is read as it was known at any moment.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, LiteralString, NamedTuple
from weakref import WeakKeyDictionary

from graph.errors import GraphBusy, GraphError
from graph.model.values import Key, Value
from graph.moment import FOREVER, stamp, unstamp
from graph.store import Store, Transaction, now

MOST: Final = 500
"""Identifiers looked up, and ties listed, in one statement."""


TRIES: Final = 10
PAUSE: Final = 0.05
"""How often a change is tried against others of the same ties, and seconds between two tries, growing."""


_TURNS: Final[WeakKeyDictionary[Store, asyncio.Lock]] = WeakKeyDictionary()
"""One change at a time in this process: the embedded engine takes its own transactions for strangers'."""


class TieState(Enum):
    """Where a tie stands."""

    PROPOSED = "PROPOSED"
    CONFIRMED = "CONFIRMED"
    RETRACTED = "RETRACTED"


class TieEntry(Value, frozen=True):
    """One state of a tie: set by whom, recorded when, and until when it stood."""

    state: TieState
    by: str
    recorded_at: datetime
    retracted_at: datetime | None = None


class Tie(Value, frozen=True):
    """What a source's ``identifier`` (``scheme:edition:code``) was said to mean, oldest entry first."""

    source: str
    identifier: Key
    outcome: Key
    history: tuple[TieEntry, ...]

    @property
    def state(self) -> TieState:
        """Where it stands at the moment asked."""
        return self.history[-1].state

    @property
    def by(self) -> str:
        """Who set its state."""
        return self.history[-1].by

    @property
    def recorded_at(self) -> datetime:
        """When its state was recorded."""
        return self.history[-1].recorded_at

    @property
    def key(self) -> str:
        """Its place in the order of ties."""
        return _key(Wanted(self.source, self.identifier, self.outcome))


class Wanted(NamedTuple):
    """The two ends of a tie."""

    source: str
    identifier: Key
    outcome: Key


class Place(NamedTuple):
    """An identifier as one source gives it."""

    source: str
    identifier: Key


class Change(NamedTuple):
    """A tie, and the state it is to have."""

    wanted: Wanted
    state: TieState


class TiesRefused(Exception):
    """Changes that must not be made: places in the list given, each with why, in one word."""

    def __init__(self, refused: Sequence[tuple[int, str]]) -> None:
        super().__init__(f"{len(refused)} changes")
        self.refused = refused


_ENTRIES: Final = (
    "WITH t MATCH (t)-[:VERSION]->(v:TieVersion) WHERE v.recordedAt <= $known "
    "RETURN t.source AS source, t.identifier AS identifier, t.outcome AS outcome, "
    "v.state AS state, v.by AS by, v.recordedAt AS recorded, v.retractedAt AS retracted "
    "ORDER BY t.key, v.recordedAt"
)
_FIND: Final = f"UNWIND $places AS place MATCH (t:Tie {{place: place}}) {_ENTRIES}"
_LIST: Final = (
    "MATCH (t:Tie) WHERE t.key > $after AND t.firstAt <= $known AND ($source IS NULL OR t.source = $source) "
    f"WITH t ORDER BY t.key LIMIT $first {_ENTRIES}"
)
_ONES: Final = f"UNWIND $keys AS key MATCH (t:Tie {{key: key}}) {_ENTRIES}"
_HOLD: Final = (
    "UNWIND $rows AS row MERGE (t:Tie {key: row.key}) ON CREATE SET t.source = row.source, "
    "t.identifier = row.identifier, t.outcome = row.outcome, t.place = row.place, t.firstAt = $at "
    "SET t.touched = $at"
)
_CLOSE: Final = (
    "UNWIND $rows AS row MATCH (t:Tie {key: row.key})-[:VERSION]->(v:TieVersion) "
    "WHERE v.retractedAt = $forever SET v.retractedAt = $at"
)
_ADD: Final = (
    "UNWIND $rows AS row MATCH (t:Tie {key: row.key}) CREATE (t)-[:VERSION]->"
    "(:TieVersion {state: row.state, by: $by, recordedAt: $at, retractedAt: $forever})"
)
_COUNT: Final = "MERGE (h:Hub {name: 'ties'}) SET h.changes = coalesce(h.changes, 0) + 1"
_CHANGES: Final = "MATCH (h:Hub {name: 'ties'}) RETURN h.changes AS changes"


async def changes(store: Store) -> int:
    """Count the changes there have been: while the number stands, so does every tie."""
    rows = await store.read(_CHANGES)
    return int(rows[0]["changes"]) if rows else 0


async def find(store: Store, places: Sequence[Place], known: str) -> Mapping[Place, tuple[Tie, ...]]:
    """Give the ties of identifiers as known at a moment (as ``stamp`` writes it), in order of outcomes."""
    found: dict[Place, list[Tie]] = {place: [] for place in places}
    for start in range(0, len(places), MOST):
        some = [_place(place) for place in places[start : start + MOST]]
        for tie in _ties(await store.read(_FIND, places=some, known=known), known):
            found[Place(tie.source, tie.identifier)].append(tie)
    return {place: tuple(ties) for place, ties in found.items()}


async def listed(store: Store, known: str, source: str | None, first: int, after: str) -> tuple[Tie, ...]:
    """List ties in order of source, identifier and outcome, those after a tie's ``key``."""
    rows = await store.read(_LIST, known=known, source=source, first=min(first, MOST + 1), after=after)
    return _ties(rows, known)


async def change(
    store: Store, changes: Sequence[Change], by: str, *, four_eyes: bool, within: float | None = None
) -> tuple[Tie, ...]:
    """Bring ties to their states, all or none, and give those that moved; no tie is named twice.

    With ``four_eyes`` only what somebody proposed is confirmed, and by somebody else; `TiesRefused` says
    where that is not so. Another's change of the same ties is waited out.
    """
    async with _TURNS.setdefault(store, asyncio.Lock()):
        for attempt in range(1, TRIES):
            try:
                return await _changed(store, changes, by, four_eyes, within)
            except GraphBusy:
                await asyncio.sleep(random.random() * PAUSE * attempt)  # noqa: S311 - only spreads them
        return await _changed(store, changes, by, four_eyes, within)


async def _changed(
    store: Store, changes: Sequence[Change], by: str, four_eyes: bool, within: float | None
) -> tuple[Tie, ...]:
    async with store.transaction(within) as transaction:
        at = now()
        await _each(transaction, _HOLD, [_ends(one.wanted) for one in changes], at=stamp(at))  # locks them
        stood = await _histories(transaction, changes)
        moving = _moving(changes, stood, by, four_eyes)
        last = max((history[-1].recorded_at for history in stood.values()), default=at)
        at = max(at, last + timedelta(microseconds=1)) if stood else at
        rows = [_ends(one.wanted) | {"state": one.state.value} for one in moving]
        await _each(transaction, _CLOSE, rows, at=stamp(at), forever=FOREVER)
        await _each(transaction, _ADD, rows, at=stamp(at), forever=FOREVER, by=by)
        if moving:
            await transaction.run(_COUNT)
        told = await _histories(transaction, moving)
        return tuple(_tie(one.wanted, told[one.wanted]) for one in moving)


async def _each(
    transaction: Transaction, query: LiteralString, rows: Sequence[Mapping[str, str]], **params: Any
) -> None:
    for start in range(0, len(rows), MOST):
        await transaction.run(query, rows=rows[start : start + MOST], **params)


async def _histories(
    transaction: Transaction, changes: Sequence[Change]
) -> dict[Wanted, tuple[TieEntry, ...]]:
    found: dict[Wanted, tuple[TieEntry, ...]] = {}
    keys = [_key(one.wanted) for one in changes]
    for start in range(0, len(keys), MOST):
        rows = await transaction.run(_ONES, keys=keys[start : start + MOST], known=FOREVER)
        for tie in _ties(rows, FOREVER):
            found[Wanted(tie.source, tie.identifier, tie.outcome)] = tie.history
    return found


def _moving(
    changes: Sequence[Change], stood: Mapping[Wanted, Sequence[TieEntry]], by: str, four_eyes: bool
) -> list[Change]:
    """Give the changes that change anything; `TiesRefused` where some must not be made."""
    refused = [
        (place, code)
        for place, one in enumerate(changes)
        if four_eyes and (code := _refusal(stood.get(one.wanted, ()), one.state, by))
    ]
    if refused:
        raise TiesRefused(refused)
    return [one for one in changes if _moves(stood.get(one.wanted, ()), one.state)]


def _moves(history: Sequence[TieEntry], state: TieState) -> bool:
    """Tell whether a tie moves to a state; one that is confirmed need not be proposed."""
    stands = history[-1].state if history else None
    return stands is not state and not (state is TieState.PROPOSED and stands is TieState.CONFIRMED)


def _refusal(history: Sequence[TieEntry], state: TieState, by: str) -> str | None:
    """Say why a tie must not be confirmed by this one."""
    stands = history[-1].state if history else None
    if state is not TieState.CONFIRMED or stands is TieState.CONFIRMED:
        return None
    if stands is not TieState.PROPOSED:
        return "TIE_NOT_PROPOSED"
    return "TIE_OWN_PROPOSAL" if history[-1].by == by else None


def _tie(wanted: Wanted, history: tuple[TieEntry, ...]) -> Tie:
    if not history:
        raise GraphError("a tie without a history")
    return Tie(source=wanted.source, identifier=wanted.identifier, outcome=wanted.outcome, history=history)


def _ties(rows: Iterable[Mapping[str, Any]], known: str) -> tuple[Tie, ...]:
    histories: dict[Wanted, list[TieEntry]] = {}
    for row in rows:
        ends = Wanted(row["source"], Key(row["identifier"]), Key(row["outcome"]))
        histories.setdefault(ends, []).append(_entry(row, known))
    return tuple(_tie(ends, tuple(history)) for ends, history in histories.items())


def _entry(row: Mapping[str, Any], known: str) -> TieEntry:
    """Read an entry as it was known: one closed later still stood."""
    closed = row["retracted"] <= known and row["retracted"] != FOREVER
    return TieEntry(
        state=TieState(row["state"]),
        by=row["by"],
        recorded_at=unstamp(row["recorded"]),
        retracted_at=unstamp(row["retracted"]) if closed else None,
    )


def _ends(wanted: Wanted) -> dict[str, str]:
    place = _place(Place(wanted.source, wanted.identifier))
    return {"key": _key(wanted), "place": place, **wanted._asdict()}


def _place(place: Place) -> str:
    return f"{place.source}|{place.identifier}"


def _key(wanted: Wanted) -> str:
    return f"{_place(Place(wanted.source, wanted.identifier))}|{wanted.outcome}"
