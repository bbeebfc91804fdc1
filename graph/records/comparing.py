"""Comparing two answers to one question: verdicts that differ, and the versioned objects behind (R24)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import asdict, replace

from graph.model.book import RuleBook
from graph.model.values import Key, Value, Versioned
from graph.model.verdicts import Answer, Judged, Target, Verdict
from graph.recognition.comparing import blamed

Row = tuple[Key, int, int, Target]


class Turn(Value, frozen=True, kw_only=True):
    """A rule version and target on which two answers differ.

    A verdict of None says that the answer does not speak of it. ``behind`` names the versioned objects
    (``R1@2``; a membership with its windows) that stand in just one of the two trees (R24); where there are
    none, those that differ between the two books.
    """

    rule: Key
    version: int
    grant: int
    target: Target
    before: Verdict | None = None
    after: Verdict | None = None
    gave: bool = False
    gives: bool = False
    behind: tuple[str, ...] = ()


class Sides(Value, frozen=True, kw_only=True):
    """Two answers compared: the verdicts that differ, and every object that differs between their books."""

    turns: tuple[Turn, ...] = ()
    objects: tuple[str, ...] = ()


def compared(before: Answer, after: Answer, old: RuleBook, new: RuleBook) -> Sides:
    """Compare two answers to one question, each with the rule book it was cut down to."""
    objects = tuple(_objects(old, new))
    rows = {_row(one): one for one in before.judged}
    others = {_row(one): one for one in after.judged}
    ordered = sorted(rows.keys() | others.keys(), key=_place)
    found = (_turn(row, rows.get(row), others.get(row), objects) for row in ordered)
    return Sides(turns=tuple(turn for turn in found if turn), objects=objects)


def _row(one: Judged) -> Row:
    return one.rule, one.version, one.grant, one.target


def _place(row: Row) -> tuple[bytes, int, int, str, bytes]:
    rule, version, grant, target = row
    return rule.encode(), version, grant, target.kind.value, target.key.encode()


def _turn(row: Row, one: Judged | None, other: Judged | None, objects: tuple[str, ...]) -> Turn | None:
    if said(one) == said(other):
        return None
    named = {f"{thing.key}@{thing.version}" for thing in blamed(one, other)}
    return Turn(
        rule=row[0],
        version=row[1],
        grant=row[2],
        target=row[3],
        before=one.verdict if one else None,
        after=other.verdict if other else None,
        gave=bool(one and one.gives),
        gives=bool(other and other.gives),
        behind=tuple(sorted(named)) or objects,
    )


def said(one: Judged | None) -> tuple[object, ...] | None:
    """Return all that an answer says in one verdict, its tree aside."""
    return (one.verdict, one.gives, one.mode, one.credit, one.scheme, one.reason) if one else None


def _objects(old: RuleBook, new: RuleBook) -> Iterator[str]:
    """Yield what stands in one book only, or says something else there; recorded times aside."""
    before, after = asdict(old), asdict(new)
    for part, things in before.items():
        if isinstance(things, tuple):
            was, now = _stated(things), _stated(after[part])
            differing = (key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
            yield from (f"{key}@{number}" for key, number in sorted(differing))


def _stated(things: tuple[Versioned, ...]) -> dict[tuple[str, int], Versioned]:
    return {
        (one.key, one.version): replace(one, recorded_at=None, retracted_at=None, loaded_by="")
        for one in things
    }
