"""How much one document may ask: one memoised pass, linear in the document, before any other rule.

Each definition is read once for what it holds, then each selection set once for what it amounts to when
fragments are spread out: a fragment is weighed once and remembered, and sums stop at `CEILING`. Depth
counts fields. Cost counts the values an answer may hold: `weight + size * cost of the selections below`,
see `schema/weights.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from schema.errors import LimitExceeded
from schema.weights import Sizes, Weights

CEILING: Final = 10**9


def _limit(code: str, default: int) -> int:
    return field(default=default, metadata={"code": code})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may have. The first three are held while it is parsed, the rest by `check`."""

    characters: int = _limit("DOCUMENT_TOO_LONG", 100_000)
    tokens: int = _limit("TOO_MANY_TOKENS", 6_000)
    comments: int = _limit("TOO_MANY_TOKENS", 1_000)
    operations: int = _limit("TOO_MANY_OPERATIONS", 20)
    fragments: int = _limit("TOO_MANY_FRAGMENTS", 100)
    aliases: int = _limit("TOO_MANY_ALIASES", 60)
    directives: int = _limit("TOO_MANY_DIRECTIVES", 60)
    fields: int = _limit("TOO_MANY_FIELDS", 1_000)
    overlaps: int = _limit("TOO_MANY_OVERLAPS", 20_000)
    depth: int = _limit("QUERY_TOO_DEEP", 18)
    selections: int = _limit("TOO_MANY_SELECTIONS", 3_000)
    root_fields: int = _limit("TOO_MANY_ROOT_FIELDS", 60)
    introspection: int = _limit("INTROSPECTION_TOO_DEEP", 1)
    cost: int = _limit("QUERY_TOO_COSTLY", 20_000)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a selection set amounts to, with its fragments spread out."""

    depth: int = 0
    selections: int = 0
    introspection: int = 0
    cost: int = 0
    width: int = 0

    def beside(self, other: Amount) -> Amount:
        """Add what stands beside it."""
        return Amount(
            max(self.depth, other.depth),
            min(CEILING, self.selections + other.selections),
            max(self.introspection, other.introspection),
            min(CEILING, self.cost + other.cost),
            min(CEILING, self.width + other.width),
        )


NOTHING: Final = Amount()


@dataclass(slots=True)
class Holdings:
    """What a document holds as written, every definition counted whether used or not."""

    operations: int = 0
    fragments: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    sets: int = 0
    names: Counter[str] = field(default_factory=Counter)
    spreads: dict[str, list[str]] = field(default_factory=dict)

    @property
    def overlaps(self) -> int:
        """Bound the pairs that the rule on merging fields compares: names, and sets with fragments."""
        return sum(n * (n - 1) // 2 for n in self.names.values()) + self.sets * self.fragments


@dataclass(frozen=True, slots=True)
class Figures:
    """The measure of one operation in its document; `visits` counts the nodes looked at to find it."""

    operations: int
    fragments: int
    aliases: int
    directives: int
    fields: int
    overlaps: int
    depth: int
    root_fields: int
    selections: int
    introspection: int
    cost: int
    visits: int
    sized_by: frozenset[str]  # variables that the cost depends on


def check(figures: Figures, limits: Limits) -> None:
    """Raise `LimitExceeded` for the first limit that the figures exceed."""
    for limit in fields(limits)[3:]:
        value, allowed = getattr(figures, limit.name), getattr(limits, limit.name)
        if value > allowed:
            raise LimitExceeded(limit.metadata["code"], value=value, limit=allowed)


def measure(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    weights: Weights,
    variables: Mapping[str, Any] | None = None,
) -> Figures:
    """Measure an operation and the document around it."""
    return _Pass(document, operation, weights, variables or {}).figures()


class _Pass:
    def __init__(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        weights: Weights,
        variables: Mapping[str, Any],
    ) -> None:
        self.document = document
        self.operation = operation
        self.weights = weights
        self.sizes = Sizes(operation, variables)
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.memo: dict[str, Amount] = {}
        self.visits = 0

    def figures(self) -> Figures:
        held = self.read()
        for name in _leaves_first(held.spreads):
            self.memo[name] = self.weigh_fragment(name)
        amount = self.weigh(self.operation.selection_set, self.weights.root(self.operation.operation))
        return Figures(
            held.operations, held.fragments, held.aliases, held.directives, held.fields, held.overlaps,
            amount.depth, amount.width, amount.selections, amount.introspection, amount.cost,
            self.visits, frozenset(self.sizes.used),
        )  # fmt: skip

    def read(self) -> Holdings:
        held = Holdings()
        for definition in self.document.definitions:
            spreads: list[str] = []
            if isinstance(definition, OperationDefinitionNode):
                held.operations += 1
                held.directives += sum(len(v.directives or ()) for v in definition.variable_definitions or ())
            elif isinstance(definition, FragmentDefinitionNode):
                held.fragments += 1
                held.spreads[definition.name.value] = spreads
            else:
                continue
            held.directives += len(definition.directives or ())
            self.read_selections(definition.selection_set, held, spreads)
        return held

    def read_selections(self, start: SelectionSetNode, held: Holdings, spreads: list[str]) -> None:
        for node in self.walk(start, held):
            held.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                held.fields += 1
                held.aliases += node.alias is not None
                held.names[(node.alias or node.name).value] += 1
            elif isinstance(node, FragmentSpreadNode):
                spreads.append(node.name.value)

    def walk(self, start: SelectionSetNode, held: Holdings) -> Iterator[SelectionNode]:
        stack = [start]
        while stack:
            held.sets += 1
            for node in stack.pop().selections:
                self.visits += 1
                yield node
                below: SelectionSetNode | None = getattr(node, "selection_set", None)
                if below:
                    stack.append(below)

    def weigh_fragment(self, name: str) -> Amount:
        fragment = self.fragments[name]
        return self.weigh(fragment.selection_set, fragment.type_condition.name.value)

    def weigh(self, selection_set: SelectionSetNode, parent: str | None) -> Amount:
        total = NOTHING
        for node in selection_set.selections:
            self.visits += 1
            total = total.beside(self.weigh_node(node, parent))
        return total

    def weigh_node(self, node: SelectionNode, parent: str | None) -> Amount:
        if isinstance(node, FieldNode):
            return self.weigh_field(node, parent)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.weigh(node.selection_set, condition.name.value if condition else parent)
        assert isinstance(node, FragmentSpreadNode)
        return self.memo.get(node.name.value, NOTHING)  # unknown or cyclic: validation says so

    def weigh_field(self, node: FieldNode, parent: str | None) -> Amount:
        weight = self.weights.of(parent, node.name.value)
        below = self.weigh(node.selection_set, weight.type) if node.selection_set else NOTHING
        return Amount(
            depth=below.depth + 1,
            selections=min(CEILING, below.selections + 1),
            introspection=below.introspection + weight.introspects,
            cost=min(CEILING, weight.cost + self.sizes.of(node, weight) * below.cost // weight.share),
            width=1,
        )


def _leaves_first(spreads: Mapping[str, list[str]]) -> Iterator[str]:
    """Order fragments, each after those it spreads; a spread that closes a cycle is passed over."""
    seen: set[str] = set()
    for start in spreads:
        path = [(start, iter(spreads[start]))] if start not in seen else []
        seen.add(start)
        while path:
            rest = path[-1][1]
            following = next((s for s in rest if s in spreads and s not in seen), None)
            if following is None:
                yield path.pop()[0]
            else:
                seen.add(following)
                path.append((following, iter(spreads[following])))
