"""Denials: what they bar, surely or perhaps (R13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import Target, TargetKind
from graph.recognition.assignments import Assignment, Search, search
from graph.recognition.clashes import clash_within
from graph.recognition.entries import Entry
from graph.recognition.nodes import node
from graph.recognition.question import Question
from graph.recognition.scope import denials
from graph.recognition.targets import aims, states
from graph.recognition.windows import windows


class Bar(NamedTuple):
    """A denial that is met: applications whose evidence contains ``mask`` are barred, if it is sure."""

    entry: Entry
    target: Target
    mask: int
    sure: bool
    limited: bool = False


def bars(question: Question) -> tuple[Bar, ...]:
    """Return every bar there is in this world."""
    found = question.memo.get("bars")
    if not isinstance(found, tuple):
        made = (bar for entry in denials(question) for bar in _of(question, entry))
        found = question.memo["bars"] = tuple(made)
    return found


def _of(question: Question, entry: Entry) -> Iterator[Bar]:
    question.budget.next_rule()
    targets = [aim.target for aim in aims(question, entry) if _in_state(question, entry, aim.target)]
    for one in searches(question, entry):
        for target in targets:
            yield from _barring(question, entry, one, target)


def searches(question: Question, entry: Entry) -> tuple[Search, ...]:
    """Search the alternatives of a denial; once, for its bars and for its own verdict."""
    found = question.memo.get(("denial", entry.place))
    if not isinstance(found, tuple):
        made = tuple(search(question, entry, way) for way in entry.ways)
        found = question.memo["denial", entry.place] = made
    return found


def _in_state(question: Question, entry: Entry, target: Target) -> bool:
    return states(question, target).issuperset(entry.rule.required_states)


def _barring(question: Question, entry: Entry, one: Search, target: Target) -> Iterator[Bar]:
    if one.limited:
        yield Bar(entry, target, 0, False, True)
    for assignment in one.assignments:
        sure = _sure(question, entry, one, assignment)
        if sure is not None:
            yield Bar(entry, target, assignment.mask, sure)


def _sure(question: Question, entry: Entry, one: Search, assignment: Assignment) -> bool | None:
    """Tell whether a denial met by this evidence surely applies; None if it does not at all."""
    empty = not one.way.asks
    found = windows(question, entry, assignment.latest, empty=empty)
    if found.verdict or clash_within(question, assignment.mask):
        return None
    firm = not assignment.opens and not found.opens
    return firm and not assignment.mask & question.unverified


def against(question: Question, entry: Entry, target: Target, mask: int) -> list[Node]:
    """Return the bars against an application: those of equal or smaller number within its evidence."""
    return [_node(question, bar) for bar in bars(question) if _hits(bar, entry, target, mask)]


def _hits(bar: Bar, entry: Entry, target: Target, mask: int) -> bool:
    aimed = bar.target == target or bar.target.kind is TargetKind.PROGRAMME
    return aimed and bar.entry.rule.priority <= entry.rule.priority and bar.mask & mask == bar.mask


def _node(question: Question, bar: Bar) -> Node:
    finding = Finding.FAIL if bar.sure else Finding.OPEN
    reason = Reason.DENIED if bar.sure else Reason.DENIAL_OPEN
    rule = bar.entry.rule
    facts = [("priority", str(rule.priority)), ("evidence", " ".join(question.ids(bar.mask)))]
    facts += [("article", rule.article)] if rule.article else []
    facts += [("limited", "true")] if bar.limited else []
    return node(NodeKind.DENIAL, finding, reason, bar.entry.name, tuple(facts))
