"""Attempts: several records of one outcome are one result, and every try at it is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from connectors.records import (
    Attempt,
    Identifier,
    Record,
    ResultStatus,
)


def joined(records: Iterable[Record]) -> tuple[Record, ...]:
    """Join the records of one outcome into one with attempts: the latest that passed, else the latest."""
    groups: dict[Identifier | str, list[Record]] = {}
    for each in records:
        groups.setdefault(each.outcome or each.id, []).append(each)
    return tuple(_joined(sorted(group, key=_when)) for group in groups.values())


def _joined(group: list[Record]) -> Record:
    if len(group) == 1:
        return group[0]
    passed = [each for each in group if each.status is ResultStatus.COMPLETED]
    stands = (passed or group)[-1]
    attempts = tuple(
        Attempt(number=number, grade=each.grade, completion=each.completion, status=each.status)
        for number, each in enumerate(group, 1)
    )
    fields = {name: getattr(stands, name) for name in Record.__struct_fields__}
    return Record(**(fields | {"attempts": attempts, "id": group[0].id}))


def _when(record: Record) -> date:
    return record.completion.last if record.completion else date.min
