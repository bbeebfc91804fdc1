"""GraphQL over HTTP: POST and GET become questions, answers become responses in the media type asked for."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.body import question_of, read_json, read_question
from hub.edge import DEADLINE, REQUEST_ID, content_type, encode
from hub.media import JSON, choose
from schema.context import Context
from schema.errors import Refusal
from schema.execution import QUERIES, WRITES, Answer, Execution, Question

ContextMaker = Callable[[Request], Context]

_MEMBERS: Final = ("query", "operationName", "variables", "extensions")


def plain_context(request: Request) -> Context:
    """Make a context without loaders, for schemas that need none."""
    return Context(request_id=request.scope["state"][REQUEST_ID], deadline=request.scope["state"][DEADLINE])


class GraphQL:
    """The ASGI app at `/graphql`."""

    def __init__(self, execution: Execution, make_context: ContextMaker = plain_context) -> None:
        self._execution = execution
        self._make_context = make_context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        media = choose(",".join(request.headers.getlist("accept")))
        if media is None:
            raise Refusal("NOT_ACCEPTABLE")
        question = await _question(request)
        served = WRITES if request.method == "POST" else QUERIES
        context = self._make_context(request)
        answer = await self._execution.answer(question, context, served)
        await _response(answer, media)(scope, receive, send)


async def _question(request: Request) -> Question:
    if request.method == "POST":
        return read_question(await request.body())
    if request.method == "GET":
        return _asked(request.scope["query_string"])
    raise Refusal("METHOD_NOT_ALLOWED", allow="GET, POST")


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
    members["operationName"] = members.get("operationName") or None
    return question_of(members)


def _response(answer: Answer, media: str) -> Response:
    response = Response(encode(answer.body), _status(answer, media))
    response.headers["content-type"] = content_type(media)
    if answer.code and answer.code.status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = "POST"
    return response


def _status(answer: Answer, media: str) -> int:
    if answer.code is None or (answer.code.spoken and media == JSON):
        return HTTPStatus.OK
    return answer.code.status
