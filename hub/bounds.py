"""How much the doors take: bytes, seconds and counts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """What long connections may take: WebSockets, and streams of server-sent events."""

    connections: int = 500  # open at once, of both kinds together
    operations: int = 20  # in progress on one WebSocket
    init: float = 5.0  # seconds from opening a WebSocket to its connection_init
    beat: float = 12.0  # seconds between two signs of life in a stream of events
    answering: int = 8  # events of subscriptions answered at once; the others wait for their turn
    identifier: int = 128  # characters of an operation's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """What exports may take."""

    at_once: int = 4  # in progress; the others are refused
    seconds: float = 120.0  # from the head of a request to the last byte of its file
    unread: float = 30.0  # seconds for the client to take a part
    versions: int = 2_000_000  # live versions of a concept that are read for one
    keys: int = 200  # named in one request
    conditions: int = 20  # in one request


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much the edge takes."""

    body: int = 2_000_000  # bytes of one body
    bodies: int = 64_000_000  # bytes of all bodies being read or answered
    deadline: float = 10.0  # seconds from the head of a request to its answer
    upload: float = 8.0  # seconds for a body to arrive
    places: int = 64  # requests answered at once
    queue: int = 64  # requests waiting for a place
    patience: float = 1.0  # seconds in the queue
    retry_after: int = 1  # seconds, told to those refused
    unguarded: tuple[str, ...] = ("/health/",)  # paths that need no place
    streams: tuple[str, ...] = ("/graphql",)  # paths whose event streams may last
    streaming: Streaming = field(default_factory=Streaming)
    downloads: str = "/export/"  # paths whose files may last, within the bounds of exports
    exporting: Exporting = field(default_factory=Exporting)
