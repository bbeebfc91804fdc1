"""WebSocket connections of the server (docs/decisions/0006): uvicorn's, with the bounds it lacks.

uvicorn waits for ever for a client that does not read, answers its pings without end, and writes the query
string of each connection into its log.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

SILENT: Final = logging.getLogger("alliance_hub.silent")
SILENT.disabled = True  # its lines would quote what clients send
FRAMES: Final = 1_000  # of one message


class Socket(WebSocketsSansIOProtocol):
    """One connection: a client that does not read is not read either, and cut off in the end."""

    unread = 30.0  # seconds for the client to read what it was sent
    _cutting: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.logger = SILENT
        self.conn.logger = SILENT
        self.conn.debug = False

    def pause_writing(self) -> None:
        """Read nothing more while our words wait to be read, and not for ever."""
        super().pause_writing()
        if not self.transport.is_closing():
            self.transport.pause_reading()
        self._cut_later()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._forget()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def handle_cont(self, event: Frame) -> None:
        """Take a part of a message, unless there are too many of them."""
        super().handle_cont(event)
        if len(self.frames) > FRAMES:
            self.conn.fail(1009, "too many frames")
            self.handle_parser_exception()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Let the client read the last words, and not for ever."""
        super().on_task_complete(task)
        self._cut_later()

    def shutdown(self) -> None:
        """Say that the hub stops, and leave in time."""
        super().shutdown()
        self._cut_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._forget()
        super().connection_lost(exc)

    def _cut_later(self) -> None:
        if self._cutting is None and not self.disconnected:
            self._cutting = self.loop.call_later(self.unread, self.transport.abort)

    def _forget(self) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
            self._cutting = None
