"""Small makers of tree nodes, and the conditions that open ones leave."""

from __future__ import annotations

from collections.abc import Iterable

from graph.model.trees import Finding, Node, NodeKind, Reason

Open = tuple[Reason, str]
"""An open condition: why, and of what."""

Opens = frozenset[Open]

NO_OPENS: Opens = frozenset()

JOINT_TESTS = ("oneIssuer", "creditNotBelow")
"""The tests on a whole alternative: what their conditions are of."""

Facts = tuple[tuple[str, str], ...]


def node(
    kind: NodeKind,
    finding: Finding,
    reason: Reason | None = None,
    subject: str = "",
    facts: Facts = (),
    nodes: Iterable[Node] = (),
) -> Node:
    """Make a node; one that passes has no reason."""
    reason = None if finding is Finding.PASS else reason
    return Node(kind=kind, finding=finding, reason=reason, subject=subject, facts=facts, nodes=tuple(nodes))


def trial(name: str, finding: Finding, reason: Reason | None = None, facts: Facts = ()) -> Node:
    """Make a test node."""
    return node(NodeKind.TEST, finding, reason, name, facts)


def told(kind: NodeKind, subject: str, facts: Facts = (), nodes: Iterable[Node] = ()) -> Node:
    """Make a node that tells and tests nothing."""
    return node(kind, Finding.TOLD, None, subject, facts, nodes)


def worst(nodes: Iterable[Node]) -> Finding:
    """Return FAIL if a node fails, else OPEN if one is open, else PASS."""
    found = Finding.PASS
    for one in nodes:
        if one.finding is Finding.FAIL:
            return Finding.FAIL
        if one.finding is Finding.OPEN:
            found = Finding.OPEN
    return found


def first(nodes: Iterable[Node], finding: Finding) -> Reason | None:
    """Return the reason of the first node of this finding."""
    for one in nodes:
        if one.finding is finding:
            return one.reason
    return None


def opens(nodes: Iterable[Node], subject: str) -> Opens:
    """Return the conditions that open nodes leave."""
    return frozenset((node.reason, subject) for node in nodes if node.finding is Finding.OPEN and node.reason)
