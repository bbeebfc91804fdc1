"""The rig: a clock that is moved by hand and sources played by a script, for testing connectors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from connectors.errors import SourceError
from connectors.transport import Answer, Limits, Request

Part = Answer | SourceError
Play = Callable[[Request], "Part | Awaitable[Part]"]

_START = datetime(2026, 3, 2, 8, tzinfo=UTC)


class HandClock:
    """A clock that stands still; sleeping moves it on at once."""

    def __init__(self) -> None:
        self._now = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        """Return the seconds it shows."""
        return self._now

    def moment(self) -> datetime:
        """Return the time of day it shows."""
        return _START + timedelta(seconds=self._now - 1000.0)

    def move(self, seconds: float) -> None:
        """Move it on."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        """Move it on, and let others run."""
        self.slept.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)


class Played:
    """A transport on which a function plays the source; it remembers what was sent and what was cut off."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self.sent: list[Request] = []
        self.cancelled = 0
        self.closed = False

    async def send(self, request: Request, limits: Limits) -> Answer:
        """Play one answer or error."""
        self.sent.append(request)
        try:
            part = self._play(request)
            told = part if isinstance(part, Answer | SourceError) else await part
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(told, SourceError):
            raise told
        return told

    async def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


def script(*parts: Part) -> Play:
    """Play these parts one after the other, the last one for ever."""
    left = list(parts)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def hang(request: Request) -> Part:
    """Play a source that never answers."""
    await asyncio.Event().wait()
    raise AssertionError


def json(body: bytes | str, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Make an answer with a JSON body."""
    spelled = body if isinstance(body, bytes) else body.encode()
    return Answer(status=status, headers={"content-type": "application/json", **dict(headers)}, body=spelled)
