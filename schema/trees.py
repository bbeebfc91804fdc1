"""Evaluation trees in the API: spelt out as a list, each node after the one above it, cut where long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import strawberry

from graph.model.trees import Finding, Node, NodeKind, Reason
from schema.enums import tell
from schema.permissions import PUBLIC, decided

tell(
    Finding,
    "What a test found 测试结果.",
    PASS="It passes 通过.",  # noqa: S106 - a finding, no secret
    OPEN="A person must look 待定.",
    FAIL="It fails 不通过.",
    TOLD="A fact that tests nothing 事实.",
)
tell(
    NodeKind,
    "What a node of a tree is about.",
    RULE="The rule version 规则版本.",
    TARGET="The target 目标.",
    ALTERNATIVE="One of the rule's ways 备选组.",
    CLAUSE="A condition 条件.",
    RESULT="A result that a condition names 成果.",
    TEST="A test of a result 测试.",
    MAPPING="A mapping to a unit 对应.",
    STATEMENTS="The statements of a unit 描述.",
    JOINT="A test of all evidence together 整体测试.",
    WINDOW="The rule version's window 有效期.",
    AGREEMENT="The agreement 协议.",
    MEMBERSHIP="A party's membership 成员资格.",
    PERIOD="The application periods 申请期.",
    DENIAL="A denial 禁止.",
    EXCLUSION="What may not be used together 互斥.",
    LEVEL="Levels compared 等级.",
    CREDIT="The credit 学分.",
    CAP="A cap 上限.",
    GRADE="A grade, or what is recorded as the grade 成绩.",
    WORLD="The silent sources that decide 未应答来源.",
    LIMIT="Where the search was cut short 搜索上限.",
)


@strawberry.type(name="Fact", description="A fact of a node: a name and a value in text.")
@decided(PUBLIC)
class FactType:
    """A fact."""

    name: str = strawberry.field(name="factName", description="What is told.")
    value: str = strawberry.field(name="factValue", description="What it is.")


@strawberry.type(name="TreeNode", description="A test or a fact of an evaluation tree.")
@decided(PUBLIC)
class TreeNodeType:
    """A node, with its depth below the root."""

    depth: int = strawberry.field(description="How far below the root, which is 0.")
    node_kind: NodeKind = strawberry.field(description="What it is about.")
    finding: Finding = strawberry.field(description="What it found.")
    reason: Reason | None = strawberry.field(description="Why it failed or stayed open.")
    subject: str = strawberry.field(description="What is tested: a key, a result's id, a place.")
    facts: list[FactType] = strawberry.field(description="Facts, in a fixed order.")


@strawberry.type(name="TreeConnection", description="An evaluation tree, spelt out from its root.")
@decided(PUBLIC)
class TreeConnectionType:
    """A tree as a list."""

    nodes: list[TreeNodeType] = strawberry.field(description="Each node after the one it stands below.")
    truncated: bool = strawberry.field(description="Whether there is more than was asked for.")


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class _Row:
    depth: int
    node_kind: NodeKind
    finding: Finding
    reason: Reason | None
    subject: str
    facts: list[_Fact]


@dataclass(frozen=True, slots=True)
class _Rows:
    nodes: list[_Row]
    truncated: bool


def walk(node: Node, depth: int = 0) -> Iterator[tuple[int, Node]]:
    """Yield a node and all below it, with their depths."""
    yield depth, node
    for below in node.nodes:
        yield from walk(below, depth + 1)


def spelt(root: Node | None, first: int) -> _Rows:
    """Spell a tree out, its first so many nodes."""
    rows: list[_Row] = []
    for depth, node in walk(root) if root else ():
        if len(rows) == first:
            return _Rows(rows, truncated=True)
        rows.append(_row(depth, node))
    return _Rows(rows, truncated=False)


def _row(depth: int, node: Node) -> _Row:
    facts = [_Fact(name, value) for name, value in node.facts]
    return _Row(depth, node.kind, node.finding, node.reason, node.subject, facts)
