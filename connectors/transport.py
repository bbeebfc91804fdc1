"""The outside world behind one method: a request goes out, an answer comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from msgspec import Struct

from connectors.call import Call


class Limits(Struct, frozen=True, gc=False):
    """What one request may take: seconds to connect, between reads and in all, and decoded bytes."""

    connect: float
    read: float
    total: float
    max_bytes: int


class Request(Struct, frozen=True, kw_only=True):
    """One request. ``read`` tells that sending it twice does no harm; unsaid, GET and HEAD are reads.

    ``absent_ok`` lets a 404 through as an answer (an unknown learner) instead of an error.
    """

    url: str
    method: str = "GET"
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    read: bool | None = None
    absent_ok: bool = False

    @property
    def repeatable(self) -> bool:
        """Tell whether it may be sent again."""
        return self.method in ("GET", "HEAD") if self.read is None else self.read

    def __repr__(self) -> str:
        return f"<Request {self.method}>"


class Answer(Struct, frozen=True, kw_only=True):
    """An answer with its whole body, decompressed; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.body)} bytes>"


class Transport(Protocol):
    """Sends requests: the real network, an application in the same process, or a fake."""

    async def send(self, request: Request, limits: Limits) -> Answer:
        """Send once, follow nothing; raise only what ``connectors.errors`` names."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


Sign = Callable[[Request, Call], Awaitable[Request]]
"""Returns the request with credentials."""


class Http(Protocol):
    """The HTTP session a connector is given: its source's whole traffic policy is in it."""

    async def ask(self, request: Request, call: Call, sign: Sign | None = None) -> Answer:
        """Send a request within the call's allowance; the answer is a 2xx (or a 404 where allowed).

        ``sign`` puts credentials on it, anew at each try, so that no nonce is used twice.

        Raises ``SourceUnavailable``, ``SourceRefused`` or ``SourceUnreadable``.
        """
        ...
