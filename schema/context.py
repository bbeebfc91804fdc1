"""What one request carries to its resolvers: who asks, until when, and the loaders that batch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from schema.permissions import EVERYONE, Access


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, and what they `may`. Everyone is anonymous until viewers are found.

    `scope` keeps apart what different principals may see: nothing is merged or kept across scopes.
    """

    name: str | None = None
    may: frozenset[Access] = EVERYONE

    @property
    def scope(self) -> str:
        """Name the access scope."""
        return self.name or "anonymous"


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
    members: Any = field(default=None)  # a `schema.switchboard.Line`: the way to the members' sources
