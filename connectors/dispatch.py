"""Dispatch: asks many sources at once and tells, for each, what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from connectors.asking import Trip, answered, failed
from connectors.call import Call
from connectors.consent import Consent
from connectors.contract import Verb
from connectors.flights import Flights
from connectors.kept import Kept
from connectors.linkage import Linkage
from connectors.notices import NoticeCode, Status
from connectors.offered import CatalogueChanges, Offering
from connectors.permits import Permits, permits
from connectors.question import Asking, Question
from connectors.records import Certificate, Health, LearnerKey, Record
from connectors.replies import Holdings, Reply, covered, linked, silent, stripped
from connectors.roster import Roster
from connectors.sifting import Sifted
from connectors.standby import OpenSource, Outcome

_FIRST = 0.4
"""The share of a question's time that links and consent may take, each."""

_Replies = Mapping[tuple[str, LearnerKey], Reply[Record]]


class Dispatch:
    """Asks the sources of a roster, under each one's policy; never raises for what a source does.

    ``linkage`` says which sources know a learner, ``consent`` whether they may be asked; where either
    cannot be had, nobody is asked.
    """

    def __init__(self, roster: Roster, linkage: Linkage, consent: Consent) -> None:
        self._roster = roster
        self._linkage = linkage
        self._consent = consent
        self._clock = roster.clock
        self._flights: Flights[Outcome[Sifted]] = Flights()
        self._kept: Kept[Reply[Record]] = Kept(roster.clock)

    async def results(self, question: Question) -> tuple[Holdings, ...]:
        """Give what the linked sources hold of each learner, in the order the learners were named."""
        ends = self._clock.now() + question.within
        asked = replace(question, learners=tuple(dict.fromkeys(question.learners)))
        sources = [each.source for each in self._roster.open]
        offering = {each.code: each.schemes for each in sources if each.offer(Verb.RESULTS)}
        allowed = await permits(asked, offering, self._linkage, self._consent, question.within * _FIRST)
        replies = await self._replies(asked, allowed, ends)
        return tuple(self._holdings(asked, learner, allowed, replies) for learner in asked.learners)

    async def catalogue(self, code: str, since: str | None, asking: Asking) -> Reply[CatalogueChanges]:
        """Ask one source for its catalogue, whole or since a cursor; the reply holds one value."""

        async def put(connector: Any, call: Call) -> tuple[CatalogueChanges, ...]:
            return (await connector.catalogue(since, call),)

        return await self._single(code, Verb.CATALOGUE, put, asking)

    async def certificate(
        self, number: str, name: str, issuer: str, asking: Asking
    ) -> tuple[Reply[Certificate], ...]:
        """Ask the sources that speak for ``issuer`` (``scheme:edition:code``) about one certificate."""

        async def put(connector: Any, call: Call) -> tuple[Certificate, ...]:
            found = await connector.certificate(number, name, call)
            return (found,) if found is not None else ()

        speaking = [each.code for each in self._roster.declared if issuer in each.issuers]
        return await self._each(speaking, Verb.CERTIFICATE, put, asking)

    async def offerings(self, term: str | None, asking: Asking) -> tuple[Reply[Offering], ...]:
        """Ask every source that offers it for the courses open to learners of other members."""

        async def put(connector: Any, call: Call) -> tuple[Offering, ...]:
            return tuple(await connector.offerings(term, call))

        offering = [each.code for each in self._roster.declared if each.offer(Verb.OFFERINGS)]
        return await self._each(offering, Verb.OFFERINGS, put, asking)

    async def health(self, code: str, asking: Asking) -> Reply[Health]:
        """Ask one source how it is."""

        async def put(connector: Any, call: Call) -> tuple[Health, ...]:
            return (await connector.health(call),)

        return await self._single(code, Verb.HEALTH, put, asking)

    async def _replies(self, question: Question, allowed: Permits, ends: float) -> _Replies:
        keys: dict[str, list[LearnerKey]] = {}
        trips: dict[str, Trip] = {}
        for each in self._roster.open:
            code = each.source.code
            found = [allowed.key(learner, code) for learner in question.learners]
            keys[code] = [key for key in found if key is not None]
            if keys[code] and each.source.offer(Verb.RESULTS):
                trips[code] = Trip(each, question, self._flights, self._kept, ends)
        return await _travelled(trips, keys, ends - self._clock.now())

    def _holdings(
        self, question: Question, learner: LearnerKey, allowed: Permits, asked: _Replies
    ) -> Holdings:
        replies = [self._reply(learner, code, allowed, asked) for code in self._codes(learner, allowed)]
        demanded = linked(replies) if question.complete else question.named
        coverage = covered(replies, demanded)
        return Holdings(learner, stripped(replies) if coverage.refused else tuple(replies), coverage)

    def _codes(self, learner: LearnerKey, allowed: Permits) -> list[str]:
        return sorted({each.source.code for each in self._roster.open} | set(allowed.sources(learner)))

    def _reply(self, learner: LearnerKey, code: str, allowed: Permits, asked: _Replies) -> Reply[Record]:
        source = self._roster.find(code)
        if source is None:
            return self._away(code)
        if not source.source.offer(Verb.RESULTS):
            return silent(code, source.source.member, NoticeCode.NOT_OFFERED, Status.NOT_OFFERED)
        refusal = allowed.refusal(learner, code)
        if refusal is not None:
            return silent(code, source.source.member, refusal[1], refusal[0])
        key = allowed.key(learner, code)
        found = asked.get((code, key)) if key is not None else None
        return found or silent(code, source.source.member, NoticeCode.OPENING, Status.SILENT)

    async def _single(
        self,
        code: str,
        verb: Verb,
        put: Callable[[Any, Call], Awaitable[tuple[Any, ...]]],
        asking: Asking,
    ) -> Reply[Any]:
        return (await self._each([code], verb, put, asking))[0]

    async def _each(
        self,
        codes: Iterable[str],
        verb: Verb,
        put: Callable[[Any, Call], Awaitable[tuple[Any, ...]]],
        asking: Asking,
    ) -> tuple[Reply[Any], ...]:
        """Ask all at once, one task each; one that is not open is told to be away."""

        async def ask(code: str) -> Reply[Any]:
            found = self._roster.find(code)
            return self._away(code) if found is None else await _put(found, verb, put, asking)

        return tuple(await asyncio.gather(*(ask(code) for code in codes)))

    def _away(self, code: str) -> Reply[Any]:
        known = self._roster.known.get(code)
        return silent(code, known.member if known else "", self._roster.absence(code), Status.SILENT)


async def _put(
    to: OpenSource, verb: Verb, put: Callable[[Any, Call], Awaitable[tuple[Any, ...]]], asking: Asking
) -> Reply[Any]:
    if not to.source.offer(verb):
        return silent(to.source.code, to.source.member, NoticeCode.NOT_OFFERED, Status.NOT_OFFERED)
    outcome = await to.ask(put, asking.within, asking.request_id)
    if outcome.error is not None:
        return failed(to, outcome, outcome.error)
    return answered(to, outcome, outcome.value or ())


async def _travelled(
    trips: Mapping[str, Trip], keys: Mapping[str, list[LearnerKey]], left: float
) -> _Replies:
    """Start every trip, wait for all of them until the time is up, and take what each came to by then."""
    try:
        for code, trip in trips.items():
            trip.start(keys[code])
        flying = {task for trip in trips.values() for task in trip.flying}
        if flying:
            await asyncio.wait(flying, timeout=max(0.0, left))
        return {(code, key): trip.reply(key) for code, trip in trips.items() for key in keys[code]}
    finally:
        for trip in trips.values():
            trip.leave()
