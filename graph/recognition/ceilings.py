"""Ceilings: the limits in force for a question, caps and residency, with what a share is of (R15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.caps import Cap, CapMeasure, CapScope, Overflow
from graph.model.outcomes import Block
from graph.recognition.amounts import ratio, units
from graph.recognition.question import Question
from graph.recognition.targets import paths


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
