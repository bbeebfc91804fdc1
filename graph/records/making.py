"""Making a record: the question, the cut rule book and the answer, in canonical JSON with its SHA-256."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec
import rfc8785
from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.values import Value
from graph.model.verdicts import Answer
from graph.recognition import EVALUATOR, Index, compiled
from graph.records.cutting import cut
from graph.records.posing import Posed, answered

FORM: Final = 1
"""The number of this form of records."""


class Record(Value, frozen=True, kw_only=True):
    """A record as read: ``unlisted`` counts rule versions of the book that nothing concerned (R2).

    ``record`` is the number of the form, ``evaluator`` of the readings of docs/recognition.md; ``sha256`` is
    of the canonical JSON of all the rest.
    """

    record: int
    evaluator: int
    question: Posed
    book: RuleBook
    unlisted: int
    answer: Any
    sha256: str


class Uncut(Exception):
    """The cut rule book gives another answer than the whole one: a defect, never a wrong record."""


def made(index: Index, question: Posed) -> bytes:
    """Make the record of a question in RFC 8785 canonical JSON: same question and book, same bytes."""
    whole = answered(index, question)
    book = cut(index, question)
    again = answered(compiled(book), question)
    unlisted = whole.others - again.others
    if replace(again, others=whole.others) != whole:
        raise Uncut
    return written(question, book, unlisted, whole)


def written(question: Posed, book: RuleBook, unlisted: int, answer: Answer) -> bytes:
    """Write a record."""
    body: dict[str, Any] = {
        "record": FORM,
        "evaluator": EVALUATOR,
        "question": msgspec.to_builtins(question),
        "book": msgspec.to_builtins(book),
        "unlisted": unlisted,
        "answer": msgspec.to_builtins(answer),
    }
    return rfc8785.dumps(body | {"sha256": digest(body)})


def digest(body: dict[str, Any]) -> str:
    """Return the SHA-256 of a record without it."""
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()
