"""Caps: what a grant may still bring, alone, beside what is already consumed (R15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.outcomes import Block
from graph.model.rules import Cap, CapMeasure, CapScope, Overflow
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import TargetKind
from graph.recognition.amounts import SCALE, ratio, units
from graph.recognition.ledger import Posting, postings
from graph.recognition.nodes import node
from graph.recognition.question import Question
from graph.recognition.targets import path_of, paths


class Limit(NamedTuple):
    """A cap in force, with its limit in its scheme (credit) or as a number; None where undeclared."""

    name: str
    cap: Cap | None
    block: str | None
    measure: CapMeasure
    amount: Ratio | None
    scheme: str
    overflow: Overflow
    article: str


class Room(NamedTuple):
    """What a limit leaves for one grant: the finding, and the credit that fits, in the grant's scheme."""

    limit: Limit
    node: Node
    fits: Ratio


def limits(question: Question) -> tuple[Limit, ...]:
    """Return every limit in force on the application date: caps, and the residency of blocks."""
    found = question.memo.get("limits")
    if not isinstance(found, tuple):
        live = question.index.caps.all_live(question.day)
        mine = (cap for cap in live if _mine(question, cap))
        made = (*(_limit(question, cap) for cap in mine), *_residencies(question))
        found = question.memo["limits"] = made
    return found


def _mine(question: Question, cap: Cap) -> bool:
    context = question.context
    in_programme = cap.programme is None or cap.programme == context.programme
    needs_programme = cap.scope in (CapScope.PROGRAMME, CapScope.BLOCK, CapScope.TAG)
    stands = bool(context.programme) or not needs_programme
    return cap.institution == context.institution and in_programme and stands


def _limit(question: Question, cap: Cap) -> Limit:
    amount, scheme = _declared(question, cap)
    name = f"{cap.key}@{cap.version}"
    return Limit(name, cap, None, cap.measure, amount, scheme, cap.overflow, cap.article)


def _declared(question: Question, cap: Cap) -> tuple[Ratio | None, str]:
    if cap.credit is not None:
        return Ratio(units(cap.credit.amount)), cap.credit.scheme
    if cap.count is not None:
        return Ratio(cap.count), ""
    total = _total(question, cap)
    scheme = question.programme.credit_scheme if question.programme else ""
    share = ratio(cap.share) if cap.share else Ratio(0)
    return (None if total is None else total * share), scheme


def _total(question: Question, cap: Cap) -> Ratio | None:
    """Return the declared total a share is of: credit in 1/10,000, or a number of courses."""
    by_credit = cap.measure is CapMeasure.CREDIT
    if cap.scope in (CapScope.BLOCK, CapScope.TAG):
        return _sum(_block_total(block, by_credit) for block in _blocks(question, cap))
    programme = question.programme
    if programme is None:
        return None
    if by_credit:
        return Ratio(units(programme.credit)) if programme.credit is not None else None
    return Ratio(programme.courses) if programme.courses is not None else None


def _block_total(block: Block, by_credit: bool) -> Ratio | None:
    if by_credit:
        return Ratio(units(block.credit)) if block.credit is not None else None
    return Ratio(block.courses) if block.courses is not None else None


def _sum(totals: Iterable[Ratio | None]) -> Ratio | None:
    known = list(totals)
    some = [total for total in known if total is not None]
    return sum(some, Ratio(0)) if known and len(some) == len(known) else None


def _blocks(question: Question, cap: Cap) -> list[Block]:
    """Return the block of a cap, or the topmost blocks with its tag."""
    every = paths(question).values()
    if cap.scope is CapScope.BLOCK:
        return [path[-1] for path in every if path[-1].code == cap.block]
    tagged = [path for path in every if cap.tag in path[-1].tags]
    return [path[-1] for path in tagged if not any(cap.tag in above.tags for above in path[:-1])]


def _residencies(question: Question) -> Iterator[Limit]:
    scheme = question.programme.credit_scheme if question.programme else ""
    for code, path in paths(question).items():
        block = path[-1]
        if block.residency is not None:
            total = _block_total(block, True)
            amount = None if total is None else max(total - units(block.residency), Ratio(0))
            refuse = Overflow.REFUSE
            yield Limit(f"residency {code}", None, code, CapMeasure.CREDIT, amount, scheme, refuse, "")


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
    others = (*postings(question), *before)
    return [_room(question, limit, posting, others) for limit in _over(question, posting)]


def _over(question: Question, posting: Posting) -> list[Limit]:
    own = (limit for limit in limits(question) if counts(question, limit, posting))
    return [limit for limit in own if _measured(limit, posting)]


def _measured(limit: Limit, posting: Posting) -> bool:
    return posting.credit > 0 if limit.measure is CapMeasure.CREDIT else posting.counted


def _room(question: Question, limit: Limit, posting: Posting, others: tuple[Posting, ...]) -> Room:
    beside = [other for other in others if counts(question, limit, other)]
    if limit.measure is CapMeasure.COUNT:
        return _by_count(limit, sum(other.counted for other in beside))
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
