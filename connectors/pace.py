"""Pace: how many calls a second a source allows, and how many at once."""

from __future__ import annotations

import asyncio

from connectors.call import Call
from connectors.errors import QuestionSkipped
from connectors.policy import Policy


class Pace:
    """Spreads requests evenly over time."""

    def __init__(self, policy: Policy) -> None:
        self._step = 1 / policy.calls_per_second if policy.calls_per_second else 0.0
        self._next = 0.0

    async def wait(self, call: Call) -> None:
        """Wait for the next place; ``QuestionSkipped`` if it lies beyond the deadline."""
        if not self._step:
            return
        now = call.clock.now()
        turn = max(now, self._next)
        if turn >= call.ends:
            raise QuestionSkipped(retry_after=round(turn - now, 1))
        self._next = turn + self._step
        if turn > now:
            await call.clock.sleep(turn - now)


class Bulkhead:
    """Lets so many calls in at once and so many wait; a slow source holds nobody else's places."""

    def __init__(self, policy: Policy) -> None:
        self._places = asyncio.Semaphore(policy.concurrent)
        self._may_wait = policy.waiting
        self._waiting = 0

    async def __aenter__(self) -> None:
        """Take a place; ``QuestionSkipped`` if too many wait already."""
        if self._places.locked() and self._waiting >= self._may_wait:
            raise QuestionSkipped
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self._places.release()
