"""What introspection costs: its lists have the sizes of this schema; the standard query costs the same.

Introspection runs without a pause. It is bounded by its share of a whole answer (`STANDARD`), may follow one
list that leads back to types, and is answered outside the event loop, so fields are introspected alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    get_named_type,
)

STANDARD: Final = 8_000  # the cost of the standard introspection query, at most

_CIRCULAR: Final = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})


@dataclass(frozen=True, slots=True)
class Weight:
    """One field's: its own cost, the size assumed where the query names none, and the type below it."""

    cost: int = 1
    size: int = 1
    type: str | None = None
    sized: bool = False  # arguments of the query may change the size
    introspects: int = 0  # 1 for the lists of introspection that may nest for ever
    share: int = 1  # what is below counts so many times less


PLAIN: Final = Weight()


def introspection(schema: GraphQLSchema) -> dict[tuple[str, str], Weight]:
    """Weigh every field of the introspection types, and the two that lead there."""
    sizes = _sizes(schema)
    kinds = {name: t for name, t in schema.type_map.items() if name.startswith("__")}
    weights = {
        (name, field_name): _weigh(field_name, field, sizes.get(f"{name}.{field_name}", 1))
        for name, kind in kinds.items()
        if isinstance(kind, GraphQLObjectType)
        for field_name, field in kind.fields.items()
    }
    share = max(1, _standard(sizes) // STANDARD)
    weights["", "__schema"] = Weight(type="__Schema", share=share)
    weights["", "__type"] = Weight(type="__Type", share=share)
    return weights


def only_introspects(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Whether an operation asks for nothing but the schema."""
    return _roots(document, operation) <= {"__schema", "__type", "__typename"}


def _roots(document: DocumentNode, operation: OperationDefinitionNode) -> set[str]:
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    names: set[str] = set()
    stack: list[SelectionNode] = list(operation.selection_set.selections)
    while stack:
        node = stack.pop()
        if isinstance(node, FieldNode):
            names.add(node.name.value)
        elif isinstance(node, FragmentSpreadNode):
            fragment = fragments.pop(node.name.value, None)
            stack += fragment.selection_set.selections if fragment else ()
        elif isinstance(node, InlineFragmentNode):
            stack += node.selection_set.selections
    return names


def _weigh(name: str, field: GraphQLField, size: int) -> Weight:
    below = get_named_type(field.type).name
    if name == "ofType":
        return Weight(type=below, share=2)  # chains of it are written long and end soon
    return Weight(size=size, type=below, introspects=int(name in _CIRCULAR))


def _sizes(schema: GraphQLSchema) -> dict[str, int]:
    """Give the lengths of the lists: of types and directives in all, of the others on average, rounded up."""
    types: list[Any] = list(schema.type_map.values())
    fields = [field for t in types if hasattr(t, "fields") for field in t.fields.values()]
    outputs = [field for field in fields if isinstance(field, GraphQLField)]
    return {
        "__Schema.types": len(types),
        "__Schema.directives": len(schema.directives),
        "__Type.fields": _average(len(outputs), len(types)),
        "__Type.inputFields": _average(len(fields) - len(outputs), len(types)),
        "__Type.interfaces": _average(sum(len(getattr(t, "interfaces", ())) for t in types), len(types)),
        "__Type.possibleTypes": _average(sum(len(getattr(t, "types", ())) for t in types), len(types)),
        "__Type.enumValues": _average(sum(len(getattr(t, "values", ())) for t in types), len(types)),
        "__Field.args": _average(sum(len(field.args) for field in outputs), len(outputs)),
    }


def _standard(sizes: dict[str, int]) -> int:
    """Estimate the values that the standard query gives: a type is 10, a reference to one about 12."""
    values = sizes["__Type.fields"] * (16 + 16 * sizes["__Field.args"]) + 16 * sizes["__Type.inputFields"]
    values += 4 * sizes["__Type.enumValues"] + 12 * (
        sizes["__Type.interfaces"] + sizes["__Type.possibleTypes"]
    )
    return sizes["__Schema.types"] * (10 + values)


def _average(total: int, count: int) -> int:
    return -(-total // max(1, count))
