"""Levels: does the evidence reach the target's level, directly or by referencing (R18)."""

from __future__ import annotations

from collections.abc import Sequence

from graph.model.framework import LevelRef, Referencing
from graph.model.institutions import Agreement
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import Target, TargetKind
from graph.recognition.entries import Entry
from graph.recognition.nodes import Facts, node
from graph.recognition.question import Held, Question


def level_test(
    question: Question, entry: Entry, target: Target, mask: int, agreements: Sequence[Agreement] = ()
) -> Node | None:
    """Test the highest level among the evidence against the target's; None where the target has none.

    ``agreements`` are the versions of the rule's agreement that live on the days it is tested on.
    """
    wanted = level_of(question, target)
    if wanted is None:
        return None
    facts: Facts = (("framework", wanted.framework), ("level", str(wanted.ordinal)))
    levels = [level for held in question.chosen(mask) if (level := _held_level(question, held))]
    known = [level for level in levels if _asked(question, wanted, level.framework) is not None]
    if not known:
        return node(NodeKind.LEVEL, Finding.OPEN, Reason.LEVEL_INCOMPARABLE, target.key, facts)
    facts = (*facts, *(("evidence", f"{level.framework} {level.ordinal}") for level in known))
    reached = any(level.ordinal >= (_asked(question, wanted, level.framework) or 0) for level in known)
    lifted = reached or articulated(entry, agreements)
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


def _asked(question: Question, wanted: LevelRef, framework: str) -> int | None:
    """Return what a framework asks for the wanted level: the highest of all levels it is referenced to."""
    if framework == wanted.framework:
        return wanted.ordinal
    return max(_referenced(question, wanted, framework), default=None)


def _referenced(question: Question, level: LevelRef, framework: str) -> list[int]:
    both = [(one.level, one.other) for one in _referencings(question)]
    others = [b for a, b in both if a == level] + [a for a, b in both if b == level]
    return [other.ordinal for other in others if other.framework == framework]


def _referencings(question: Question) -> tuple[Referencing, ...]:
    found = question.memo.get("referencings")
    if not isinstance(found, tuple):
        found = question.memo["referencings"] = tuple(question.index.referencings.all_live(question.day))
    return found


def articulated(entry: Entry, agreements: Sequence[Agreement]) -> bool:
    """Tell whether the rule, or its agreement on all days it is tested on, articulates across levels."""
    agreed = bool(agreements) and all(agreement.articulation for agreement in agreements)
    return entry.rule.articulation or agreed
