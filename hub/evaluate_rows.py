"""Rows of a table of results: which columns there are, and what a row says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from graph.model.learning import (
    Consumption,
    Context,
    HeldTarget,
    Obtained,
    Result,
    ResultStatus,
    Verification,
)
from graph.model.rules import TargetState, WaiverMode
from graph.model.verdicts import Judged, TargetKind
from hub.evaluate_cells import Cells, code, credit, day, flag, grade, key, needed, number, one_of
from schema.consumption import ConsumedInput, ConsumedTargetInput, read_consumed
from schema.errors import Refusal
from schema.results import CompletionInput, ResultInput, read_results
from schema.scalars import CodeText, KeyText
from schema.targets import HeldInput, read_held

ASKED: Final = ("institution", "programme", "creditScheme", "validOn")
"""Columns about the whole set: those of its first row count, and what the command names."""
MOST: Final = 1_000
"""Rows of one set."""


class RowKind(Enum):
    """What a row is about."""

    RESULT = "RESULT"
    HELD = "HELD"
    USED = "USED"


EVERY: Final = frozenset(("set", "row", *ASKED))
OWN: Final = {
    RowKind.RESULT: frozenset(
        (
            *("resultId", "outcome", "unit", "issuer", "earned", "earnedScheme", "available"),
            *("availableScheme", "grade", "gradeScheme", "firstDay", "lastDay", "validTo", "status"),
            *("attempts", "partOf", "obtained", "verification"),
        )
    ),
    RowKind.HELD: frozenset(("targetKey", "state")),
    RowKind.USED: frozenset(
        (
            *("application", "ruleCode", "ruleVersion", "appliedOn", "usedResults", "sharable", "grantedBy"),
            *("grantedIn", "agreement", "targetKind", "targetKey", "mode", "granted", "grantedScheme"),
        )
    ),
}
"""Columns that belong to rows of a kind, beside those of every row."""
COLUMNS: Final = EVERY.union(*OWN.values())


@dataclass(slots=True)
class Spoilt:
    """What is wrong in one line; the set it belongs to is not judged."""

    line: int
    refusal: Refusal


@dataclass(slots=True)
class Past:
    """A past application as its rows say: the first names it, each a target."""

    line: int
    application: ConsumedInput


@dataclass(slots=True)
class Group:
    """A set: consecutive rows of one name; ``lines`` of its results, ``first`` of all."""

    name: str
    first: int
    rows: int = 0
    asked: dict[str, str] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    held: list[HeldTarget] = field(default_factory=list)
    held_lines: list[int] = field(default_factory=list)
    past: dict[str, Past] = field(default_factory=dict)
    consumed: tuple[Consumption, ...] = ()
    spoilt: list[Spoilt] = field(default_factory=list)
    judged: tuple[Judged, ...] = ()

    def read_past(self, asked: Context) -> None:
        """Read the past applications, as those of an account where the question is asked."""
        try:
            self.consumed = read_consumed([one.application for one in self.past.values()], asked)
        except Refusal as refusal:
            self.spoil_past(refusal)

    def spoil(self, refusal: Refusal) -> None:
        """Say that the set cannot be judged; a refusal of one result is about its line."""
        self._spoil(refusal, self.lines)

    def spoil_past(self, refusal: Refusal) -> None:
        """Say the same of a refusal of one past application."""
        self._spoil(refusal, [one.line for one in self.past.values()])

    def spoil_held(self, refusal: Refusal) -> None:
        """Say the same of a refusal of one target held."""
        self._spoil(refusal, self.held_lines)

    def demand_used(self) -> None:
        """Raise `Refusal` USED_UNLISTED where a past application used what the set does not list.

        Such a row blocks nothing: a slip in a name would let a result be used twice.
        """
        for place, row in enumerate(self.consumed):
            if not self.names.issuperset(row.results):
                raise Refusal("USED_UNLISTED", place=place, field="usedResults")

    def _spoil(self, refusal: Refusal, lines: Sequence[int]) -> None:
        place = refusal.facts.get("place")
        line = lines[place] if isinstance(place, int) and place < len(lines) else self.first
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
            now = Group(name, line, asked={name: row[name] for name in ASKED if name in row})
            if hash(name) in seen:
                now.spoilt.append(Spoilt(line, Refusal("SET_SPLIT", field="set")))
            seen.add(hash(name))
        _add(now, line, row)
    if now:
        yield now


def _add(group: Group, line: int, row: Cells) -> None:
    group.rows += 1
    if group.rows > MOST:
        if group.rows == MOST + 1:
            refusal = Refusal("TOO_MANY_RESULTS", value=group.rows, limit=MOST)
            group.spoilt.append(Spoilt(line, refusal))
        return
    try:
        if not group.name:
            raise Refusal("ROW_MALFORMED", field="set")
        kind = one_of(row, "row", RowKind) or RowKind.RESULT
        if stray := sorted(row.keys() - EVERY - OWN[kind]):
            raise Refusal("ROW_STRAY", field=stray[0])
        if kind is RowKind.HELD:
            group.held.append(_held(row))
            group.held_lines.append(line)
        elif kind is RowKind.USED:
            _use(group, line, row)
        else:
            _hold(group, line, row)
    except Refusal as refusal:
        group.spoilt.append(Spoilt(line, refusal))


def _hold(group: Group, line: int, row: Cells) -> None:
    (result,) = read_results((_result(row, line),))
    if result.id in group.names:
        raise Refusal("RESULT_ID_TWICE", place=len(group.results), field="resultId")
    group.names.add(result.id)
    group.results.append(result)
    group.lines.append(line)


def _result(row: Cells, line: int) -> ResultInput:
    first, last = day(row, "firstDay"), day(row, "lastDay")
    return ResultInput(
        id=row.get("resultId") or f"line {line}",
        outcome=key(row, "outcome"),
        unit=key(row, "unit"),
        issuer=key(row, "issuer"),
        earned=credit(row, "earned"),
        available=credit(row, "available"),
        grade=grade(row),
        completion=CompletionInput(first=first, last=last or first) if first or last else None,
        valid_to=day(row, "validTo"),
        status=one_of(row, "status", ResultStatus) or ResultStatus.COMPLETED,
        attempts=number(row, "attempts"),
        part_of=row.get("partOf"),
        obtained=one_of(row, "obtained", Obtained) or Obtained.STUDY,
        verification=one_of(row, "verification", Verification),
    )


def _held(row: Cells) -> HeldTarget:
    state = one_of(row, "state", TargetState)
    if state is None:
        raise Refusal("ROW_MALFORMED", field="state")
    return read_held(HeldInput(outcome=KeyText(needed(row, "targetKey")), state=state))


def _use(group: Group, line: int, row: Cells) -> None:
    """Add a target to its past application; the first row of one says the rest of it too."""
    name = needed(row, "application")
    if name not in group.past:
        group.past[name] = Past(line, _application(row))
    if "targetKey" in row:
        group.past[name].application.targets.append(_target(row))


def _application(row: Cells) -> ConsumedInput:
    on, version = day(row, "appliedOn"), number(row, "ruleVersion")
    if on is None or version is None:
        raise Refusal("ROW_MALFORMED", field="appliedOn" if on is None else "ruleVersion")
    return ConsumedInput(
        results=needed(row, "usedResults").split(),
        rule=CodeText(needed(row, "ruleCode")),
        version=version,
        sharable=flag(row, "sharable"),
        institution=key(row, "grantedBy"),
        programme=key(row, "grantedIn"),
        agreement=code(row, "agreement"),
        on=on,
        targets=[],
    )


def _target(row: Cells) -> ConsumedTargetInput:
    return ConsumedTargetInput(
        kind=one_of(row, "targetKind", TargetKind) or TargetKind.OUTCOME,
        key=row["targetKey"],
        mode=one_of(row, "mode", WaiverMode) or WaiverMode.FULL,
        credit=credit(row, "granted"),
    )
