"""A small alliance for the tests: learners, records, and sources played by functions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.call import Call
from connectors.consent import GrantBook, Granted
from connectors.contract import Manifest, Offers, Settings, Verb
from connectors.dispatch import Dispatch
from connectors.linkage import LinkBook
from connectors.policy import Policy
from connectors.question import Question
from connectors.records import Completion, Credit, Identifier, LearnerKey, Link, Record, Text
from connectors.rig import HandClock
from connectors.roster import Declared, Roster
from connectors.source import Source

Put = Callable[[Sequence[LearnerKey], Call], Awaitable[Mapping[LearnerKey, Sequence[Record]]]]

ANA = LearnerKey(scheme="hub", code="ana-110105199003074512")
BAO = LearnerKey(scheme="hub", code="bao-secret-name")
CEN = LearnerKey(scheme="hub", code="cen")


def record(learner: LearnerKey, code: str = "CS101", **fields: Any) -> Record:
    day = date(2024, 6, 30)
    given = {
        "id": f"r-{code}",
        "learner": learner,
        "outcome": Identifier(scheme="course", code=code),
        "title": Text(zh="数据结构"),
        "issuer": Identifier(scheme="uscc", code="1210"),
        "earned": Credit(amount=Decimal("3.5"), scheme="cn"),
        "completion": Completion(first=day, last=day),
    }
    return Record(**(given | fields))


class Played:
    """A connector whose answer a function gives; it remembers whom it was asked about."""

    def __init__(self, put: Put) -> None:
        self._put = put
        self.asked: list[tuple[LearnerKey, ...]] = []

    async def results(self, learners, call):
        self.asked.append(tuple(learners))
        return await self._put(learners, call)


async def two_each(learners, call):
    return {key: [record(key, "CS101"), record(key, "CS102")] for key in learners}


def source(code: str, put: Put = two_each, *, batch: int = 100, policy: Policy | None = None, verbs=None):
    """Make a source and the connector inside it."""
    connector = Played(put)

    @asynccontextmanager
    async def opens(settings: Settings, http: Any) -> AsyncIterator[Played]:
        yield connector

    manifest = Manifest(
        name=f"played-{code}",
        version="1",
        settings=Settings,
        offers=Offers(verbs=frozenset(verbs or {Verb.RESULTS}), batch=batch),
        opens=opens,
    )
    made = Source(
        code=code,
        member=f"member-of-{code}",
        manifest=manifest,
        settings=Settings(),
        offers=manifest.offers,
        policy=policy or Policy(),
    )
    return made, connector


def everywhere(*codes: str, learners: Sequence[LearnerKey] = (ANA, BAO, CEN)) -> LinkBook:
    """Link every learner to every source, under one and the same key."""
    return LinkBook({each: [Link(source=code, key=each) for code in codes] for each in learners})


def consenting(*codes: str, learners: Sequence[LearnerKey] = (ANA, BAO, CEN)) -> GrantBook:
    return GrantBook(
        [Granted(grant="g", learner=each, purpose="recognition", sources=codes) for each in learners]
    )


def question(*learners: LearnerKey, **fields: Any) -> Question:
    given = {"scope": "p1", "purpose": "recognition", "basis": "consent", "grant": "g"}
    return Question(learners=learners or (ANA,), **(given | fields))


@asynccontextmanager
async def dispatching(*sources: Source, clock=None, links=None, consent=None) -> AsyncIterator[Dispatch]:
    codes = [each.code for each in sources]
    async with Roster(Declared(*sources), clock or HandClock()) as roster:
        yield Dispatch(roster, links or everywhere(*codes), consent or consenting(*codes))
