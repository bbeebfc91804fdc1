"""Operations of long connections: each is begun in a turn, and each event answered in a turn of its own.

Whatever goes wrong becomes an answer: a connection outlives its operations.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Scope

from hub.edge import DEADLINE, REQUEST_ID
from hub.reply import new_request_id
from hub.turns import Turns
from schema.context import Context, Deadline
from schema.errors import Refusal
from schema.execution import ALL, Answer, Execution, Question, Stream, fall, refuse

ContextMaker = Callable[[HTTPConnection], Context]
Answers = AsyncGenerator[Answer, None]

LEAVING: Final = "leaving"
"""The key of an event in the state of the app, and so of each request: set when the hub is told to stop."""


class Streams:
    """Answers operations, whatever their kind, as often as there is something to answer."""

    def __init__(self, execution: Execution, make_context: ContextMaker, turns: Turns) -> None:
        self._execution = execution
        self._make_context = make_context
        self._turns = turns

    async def answers(self, question: Question, scope: Scope) -> Answers:
        """Give every answer of an operation: one, or one for each event. Close it when nobody listens."""
        request_id = new_request_id()
        try:
            opened = await self.open(question, scope, request_id)
        except Exception as error:  # noqa: BLE001 - masked and logged
            opened = fall(error, request_id)
        async with aclosing(self.going_on(opened, scope)) as answers:
            async for answer in answers:
                yield answer

    async def open(
        self, question: Question, scope: Scope, request_id: str, served: frozenset[OperationType] = ALL
    ) -> Answer | Stream:
        """Begin an operation; raise `Refusal` where there is no place for it."""
        deadline = self._turns.deadline()
        async with self._turns.request(deadline):
            context = self._context(scope, request_id, deadline)
            return await self._execution.open(question, context, served)

    async def going_on(self, opened: Answer | Stream, scope: Scope) -> Answers:
        """Give the answers of an operation that has begun."""
        if isinstance(opened, Answer):
            yield opened
            return
        try:
            async with _closing(opened.events):
                async for event in opened.events:
                    yield await self._answer(opened, event, scope)
        except Exception as error:  # noqa: BLE001 - masked and logged
            yield fall(error, new_request_id())

    async def _answer(self, stream: Stream, event: object, scope: Scope) -> Answer:
        request_id = new_request_id()
        try:
            async with self._turns.event() as deadline:
                return await stream.answer(event, self._context(scope, request_id, deadline))
        except Refusal as refusal:
            return refuse(refusal, request_id)

    def _context(self, scope: Scope, request_id: str, deadline: Deadline) -> Context:
        state: dict[str, Any] = scope.get("state", {}) | {REQUEST_ID: request_id, DEADLINE: deadline}
        return self._make_context(HTTPConnection({**scope, "state": state}))


@asynccontextmanager
async def _closing(events: AsyncIterable[object]) -> AsyncIterator[None]:
    """Close the source with us: a generator would otherwise run until it is collected."""
    try:
        yield
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
