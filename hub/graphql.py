"""GraphQL over HTTP: POST, GET and HEAD become questions, answers become what the client asked for."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.body import question_of, read_json, read_question
from hub.edge import DEADLINE, REQUEST_ID
from hub.event_stream import EventStream
from hub.media import JSON, choose, wants_events
from hub.reply import content_type, encode
from hub.validators import Freshness
from schema.context import Context
from schema.errors import Refusal
from schema.execution import ALL, QUERIES, READS, WRITES, Answer, Execution, Question

ContextMaker = Callable[[HTTPConnection], Context]

METHODS: Final = "GET, HEAD, OPTIONS, POST"
_MEMBERS: Final = ("query", "operationName", "variables", "extensions", "documentId")


def plain_context(request: HTTPConnection) -> Context:
    """Make a context without loaders, for schemas that need none."""
    return Context(request_id=request.scope["state"][REQUEST_ID], deadline=request.scope["state"][DEADLINE])


class GraphQL:
    """The ASGI app at `/graphql`."""

    def __init__(
        self, execution: Execution, make_context: ContextMaker, events: EventStream, freshness: Freshness
    ) -> None:
        self._execution = execution
        self._make_context = make_context
        self._events = events
        self._freshness = freshness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        accept = ",".join(request.headers.getlist("accept"))
        if request.method == "OPTIONS":
            await Response(status_code=204, headers={"allow": METHODS})(scope, receive, send)
        elif wants_events(accept):
            served = ALL if request.method == "POST" else READS
            await self._events.respond(request, await _question(request), served, send)
        else:
            response = await self._respond(request, choose(accept))
            await response(scope, receive, send)

    async def _respond(self, request: Request, media: str | None) -> Response:
        if media is None:
            raise Refusal("NOT_ACCEPTABLE")
        question = await _question(request)
        served = WRITES if request.method == "POST" else QUERIES
        answer = await self._execution.answer(question, self._make_context(request), served)
        response = _response(answer, media)
        if answer.private:
            response.headers["cache-control"] = "no-store"
        if answer.shared and request.method != "POST":
            return self._freshness.of(response, request.headers)
        return response


async def _question(request: Request) -> Question:
    if request.method == "POST":
        return read_question(await request.body())
    if request.method in ("GET", "HEAD"):
        return _asked(request.scope["query_string"])
    raise Refusal("METHOD_NOT_ALLOWED", allow=METHODS)


def _asked(query_string: bytes) -> Question:
    try:
        items = QueryParams(query_string.decode()).multi_items()
    except UnicodeDecodeError as error:
        raise Refusal("BODY_NOT_UTF8") from error
    members: dict[str, Any] = {}
    for name, value in items:
        if name in members and name in _MEMBERS:
            raise Refusal("BODY_WRONG_SHAPE", member=name, wanted="given once")
        members[name] = value
    for name in ("variables", "extensions"):
        members[name] = read_json(members[name].encode()) if members.get(name) else None
    for name in ("operationName", "documentId"):
        members[name] = members.get(name) or None
    return question_of(members)


def _response(answer: Answer, media: str) -> Response:
    response = Response(encode(answer.body), _status(answer, media), {"vary": "Accept"})
    response.headers["content-type"] = content_type(media)
    if answer.code and answer.code.status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = "POST"
    return response


def _status(answer: Answer, media: str) -> int:
    if answer.code is None or (answer.code.spoken and media == JSON):
        return HTTPStatus.OK
    return answer.code.status
