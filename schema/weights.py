"""What a field costs and how many answers it may give: read from the schema once, when the app is made.

A field costs 1 unless its metadata says otherwise (`strawberry.field(metadata=costs(10))`). A list
multiplies what is below it by `first`, `last` or `limit`, or by the number of keys it is given (`codes`,
`ids`, `keys`, `representations`, `resultSets`), or else by the declared `size`, by default `ASSUMED`. The
lists inside a Relay connection do not multiply again: the connection did. Introspection is bounded by the
schema, so its lists have flat costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from schema.errors import Refusal
from schema.introspection import PLAIN, Weight, introspection

ASSUMED: Final = 20
LONGEST: Final = 200
"""How many items a page holds at most."""
LEAST: Final = -(2**31)
"""What is below one is refused by the list itself, and below this it would be no number at all."""
PAGES: Final = ("first", "last", "limit")
KEYS: Final = ("codes", "ids", "keys", "representations", "resultSets")
_KEY: Final = "costs"


def costs(cost: int = 1, *, size: int | None = None) -> dict[str, tuple[int, int | None]]:
    """Declare, as field metadata, what a field costs and how many values an unpaged list of it gives."""
    return {_KEY: (cost, size)}


class Weights:
    """The weights of every field of a schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._roots = {kind: _name(schema.get_root_type(kind)) for kind in OperationType}
        self._fields = {
            (name, field_name): _weigh(name, field_name, field, streamed=type_ is schema.subscription_type)
            for name, type_ in schema.type_map.items()
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
            for field_name, field in type_.fields.items()
        } | introspection(schema)

    def root(self, kind: OperationType) -> str | None:
        """Name the root type of a kind of operation."""
        return self._roots[kind]

    def of(self, parent: str | None, name: str) -> Weight:
        """Weigh a field of a type; one that does not exist weighs as a leaf, for validation to refuse."""
        return self._fields.get((parent or "", name)) or self._fields.get(("", name), PLAIN)


class Sizes:
    """How many values the lists of one operation ask for; `used` names the variables it looked at."""

    def __init__(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        self._defaults = {
            v.variable.name.value: v.default_value for v in operation.variable_definitions or ()
        }
        self._variables = variables
        self.used: set[str] = set()

    def of(self, node: FieldNode, weight: Weight) -> int:
        """Give the number of values by which what is below the field is multiplied."""
        if not weight.sized:
            return weight.size
        for argument in node.arguments or ():
            if argument.name.value in PAGES:
                self._demand_page(argument.value)
        given = {a.name.value: self.count(a.value) for a in node.arguments or () if a.name.value in _SIZING}
        return _largest(given, PAGES) or _largest(given, KEYS) or weight.size

    def _demand_page(self, value: ValueNode | None) -> None:
        """Refuse a page that no list gives before it is weighed, or found to be no number of 32 bits."""
        size: object = int(value.value[:_DIGITS]) if isinstance(value, IntValueNode) else None
        if isinstance(value, VariableNode):
            if value.name.value not in self._variables:
                return self._demand_page(self._defaults.get(value.name.value))
            size = self._variables[value.name.value]
        if isinstance(size, int) and not isinstance(size, bool) and not LEAST <= size <= LONGEST:
            raise Refusal("BAD_PAGE", value=size, limit=LONGEST)
        return None

    def count(self, value: ValueNode | None) -> int | None:
        """Count what a value asks for: an integer itself, a list its length, anything else nothing."""
        if isinstance(value, VariableNode):
            name = value.name.value
            self.used.add(name)
            return (
                _count(self._variables[name])
                if name in self._variables
                else self.count(self._defaults.get(name))
            )
        if isinstance(value, IntValueNode):
            return _count(int(value.value[:_DIGITS]))
        return len(value.values) if isinstance(value, ListValueNode) else None


_SIZING: Final = frozenset((*PAGES, *KEYS))
_DIGITS: Final = 20  # of a number that is looked at: more are too many in any case


def _count(value: object) -> int | None:
    if isinstance(value, list):
        return len(value)
    return abs(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _largest(given: Mapping[str, int | None], names: Iterable[str]) -> int | None:
    return max((size for name in names if (size := given.get(name)) is not None), default=None)


def _weigh(parent: str, name: str, field: GraphQLField, *, streamed: bool) -> Weight:
    below = get_named_type(field.type).name
    cost, declared = _declared(field)
    paged = not streamed and not _SIZING.isdisjoint(field.args)  # each event is answered by itself
    carried = parent.endswith("Connection") and not paged
    many = (is_list_type(get_nullable_type(field.type)) and not carried) or paged
    return Weight(cost, declared or (_paged(field) or ASSUMED if many else 1), below, sized=paged)


def _paged(field: GraphQLField) -> int | None:
    given: dict[str, int | None] = {
        name: _count(field.args[name].default_value) for name in PAGES if name in field.args
    }
    return _largest(given, PAGES)


def _declared(field: GraphQLField) -> tuple[int, int | None]:
    definition = field.extensions.get("strawberry-definition")
    declared: tuple[int, int | None] = definition.metadata.get(_KEY, (1, None)) if definition else (1, None)
    return declared


def _name(type_: GraphQLObjectType | None) -> str | None:
    return type_.name if type_ else None
