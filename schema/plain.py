"""A short way for plain fields: those that are nothing but attributes of the value at hand.

graphql-core spends some ten microseconds on every field, most of it on things that a plain field never
uses. Here a field without resolver and arguments is compiled, once per operation, into a function that reads
it off the value, with all that is below it if that is plain too. Whatever is unusual (a null where none may
be, a value of the wrong type) goes the long way, so that errors are graphql-core's own.
"""

from __future__ import annotations

from keyword import iskeyword
from typing import Any, ClassVar, Final

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.unrolled import Read, Sheet, Spell, Unplain

_LONG_WAY: Final = (Unplain, GraphQLError, AttributeError, KeyError, TypeError, ValueError)


class PlainExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, but plain fields are read rather than resolved."""

    shared: ClassVar[dict[tuple[object, ...], Read | None] | None] = None
    """What all operations of one document compile together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # By identity of the field's nodes, which graphql-core keeps alive for the whole operation.
        self._readers: dict[int, Read | None] = {}

    @classmethod
    def remembering(cls) -> type[PlainExecutor]:
        """Make the executor of one document that is kept: its fields are compiled but once.

        Only for a document without directives, for with them its variables say which fields there are.
        """
        return type(cls.__name__, (cls,), {"shared": {}})

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Any, *rest: Any
    ) -> Any:
        """Read a plain field; leave any other to graphql-core."""
        place = id(field_details_list)
        if place not in self._readers:
            self._readers[place] = self._found(parent_type, field_details_list)
        read = self._readers[place]
        if read is not None:
            try:
                return read(source)
            except _LONG_WAY:
                pass
        return super().execute_field(parent_type, source, field_details_list, path, *rest)

    def _found(self, parent: GraphQLObjectType, nodes: Any) -> Read | None:
        if self.shared is None:
            return self._reader(parent, nodes)
        place = (parent.name, *(id(each.node) for each in nodes))
        if place not in self.shared:
            self.shared[place] = self._reader(parent, nodes)
        return self.shared[place]

    def _reader(self, parent: GraphQLObjectType, nodes: Any) -> Read | None:
        sheet = Sheet()
        part = self._part(sheet, parent, nodes)
        if part is None:
            return None
        attribute, spell = part
        return sheet.function(lambda value: spell(f"{value}.{attribute}"))

    def _part(self, sheet: Sheet, parent: GraphQLObjectType, nodes: Any) -> tuple[str, Spell] | None:
        """Give the attribute that a field reads, and how its value is spelt; None if it is not plain."""
        name = nodes[0].node.name.value
        if name == "__typename":
            return "__class__", lambda _class: repr(parent.name)
        field = parent.fields.get(name)
        attribute = _attribute(field) if field else None
        spell = self._speller(sheet, field.type, nodes) if field and attribute else None
        return (attribute, spell) if attribute and spell else None

    def _speller(self, sheet: Sheet, type_: GraphQLOutputType, nodes: Any) -> Spell | None:
        """Tell how a value is spelt; None where its type needs more than reading."""
        demanded = is_non_null_type(type_)
        inner: Any = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(inner):
            element = self._speller(sheet, inner.of_type, nodes)
            return sheet.listed(element, demanded) if element else None
        if is_leaf_type(inner):
            return sheet.leaf(inner, demanded)
        return self._object(sheet, inner, nodes, demanded) if is_object_type(inner) else None

    def _object(self, sheet: Sheet, type_: GraphQLObjectType, nodes: Any, demanded: bool) -> Spell | None:
        grouped = self.collect_subfields(type_, nodes)[0]
        parts = {name: self._part(sheet, type_, below) for name, below in grouped.items()}
        known = [(name, *part) for name, part in parts.items() if part]
        return sheet.made(type_.is_type_of, known, demanded) if len(known) == len(parts) else None


def _attribute(field: GraphQLField) -> str | None:
    """Name the attribute that a field reads; None where it is resolved or has arguments."""
    definition = field.extensions.get("strawberry-definition")
    if definition is None or field.args or not definition.is_basic_field:
        return None
    name = str(definition.python_name)
    return name if name.isidentifier() and not iskeyword(name) else None
