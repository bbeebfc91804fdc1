"""Uses: evidence that clashes or is used up already, and rules applied too often (R17)."""

from __future__ import annotations

from collections.abc import Iterator

from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import Target
from graph.recognition.clashes import clash_within, here, used
from graph.recognition.entries import Entry
from graph.recognition.nodes import node
from graph.recognition.question import Question
from graph.recognition.targets import granted


def uses(question: Question, entry: Entry, mask: int) -> Iterator[Node]:
    """Yield what stands against using this evidence by this rule, whatever the target."""
    clash = clash_within(question, mask)
    if clash:
        yield _excluded(question, Reason.CLASH, clash)
    rows = here(question)
    times = sum(row.rule == entry.rule.key for row in rows)
    if question.full or times >= entry.rule.repeatable:
        facts = (("times", str(times)), ("most", str(entry.rule.repeatable)))
        yield node(NodeKind.EXCLUSION, Finding.FAIL, Reason.REPEAT, entry.rule.key, facts)
    if question.context.programme:
        taken = used(question, rows, entry.rule.sharable) & mask
        if taken:
            yield _excluded(question, Reason.CONSUMED, taken)


def uses_for(question: Question, entry: Entry, target: Target, mask: int) -> Iterator[Node]:
    """Yield conflicts within institution and target, which a question without programme has."""
    if not question.context.programme:
        rows = granted(here(question), target)
        taken = used(question, rows, entry.rule.sharable) & mask
        if taken:
            yield _excluded(question, Reason.CONSUMED, taken)


def _excluded(question: Question, reason: Reason, mask: int) -> Node:
    facts = tuple(("result", name) for name in question.ids(mask))
    return node(NodeKind.EXCLUSION, Finding.FAIL, reason, "evidence", facts)
