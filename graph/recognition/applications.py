"""Applications: one assignment of one alternative put to every grant of its rule (R11, R14 to R18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from graph.model.outcomes import Block
from graph.model.rules import WaiverMode
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.values import Grade
from graph.model.verdicts import Target, TargetKind, Verdict
from graph.recognition.assignments import Assignment
from graph.recognition.caps import cut, rooms
from graph.recognition.credit import Credited, credited
from graph.recognition.denials import against
from graph.recognition.entries import Entry
from graph.recognition.grades import attains, recorded
from graph.recognition.ledger import Posting, evidence_classes
from graph.recognition.levels import level_test
from graph.recognition.nodes import node
from graph.recognition.obstacles import Obstacle, Place, failing, first_of
from graph.recognition.question import Held, Question
from graph.recognition.standing import standing
from graph.recognition.targets import Aim, aims, path_of
from graph.recognition.uses import uses, uses_for
from graph.recognition.windows import Windows, windows


class Applied(NamedTuple):
    """What one assignment says of one grant.

    ``credit`` is what is given, in 1/10,000, and ``whole`` what would be without caps; ``place`` is that of
    the first obstacle; ``later`` tells for SUPERSEDED whether a later version holds the day; ``hopeful``
    tells of CONDITIONAL whether it would give once all that is open were found in its favour.
    """

    aim: Aim
    verdict: Verdict
    gives: bool = False
    reason: Reason | None = None
    place: Place | None = None
    credit: int | None = None
    whole: Credited | None = None
    grade: Grade | None = None
    nodes: tuple[Node, ...] = ()
    mask: int = 0
    later: bool = False
    hopeful: bool = False


class Heard(NamedTuple):
    """Obstacles and the tests behind them."""

    obstacles: tuple[Obstacle, ...] = ()
    nodes: tuple[Node, ...] = ()

    def __add__(self, other: object) -> Heard:
        """Hear more."""
        assert isinstance(other, Heard)
        if not (other.nodes or other.obstacles):
            return self
        return Heard(self.obstacles + other.obstacles, self.nodes + other.nodes)


NOTHING = Heard()


class Application:
    """One assignment of one rule version, with what is the same for every grant."""

    def __init__(self, question: Question, entry: Entry, assignment: Assignment) -> None:
        self.question = question
        self.entry = entry
        self.mask = assignment.mask
        self.evidence = question.chosen(assignment.mask)
        self.windows = windows(question, entry, assignment.latest)
        self.shared = _of_windows(self.windows) + _of_exclusions(self) + _of_conditions(self, assignment)

    def judge(self) -> list[Applied]:
        """Judge every grant; they count towards caps in the order listed (R15)."""
        before: tuple[Posting, ...] = ()
        found: list[Applied] = []
        for aim in aims(self.question, self.entry):
            one, posting = self._judge(aim, before)
            found.append(one)
            if one.gives and posting and not _same_target(before, posting):
                before = (*before, posting)
        return found

    def _judge(self, aim: Aim, before: tuple[Posting, ...]) -> tuple[Applied, Posting | None]:
        own = standing(self.question, self.entry, aim.target)
        whole = credited(self.question, aim, self.mask)
        heard = (
            Heard(own.obstacles, own.nodes) + self.shared + _of_target(self, aim.target) + _of_credit(whole)
        )
        if aim.giving is None:
            return _concluded(self, aim, heard, whole, None, True), None
        posting = _posting(self, aim, whole)
        capped, left, waived = _capped(self, posting, whole, before)
        return _concluded(self, aim, heard + capped, whole, left.credit, waived), left


def _same_target(before: tuple[Posting, ...], posting: Posting) -> bool:
    """Tell whether the target is counted already; elective credit may come more than once (R17)."""
    elective = posting.target.kind is TargetKind.ELECTIVE
    return not elective and any(other.target == posting.target for other in before)


_WINDOW_PLACES = {
    Verdict.OUT_OF_WINDOW: Place.WINDOW,
    Verdict.SUPERSEDED: Place.WINDOW,
    Verdict.NOT_YET_VALID: Place.NOT_YET,
}


def _condition(reason: Reason | None) -> Obstacle:
    return Obstacle(Place.CONDITION, Verdict.CONDITIONAL, reason)


def _of_windows(found: Windows) -> Heard:
    named = Obstacle(_WINDOW_PLACES[found.verdict], found.verdict, found.reason) if found.verdict else None
    opens = [_condition(reason) for reason, _ in sorted(found.opens, key=lambda one: one[0].name)]
    return Heard((*((named,) if named else ()), *opens), found.nodes)


def _of_conditions(one: Application, assignment: Assignment) -> Heard:
    ordered = sorted(assignment.opens, key=lambda one: (one[1], one[0].name))
    found = [_condition(reason) for reason, _ in ordered]
    if one.mask & one.question.unverified:
        found.append(Obstacle(Place.UNVERIFIED, Verdict.UNVERIFIED, Reason.UNVERIFIED))
    if not one.question.programme_stands:
        found.append(_condition(Reason.PROGRAMME_UNKNOWN))
    return Heard(tuple(found))


def _heard(nodes: Iterable[Node], place: Place, verdict: Verdict) -> Heard:
    kept = tuple(nodes)
    return Heard(tuple(failing(kept, place, verdict)), kept) if kept else NOTHING


def _of_exclusions(one: Application) -> Heard:
    return _heard(uses(one.question, one.entry, one.mask), Place.EXCLUSION, Verdict.EXCLUDED)


def _of_target(one: Application, target: Target) -> Heard:
    question, entry = one.question, one.entry
    level = level_test(question, entry, target, one.mask, one.windows.agreements)
    return (
        _of_grades(one, target)
        + _heard(against(question, entry, target, one.mask), Place.DENIAL, Verdict.DENIED)
        + _heard(uses_for(question, entry, target, one.mask), Place.EXCLUSION, Verdict.EXCLUDED)
        + _heard((level,) if level else (), Place.CONDITION, Verdict.CONDITIONAL)
    )


def _of_grades(one: Application, target: Target) -> Heard:
    """Test the minimum grades of the target's block and of those above, over all the evidence."""
    blocks = [block for block in path_of(one.question, target) if block.minimum_grade]
    nodes = [_minimum(one.question, block, held) for block in blocks for held in one.evidence]
    failed = [one for one in nodes if one.finding is Finding.FAIL]
    if failed:
        return Heard((Obstacle(Place.GRADE, Verdict.NOT_MET, Reason.TARGET_GRADE),), tuple(nodes))
    if any(one.finding is Finding.OPEN for one in nodes):
        return Heard((Obstacle(Place.GRADE, Verdict.CONDITIONAL, Reason.GRADE_UNKNOWN),), tuple(nodes))
    return Heard((), tuple(nodes))


