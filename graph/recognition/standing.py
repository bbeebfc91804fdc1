"""Standing: how the learner stands to a target, before any evidence is looked at (R11, Exclusion)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graph.model.rules import TargetState
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import Target, TargetKind, Verdict
from graph.recognition.clashes import exclusions, here
from graph.recognition.entries import Entry
from graph.recognition.nodes import node
from graph.recognition.obstacles import Obstacle, Place
from graph.recognition.question import Question
from graph.recognition.targets import granted, non_exemptible, states


class Standing(NamedTuple):
    """The obstacles a target brings by itself, and the tests behind them."""

    obstacles: tuple[Obstacle, ...]
    nodes: tuple[Node, ...]


def standing(question: Question, entry: Entry, target: Target) -> Standing:
    """Test a target by itself; the same for all rules that require the same states."""
    key = (target, entry.rule.required_states)
    found = question.memo.get(key)
    if not isinstance(found, Standing):
        made = tuple(_stand(question, frozenset(entry.rule.required_states), target))
        obstacles = tuple(one for one, _ in made if one is not None)
        found = question.memo[key] = Standing(obstacles, tuple(node for _, node in made))
    return found


Stood = tuple[Obstacle | None, Node]


def _stand(question: Question, required: frozenset[TargetState], target: Target) -> Iterator[Stood]:
    if TargetState.HELD not in required and target.kind is not TargetKind.ELECTIVE:
        yield _held(question, target)
    if required:
        yield _state(question, required, target)
    if non_exemptible(question, target):
        yield _failed(Place.EXEMPTION, Verdict.DENIED, Reason.NON_EXEMPTIBLE, target)
    excluded = _excluded(question, target)
    if excluded:
        yield _failed(Place.EXCLUSION, Verdict.EXCLUDED, Reason.EXCLUSION, target, excluded)


def _held(question: Question, target: Target) -> Stood:
    if TargetState.HELD in states(question, target):
        return _failed(Place.HELD, Verdict.ALREADY_HELD, Reason.HELD, target)
    rows = granted(here(question), target)
    if rows:
        rule = f"{rows[0].rule}@{rows[0].rule_version}"
        return _failed(Place.HELD, Verdict.ALREADY_HELD, Reason.GRANTED_BEFORE, target, rule)
    return None, node(NodeKind.TARGET, Finding.PASS, None, "notHeld")


def _state(question: Question, required: frozenset[TargetState], target: Target) -> Stood:
    have = states(question, target)
    if have.issuperset(required):
        return None, node(NodeKind.TARGET, Finding.PASS, None, "state")
    said = " ".join(sorted(state.value for state in required))
    return _failed(Place.STATE, Verdict.NOT_MET, Reason.TARGET_STATE, target, said)


def _failed(place: Place, verdict: Verdict, reason: Reason, target: Target, by: str = "") -> Stood:
    facts = (("target", target.key), *((("by", by),) if by else ()))
    kind = NodeKind.EXCLUSION if place is Place.EXCLUSION else NodeKind.TARGET
    failed = node(kind, Finding.FAIL, reason, target.key, facts)
    return Obstacle(place, verdict, reason), failed


def _excluded(question: Question, target: Target) -> str:
    """Return the member of an exclusion that is held or granted already, beside the target."""
    if target.kind is not TargetKind.OUTCOME:
        return ""
    have = _had(question)
    sets = (one.outcomes for one in exclusions(question) if target.key in one.outcomes)
    others = (key for keys in sets for key in keys if key != target.key and key in have)
    return next(others, "")


def _had(question: Question) -> set[str]:
    held = {row.outcome for row in question.context.targets if row.state is TargetState.HELD}
    rows = (one.outcome for row in here(question) for one in row.targets)
    return {*held, *(outcome for outcome in rows if outcome is not None)}
