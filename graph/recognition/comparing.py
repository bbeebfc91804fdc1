"""Comparing: the same question as of two moments, and what is behind each verdict that differs (R24)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.model.trees import Node, NodeKind
from graph.model.values import Key
from graph.model.verdicts import Answer, Blamed, Judged, Moved, Side, Target
from graph.recognition.obstacles import rank

Of = tuple[Key, Target]


def compare_answers(before: Answer, after: Answer) -> tuple[Moved, ...]:
    """List, by rule and target, the verdicts that differ between two answers to one question.

    Of several versions of a rule the best verdict counts (R1). A rule that one answer does not judge has no
    verdict there.
    """
    old, new = _best(before.judged), _best(after.judged)
    pairs = ((of, old.get(of), new.get(of)) for of in sorted(old.keys() | new.keys(), key=_by_name))
    return tuple(
        Moved(rule=of[0], target=of[1], before=one, after=other, blamed=tuple(blamed(one, other)))
        for of, one, other in pairs
        if _said(one) != _said(other)
    )


def _best(judged: Iterable[Judged]) -> dict[Of, Judged]:
    found: dict[Of, Judged] = {}
    for one in judged:
        known = found.setdefault((one.rule, one.target), one)
        if rank(one.verdict, one.gives) < rank(known.verdict, known.gives):
            found[one.rule, one.target] = one
    return found


def _by_name(of: Of) -> tuple[bytes, str, bytes]:
    rule, target = of
    return rule.encode(), target.kind.value, target.key.encode()


def _said(one: Judged | None) -> object:
    return None if one is None else (one.verdict, one.gives, one.credit, one.scheme)


def blamed(before: Judged | None, after: Judged | None) -> Iterator[Blamed]:
    """Name the versioned things in exactly one of the two trees; a membership by its windows."""
    old, new = _things(before), _things(after)
    for kind, key, version in sorted(old ^ new, key=lambda one: (one[0].value, one[1].encode(), one[2])):
        side = Side.BEFORE if (kind, key, version) in old else Side.AFTER
        yield Blamed(kind=kind, key=key, version=version, side=side)


Thing = tuple[NodeKind, str, str]


def _things(one: Judged | None) -> set[Thing]:
    return set(_walk(one.tree)) if one and one.tree else set()


_VERSIONED = (NodeKind.RULE, NodeKind.AGREEMENT, NodeKind.MAPPING, NodeKind.DENIAL, NodeKind.CAP)


def _walk(node: Node) -> Iterator[Thing]:
    key, at, version = node.subject.rpartition("@")
    if node.kind in _VERSIONED and at and version.isdigit():
        yield node.kind, key, version
    if node.kind is NodeKind.MEMBERSHIP:
        yield node.kind, node.subject, " ".join(value for name, value in node.facts if name == "window")
    for below in node.nodes:
        yield from _walk(below)
