"""Tests on a whole alternative: one issuer for all its evidence, and its credit not below the targets'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction as Ratio

from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.recognition.entries import Entry, Way
from graph.recognition.nodes import node
from graph.recognition.question import Question, places
from graph.recognition.targets import Sum, catalogue_sum


def joint_tests(question: Question, entry: Entry, way: Way, mask: int) -> Iterator[Node]:
    """Yield the tests on the whole alternative for some evidence."""
    if way.alternative.one_issuer:
        yield _one_issuer(question, mask)
    if way.alternative.credit_not_below:
        yield _credit_not_below(question, entry, mask)


def _one_issuer(question: Question, mask: int) -> Node:
    issuers = [held.result.issuer for held in question.chosen(mask)]
    known = {issuer for issuer in issuers if issuer is not None}
    if len(known) > 1:
        return node(NodeKind.JOINT, Finding.FAIL, Reason.ISSUERS_DIFFER, "oneIssuer")
    unsure = len(issuers) > 1 and None in issuers
    finding = Finding.OPEN if unsure else Finding.PASS
    return node(NodeKind.JOINT, finding, Reason.ISSUER_UNKNOWN, "oneIssuer")


def _credit_not_below(question: Question, entry: Entry, mask: int) -> Node:
    wanted = catalogue_sum(question, entry)
    if wanted is None:
        return node(NodeKind.JOINT, Finding.PASS, None, "creditNotBelow")
    have = _earned_sum(question, mask, wanted.scheme)
    facts = (("need", _said(wanted)), ("have", _said(have)), ("scheme", wanted.scheme))
    if wanted.amount is None or have.amount is None:
        reason = wanted.reason or have.reason
        return node(NodeKind.JOINT, Finding.OPEN, reason, "creditNotBelow", facts)
    finding = Finding.PASS if have.amount >= wanted.amount else Finding.FAIL
    return node(NodeKind.JOINT, finding, Reason.CREDIT_BELOW, "creditNotBelow", facts)


def _said(one: Sum) -> str:
    return "" if one.amount is None else str(one.amount / 10_000)


def _earned_sum(question: Question, mask: int, scheme: str) -> Sum:
    return earned_sum(question, places(mask), scheme)


def earned_sum(question: Question, evidence: Iterable[int], scheme: str) -> Sum:
    """Return the sum of earned credit in a scheme, each result once; unknown where a part of it is."""
    total = Ratio(0)
    for place in evidence:
        earned = question.earned(question.helds[place], scheme)
        if isinstance(earned, Reason):
            return Sum(None, scheme, earned)
        total += earned
    return Sum(total, scheme, None)
