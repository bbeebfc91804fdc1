"""Reverse: which outcomes would be enough for a target, and what an outcome is enough for (R22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.learning import Completion, Context, Result
from graph.model.trees import Finding, Reason
from graph.model.values import Key
from graph.model.verdicts import Accepted, Equivalents, OutcomeSet, Target, Verdict
from graph.recognition.applications import Application, Applied
from graph.recognition.assignments import Assignment, Search, search
from graph.recognition.index import Entry, Index, compiled
from graph.recognition.limits import Budget
from graph.recognition.question import Question
from graph.recognition.scope import belongs
from graph.recognition.targets import aims
from graph.recognition.worlds import copies

MOST = 50
"""Sets listed at most."""


def accepted_for(book: RuleBook | Index, target: Target, context: Context) -> Accepted:
    """List the sets of outcomes that any rule of the book accepts for a target, smallest first."""
    asked = _asked(book, context)
    found: list[OutcomeSet] = []
    limited = False
    for entry in _granting(asked, target):
        sets, cut = _sets(asked, entry)
        found += [one for one in sets if one.target == target]
        limited = limited or cut
    kept = _smallest(found)
    return Accepted(sets=tuple(kept[:MOST]), truncated=limited or len(kept) > MOST)


def equivalents(book: RuleBook | Index, outcome: Key, context: Context) -> Equivalents:
    """List what an outcome is enough for by itself, and, apart, where it needs others beside it."""
    asked = _asked(book, context)
    places = sorted(asked.index.concerned(outcome))
    entries = [entry for entry in map(asked.index.entries.__getitem__, places) if belongs(asked, entry)]
    found: list[OutcomeSet] = []
    limited = False
    for entry in entries:
        sets, cut = ([], False) if entry.denies else _sets(asked, entry)
        found += [one for one in sets if outcome in one.outcomes]
        limited = limited or cut
    found.sort(key=_order)
    alone = tuple(one for one in found if len(one.outcomes) == 1)
    others = tuple(one for one in found if len(one.outcomes) > 1)
    truncated = limited or len(alone) > MOST or len(others) > MOST
    return Equivalents(suffices=alone[:MOST], also_needs=others[:MOST], truncated=truncated)


def _asked(book: RuleBook | Index, context: Context) -> Question:
    """Open a question in which nothing is held or consumed, and nobody is silent."""
    return Question(compiled(book), replace(context, consumed=(), silent=(), targets=()), (), Budget())


def _granting(asked: Question, target: Target) -> Iterator[Entry]:
    for entry in asked.index.entries:
        mine = belongs(asked, entry) and not entry.denies
        if mine and any(aim.target == target for aim in aims(asked, entry)):
            yield entry


def _sets(asked: Question, entry: Entry) -> tuple[list[OutcomeSet], bool]:
    imagined = tuple(_imagine(asked, entry))
    question = Question(asked.index, asked.context, (), asked.budget, imagined=imagined)
    question.budget.next_rule()
    found = [search(question, entry, way) for way in entry.ways]
    sets = [one for each in found for one in _of_way(question, entry, each)]
    return _smallest(sets), any(each.limited for each in found)


def _imagine(asked: Question, entry: Entry) -> Iterator[Result]:
    """Yield a result of each outcome a rule version names: completed today, for its catalogue credit."""
    today = Completion(first=asked.day, last=asked.day)
    for key in asked.index.named_by(entry.place):
        known = asked.index.outcomes.known(key, asked.day)
        for copy in range(copies(asked, entry, known) if known else 1):
            yield Result(
                id=f"{key} {copy}",
                outcome=Key(key),
                issuer=known.issuer if known else None,
                earned=known.credit if known else None,
                completion=today,
            )


def _of_way(question: Question, entry: Entry, found: Search) -> Iterator[OutcomeSet]:
    for assignment in found.assignments:
        for applied in Application(question, entry, assignment).judge():
            if applied.gives or applied.verdict is Verdict.CONDITIONAL:
                yield _set(question, entry, found, assignment, applied)


def _set(
    question: Question, entry: Entry, found: Search, assignment: Assignment, applied: Applied
) -> OutcomeSet:
    keys = {held.result.outcome for held in question.chosen(assignment.mask)}
    opens = {one.reason for one in applied.nodes if one.finding is Finding.OPEN and one.reason}
    opens |= {reason for reason, _ in assignment.opens}
    return OutcomeSet(
        rule=entry.rule.key,
        version=entry.rule.version,
        alternative=found.way.place,
        grant=applied.aim.grant,
        target=applied.aim.target,
        outcomes=tuple(sorted(key for key in keys if key is not None)),
        verdict=applied.verdict,
        conditions=tuple(sorted(opens, key=lambda reason: reason.name)),
    )


class _Measure(NamedTuple):
    """What of a set is compared: its outcomes and its conditions."""

    outcomes: frozenset[Key]
    conditions: frozenset[Reason]


def _measure(one: OutcomeSet) -> _Measure:
    return _Measure(frozenset(one.outcomes), frozenset(one.conditions))


def _smallest(sets: Iterable[OutcomeSet]) -> list[OutcomeSet]:
    """Keep, per target, the sets of which no smaller one has no more conditions; by size, then code."""
    kept: list[OutcomeSet] = []
    for one in sorted(sets, key=_order):
        mine = _measure(one)
        rivals = (_measure(other) for other in kept if other.target == one.target and _same_way(other, one))
        if not any(r.outcomes <= mine.outcomes and r.conditions <= mine.conditions for r in rivals):
            kept.append(one)
    return kept


def _same_way(other: OutcomeSet, one: OutcomeSet) -> bool:
    """Equal sets of different rules are both worth telling; a larger set never is."""
    return (other.rule, other.version) == (one.rule, one.version) or other.outcomes != one.outcomes


def _order(one: OutcomeSet) -> tuple[int, tuple[bytes, ...], int, bytes, int, int]:
    codes = tuple(key.encode() for key in one.outcomes)
    return len(one.outcomes), codes, len(one.conditions), one.rule.encode(), one.version, one.alternative
