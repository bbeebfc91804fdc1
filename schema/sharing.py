"""Demands: what permissions a document asks for, and so whether its answers may be kept for others.

A field of an interface asks for what it asks for in every type that may stand there. Every definition of the
document counts, used or not, and so does an argument that is named: to demand too much is no harm.
"""

from __future__ import annotations

from collections.abc import Iterable

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLInterfaceType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)
from strawberry import Schema

from schema.permissions import NOBODY, PUBLIC, Access, argument_access, decisions

Demands = frozenset[Access]

SHARED: Demands = frozenset({PUBLIC})
"""What the demands of a document are among whose answers may be kept for anybody."""


class Sharing:
    """What the fields and arguments of one schema demand."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema._schema
        decided = decisions(schema)
        self._demands = {
            field: {decided[each] or NOBODY for each in (field, *self._stand_ins(field))} for field in decided
        }

    def demands(self, document: DocumentNode) -> Demands:
        """Give the permissions that a valid document asks for, introspection apart."""
        types = TypeInfo(self._schema)
        reader = _Reader(types, self._demands)
        visit(document, TypeInfoVisitor(types, reader))
        return frozenset(reader.found)

    def shares(self, document: DocumentNode) -> bool:
        """Whether a valid document asks only for what anyone may read, and keep."""
        return self.demands(document) <= SHARED

    def _stand_ins(self, field: str) -> list[str]:
        kind, _, name = field.partition(".")
        found = self._schema.type_map[kind]
        if not isinstance(found, GraphQLInterfaceType):
            return []
        heirs = self._schema.get_implementations(found)
        return [f"{heir.name}.{name}" for heir in (*heirs.objects, *heirs.interfaces)]


class _Reader(Visitor):
    def __init__(self, types: TypeInfo, demands: dict[str, set[Access]]) -> None:
        super().__init__()
        self.types = types
        self.demands = demands
        self.found: set[Access] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, name = self.types.get_parent_type(), node.name.value
        if name.startswith("__") or (parent and parent.name.startswith("__")):
            return
        self._add(self.demands[f"{parent.name}.{name}"] if parent else ())

    def enter_argument(self, _node: ArgumentNode, *_: object) -> None:
        self._add((argument_access(self.types.get_argument()),))

    def _add(self, found: Iterable[Access]) -> None:
        self.found.update(found)
