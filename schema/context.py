"""What one request carries to its resolvers: who asks, until when, and the loaders that batch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. Everyone is anonymous until viewers are found."""

    name: str | None = None


ANONYMOUS: Final = Viewer()


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment, on the monotonic clock, by which the answer must have left."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Set a deadline so many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.at - time.monotonic())


@dataclass(slots=True, kw_only=True)
class Context:
    """One request's own: made by the app, read by resolvers as `info.context`, gone with the answer."""

    request_id: str
    deadline: Deadline
    viewer: Viewer = ANONYMOUS
    loaders: Any = field(default=None)  # the schema's own, made anew for each request
    changes: Any = field(default=None)  # a `schema.changes.Changes`, one for all requests
