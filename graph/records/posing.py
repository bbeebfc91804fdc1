"""Questions in their one form: whatever order they were typed in, the same question is the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from graph.model.learning import Consumption, Context, Result
from graph.model.values import Value
from graph.model.verdicts import Answer, Named
from graph.recognition import Index, evaluate


class Posed(Value, frozen=True, kw_only=True):
    """A question: context, results and what it names, each list in a fixed order.

    ``typed`` says that the results were typed into a question, so that the answer is hypothetical even where
    they were copied from records.
    """

    context: Context
    results: tuple[Result, ...] = ()
    names: tuple[Named, ...] = ()
    typed: bool = False


def posed(
    results: Iterable[Result], context: Context, names: Iterable[Named] = (), *, typed: bool = False
) -> Posed:
    """Put a question into its one form."""
    return Posed(
        context=replace(
            context,
            consumed=_ordered(_settled(row) for row in context.consumed),
            silent=tuple(sorted(context.silent, key=lambda one: one.code.encode())),
            targets=_ordered(context.targets),
        ),
        results=tuple(sorted(results, key=lambda one: one.id.encode())),
        names=_ordered(names),
        typed=typed,
    )


def _settled(row: Consumption) -> Consumption:
    return replace(row, results=tuple(sorted(row.results, key=str.encode)), targets=_ordered(row.targets))


def _ordered(rows: Iterable[Value]) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=msgspec.json.encode))


def answered(index: Index, question: Posed) -> Answer:
    """Answer a question from a rule book."""
    answer = evaluate(index, question.results, question.context, question.names)
    return replace(answer, hypothetical=True) if question.typed and question.results else answer
