"""Cells of a table of results: what each kind of cell holds, or which column cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import TypeVar

from schema.errors import Refusal
from schema.results import CreditInput, GradeInput
from schema.scalars import DAY, CodeText, KeyText

E = TypeVar("E", bound=Enum)
Cells = Mapping[str, str]
"""A row: its cells by column; empty ones are left out. Each reader refuses a bad cell as ROW_MALFORMED."""


def day(row: Cells, column: str) -> date | None:
    """Read a day, as 2023-06-01 and in no other way."""
    if column not in row:
        return None
    try:
        if not DAY.fullmatch(row[column]):
            raise ValueError(column)
        return date.fromisoformat(row[column])
    except ValueError:
        raise Refusal("ROW_MALFORMED", field=column) from None


def key(row: Cells, column: str) -> KeyText | None:
    """Read a key."""
    return KeyText(row[column]) if column in row else None


def code(row: Cells, column: str) -> CodeText | None:
    """Read a code."""
    return CodeText(row[column]) if column in row else None


def credit(row: Cells, column: str) -> CreditInput | None:
    """Read an amount, and its scheme in the column beside."""
    if column not in row:
        return None
    return CreditInput(amount=row[column], scheme=CodeText(needed(row, f"{column}Scheme")))


def grade(row: Cells) -> GradeInput | None:
    """Read a mark and its scheme."""
    if "grade" not in row:
        return None
    return GradeInput(scheme=CodeText(needed(row, "gradeScheme")), value=row["grade"])


def one_of(row: Cells, column: str, kind: type[E]) -> E | None:
    """Read a word of a closed list."""
    try:
        return kind[row[column]] if column in row else None
    except KeyError:
        raise Refusal("ROW_MALFORMED", field=column) from None


def number(row: Cells, column: str) -> int | None:
    """Read a whole number of at most eight digits."""
    text = row.get(column)
    if text is not None and not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Refusal("ROW_MALFORMED", field=column)
    return int(text) if text else None


def flag(row: Cells, column: str) -> bool:
    """Read `yes` or `no`; an empty cell is a no."""
    text = row.get(column, "no")
    if text not in ("yes", "no"):
        raise Refusal("ROW_MALFORMED", field=column)
    return text == "yes"


def needed(row: Cells, column: str) -> str:
    """Read what may not be left out."""
    if column not in row:
        raise Refusal("ROW_MALFORMED", field=column)
    return row[column]
