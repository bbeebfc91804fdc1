"""Caps: what a grant may still bring, alone, beside what is already consumed (R15)."""

from __future__ import annotations

from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.caps import Cap, CapMeasure, CapScope, Overflow
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import TargetKind
from graph.recognition.amounts import SCALE
from graph.recognition.ceilings import Limit, limits
from graph.recognition.ledger import Posting, postings
from graph.recognition.nodes import node
from graph.recognition.question import Question
from graph.recognition.targets import path_of


class Room(NamedTuple):
    """What a limit leaves for one grant: the finding, and the credit that fits, in the grant's scheme."""

    limit: Limit
    node: Node
    fits: Ratio


def counts(question: Question, limit: Limit, posting: Posting) -> bool:
    """Tell whether what was granted falls under a limit."""
    cap = limit.cap
    if cap is None:
        return _here(question, posting) and _below(question, posting, limit.block)
    return _SCOPES[cap.scope](question, cap, posting)


def _here(question: Question, posting: Posting) -> bool:
    context = question.context
    mine = posting.institution == context.institution
    return mine and context.programme in (None, posting.programme)


def _below(question: Question, posting: Posting, code: str | None) -> bool:
    return any(block.code == code for block in path_of(question, posting.target))


def _in_block(question: Question, cap: Cap, posting: Posting) -> bool:
    return _here(question, posting) and _below(question, posting, cap.block)


def _in_tag(question: Question, cap: Cap, posting: Posting) -> bool:
    path = path_of(question, posting.target)
    return _here(question, posting) and any(cap.tag in block.tags for block in path)


def _in_agreement(_question: Question, cap: Cap, posting: Posting) -> bool:
    return posting.agreement == cap.agreement


def _in_year(question: Question, cap: Cap, posting: Posting) -> bool:
    return posting.institution == cap.institution and posting.year == question.day.year


def _in_class(question: Question, cap: Cap, posting: Posting) -> bool:
    return _here(question, posting) and cap.source_class in posting.classes


_SCOPES = {
    CapScope.PROGRAMME: lambda question, cap, posting: _here(question, posting),
    CapScope.BLOCK: _in_block,
    CapScope.TAG: _in_tag,
    CapScope.AGREEMENT: _in_agreement,
    CapScope.YEAR: _in_year,
    CapScope.SOURCE_CLASS: _in_class,
}


def rooms(question: Question, posting: Posting, before: tuple[Posting, ...]) -> list[Room]:
    """Test a grant against every limit it falls under; ``before`` are earlier grants of the application."""
    if before:
        others = (*postings(question), *before)
        return [_room(question, limit, posting, others) for limit in _over(question, posting)]
    return [_first(question, limit, posting) for limit in _over(question, posting)]


def _first(question: Question, limit: Limit, posting: Posting) -> Room:
    """Return the room for the first grant of an application, which is the same for all of one amount."""
    by_count = limit.measure is CapMeasure.COUNT
    key = ("room", limit.name, posting.target if by_count else (posting.credit, posting.scheme))
    found = question.memo.get(key)
    if not isinstance(found, Room):
        found = question.memo[key] = _room(question, limit, posting, postings(question))
    return found


def _over(question: Question, posting: Posting) -> list[Limit]:
    own = (limit for limit in limits(question) if counts(question, limit, posting))
    return [limit for limit in own if _measured(limit, posting)]


def _measured(limit: Limit, posting: Posting) -> bool:
    return posting.credit > 0 if limit.measure is CapMeasure.CREDIT else posting.counted


def _room(question: Question, limit: Limit, posting: Posting, others: tuple[Posting, ...]) -> Room:
    beside = [other for other in others if counts(question, limit, other)]
    if limit.measure is CapMeasure.COUNT:
        return _by_count(limit, len({other.target for other in beside if other.counted} - {posting.target}))
    return _by_credit(question, limit, posting, beside)


def _facts(limit: Limit, used: Ratio, unit: int) -> tuple[tuple[str, str], ...]:
    amount = "" if limit.amount is None else str(limit.amount / unit)
    article = (("article", limit.article),) if limit.article else ()
    return (("limit", amount), ("used", str(used / unit)), ("scheme", limit.scheme), *article)


def _by_count(limit: Limit, used: int) -> Room:
    facts = _facts(limit, Ratio(used), 1)
    if limit.amount is None:
        return Room(
            limit, node(NodeKind.CAP, Finding.OPEN, Reason.TOTAL_UNDECLARED, limit.name, facts), Ratio(0)
        )
    finding = Finding.PASS if used + 1 <= limit.amount else Finding.FAIL
    return Room(limit, node(NodeKind.CAP, finding, Reason.OVER_CAP, limit.name, facts), Ratio(0))


def _by_credit(question: Question, limit: Limit, posting: Posting, beside: list[Posting]) -> Room:
    factor = question.factor(posting.scheme, limit.scheme)
    used = _used(question, limit, beside)
    facts = _facts(limit, used or Ratio(0), SCALE)
    if limit.amount is None or factor is None or used is None:
        reason = Reason.TOTAL_UNDECLARED if limit.amount is None else Reason.NO_FACTOR
        return Room(limit, node(NodeKind.CAP, Finding.OPEN, reason, limit.name, facts), Ratio(0))
    fits = max((limit.amount - used) / factor, Ratio(0))
    finding = Finding.PASS if posting.credit <= fits else Finding.FAIL
    return Room(limit, node(NodeKind.CAP, finding, Reason.OVER_CAP, limit.name, facts), fits)


def _used(question: Question, limit: Limit, beside: list[Posting]) -> Ratio | None:
    total = Ratio(0)
    for other in beside:
        factor = question.factor(other.scheme, limit.scheme) if other.credit else Ratio(0)
        if factor is None:
            return None
        total += other.credit * factor
    return total


class Cut(NamedTuple):
    """What caps make of a grant: the credit left, whether a waiver is left, and whether they bound it."""

    credit: int
    waived: bool
    bound: bool


def cut(posting: Posting, found: list[Room], step: int) -> Cut:
    """Apply the limits that bind: elective credit is cut to the step, others are indivisible."""
    binding = [room for room in found if room.node.finding is Finding.FAIL]
    if not binding:
        return Cut(posting.credit, True, False)
    if posting.target.kind is TargetKind.ELECTIVE:
        return Cut(_stepped(min(room.fits for room in binding), step), False, True)
    waive = all(room.limit.overflow is Overflow.WAIVE_WITHOUT_CREDIT for room in binding)
    return Cut(0, waive, True)


def _stepped(fits: Ratio, step: int) -> int:
    return step * ((fits / step).numerator // (fits / step).denominator)
