"""Rows of a table of results: which columns there are, and what a row says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final, TypeVar

from graph.model.learning import Obtained, Result, ResultStatus, Verification
from graph.model.verdicts import Judged
from schema.errors import Refusal
from schema.results import CompletionInput, CreditInput, GradeInput, ResultInput, read_results
from schema.scalars import CodeText, KeyText

E = TypeVar("E", bound=Enum)

ASKED: Final = ("institution", "programme", "creditScheme", "validOn")
"""Columns about the whole set: those of its first row count, and what the command names."""
COLUMNS: Final = frozenset(
    (
        *("set", *ASKED, "resultId", "outcome", "unit", "issuer", "earned", "earnedScheme", "available"),
        *("availableScheme", "grade", "gradeScheme", "firstDay", "lastDay", "validTo", "status", "attempts"),
        *("partOf", "obtained", "verification"),
    )
)
MOST: Final = 1_000
"""Results of one set."""


@dataclass(slots=True)
class Spoilt:
    """What is wrong in one line; the set it belongs to is not judged."""

    line: int
    refusal: Refusal


@dataclass(slots=True)
class Group:
    """A set: consecutive rows of one name."""

    name: str
    lines: list[int] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    spoilt: list[Spoilt] = field(default_factory=list)
    judged: tuple[Judged, ...] = ()

    def spoil(self, refusal: Refusal) -> None:
        """Say that the set cannot be judged; a refusal of one result is about its line."""
        place = refusal.facts.get("place")
        line = self.lines[place] if isinstance(place, int) and place < len(self.lines) else self.lines[0]
        self.spoilt.append(Spoilt(line, refusal))


def groups(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[Group]:
    """Yield the sets of a table in their order; one whose rows stand apart is spoilt where it comes again."""
    seen: set[int] = set()
    now: Group | None = None
    for line, row in rows:
        name = row.get("set", "")
        if now is None or name != now.name:
            if now:
                yield now
            now = Group(name)
            if hash(name) in seen:
                now.spoilt.append(Spoilt(line, Refusal("SET_SPLIT", field="set")))
            seen.add(hash(name))
        _add(now, line, row)
    if now:
        yield now


def _add(group: Group, line: int, row: Mapping[str, str]) -> None:
    group.lines.append(line)
    if len(group.lines) == 1:
        group.asked |= {name: row[name] for name in ASKED if name in row}
    if len(group.lines) > MOST:
        if len(group.lines) == MOST + 1:
            refusal = Refusal("TOO_MANY_RESULTS", value=len(group.lines), limit=MOST)
            group.spoilt.append(Spoilt(line, refusal))
        return
    try:
        if not group.name:
            raise Refusal("ROW_MALFORMED", field="set")
        (result,) = read_results((_result(row, line),))
        if result.id in group.names:
            raise Refusal("RESULT_ID_TWICE", place=len(group.results), field="resultId")
        group.names.add(result.id)
        group.results.append(result)
    except Refusal as refusal:
        group.spoilt.append(Spoilt(line, refusal))


def _result(row: Mapping[str, str], line: int) -> ResultInput:
    first, last = day(row, "firstDay"), day(row, "lastDay")
    return ResultInput(
        id=row.get("resultId") or f"line {line}",
        outcome=_key(row, "outcome"),
        unit=_key(row, "unit"),
        issuer=_key(row, "issuer"),
        earned=_credit(row, "earned"),
        available=_credit(row, "available"),
        grade=_grade(row),
        completion=CompletionInput(first=first, last=last or first) if first or last else None,
        valid_to=day(row, "validTo"),
        status=_one_of(row, "status", ResultStatus) or ResultStatus.COMPLETED,
        attempts=_number(row, "attempts"),
        part_of=row.get("partOf"),
        obtained=_one_of(row, "obtained", Obtained) or Obtained.STUDY,
        verification=_one_of(row, "verification", Verification),
    )


def day(row: Mapping[str, str], column: str) -> date | None:
    """Read a day; `Refusal` ROW_MALFORMED where it is none."""
    try:
        return date.fromisoformat(row[column]) if column in row else None
    except ValueError:
        raise Refusal("ROW_MALFORMED", field=column) from None


def _key(row: Mapping[str, str], column: str) -> KeyText | None:
    return KeyText(row[column]) if column in row else None


def _credit(row: Mapping[str, str], column: str) -> CreditInput | None:
    if column not in row:
        return None
    if f"{column}Scheme" not in row:
        raise Refusal("ROW_MALFORMED", field=f"{column}Scheme")
    return CreditInput(amount=row[column], scheme=CodeText(row[f"{column}Scheme"]))


def _grade(row: Mapping[str, str]) -> GradeInput | None:
    if "grade" not in row:
        return None
    if "gradeScheme" not in row:
        raise Refusal("ROW_MALFORMED", field="gradeScheme")
    return GradeInput(scheme=CodeText(row["gradeScheme"]), value=row["grade"])


def _one_of(row: Mapping[str, str], column: str, kind: type[E]) -> E | None:
    try:
        return kind[row[column]] if column in row else None
    except KeyError:
        raise Refusal("ROW_MALFORMED", field=column) from None


def _number(row: Mapping[str, str], column: str) -> int | None:
    text = row.get(column)
    if text is not None and not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Refusal("ROW_MALFORMED", field=column)
    return int(text) if text else None
