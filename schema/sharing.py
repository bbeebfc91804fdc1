"""Sharing: which documents ask for nothing but what anyone may read, so that their answers may be kept.

A field of an interface is anyone's only where it is anyone's in every type that may stand there. Every
definition of the document counts, used or not: to keep too little is no harm.
"""

from __future__ import annotations

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInterfaceType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)
from strawberry import Schema

from schema.permissions import PUBLIC, decisions


class Sharing:
    """What of one schema anyone may read: its public fields, and the schema itself."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema._schema
        decided = decisions(schema)
        own = {field for field, who in decided.items() if who is PUBLIC}
        self._public = {field for field in own if own.issuperset(self._stand_ins(field))}

    def shares(self, document: DocumentNode) -> bool:
        """Whether a valid document asks only for what anyone may read."""
        types = TypeInfo(self._schema)
        reader = _Reader(types, self._public)
        visit(document, TypeInfoVisitor(types, reader))
        return reader.shared

    def _stand_ins(self, field: str) -> list[str]:
        kind, _, name = field.partition(".")
        found = self._schema.type_map[kind]
        if not isinstance(found, GraphQLInterfaceType):
            return []
        heirs = self._schema.get_implementations(found)
        return [f"{heir.name}.{name}" for heir in (*heirs.objects, *heirs.interfaces)]


class _Reader(Visitor):
    def __init__(self, types: TypeInfo, public: set[str]) -> None:
        super().__init__()
        self.types = types
        self.public = public
        self.shared = True

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, name = self.types.get_parent_type(), node.name.value
        if name.startswith("__") or (parent and parent.name.startswith("__")):
            return
        self.shared &= parent is not None and f"{parent.name}.{name}" in self.public
