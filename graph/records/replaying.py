"""Replaying a record: read strictly, evaluated again out of itself, and written to the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
import rfc8785
from msgspec.structs import replace

from graph.recognition import EVALUATOR, QuestionError, compiled
from graph.records.making import FORM, Record, digest, written
from graph.records.posing import answered, posed
from graph.records.refusals import RecordRefused

LARGEST: Final = 64_000_000
"""Bytes of one record."""


def read(raw: bytes) -> Record:
    """Read a record; ``RecordRefused`` where it is none, or a byte of it was changed.

    One line feed after it, as editors and shells add, is no part of it.
    """
    if len(raw) > LARGEST:
        raise RecordRefused("RECORD_TOO_LARGE", limit=LARGEST)
    raw = raw.removesuffix(b"\n")
    body = _decoded(raw)
    if _canonical(body) != raw:
        raise RecordRefused("RECORD_NOT_CANONICAL")
    _numbers(body)
    if body.get("sha256") != digest({name: value for name, value in body.items() if name != "sha256"}):
        raise RecordRefused("RECORD_HASH")
    try:
        return msgspec.convert(body, Record)
    except ValueError as error:
        raise RecordRefused("RECORD_MALFORMED", why=where(error)) from None


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RecordRefused("RECORD_NOT_JSON") from None
    if not isinstance(body, dict) or "record" not in body:
        raise RecordRefused("RECORD_MALFORMED", why="record")
    return body


def _canonical(body: dict[str, Any]) -> bytes:
    try:
        return rfc8785.dumps(body)
    except (rfc8785.CanonicalizationError, RecursionError, ValueError):
        raise RecordRefused("RECORD_NOT_CANONICAL") from None


def _numbers(body: dict[str, Any]) -> None:
    if body["record"] != FORM:
        raise RecordRefused("RECORD_MALFORMED", why="record")
    if body.get("evaluator") != EVALUATOR:
        theirs = body.get("evaluator")
        raise RecordRefused("EVALUATOR_OTHER", theirs=theirs if type(theirs) is int else "?", ours=EVALUATOR)


def where(error: Exception) -> str:
    """Tell where a value does not fit, never which it is."""
    return str(error).rpartition("`")[0].rpartition("`")[2] or "$"


def replayed(raw: bytes) -> bytes:
    """Evaluate a record again out of itself, and give it back; ``RecordRefused`` where it is not the same."""
    record = read(raw)
    question = record.question
    if posed(question.results, question.context, question.names, typed=question.typed) != question:
        raise RecordRefused("RECORD_DIFFERS", where="question")
    try:
        answer = answered(compiled(record.book), question)
    except QuestionError:
        raise RecordRefused("RECORD_DIFFERS", where="question") from None
    answer = replace(answer, others=answer.others + record.unlisted)
    again = written(question, record.book, record.unlisted, answer)
    if again != raw.removesuffix(b"\n"):
        wanted = msgspec.to_builtins(answer)
        raise RecordRefused("RECORD_DIFFERS", where=next(_differing(record.answer, wanted), "book"))
    return again


def _differing(one: Any, other: Any, at: str = "answer") -> Iterator[str]:
    """Yield the places in which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from _differing(one.get(name), other.get(name), f"{at}.{name}")
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _differing(a, b, f"{at}[{place}]")
    elif one != other:
        yield at
