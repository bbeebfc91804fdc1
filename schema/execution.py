"""From a question to its answer: prepared by `Documents`, run by graphql-core, its errors dressed.

The schema's own `execute` parses and validates again for every request and prints rejected text to the
log; here the prepared document is run directly, with the same arguments that strawberry gives. Extensions
of the schema would be passed over, so a schema that has any is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass, replace
from inspect import isawaitable
from typing import Any, cast

from graphql import ExecutionResult as Result
from graphql import (
    GraphQLError,
    OperationType,
    create_source_event_stream,
    execute,
)
from graphql.pyutils import AwaitableOrValue
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

from graph.errors import GraphError
from schema.codes import CODES, Code
from schema.context import Context, Viewer
from schema.documents import Documents, Prepared
from schema.errors import DocumentRefused, Refusal, dress, dress_own, dress_raised, dress_warning
from schema.limits import Limits
from schema.permissions import EVERYONE, OPEN, PERSONAL
from schema.persisted import Persisted
from schema.sharing import SHARED, Demands

QUERIES = frozenset({OperationType.QUERY})
WRITES = frozenset({OperationType.QUERY, OperationType.MUTATION})
READS = frozenset({OperationType.QUERY, OperationType.SUBSCRIPTION})
ALL = frozenset(OperationType)


@dataclass(frozen=True, slots=True)
class Question:
    """What a client asks: a document, which of its operations, and the values of its variables.

    The document is its text, or its name: `document_id`, or a hash in `extensions.persistedQuery`.
    """

    query: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL response; `code` says why there is no `data` where the request was refused beforehand.

    One that is `shared` holds, without errors, only what anyone may read; a `private` one is about somebody.
    """

    body: dict[str, Any]
    code: Code | None = None
    shared: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """A subscription: its events, in themselves nothing to show, and how each is answered."""

    events: AsyncIterable[object]
    answer: Callable[[object, Context], Awaitable[Answer]]


def refuse(refusal: Refusal, request_id: str) -> Answer:
    """Answer with a refusal."""
    return Answer({"errors": [dress(refusal, request_id)]}, refusal.code)


def fall(error: Exception, request_id: str) -> Answer:
    """Answer that a subscription cannot go on: by its resolver's refusal, or by a defect, masked."""
    body = dress_raised(GraphQLError("", original_error=error), request_id)
    return Answer({"errors": [body]}, CODES[body["extensions"]["code"]])


