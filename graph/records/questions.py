"""Question files: stripped questions, one canonical line each, read strictly and one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from graph.records.posing import Posed, posed
from graph.records.refusals import RecordRefused
from graph.records.replaying import where
from graph.records.stripping import stripped

LONGEST: Final = 4_000_000
"""Bytes of one line."""


def read_question(raw: bytes, line: int = 1) -> Posed:
    """Read one question, of whatever order; ``RecordRefused`` QUESTION_MALFORMED with its line."""
    try:
        found = msgspec.json.decode(raw, type=Posed)
    except (ValueError, RecursionError) as error:
        raise RecordRefused("QUESTION_MALFORMED", line=line, why=where(error)) from None
    return posed(found.results, found.context, found.names, typed=found.typed)


def questions(file: BinaryIO) -> Iterator[tuple[int, Posed]]:
    """Yield the questions of a file with their lines; ``RecordRefused`` at the first that will not do."""
    line = 0
    while raw := file.readline(LONGEST + 1):
        line += 1
        if len(raw) > LONGEST:
            raise RecordRefused("QUESTION_TOO_LARGE", line=line, limit=LONGEST)
        if raw.strip():
            question = read_question(raw, line)
            if stripped(question) != question:
                raise RecordRefused("QUESTION_PERSONAL", line=line)
            yield line, question
