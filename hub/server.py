"""The ASGI server (docs/decisions/0002): uvicorn on a bound socket, with the bounds it lacks.

uvicorn waits for ever for the rest of a request head, and for a client that does not read its answer.
`Patient` gives both a time, and the head a size; nothing here looks into a request that has begun.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hub.sockets import Socket

GARBAGE: Final = 20_000
"""New objects between two looks for garbage in cycles. An answer of 80 records makes thousands of objects,
which all go by themselves; at Python's own 700 the looks took a sixth of a question's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How connections are held: seconds, bytes and counts."""

    head: float = 10.0  # seconds from the first byte awaited to the end of a request head
    head_size: int = 64_000  # bytes of a request head
    refused_rest: int = 16_000_000  # bytes of a refused body, read so that the refusal can be
    idle: int = 15  # seconds between two requests of one connection
    unread: float = 30.0  # seconds for a client to read what it was sent, once we are done
    draining: int = 15  # seconds for requests in progress when the hub is told to stop
    connections: int = 2_000  # open at once
    message: int = 200_000  # bytes of one message of a WebSocket
    ping: float = 20.0  # seconds between two pings of a WebSocket
    pong: float = 20.0  # seconds for the answer


class Patient(HttpToolsProtocol):
    """One connection whose patience ends: for the head to come, and for the answer to be read."""

    serving = Serving()
    _head_timer: asyncio.TimerHandle | None = None
    _cutting: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self.access_log = False  # a query string may quote a person
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Pass bytes on; between requests they belong to a head, which has its time and its size."""
        if self._between_requests():
            self._await_head()
            self._head_bytes += len(data)
        super().data_received(data)
        if not self._between_requests():
            self._forget_head()
        elif self._head_bytes > self._allowance():
            self._refuse(b"431 Request Header Fields Too Large")

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._forget_head()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for the client to read, and not for ever."""
        super().pause_writing()
        self._cutting = self._cutting or self.loop.call_later(self.serving.unread, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if self._cutting is not None:
            self._cutting.cancel()
            self._cutting = None

    def handle_websocket_upgrade(self) -> None:
        """Stop waiting: the connection has another protocol now."""
        self._forget_head()
        super().handle_websocket_upgrade()

    def on_message_complete(self) -> None:
        """Note the end of a body, also of one that was refused."""
        super().on_message_complete()
        if self.cycle is not None:  # none: it asks for a WebSocket
            self.cycle.more_body = False

    def on_response_complete(self) -> None:
        """Give the client its time to read the answer, and what follows in the pipe its own time."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._close()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, whether or not its last answer was read."""
        self._close()

    def shutdown(self) -> None:
        """Close at once when idle, else after the answer."""
        super().shutdown()
        if self.transport.is_closing():
            self._close()

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]  # None before the first

    def _allowance(self) -> int:
        """Bytes taken between requests: a head, or the rest of a body that was refused before it was read."""
        rest = self.cycle is not None and self.cycle.more_body  # type: ignore[redundant-expr]  # None before the first
        return self.serving.refused_rest if rest else self.serving.head_size

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.serving.head, self._head_late)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self._head_bytes = 0

    def _head_late(self) -> None:
        self._head_timer = None
        if self._between_requests():
            self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        self._forget_head()
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            )
            self._close()

    def _close(self) -> None:
        self.transport.close()
        self.loop.call_later(self.serving.unread, self.transport.abort)


class _Server(uvicorn.Server):
    """uvicorn's server, stopped by an event and not by signals of its own."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the app first, whose streams would not end by themselves."""
        leaving = self.lifespan.state.get("leaving")
        if leaving is not None:
            leaving.set()
        await super().shutdown(sockets)

    async def until(self, stop: asyncio.Event, bound: socket.socket, started: asyncio.Event | None) -> None:
        # Inherited by its connections: head and body are two writes, and asyncio would let the second wait.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        running = asyncio.ensure_future(self._serve([bound]))
        watching = asyncio.ensure_future(self._stop_at(stop, started))
        try:
            await running
        finally:
            watching.cancel()

    async def _stop_at(self, stop: asyncio.Event, started: asyncio.Event | None) -> None:
        while not self.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        if started:
            started.set()
        await stop.wait()
        self.should_exit = True


async def serve(
    app: ASGIApp,
    bound: socket.socket,
    serving: Serving,
    *,
    stop: asyncio.Event,
    started: asyncio.Event | None = None,
) -> None:
    """Serve on a bound socket until `stop`, then finish what is in progress within `serving.draining`."""
    await _Server(_config(app, serving)).until(stop, bound, started)


def run(
    opening: AbstractAsyncContextManager[ASGIApp], bound: socket.socket, serving: Serving | None = None
) -> None:
    """Open an app, serve it until SIGINT or SIGTERM, close it and return; what opening raises is raised."""
    gc.freeze()
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])
    with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:
        runner.run(_opened(opening, bound, serving or Serving()))


async def _opened(
    opening: AbstractAsyncContextManager[ASGIApp], bound: socket.socket, serving: Serving
) -> None:
    async with opening as app:
        await _until_signal(app, bound, serving)


async def _until_signal(app: ASGIApp, bound: socket.socket, serving: Serving) -> None:
    stop = asyncio.Event()
    with ExitStack() as handlers:
        for number in (signal.SIGINT, signal.SIGTERM):
            handlers.callback(_on(number, stop.set))
        await serve(app, bound, serving, stop=stop)


def _on(number: signal.Signals, act: Callable[[], Any]) -> Callable[[], Any]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(number, act)
    return lambda: loop.remove_signal_handler(number)


def _config(app: ASGIApp, serving: Serving) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=type("Connection", (Patient,), {"serving": serving}),
        ws=type("Conversation", (Socket,), {"unread": serving.unread}),
        ws_max_size=serving.message,
        ws_ping_interval=serving.ping,
        ws_ping_timeout=serving.pong,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=serving.connections,
        timeout_keep_alive=serving.idle,
        timeout_graceful_shutdown=serving.draining,
    )
