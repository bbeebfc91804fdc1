"""Judging: a rule version on each of its targets, by its best alternative and assignment (R8, R11, R24)."""

from __future__ import annotations

from typing import NamedTuple

from graph.model.rules import CreditRule
from graph.model.trees import Reason
from graph.model.verdicts import Verdict
from graph.recognition.applications import Application, Applied
from graph.recognition.assignments import Search, nearest, search
from graph.recognition.ceilings import limits
from graph.recognition.denials import bars, searches
from graph.recognition.entries import Entry
from graph.recognition.limits import ALWAYS
from graph.recognition.obstacles import Obstacle, Place, first_of, rank
from graph.recognition.question import Question
from graph.recognition.standing import standing
from graph.recognition.targets import Aim, aims


class Ruling(NamedTuple):
    """What is found of one rule version and one target, with the alternatives behind it."""

    entry: Entry
    applied: Applied
    way: int | None
    searches: tuple[Search, ...]
    limited: bool
    nearest: int | None = None

    @property
    def gives(self) -> bool:
        """Tell whether this is MEETS_RULE or CAPPED that gives."""
        return self.applied.gives


def judge(question: Question, entry: Entry) -> list[Ruling]:
    """Judge a rule version on each of its targets."""
    if entry.denies:
        return [_denial(question, entry, aim) for aim in aims(question, entry)]
    question.budget.next_rule()
    found = tuple(search(question, entry, way) for way in entry.ways)
    best = _Best(question, entry)
    for one in found:
        best.put(one)
    limited = best.limited or any(one.limited for one in found)
    near = nearest(found)
    return [_ruling(question, entry, one, found, limited, near) for one in best.found]


_BEFORE_EVIDENCE = (None, Place.HELD, Place.STATE, Place.EXEMPTION)
"""First obstacles that stand, or are absent, whatever further evidence is tried."""

_STEPS = 20
"""What putting one assignment to one grant costs of the budget."""


class _Best:
    """The best application so far of each target; ties go to the alternative and assignment put first."""

    def __init__(self, question: Question, entry: Entry) -> None:
        self.question = question
        self.entry = entry
        self.aims = aims(question, entry)
        self.limited = False
        self.found: list[tuple[Applied, int | None]] = []
        if not entry.ways:
            self.found = [(self._nothing(aim), None) for aim in self.aims]

    def _nothing(self, aim: Aim) -> Applied:
        return _unmet(self.question, self.entry, aim, Verdict.NOT_MET, Reason.NO_ARTICULATION)

    def put(self, one: Search) -> None:
        """Put the assignments of an alternative, until no better verdict is possible."""
        if not one.assignments:
            self._take([_missing(self.question, self.entry, aim, one) for aim in self.aims], one)
        for tried, assignment in enumerate(one.assignments):
            if self._settled():
                return
            if not self.question.budget.spend(_STEPS * len(self.aims)) and tried >= ALWAYS:
                self.limited = True
                return
            self._take(Application(self.question, self.entry, assignment).judge(), one)

    def _settled(self) -> bool:
        """Tell whether no further assignment can better or change anything."""
        return bool(self.found) and all(applied.place in _BEFORE_EVIDENCE for applied, _ in self.found)

    def _take(self, found: list[Applied], one: Search) -> None:
        if not self.found:
            self.found = [(applied, one.way.place) for applied in found]
            return
        for place, applied in enumerate(found):
            known, _ = self.found[place]
            if rank(applied.verdict, applied.gives) < rank(known.verdict, known.gives):
                self.found[place] = (applied, one.way.place)


def _missing(question: Question, entry: Entry, aim: Aim, one: Search) -> Applied:
    if one.limited:
        return _unmet(question, entry, aim, Verdict.CONDITIONAL, Reason.SEARCH_LIMIT, Place.CONDITION)
    if not one.missing:
        return _unmet(question, entry, aim, Verdict.NOT_MET, Reason.JOINT)
    verdict = Verdict.PARTIAL if one.partial else Verdict.NOT_MET
    near = one.nearest_clause
    reason = one.mets[near].node.reason if near is not None else None
    return _unmet(question, entry, aim, verdict, reason or Reason.CLAUSE_MISSING)


def _unmet(
    question: Question,
    entry: Entry,
    aim: Aim,
    verdict: Verdict,
    reason: Reason,
    place: Place = Place.CLAUSES,
) -> Applied:
    own = standing(question, entry, aim.target)
    first = first_of((*own.obstacles, Obstacle(place, verdict, reason)))
    assert first is not None
    return Applied(aim, first.verdict, False, first.reason, first.place, nodes=own.nodes)


def _ruling(
    question: Question,
    entry: Entry,
    best: tuple[Applied, int | None],
    found: tuple[Search, ...],
    limited: bool,
    near: int | None,
) -> Ruling:
    applied, way = best
    if limited and not _certain(question, applied, found):
        applied = applied._replace(
            verdict=Verdict.CONDITIONAL,
            gives=False,
            reason=Reason.SEARCH_LIMIT,
            place=Place.CONDITION,
            credit=None,
            grade=None,
        )
    return Ruling(entry, applied, way, found, limited, near)


def _certain(question: Question, applied: Applied, found: tuple[Search, ...]) -> bool:
    """Tell whether a verdict is true although not every assignment was sought."""
    if applied.verdict is Verdict.UNVERIFIED:
        return all(one.missing or _unverified(question, one) for one in found)
    if applied.place is Place.CAP:
        giving = applied.aim.giving
        by_class = any(limit.cap and limit.cap.source_class for limit in limits(question))
        return giving is not None and giving.worth.rule is not CreditRule.RATIO and not by_class
    return applied.place in _BEFORE_EVIDENCE or applied.reason is Reason.REPEAT


def _unverified(question: Question, one: Search) -> bool:
    """Tell whether no assignment of an alternative can be verified throughout."""
    complete = (met.options for met in one.mets if not met.limited and not met.missing)
    return any(all(option.mask & question.unverified for option in options) for options in complete)


def _denial(question: Question, entry: Entry, aim: Aim) -> Ruling:
    """Return a denial's own verdict: DENIED if it surely applies, else NOT_MET (R13)."""
    own = [bar for bar in bars(question) if bar.entry is entry and bar.target == aim.target]
    sure = [bar for bar in own if bar.sure]
    found = searches(question, entry)
    limited = any(one.limited for one in found)
    if sure:
        applied = Applied(aim, Verdict.DENIED, reason=Reason.DENIED, mask=sure[0].mask)
    else:
        reason = Reason.DENIAL_OPEN if own else Reason.CLAUSE_MISSING
        applied = Applied(aim, Verdict.NOT_MET, reason=reason)
    return Ruling(entry, applied, None, found, limited)
