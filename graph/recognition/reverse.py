"""Reverse: which outcomes would be enough for a target, and what an outcome is enough for (R22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.learning import Completion, Context, Result
from graph.model.trees import Finding, Reason
from graph.model.values import Key
from graph.model.verdicts import Accepted, Equivalents, OutcomeSet, Target, Verdict
from graph.recognition.amounts import plain
from graph.recognition.applications import Application, Applied
from graph.recognition.assignments import Assignment, Search, search
from graph.recognition.entries import Entry
from graph.recognition.index import Index, compiled
from graph.recognition.limits import REVERSED, Budget
from graph.recognition.obstacles import rank
from graph.recognition.options import conditions
from graph.recognition.question import Question
from graph.recognition.scope import belongs
from graph.recognition.targets import aims
from graph.recognition.worlds import copies

MOST = 50
"""Sets listed at most."""

Condition = tuple[str, ...]
"""What is unknown, and of what; two rule versions share none but what the programme leaves open."""

PROGRAMME: Condition = ("programme",)


class Found(NamedTuple):
    """A set that is enough, with what it is compared by.

    ``members`` are its outcomes, a repeatable one numbered as often as it is needed.
    """

    set: OutcomeSet
    members: frozenset[tuple[str, int]]
    conditions: frozenset[Condition]


def accepted_for(book: RuleBook | Index, target: Target, context: Context) -> Accepted:
    """List the sets of outcomes that any rule of the book accepts for a target, smallest first."""
    asked = _asked(book, context)
    found: list[Found] = []
    limited = False
    for entry in _granting(asked, target):
        sets, cut = _sets(asked, entry, (), target)
        found += sets
        limited = limited or cut
    kept = _listed(_smallest(found[:REVERSED]))
    return Accepted(sets=kept[:MOST], truncated=limited or max(len(kept) - MOST, len(found) - REVERSED) > 0)


def equivalents(book: RuleBook | Index, outcome: Key, context: Context) -> Equivalents:
    """List what an outcome is enough for by itself, and, apart, where it needs others beside it."""
    found, limited = sets_with(book, outcome, context)
    alone = tuple(one for one in found if set(one.outcomes) == {outcome})
    others = tuple(one for one in found if set(one.outcomes) != {outcome})
    truncated = limited or len(alone) > MOST or len(others) > MOST
    return Equivalents(suffices=alone[:MOST], also_needs=others[:MOST], truncated=truncated)


def sets_with(book: RuleBook | Index, outcome: Key, context: Context) -> tuple[tuple[OutcomeSet, ...], bool]:
    """List, for each rule version and target, the smallest sets that hold an outcome; tell if cut short."""
    asked = _asked(book, context)
    places = sorted(asked.index.concerned(outcome))
    entries = [entry for entry in map(asked.index.entries.__getitem__, places) if belongs(asked, entry)]
    found: list[Found] = []
    limited = False
    for entry in entries:
        sets, cut = ([], False) if entry.denies else _sets(asked, entry, (outcome,))
        found += [one for one in sets if (outcome, 0) in one.members]
        limited = limited or cut
    return _listed(found), limited


def sets_of(index: Index, place: int, context: Context) -> tuple[tuple[OutcomeSet, ...], bool]:
    """List the sets by which one rule version gives, smallest first; tell whether the search was cut short.

    They are those of R22, of which `equivalents` tells the ones that hold an outcome.
    """
    asked = _asked(index, context)
    entry = index.entries[place]
    if entry.denies or not belongs(asked, entry):
        return (), False
    found, limited = _sets(asked, entry, ())
    return _listed(found), limited


def _asked(book: RuleBook | Index, context: Context) -> Question:
    """Open a question in which nothing is held or consumed, and nobody is silent."""
    return Question(compiled(book), replace(context, consumed=(), silent=(), targets=()), (), Budget())


def _granting(asked: Question, target: Target) -> Iterator[Entry]:
    for entry in asked.index.entries:
        mine = belongs(asked, entry) and not entry.denies
        if mine and any(aim.target == target for aim in aims(asked, entry)):
            yield entry


def _sets(
    asked: Question, entry: Entry, more: tuple[Key, ...], target: Target | None = None
) -> tuple[list[Found], bool]:
    """Find, per target, the smallest sets by which a rule version gives; ``more`` are imagined as well."""
    imagined = tuple(_imagine(asked, entry, more))
    question = Question(asked.index, asked.context, (), asked.budget, imagined=imagined)
    question.budget.next_rule()
    found = [search(question, entry, way) for way in entry.ways]
    sets = [one for each in found for one in _of_way(question, entry, each)]
    wanted = [one for one in sets if target in (None, one.set.target)]
    return _smallest(wanted), any(each.limited for each in found)


def _imagine(asked: Question, entry: Entry, more: tuple[Key, ...]) -> Iterator[Result]:
    """Yield a result of each outcome a rule version names: completed today, for its catalogue credit."""
    today = Completion(first=asked.day, last=asked.day)
    for key in dict.fromkeys((*asked.index.named_by(entry.place), *more)):
        known = asked.index.outcomes.known(key, asked.day)
        for copy in range(copies(asked, entry, known) if known else 1):
            yield Result(
                id=f"{key} {copy}",
                outcome=Key(key),
                issuer=known.issuer if known else None,
                earned=known.credit if known else None,
                completion=today,
            )


def _of_way(question: Question, entry: Entry, found: Search) -> Iterator[Found]:
    for assignment in found.assignments:
        for applied in Application(question, entry, assignment).judge():
            if applied.gives or applied.hopeful:
                yield _found(question, entry, found, assignment, applied)


def _found(
    question: Question, entry: Entry, found: Search, assignment: Assignment, applied: Applied
) -> Found:
    keys = sorted(str(held.result.outcome) for held in question.chosen(assignment.mask))
    members = frozenset((key, keys[:place].count(key)) for place, key in enumerate(keys))
    opens = frozenset(_opens(question, entry, found, assignment, applied))
    listed = OutcomeSet(
        institution=entry.rule.institution,
        rule=entry.rule.key,
        version=entry.rule.version,
        alternative=found.way.place,
        grant=applied.aim.grant,
        agreement=entry.rule.agreement,
        target=applied.aim.target,
        credit=_credit(applied),
        scheme=applied.whole.scheme if applied.whole and applied.whole.counts else "",
        outcomes=tuple(map(Key, keys)),
        verdict=applied.verdict,
        conditions=_reasons(question, assignment, applied),
    )
    return Found(listed, members, opens)


def _credit(applied: Applied) -> Decimal | None:
    """Return what is given; of a conditional set what would be, before any cap."""
    whole = applied.whole.amount if applied.whole else None
    given = applied.credit if applied.gives else whole
    return None if given is None else plain(given)


def _opens(
    question: Question, entry: Entry, found: Search, assignment: Assignment, applied: Applied
) -> Iterator[Condition]:
    """Name what is open: by the clauses of an alternative, by a rule version's other tests, by the day."""
    for reason, subject in conditions(assignment.opens):
        yield entry.name, str(found.way.place), reason.name, _outcome(question, subject)
    for one in applied.nodes:
        if one.finding is Finding.OPEN:
            yield entry.name, one.kind.name, _outcome(question, one.subject)
    if not question.programme_stands:
        yield PROGRAMME


