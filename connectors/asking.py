"""Asking one source about learners: batched by key, equal questions in flight asked once, answers kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from connectors.call import Call
from connectors.contract import Verb
from connectors.errors import SourceError, SourceUnavailable
from connectors.flights import Flight, Flights
from connectors.kept import Kept
from connectors.notices import Notice, NoticeCode, Status, notice
from connectors.question import Question
from connectors.records import Freshness, LearnerKey, Record
from connectors.replies import Reply
from connectors.sifting import Sifted, sift
from connectors.standby import OpenSource, Outcome

_ENOUGH = 0.5

Seat = tuple[str, ...]
"""What makes two questions equal: source, scope, purpose, basis, grant and the learner's key there."""


class Trip:
    """The way of one question to one source: flights joined or launched, then replies by learner."""

    def __init__(
        self,
        to: OpenSource,
        question: Question,
        flights: Flights[Outcome[Sifted]],
        kept: Kept[Reply[Record]],
        ends: float,
    ) -> None:
        self._to = to
        self._question = question
        self._flights = flights
        self._kept = kept
        self._ends = ends
        self._on: dict[LearnerKey, Flight[Outcome[Sifted]]] = {}
        self._ready: dict[LearnerKey, Reply[Record]] = {}

    def start(self, keys: Iterable[LearnerKey]) -> None:
        """Send what must be sent: nothing kept, nothing in the air already, whole batches."""
        wanted = [each for each in dict.fromkeys(keys) if not self._kept_or_joined(each)]
        size = max(1, self._to.source.offers.batch)
        for first in range(0, len(wanted), size):
            self._launch(tuple(wanted[first : first + size]))

    @property
    def flying(self) -> Iterable[asyncio.Task[Outcome[Sifted]]]:
        """The tasks to wait for; one that is cancelled while it waits for them cancels none."""
        return (flight.task for flight in self._on.values())

    def leave(self) -> None:
        """Wait no longer."""
        for flight in self._on.values():
            flight.leave()

    def reply(self, key: LearnerKey) -> Reply[Record]:
        """Give the reply of a learner as things stand now: TIMED_OUT where no answer has come yet."""
        if key in self._ready:
            return self._ready[key]
        flight = self._on.get(key)
        if flight is not None and flight.task.done() and not flight.task.cancelled():
            return self._reply(key, flight.task.result())
        now = self._to.clock.moment()
        error = SourceUnavailable(NoticeCode.TIMED_OUT)
        return self._reply(key, Outcome(elapsed=self._question.within, fetched=now, error=error))

    def _kept_or_joined(self, key: LearnerKey) -> bool:
        seat = self._seat(key)
        kept = self._kept.get(seat, self._to.source.policy.keep)
        if kept is not None:
            self._ready[key] = kept
            return True
        now = self._to.clock.now()
        flight = self._flights.join(seat, now + (self._ends - now) * _ENOUGH)
        if flight is not None:
            self._on[key] = flight
        return flight is not None

    def _launch(self, keys: tuple[LearnerKey, ...]) -> None:
        left = self._ends - self._to.clock.now()

        async def put(connector: Any, call: Call) -> Sifted:
            return sift(keys, await connector.results(keys, call), call)

        asking = self._to.ask(put, left, self._question.request_id)
        ends = self._to.clock.now() + min(left, self._to.source.policy.deadline)
        flight = self._flights.launch([self._seat(each) for each in keys], asking, ends)
        flight.waiting = len(keys)
        self._on.update(dict.fromkeys(keys, flight))

    def _seat(self, key: LearnerKey) -> Seat:
        asked = self._question
        granted = asked.grant or ""
        told = (asked.scope, asked.purpose, asked.basis, granted, key.scheme, key.code)
        return (self._to.source.code, Verb.RESULTS.value, *told)

    def _reply(self, key: LearnerKey, outcome: Outcome[Sifted]) -> Reply[Record]:
        records = outcome.value[key] if outcome.value is not None else outcome.error
        if isinstance(records, SourceError):
            return self._failed(key, records, outcome)
        reply = answered(self._to, outcome, records or ())
        if self._to.source.policy.keep or self._to.source.policy.keep_stale:
            self._kept.put(self._seat(key), _cached(reply))
        return reply

    def _failed(self, key: LearnerKey, error: SourceError, outcome: Outcome[Any]) -> Reply[Record]:
        reply: Reply[Record] = failed(self._to, outcome, error)
        kept = self._kept.get(self._seat(key), self._to.source.policy.keep_stale)
        if kept is None or error.status is not Status.SILENT:
            return reply
        return _changed(kept, status=Status.STALE, notice=reply.notice, elapsed=reply.elapsed)


def answered(to: OpenSource, outcome: Outcome[Any], records: Sequence[Any]) -> Reply[Any]:
    """Make the reply of a source that answered; STALE where its data is older than declared."""
    remarks = list(outcome.remarks)
    status = Status.ANSWERED if records else Status.EMPTY
    if _old(to, outcome):
        status = Status.STALE
        remarks.insert(0, notice(NoticeCode.OUT_OF_DATE))
    return _told(to, outcome, status, tuple(remarks), tuple(records))


def failed(to: OpenSource, outcome: Outcome[Any], error: SourceError) -> Reply[Any]:
    """Make the reply of a source that did not answer."""
    said = notice(error.code, retry_after=error.retry_after)
    return _told(to, outcome, error.status, (said,))


def _told(
    to: OpenSource,
    outcome: Outcome[Any],
    status: Status,
    notices: tuple[Notice, ...],
    records: tuple[Any, ...] = (),
) -> Reply[Any]:
    return Reply(
        source=to.source.code,
        member=to.source.member,
        status=status,
        records=records,
        notice=notices[0] if notices else None,
        remarks=notices[1:],
        elapsed=outcome.elapsed,
        fetched=outcome.fetched,
        as_of=outcome.as_of,
        freshness=Freshness.STAGED if outcome.as_of else Freshness.LIVE,
    )


def _old(to: OpenSource, outcome: Outcome[Any]) -> bool:
    limit = to.source.policy.stale_after
    if limit is None or outcome.as_of is None:
        return False
    return (outcome.fetched - outcome.as_of).total_seconds() > limit


def _cached(reply: Reply[Record]) -> Reply[Record]:
    return _changed(reply, freshness=Freshness.CACHED, elapsed=0.0)


def _changed(reply: Reply[Record], **fields: Any) -> Reply[Record]:
    return replace(reply, **fields)
