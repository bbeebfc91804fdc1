"""Scenes: the states a source can be put into, so that a connector's conduct can be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

from msgspec import Struct

from connectors.call import Call
from connectors.contract import Manifest, Settings
from connectors.errors import SourceError, SourceUnavailable
from connectors.policy import Policy
from connectors.reading import read
from connectors.records import LearnerKey, Record
from connectors.rig import Play, hang, json
from connectors.session import Session
from connectors.sifting import sift
from connectors.source import Source, fitting
from connectors.transport import Answer, Limits, Request

_CAP = 100_000


class Scene(StrEnum):
    """How the source is. The first seven the rig can stage by itself for a connector that speaks HTTP."""

    HEALTHY = "HEALTHY"
    UNREACHABLE = "UNREACHABLE"
    REFUSED = "REFUSED"
    GARBLED = "GARBLED"
    CUT_SHORT = "CUT_SHORT"
    HANGING = "HANGING"
    HUGE = "HUGE"
    FOREIGN = "FOREIGN"
    SHUFFLED = "SHUFFLED"
    ENDLESS = "ENDLESS"
    DAMAGED = "DAMAGED"
    SHRUNK = "SHRUNK"
    OLD = "OLD"


class Stage(Struct, frozen=True):
    """A source in one scene: settings for a connector that reads files, a play for one that speaks HTTP.

    ``working`` tells whether the source is at work for a question just now, where the rig cannot see its
    traffic: a database asked for its running statements.
    """

    settings: Settings
    play: Play | None = None
    working: Callable[[], Awaitable[bool]] | None = None


class Subject(Struct, frozen=True):
    """The connector under test, and how its source is staged.

    ``stage`` gives a scene's stage, or None where it has none; HEALTHY must be there. Scenes of HTTP faults
    are staged by the rig where HEALTHY has a play. ``excused`` says why a clause does not apply. ``source``
    is the declared source whose settings are staged: the standing is then that source's alone.
    """

    manifest: Manifest
    stage: Callable[[Scene], Stage | None]
    excused: Mapping[str, str] = {}
    source: Source | None = None


class Sample(Struct, frozen=True):
    """What the healthy source knows.

    ``known`` and ``other`` have records, ``unknown`` has none; ``resit`` did something at least twice.
    ``hidden`` are the secrets and personal data that must never be shown, as text.
    """

    known: LearnerKey
    other: LearnerKey
    unknown: LearnerKey
    hidden: tuple[str, ...]
    resit: LearnerKey | None = None


class Untested(Exception):
    """The scene could not be staged."""


class Opened:
    """A connector open on one stage, and what it sent."""

    def __init__(self, connector: Any, wire: Wire, batch: int, stage: Stage) -> None:
        self.connector = connector
        self.wire = wire
        self.batch = batch
        self.working = stage.working
        self.call = Call(seconds=10, requests=50)

    async def raw(self, *learners: LearnerKey) -> dict[LearnerKey, tuple[Record, ...]]:
        """Ask in batches the connector takes; give what it gave, and raise an error about one learner."""
        found: dict[LearnerKey, tuple[Record, ...]] = {}
        for part in self._batches(learners):
            given = await self.connector.results(part, self.call)
            found |= {key: _records(told) for key, told in given.items()}
        return found

    async def ask(self, *learners: LearnerKey) -> dict[LearnerKey, tuple[Record, ...]]:
        """Ask as the hub does: what belongs to nobody asked about is dropped and remarked."""
        found: dict[LearnerKey, tuple[Record, ...]] = {}
        for part in self._batches(learners):
            sifted = sift(part, await self.connector.results(part, self.call), self.call)
            found |= {key: _records(told) for key, told in sifted.items()}
        return found

    def _batches(self, learners: Sequence[LearnerKey]) -> Iterator[Sequence[LearnerKey]]:
        for first in range(0, len(learners), self.batch):
            yield learners[first : first + self.batch]


def _records(told: Sequence[Record] | SourceError) -> tuple[Record, ...]:
    if isinstance(told, SourceError):
        raise told
    return tuple(told)


class Wire:
    """The rig's transport: plays the scene, and counts requests, bytes and what was cut off."""

    def __init__(self, play: Play | None, huge: bool = False) -> None:
        self._play = play
        self._huge = huge
        self.requests = 0
        self.bytes = 0
        self.cancelled = 0
        self.begun = asyncio.Event()

    async def send(self, request: Request, limits: Limits) -> Answer:
        """Play one answer."""
        self.requests += 1
        self.begun.set()
        try:
            if self._huge:
                return json(await read(self._endless(), "", limits.max_bytes))
            return await self._played(request)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def close(self) -> None:
        """Nothing is open."""

    async def _played(self, request: Request) -> Answer:
        if self._play is None:
            raise SourceUnavailable
        part = self._play(request)
        told = part if isinstance(part, Answer | SourceError) else await part
        if isinstance(told, SourceError):
            raise told
        return told

    async def _endless(self) -> AsyncIterator[bytes]:
        while True:
            self.bytes += 1000
            yield b"[" * 1000


@asynccontextmanager
async def staged(subject: Subject, scene: Scene) -> AsyncIterator[Opened]:
    """Open the connector on a scene; ``Untested`` where it cannot be staged."""
    stage, wire = _set(subject, scene)
    policy = Policy(tries=1, max_bytes=_CAP)
    session = Session(wire, policy, jitter=lambda: 0.0)
    offers = subject.manifest.offered(stage.settings)
    async with subject.manifest.opens(stage.settings, session) as connector:
        yield Opened(fitting(connector, offers), wire, max(1, offers.batch), stage)


def _set(subject: Subject, scene: Scene) -> tuple[Stage, Wire]:
    stage = subject.stage(scene)
    if stage is not None:
        return stage, Wire(stage.play)
    healthy = subject.stage(Scene.HEALTHY)
    if healthy is None or healthy.play is None or scene not in _FAULTS:
        raise Untested(f"{scene.value} was not staged")
    return healthy, Wire(_FAULTS[scene](healthy.play), scene is Scene.HUGE)


def _cut(play: Play) -> Play:
    """Play the healthy source, but lose the second half of every answer."""

    async def short(request: Request) -> Answer | SourceError:
        part = play(request)
        told = part if isinstance(part, Answer | SourceError) else await part
        if isinstance(told, SourceError):
            return told
        return Answer(status=told.status, headers=told.headers, body=told.body[: len(told.body) // 2])

    return short


_FAULTS: Mapping[Scene, Callable[[Play], Play]] = {
    Scene.UNREACHABLE: lambda _: lambda _: SourceUnavailable(),
    Scene.REFUSED: lambda _: lambda _: json("no", 401),
    Scene.GARBLED: lambda _: lambda _: json("<html><title>Welcome</title>"),
    Scene.CUT_SHORT: _cut,
    Scene.HANGING: lambda _: hang,
    Scene.HUGE: lambda play: play,
}
