"""Stripping a question of everybody in it: ids renumbered, sources and fingerprints' texts gone.

Numbers follow the ids in byte order, by which the evaluator itself breaks ties: a stripped question has the
same verdicts as the one it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import rfc8785
from msgspec.structs import replace

from graph.model.learning import Consumption, Result
from graph.records.posing import Posed, posed


def stripped(question: Posed) -> Posed:
    """Return a question without ids, sources, fingerprints and the moment it was asked at."""
    context = question.context
    used = (name for row in context.consumed for name in row.results)
    wholes = (one.part_of for one in question.results if one.part_of)
    ids = _numbered("r", (*(one.id for one in question.results), *used, *wholes))
    prints = _numbered("f", (one.fingerprint for one in question.results if one.fingerprint))
    return posed(
        [_result(one, ids, prints) for one in question.results],
        replace(context, known_at=None, consumed=tuple(_row(row, ids) for row in context.consumed)),
        question.names,
        typed=question.typed,
    )


def _numbered(mark: str, names: Iterable[str]) -> dict[str, str]:
    """Number names in byte order, with as many digits as keep that order."""
    ordered = sorted(set(names), key=str.encode)
    return {name: f"{mark}{place:05d}" for place, name in enumerate(ordered, 1)}


def _result(one: Result, ids: dict[str, str], prints: dict[str, str]) -> Result:
    return replace(
        one,
        id=ids[one.id],
        part_of=ids[one.part_of] if one.part_of else None,
        source="",
        fingerprint=prints.get(one.fingerprint, ""),
    )


def _row(row: Consumption, ids: dict[str, str]) -> Consumption:
    return replace(row, results=tuple(ids[name] for name in row.results))


def line(question: Posed) -> bytes:
    """Write a stripped question as one line of a question file."""
    return rfc8785.dumps(msgspec.to_builtins(question)) + b"\n"
