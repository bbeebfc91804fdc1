"""What the store asks of an engine: where to connect, and the few things in which the two differ."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Define = Callable[[str], Awaitable[None]]
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Which engine: a `uri` means Neo4j; without one the embedded engine keeps its data in `folder`.

    Without a folder either, the embedded engine uses a temporary one that goes when the hub stops.
    """

    uri: str | None = None
    user: str = "neo4j"
    password: str | None = None
    database: str | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where and as whom the driver connects; `resolve` gives the present address of a server that moves."""

    uri: str
    auth: tuple[str, str] | None
    database: str | None
    resolve: Callable[[object], list[Address]] | None = None

    def __repr__(self) -> str:  # the password stays out of logs
        return f"Link({self.uri!r})"


class Engine(Protocol):
    """A server that speaks Bolt, and its own dialect where the two differ."""

    @property
    def name(self) -> str:
        """`embedded` or `neo4j`."""

    @property
    def honours_deadlines(self) -> bool:
        """Whether the server itself ends a transaction that outlives its timeout."""

    @property
    def generation(self) -> int:
        """How often the server was started by us; two equal readings mean the same process."""

    @property
    def link(self) -> Link:
        """How the driver connects."""

    async def open(self) -> None:
        """Start what is ours to start; raise only for what waiting will not mend."""

    async def close(self) -> None:
        """Stop what we started."""

    async def renew(self, reason: str) -> None:
        """Kill and restart a server that no longer answers, if it is ours."""

    def fulltext(self, label: str, field: str) -> str:
        """The index name that `db.index.fulltext.queryNodes` takes for this label and property."""

    async def index(self, label: str, field: str, define: Define) -> None:
        """Create the full-text index if it is not there; `define` runs one Cypher schema statement."""

    async def settle(self, define: Define) -> None:
        """Wait until every index is filled and used."""
