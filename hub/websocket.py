"""The door for WebSockets: who is let in, in which protocol; the legacy `graphql-ws` is not spoken."""

from __future__ import annotations

from typing import Final

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.bounds import Streaming
from hub.origins import Origins
from hub.reply import new_request_id, refused
from hub.seats import Seats
from hub.streams import Streams
from hub.talk import PROTOCOL, Closing, Talk
from schema.errors import Refusal, log_defect

NOT_ACCEPTABLE: Final = Closing(4406, "Subprotocol not acceptable")


class WebSocketDoor:
    """An ASGI app for WebSocket connections."""

    def __init__(self, streams: Streams, seats: Seats, bounds: Streaming, origins: Origins) -> None:
        self._streams = streams
        self._seats = seats
        self._bounds = bounds
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one conversation, or say why not."""
        socket = WebSocket({**scope, "state": dict(scope.get("state", {}))}, receive, send)
        try:
            self._origins.demand(socket.headers)
            with self._seats.taken():
                await self._talk(socket)
        except Refusal as refusal:
            accept = socket.headers.get("accept", "")
            await socket.send_denial_response(refused(refusal, new_request_id(), accept, 1))
        except WebSocketDisconnect:
            return

    async def _talk(self, socket: WebSocket) -> None:
        try:
            if PROTOCOL not in socket.scope["subprotocols"]:
                await socket.accept()
                raise NOT_ACCEPTABLE
            await socket.accept(PROTOCOL)
            await Talk(socket, self._streams, self._bounds).hold()
        except Closing as closing:
            await socket.close(closing.code, closing.reason)
        except Exception as error:  # noqa: BLE001 - the last resort
            log_defect(error, new_request_id())
            await socket.close(4500, "Internal server error")
