"""Clauses: which results each names, and the ways in which they meet it (R7 to R10)."""

from __future__ import annotations

from graph.model.rules import OutcomeClause, PoolClause, TextClause, UnitClause
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.recognition.covers import covers
from graph.recognition.entries import Ask
from graph.recognition.evidence import fit
from graph.recognition.limits import OPTIONS, SHOWN
from graph.recognition.nodes import Facts, first, node, told
from graph.recognition.options import Met, Option
from graph.recognition.pools import pool
from graph.recognition.question import Held, Question


def meet(question: Question, ask: Ask, *, beyond: bool = False, among: int | None = None) -> Met:
    """Return the ways to meet a clause, with its node; ``among`` bounds the results that may be used."""
    met = _meet(question, ask, beyond, among)
    return Met(met.options, _named(ask, met), met.share, met.limited)


def _meet(question: Question, ask: Ask, beyond: bool, among: int | None) -> Met:
    clause = ask.clause
    if isinstance(clause, TextClause):
        opens = frozenset({(Reason.FREE_TEXT, str(ask.place))})
        return Met((Option(0, opens),), told(NodeKind.CLAUSE, ""))
    if isinstance(clause, UnitClause):
        return _among(_covers(question, ask, clause.unit), among)
    helds = [held for held in named(question, ask) if among is None or held.bit & among]
    if isinstance(clause, PoolClause):
        return pool(question, ask, clause, helds, beyond=beyond)
    return _single(question, ask, helds)


def _covers(question: Question, ask: Ask, unit: str) -> Met:
    """Cover a unit; the same unit under the same tests is covered once."""
    key = ("covers", unit, ask.number)
    found = question.memo.get(key)
    if not isinstance(found, Met):
        found = question.memo[key] = covers(question, ask, unit)
    return found


def _among(met: Met, among: int | None) -> Met:
    if among is None:
        return met
    return met._replace(options=tuple(option for option in met.options if not option.mask & ~among))


def _single(question: Question, ask: Ask, helds: list[Held]) -> Met:
    fits = [fit(question, held, ask) for held in helds]
    able = [one for one in fits if one.finding is not Finding.FAIL]
    if len(able) > 1:
        able.sort(key=lambda one: (len(one.opens), not one.held.verified, one.held.place))
    options = tuple(Option(one.held.bit, one.opens) for one in able[:OPTIONS])
    whole = told(NodeKind.CLAUSE, "", (), [one.node for one in fits])
    return Met(options, whole, limited=len(able) > OPTIONS)


def named(question: Question, ask: Ask) -> list[Held]:
    """Return the results a clause names, in order (R7)."""
    higher = isinstance(ask.clause, OutcomeClause) and ask.clause.or_higher
    by_key = question.by_step if higher else question.by_outcome
    by_edition = question.by_step_edition if higher else question.by_edition
    if len(ask.exact) == 1 and not ask.editions:
        (key,) = ask.exact
        return by_key.get(key, [])
    found: dict[int, Held] = {}
    for key in ask.exact.intersection(by_key):
        found |= {held.place: held for held in by_key[key]}
    for edition in ask.editions:
        found |= {held.place: held for held in by_edition.get(edition, ())}
    return [found[place] for place in sorted(found)]


def _named(ask: Ask, met: Met) -> Node:
    nodes, finding = met.node.nodes, _finding(met)
    reason = None if finding is Finding.PASS else _reason(ask, finding, nodes)
    facts = _facts(ask)
    if met.missing and met.partly:
        facts = (*facts, ("share", str(met.share)))
    shown = nodes if len(nodes) <= 2 * SHOWN else (*nodes[:SHOWN], _more(nodes), *nodes[-SHOWN:])
    return node(NodeKind.CLAUSE, finding, reason, str(ask.place), facts, shown)


def _more(nodes: tuple[Node, ...]) -> Node:
    return told(NodeKind.LIMIT, "notShown", (("count", str(len(nodes) - 2 * SHOWN)),))


def _finding(met: Met) -> Finding:
    for option in met.options:
        if not option.opens:
            return Finding.PASS
    return Finding.FAIL if met.missing else Finding.OPEN


def _reason(ask: Ask, finding: Finding, nodes: tuple[Node, ...]) -> Reason:
    if isinstance(ask.clause, TextClause):
        return Reason.FREE_TEXT
    if not nodes:
        return Reason.CLAUSE_MISSING
    return first(nodes, finding) or first(nodes, Finding.OPEN) or Reason.CLAUSE_MISSING


def _facts(ask: Ask) -> Facts:
    clause = ask.clause
    if isinstance(clause, OutcomeClause):
        higher = (("orHigher", "true"),) if clause.or_higher else ()
        return (("clause", "OUTCOME"), ("outcome", clause.outcome), *higher)
    if isinstance(clause, UnitClause):
        return (("clause", "UNIT"), ("unit", clause.unit))
    if isinstance(clause, PoolClause):
        credit = clause.credit
        return (("clause", "POOL"), ("credit", str(credit.amount)), ("scheme", credit.scheme))
    return (("clause", "TEXT"), ("zh", clause.text.zh), ("en", clause.text.en))