class Execution:
    """Answers the questions put to one schema."""

    def __init__(
        self, schema: Schema, limits: Limits | None = None, persisted: Persisted | None = None
    ) -> None:
        if any(schema.extensions) or schema.directives:
            raise ValueError(
                "the hub runs documents itself: schema extensions and directives would be passed over"
            )
        self._schema = schema
        self._documents = Documents(schema, limits or Limits())
        self._persisted = persisted or Persisted()
        self._introspecting = asyncio.Lock()  # one at a time, in a thread of its own

    async def answer(
        self, question: Question, context: Context, served: frozenset[OperationType] = WRITES
    ) -> Answer:
        """Answer a question; never raises for what the client sent. `served` are kinds of operation."""
        answer = await self.open(question, context, served)
        assert isinstance(answer, Answer)  # subscriptions are not among `served`
        return answer

    async def open(
        self, question: Question, context: Context, served: frozenset[OperationType] = ALL
    ) -> Answer | Stream:
        """Answer a query or a mutation, or begin a subscription."""
        try:
            prepared = self._prepare(question, served)
            _admit(prepared, context.viewer)
        except Refusal as refusal:
            return refuse(refusal, context.request_id)
        except DocumentRefused as refused:
            return _own(refused.errors, refused.code, context.request_id)
        if prepared.kind is OperationType.SUBSCRIPTION:
            return await self._subscribe(prepared, question, context)
        answer = _dressed(await self._run(prepared, question, context), context.request_id, prepared.demands)
        return await _named(answer, context)

    def _prepare(self, question: Question, served: frozenset[OperationType]) -> Prepared:
        text = self._persisted.find(question)
        prepared = self._documents.prepare(text, question.operation_name, question.variables)
        self._persisted.keep(question, text)
        _demand(prepared.kind, served)
        return prepared

    async def _run(self, prepared: Prepared, question: Question, context: Context) -> Result:
        if prepared.introspects:
            async with self._introspecting:
                return cast("Result", await asyncio.to_thread(self._execute, prepared, question, context))
        result = self._execute(prepared, question, context)
        return await result if isawaitable(result) else result

    def _execute(
        self, prepared: Prepared, question: Question, context: Context, root: object = None
    ) -> AwaitableOrValue[Result]:
        return execute(
            self._schema._schema,
            prepared.ast,
            root,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a TypeGuard is asked for, it gives a bool
            executor_class=prepared.executor,
            variable_values=question.variables,
            **_arguments(question, context),
        )

    async def _subscribe(self, prepared: Prepared, question: Question, context: Context) -> Answer | Stream:
        executor = prepared.executor.build(
            self._schema._schema,
            prepared.ast,
            raw_variable_values=question.variables,
            **_arguments(question, context),
        )
        if isinstance(executor, list):
            return _own(executor, CODES["BAD_VARIABLES"], context.request_id)
        source = create_source_event_stream(executor)
        events = await source if isawaitable(source) else source
        if isinstance(events, Result):
            return _failed(events, context.request_id)

        async def answer(event: object, context: Context) -> Answer:
            result = self._execute(prepared, question, context, event)
            answer = _dressed(await result if isawaitable(result) else result, context.request_id)
            return await _named(answer, context)

        return Stream(events, answer)


def _arguments(question: Question, context: Context) -> dict[str, Any]:
    return {
        "context_value": context,
        "operation_name": question.operation_name,
        "operation_extensions": question.extensions,
    }


def _admit(prepared: Prepared, viewer: Viewer) -> None:
    """Refuse a document that asks for what its viewer may not have."""
    missing = prepared.demands - viewer.may
    if missing:
        raise Refusal("PERSONAL_REFUSED" if PERSONAL in missing else "GOVERNING_REFUSED")


def _demand(kind: OperationType, served: frozenset[OperationType]) -> None:
    if kind in served:
        return
    if kind is OperationType.MUTATION:
        raise Refusal("METHOD_NOT_ALLOWED", allow="POST")
    raise Refusal("OPERATION_NOT_SERVED", kind=kind.value)


def _dressed(result: Result, request_id: str, demands: Demands = frozenset({OPEN})) -> Answer:
    errors, private = result.errors, not demands <= EVERYONE
    if not errors:
        return Answer({"data": result.data}, shared=demands <= SHARED, private=private)
    if result.data is None and all(error.path is None for error in errors):
        return _own(errors, CODES["BAD_VARIABLES"], request_id)
    dressed = [dress_raised(error, request_id) for error in errors]
    return Answer({"data": result.data, "errors": dressed}, private=private)


async def _named(answer: Answer, context: Context) -> Answer:
    """Have an answer name the snapshot of the graph that each root field was taken from, and its warnings."""
    if context.loaders is None or answer.body.get("data") is None:
        return answer
    try:
        found = await context.loaders.snapshots()
    except GraphError:  # the answer is there; only its name is not
        return answer
    if not found:
        return answer
    warnings = [dress_warning(one) for one in context.loaders.warnings]
    told = {"snapshot": found} | ({"warnings": warnings} if warnings else {})
    return replace(answer, body=answer.body | {"extensions": told})


def _failed(result: Result, request_id: str) -> Answer:
    bodies = [dress_raised(error, request_id) for error in result.errors or ()]
    return Answer({"errors": bodies}, CODES[bodies[0]["extensions"]["code"]])


def _own(errors: list[GraphQLError], code: Code, request_id: str) -> Answer:
    return Answer({"errors": [dress_own(error, code, request_id) for error in errors]}, code)
