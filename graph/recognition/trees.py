"""Trees: everything tested for one rule version and target, put in one tree (R24)."""

from __future__ import annotations

from collections.abc import Iterator

from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import Verdict
from graph.recognition.assignments import Search
from graph.recognition.joint import joint_tests
from graph.recognition.judging import Ruling
from graph.recognition.nodes import node, told
from graph.recognition.question import Question


def tree(question: Question, ruling: Ruling, deciding: tuple[str, ...] = ()) -> Node:
    """Return the evaluation tree of a ruling."""
    applied = ruling.applied
    finding = Finding.PASS if applied.gives else _FINDINGS.get(applied.verdict, Finding.FAIL)
    nodes = (*applied.nodes, *_alternatives(question, ruling), *_notes(ruling, deciding))
    facts = (*ruling.entry.cited, ("target", applied.aim.target.key))
    return node(NodeKind.RULE, finding, applied.reason, ruling.entry.name, facts, nodes)


_FINDINGS = {
    Verdict.CONDITIONAL: Finding.OPEN,
    Verdict.UNVERIFIED: Finding.OPEN,
    Verdict.UNDECIDED: Finding.OPEN,
}


def _alternatives(question: Question, ruling: Ruling) -> Iterator[Node]:
    for one in ruling.searches:
        chosen = one.way.place == ruling.way and bool(one.assignments)
        yield _alternative(question, ruling, one, chosen)


def _alternative(question: Question, ruling: Ruling, one: Search, chosen: bool) -> Node:
    key = ("alternative", ruling.entry.place, one.way.place, ruling.applied.mask if chosen else -1)
    found = question.memo.get(key)
    if not isinstance(found, Node):
        found = question.memo[key] = _made(question, ruling, one, chosen)
    return found


def _made(question: Question, ruling: Ruling, one: Search, chosen: bool) -> Node:
    nodes = [met.node for met in one.mets]
    if chosen:
        nodes += joint_tests(question, ruling.entry, one.way, ruling.applied.mask)
    facts: list[tuple[str, str]] = []
    if chosen:
        facts = [("evidence", " ".join(question.ids(ruling.applied.mask))), ("chosen", "true")]
    elif ruling.nearest == one.way.place:
        facts = [("nearest", "true"), ("nearestClause", str(one.nearest_clause))]
    finding, reason = _outcome(one)
    return node(NodeKind.ALTERNATIVE, finding, reason, str(one.way.place), tuple(facts), nodes)


def _outcome(one: Search) -> tuple[Finding, Reason | None]:
    if one.missing:
        return Finding.FAIL, Reason.CLAUSE_MISSING
    if not one.assignments:
        return (Finding.OPEN, Reason.SEARCH_LIMIT) if one.limited else (Finding.FAIL, Reason.JOINT)
    opens = [assignment.opens for assignment in one.assignments]
    if not all(opens):
        return Finding.PASS, None
    return Finding.OPEN, min(opens[0], key=lambda one: (one[1], one[0].name))[0]


def _notes(ruling: Ruling, deciding: tuple[str, ...]) -> Iterator[Node]:
    if deciding:
        facts = tuple(("source", source) for source in deciding)
        yield node(NodeKind.WORLD, Finding.OPEN, Reason.SILENT, "silent", facts)
    if ruling.limited:
        yield told(NodeKind.LIMIT, "search")
