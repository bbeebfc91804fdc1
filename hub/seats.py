"""Seats: how many long connections are open at once, over all transports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from schema.errors import Refusal


class Seats:
    """A number of seats; who finds none hears so at once."""

    def __init__(self, count: int) -> None:
        self.free = count

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a seat; raise `Refusal` OVERLOADED when there is none."""
        if self.free <= 0:
            raise Refusal("OVERLOADED")
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1
