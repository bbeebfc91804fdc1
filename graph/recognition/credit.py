"""Credit of a grant: where it comes from, its maximum, and its one rounding (R14)."""

from __future__ import annotations

from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.rules import CreditRule, WaiverMode, Worth
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.recognition.amounts import plain, ratio, rounded, units
from graph.recognition.joint import earned_sum
from graph.recognition.nodes import node
from graph.recognition.question import Question, places
from graph.recognition.targets import Aim, Sum, catalogue


class Credited(NamedTuple):
    """The rounded credit of a grant in 1/10,000, None if unknown; ``counts`` tells whether it has any."""

    counts: bool
    amount: int | None
    scheme: str
    step: int
    node: Node | None


NOTHING = Credited(False, None, "", 1, None)


def credited(question: Question, aim: Aim, mask: int) -> Credited:
    """Return a grant's credit; only a full waiver with credit counts any."""
    giving = aim.giving
    if giving is None or giving.mode is not WaiverMode.FULL or not giving.with_credit:
        return NOTHING
    return _rounded(
        question, aim, _limited(question, _worth(question, aim, giving.worth, mask), giving.worth)
    )


def _worth(question: Question, aim: Aim, worth: Worth, mask: int) -> Sum:
    if worth.rule is CreditRule.FIXED and worth.fixed:
        return Sum(Ratio(units(worth.fixed.amount)), worth.fixed.scheme, None)
    if worth.rule is CreditRule.RATIO and worth.ratio and worth.scheme:
        earned = earned_sum(question, places(mask), worth.scheme)
        if earned.amount is None:
            return earned
        return Sum(earned.amount * ratio(worth.ratio), worth.scheme, None)
    value = catalogue(question, aim.target)
    if value is None:
        return Sum(None, "", Reason.CREDIT_UNKNOWN)
    return Sum(Ratio(units(value.amount)), value.scheme, None)


def _limited(question: Question, worth: Sum, rule: Worth) -> Sum:
    if worth.amount is None or rule.maximum is None:
        return worth
    factor = question.factor(rule.maximum.scheme, worth.scheme)
    if factor is None:
        return Sum(None, worth.scheme, Reason.NO_FACTOR)
    return worth._replace(amount=min(worth.amount, units(rule.maximum.amount) * factor))


def _rounded(question: Question, aim: Aim, worth: Sum) -> Credited:
    scheme = question.index.credit_schemes.known(worth.scheme, question.day)
    if worth.amount is None or scheme is None:
        reason = worth.reason or Reason.CREDIT_UNKNOWN
        unknown = node(NodeKind.CREDIT, Finding.OPEN, reason, aim.target.key, (("scheme", worth.scheme),))
        return Credited(True, None, worth.scheme, 1, unknown)
    step = units(scheme.step)
    amount = rounded(worth.amount, step, scheme.rounding)
    facts = (("credit", str(plain(amount))), ("scheme", worth.scheme))
    told = node(NodeKind.CREDIT, Finding.PASS, None, aim.target.key, facts)
    return Credited(True, amount, worth.scheme, step, told)
