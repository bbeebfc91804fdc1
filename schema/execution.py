"""From a question to its answer: prepared by `Documents`, run by graphql-core, its errors dressed.

The schema's own `execute` parses and validates again for every request and prints rejected text to the
log; here the prepared document is run directly, with the same arguments that strawberry gives. Extensions
of the schema would be passed over, so a schema that has any is refused.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, cast

from graphql import DocumentNode, GraphQLError, OperationType, execute
from graphql import ExecutionResult as Result
from graphql.pyutils import AwaitableOrValue
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

from schema.codes import CODES, Code
from schema.context import Context
from schema.documents import Documents, Prepared
from schema.errors import DocumentRefused, Refusal, dress, dress_own, dress_raised
from schema.limits import Limits
from schema.plain import PlainExecutor

QUERIES = frozenset({OperationType.QUERY})
WRITES = frozenset({OperationType.QUERY, OperationType.MUTATION})


@dataclass(frozen=True, slots=True)
class Question:
    """What a client asks: a document, which of its operations, and the values of its variables."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL response; `code` says why there is no `data` where the request was refused beforehand."""

    body: dict[str, Any]
    code: Code | None = None


def refuse(refusal: Refusal, request_id: str) -> Answer:
    """Answer with a refusal."""
    return Answer({"errors": [dress(refusal, request_id)]}, refusal.code)


class Execution:
    """Answers the questions put to one schema."""

    def __init__(self, schema: Schema, limits: Limits | None = None) -> None:
        if any(schema.extensions) or schema.directives:
            raise ValueError(
                "the hub runs documents itself: schema extensions and directives would be passed over"
            )
        self._schema = schema
        self._documents = Documents(schema, limits or Limits())
        self._introspecting = asyncio.Lock()  # one at a time, in a thread of its own

    async def answer(
        self, question: Question, context: Context, served: frozenset[OperationType] = WRITES
    ) -> Answer:
        """Answer a question; never raises for what the client sent. `served` are kinds of operation."""
        try:
            prepared = self._documents.prepare(question.query, question.operation_name, question.variables)
            _demand(prepared.kind, served)
        except Refusal as refusal:
            return refuse(refusal, context.request_id)
        except DocumentRefused as refused:
            return _own(refused.errors, refused.code, context.request_id)
        return _dressed(await self._run(prepared, question, context), context.request_id)

    async def _run(self, prepared: Prepared, question: Question, context: Context) -> Result:
        if prepared.introspects:
            async with self._introspecting:
                return cast("Result", await asyncio.to_thread(self._execute, prepared.ast, question, context))
        result = self._execute(prepared.ast, question, context)
        return await result if isawaitable(result) else result

    def _execute(
        self, document: DocumentNode, question: Question, context: Context
    ) -> AwaitableOrValue[Result]:
        return execute(
            self._schema._schema,
            document,
            context_value=context,
            variable_values=question.variables,
            operation_name=question.operation_name,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            executor_class=PlainExecutor,
            operation_extensions=question.extensions,
        )


def _demand(kind: OperationType, served: frozenset[OperationType]) -> None:
    if kind in served:
        return
    if kind is OperationType.MUTATION:
        raise Refusal("METHOD_NOT_ALLOWED", allow="POST")
    raise Refusal("OPERATION_NOT_SERVED", kind=kind.value)


def _dressed(result: Result, request_id: str) -> Answer:
    errors = result.errors
    if not errors:
        return Answer({"data": result.data})
    if result.data is None and all(error.path is None for error in errors):
        return _own(errors, CODES["BAD_VARIABLES"], request_id)
    return Answer({"data": result.data, "errors": [dress_raised(error, request_id) for error in errors]})


def _own(errors: list[GraphQLError], code: Code, request_id: str) -> Answer:
    return Answer({"errors": [dress_own(error, code, request_id) for error in errors]}, code)
