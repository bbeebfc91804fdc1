"""Flights: questions on their way. Equal ones are asked once; one nobody waits for any more is called off."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """One upstream call in its own task, and how many wait for it; ``ends`` on the dispatcher's clock."""

    def __init__(self, task: asyncio.Task[T], ends: float) -> None:
        self.task = task
        self.ends = ends
        self.waiting = 0

    def leave(self) -> None:
        """Wait no longer; the last one to leave calls it off."""
        self.waiting -= 1
        if self.waiting <= 0 and not self.task.done():
            self.task.cancel()


class Flights(Generic[T]):
    """The flights now in the air, by what they ask. A key holds the access scope, so scopes never merge."""

    def __init__(self) -> None:
        self._air: dict[Hashable, Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._air)

    def join(self, key: Hashable, enough: float) -> Flight[T] | None:
        """Join the flight that asks this, if it goes on at least until ``enough``."""
        flight = self._air.get(key)
        if flight is None or flight.ends < enough or flight.task.cancelling():
            return None
        flight.waiting += 1
        return flight

    def launch(self, keys: Iterable[Hashable], asking: Coroutine[Any, Any, T], ends: float) -> Flight[T]:
        """Start one task that answers all these keys."""
        flight = Flight(asyncio.get_running_loop().create_task(asking), ends)
        flight.waiting = 1
        taken = tuple(keys)
        self._air.update(dict.fromkeys(taken, flight))
        flight.task.add_done_callback(lambda _: self._land(taken, flight))
        return flight

    def _land(self, keys: tuple[Hashable, ...], flight: Flight[T]) -> None:
        for key in keys:
            if self._air.get(key) is flight:
                del self._air[key]
