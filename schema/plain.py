"""A short way for plain fields: those that are nothing but attributes of the value at hand.

graphql-core spends some ten microseconds on every field, most of it on things that a plain field never
uses. Here a field without resolver and arguments is compiled, once per operation, into a function that reads
it off the value, with all that is below it if that is plain too. Whatever is unusual (a null where none may
be, a value of the wrong type) goes the long way, so that errors are graphql-core's own.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, Final

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType

Read = Callable[[Any], Any]


class Unplain(Exception):
    """A value that the short way does not know: graphql-core will say what is wrong with it."""


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
        part = self._part(parent, nodes)
        if part is None:
            return None
        get, complete = attrgetter(part[0]), part[1]
        return lambda value: complete(get(value))

    def _part(self, parent: GraphQLObjectType, nodes: Any) -> tuple[str, Read] | None:
        """Give the attribute that a field reads, and what makes its value of it; None if it is not plain."""
        name = nodes[0].node.name.value
        if name == "__typename":
            return "__class__", lambda _class: parent.name
        field = parent.fields.get(name)
        attribute = _attribute(field) if field else None
        complete = self._completer(field.type, nodes) if field and attribute else None
        return (attribute, complete) if attribute and complete else None

    def _completer(self, type_: GraphQLOutputType, nodes: Any) -> Read | None:
        """Complete a value; None where its type needs more than reading."""
        demanded = is_non_null_type(type_)
        inner: Any = type_.of_type if is_non_null_type(type_) else type_
        if is_list_type(inner):
            return _listed(self._completer(inner.of_type, nodes), demanded)
        if is_leaf_type(inner):
            return _leaf(inner, demanded)
        return self._object(inner, nodes, demanded) if is_object_type(inner) else None

    def _object(self, type_: GraphQLObjectType, nodes: Any, demanded: bool) -> Read | None:
        grouped = self.collect_subfields(type_, nodes)[0]
        parts = {name: self._part(type_, below) for name, below in grouped.items()}
        known = [(name, *part) for name, part in parts.items() if part]
        return _made(type_, known, demanded) if len(known) == len(parts) else None


def _made(type_: GraphQLObjectType, parts: list[tuple[str, str, Read]], demanded: bool) -> Read:
    """Make an object of its parts: (name, attribute, completer)."""
    is_type_of: Any = type_.is_type_of
    get: Any = attrgetter("__class__", *(attribute for _, attribute, _ in parts))  # never one alone
    named = [(name, complete) for name, _, complete in parts]

    def make(value: Any) -> Any:
        if value is None:
            return _none(demanded)
        if is_type_of is not None and not is_type_of(value, None):
            raise Unplain
        values = iter(get(value))
        next(values)
        return {name: complete(next(values)) for name, complete in named}

    return make


def _none(demanded: bool) -> None:
    if demanded:
        raise Unplain


def _attribute(field: GraphQLField) -> str | None:
    """Name the attribute that a field reads; None where it is resolved or has arguments."""
    definition = field.extensions.get("strawberry-definition")
    if definition is None or field.args or not definition.is_basic_field:
        return None
    return str(definition.python_name)


def _listed(read: Read | None, demanded: bool) -> Read | None:
    if read is None:
        return None

    def each(values: Any) -> Any:
        if values is None:
            return _none(demanded)
        if not isinstance(values, (list, tuple)):
            raise Unplain
        return [read(value) for value in values]

    return each


def _leaf(type_: Any, demanded: bool) -> Read:
    if isinstance(type_, CustomGraphQLEnumType):
        names: dict[Any, Any] = {type_.wrapped_cls(value.value): name for name, value in type_.values.items()}
        return (names if demanded else names | {None: None}).__getitem__
    if type_ is GraphQLString or type_.name in ("Key", "Code"):
        return _just(str, demanded)
    return _just(bool, demanded) if type_ is GraphQLBoolean else _coerced(type_.coerce_output_value, demanded)


def _just(wanted: type, demanded: bool) -> Read:
    def same(value: Any) -> Any:
        if type(value) is not wanted and (demanded or value is not None):
            raise Unplain
        return value

    return same


def _coerced(coerce: Read, demanded: bool) -> Read:
    def complete(value: Any) -> Any:
        if value is None:
            return _none(demanded)
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise Unplain
        return coerced

    return complete
