"""Levels: does the evidence reach the target's level, directly or by referencing (R18)."""

from __future__ import annotations

from graph.model.framework import LevelRef, Referencing
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import Target, TargetKind
from graph.recognition.index import Entry
from graph.recognition.nodes import Facts, node
from graph.recognition.question import Held, Question


def level_test(question: Question, entry: Entry, target: Target, mask: int) -> Node | None:
    """Test the highest level among the evidence against the target's; None where the target has none."""
    wanted = level_of(question, target)
    if wanted is None:
        return None
    facts: Facts = (("framework", wanted.framework), ("level", str(wanted.ordinal)))
    found = [_reached(question, held, wanted) for held in question.chosen(mask)]
    known = [ordinal for ordinal in found if ordinal is not None]
    if not known:
        return node(NodeKind.LEVEL, Finding.OPEN, Reason.LEVEL_INCOMPARABLE, target.key, facts)
    facts = (*facts, ("evidence", str(max(known))))
    lifted = max(known) >= wanted.ordinal or articulated(question, entry)
    finding = Finding.PASS if lifted else Finding.OPEN
    return node(NodeKind.LEVEL, finding, Reason.LEVEL_ABOVE, target.key, facts)


def level_of(question: Question, target: Target) -> LevelRef | None:
    """Return a target's level on the application date."""
    if target.kind is TargetKind.OUTCOME:
        outcome = question.index.outcomes.known(target.key, question.day)
        return outcome.level if outcome else None
    if target.kind is TargetKind.UNIT:
        unit = question.index.units.known(target.key, question.day)
        return unit.level if unit else None
    return None


def _held_level(question: Question, held: Held) -> LevelRef | None:
    if held.outcome:
        return held.outcome.level
    return level_of(question, Target(kind=TargetKind.UNIT, key=held.result.unit or ""))


def _reached(question: Question, held: Held, wanted: LevelRef) -> int | None:
    """Return the ordinal surely reached in the wanted framework: of all levels referenced, the lowest."""
    level = _held_level(question, held)
    if level is None or level.framework == wanted.framework:
        return level.ordinal if level else None
    return min(_referenced(question, level, wanted.framework), default=None)


def _referenced(question: Question, level: LevelRef, framework: str) -> list[int]:
    both = [(one.level, one.other) for one in _referencings(question)]
    others = [b for a, b in both if a == level] + [a for a, b in both if b == level]
    return [other.ordinal for other in others if other.framework == framework]


def _referencings(question: Question) -> tuple[Referencing, ...]:
    found = question.memo.get("referencings")
    if not isinstance(found, tuple):
        found = question.memo["referencings"] = tuple(question.index.referencings.all_live(question.day))
    return found


def articulated(question: Question, entry: Entry) -> bool:
    """Tell whether the rule, or its agreement on the application date, articulates across levels."""
    agreement = entry.rule.agreement
    known = question.index.agreements.known(agreement, question.day) if agreement else None
    return entry.rule.articulation or bool(known and known.articulation)