def _minimum(question: Question, block: Block, held: Held) -> Node:
    least = block.minimum_grade
    finding = attains(question, held, least)
    reason = Reason.GRADE_UNKNOWN if finding is Finding.OPEN else Reason.TARGET_GRADE
    facts = (("block", block.code), ("minimum", least.value if least else ""))
    return node(NodeKind.GRADE, finding, reason, held.result.id, facts)


def _of_credit(whole: Credited) -> Heard:
    return _heard((whole.node,) if whole.node else (), Place.CONDITION, Verdict.CONDITIONAL)


def _posting(one: Application, aim: Aim, whole: Credited) -> Posting:
    context = one.question.context
    return Posting(
        target=aim.target,
        full=aim.giving is not None and aim.giving.mode is WaiverMode.FULL,
        credit=whole.amount or 0,
        scheme=whole.scheme,
        agreement=one.entry.rule.agreement,
        institution=context.institution,
        programme=context.programme,
        year=one.question.day.year,
        classes=evidence_classes(one.question, one.mask),
    )


def _capped(
    one: Application, posting: Posting, whole: Credited, before: tuple[Posting, ...]
) -> tuple[Heard, Posting, bool]:
    """Put a grant to the caps: what they say, what is left of it, and whether a waiver is."""
    others = tuple(one for one in before if not _same_target((one,), posting))
    found = rooms(one.question, posting, others)
    left = cut(posting, found, whole.step)
    heard = _heard((room.node for room in found), Place.CAP, Verdict.CAPPED)
    kept = posting if left.credit == posting.credit else replace(posting, credit=left.credit)
    return heard, kept, left.waived


def _concluded(
    one: Application, aim: Aim, heard: Heard, whole: Credited, left: int | None, waived: bool
) -> Applied:
    first = first_of(heard.obstacles)
    if first is None or first.verdict is Verdict.CAPPED:
        return _giving(one, aim, heard, whole, left or 0, first, waived)
    return Applied(
        aim,
        first.verdict,
        reason=first.reason,
        place=first.place,
        whole=whole,
        nodes=heard.nodes,
        mask=one.mask,
        later=one.windows.later,
        hopeful=(waived or bool(left)) and all(found.verdict in _ANSWERED for found in heard.obstacles),
    )


_ANSWERED = (Verdict.CONDITIONAL, Verdict.CAPPED)
"""Obstacles that leave something to be given, once what is open is answered."""


def _giving(
    one: Application,
    aim: Aim,
    heard: Heard,
    whole: Credited,
    left: int,
    first: Obstacle | None,
    waived: bool,
) -> Applied:
    gives = waived or left > 0
    counted = whole.counts and gives and (first is None or left > 0)
    grade, note = _recorded(one, aim)
    return Applied(
        aim=aim,
        verdict=first.verdict if first else Verdict.MEETS_RULE,
        gives=gives,
        reason=first.reason if first else None,
        place=first.place if first else None,
        credit=left if counted else None,
        whole=whole,
        grade=grade if gives else None,
        nodes=(*heard.nodes, *note),
        mask=one.mask,
    )


def _recorded(one: Application, aim: Aim) -> tuple[Grade | None, tuple[Node, ...]]:
    if aim.giving is None:
        return None, ()
    grade, short = recorded(one.question, aim.giving, one.evidence)
    facts = (("treatment", aim.giving.grade.value), ("grade", grade.value if grade else ""))
    reason = Reason.SCHEMES_DIFFER if short else None
    return grade, (node(NodeKind.GRADE, Finding.TOLD, reason, "recorded", facts),)