def _outcome(question: Question, subject: str) -> str:
    """Copies of a repeatable outcome are alike."""
    held = question.by_id.get(subject)
    return str(held.result.outcome) if held else subject


def _reasons(question: Question, assignment: Assignment, applied: Applied) -> tuple[Reason, ...]:
    opens = {one.reason for one in applied.nodes if one.finding is Finding.OPEN and one.reason}
    opens |= {reason for reason, _ in assignment.opens}
    opens |= set() if question.programme_stands else {Reason.PROGRAMME_UNKNOWN}
    return tuple(sorted(opens, key=lambda reason: reason.name))


def _smallest(sets: Iterable[Found]) -> list[Found]:
    """Keep, per target, the sets of which no smaller one has no more conditions; the order is not theirs."""
    by_target: defaultdict[Target, list[Found]] = defaultdict(list)
    for one in sets:
        by_target[one.set.target].append(one)
    return [one for of in by_target.values() for one in _smallest_of(of)]


def _smallest_of(sets: list[Found]) -> Iterator[Found]:
    """Compare each set, by size, with those kept that are smaller, and with those that are the same set."""
    smaller: list[Found] = []
    alike: defaultdict[frozenset[tuple[str, int]], list[Found]] = defaultdict(list)
    size = -1
    for one in sorted(sets, key=lambda one: (len(one.members), len(one.conditions), _place(one.set))):
        if len(one.members) > size:
            smaller += [other for of in alike.values() for other in of]
            alike.clear()
            size = len(one.members)
        if not any(_instead(other, one) for other in (*alike[one.members], *smaller)):
            alike[one.members].append(one)
            yield one


def _instead(other: Found, one: Found) -> bool:
    """Tell whether another set makes this one needless; equal ones of two rule versions are both told."""
    less = other.members <= one.members and other.conditions <= one.conditions
    alike = other.members == one.members and other.conditions == one.conditions
    return less and (not alike or _version(other.set) == _version(one.set))


def _version(one: OutcomeSet) -> tuple[str, int]:
    return one.rule, one.version


def _listed(found: Iterable[Found]) -> tuple[OutcomeSet, ...]:
    return tuple(sorted((one.set for one in found), key=_order))


Place = tuple[bytes, int, int, int, int]
Order = tuple[int, tuple[bytes, ...], bool, Place, str, bytes]


def _order(one: OutcomeSet) -> Order:
    codes = tuple(key.encode() for key in one.outcomes)
    target = one.target.kind.value, one.target.key.encode()
    return len(one.outcomes), codes, bool(one.conditions), _place(one), *target


def _place(one: OutcomeSet) -> Place:
    best = rank(one.verdict, one.verdict is not Verdict.CONDITIONAL)
    return one.rule.encode(), one.version, best, one.alternative, one.grant
