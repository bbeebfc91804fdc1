"""A short way for plain fields: those that are nothing but attributes of the value at hand.

graphql-core spends some ten microseconds on every field, most of it on things that a plain field never
uses. Here a field without resolver and arguments is compiled, once per operation, into a function that reads
it off the value, with all that is below it if that is plain too. Whatever is unusual (a null where none may
be, a value of the wrong type) goes the long way, so that errors are graphql-core's own.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # By identity of the field's nodes, which graphql-core keeps alive for the whole operation.
        self._readers: dict[int, Read | None] = {}

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Any, *rest: Any
    ) -> Any:
        """Read a plain field; leave any other to graphql-core."""
        place = id(field_details_list)
        if place not in self._readers:
            self._readers[place] = self._reader(parent_type, field_details_list)
        read = self._readers[place]
        if read is not None:
            try:
                return read(source)
            except _LONG_WAY:
                pass
        return super().execute_field(parent_type, source, field_details_list, path, *rest)

    def _reader(self, parent: GraphQLObjectType, nodes: Any) -> Read | None:
        name = nodes[0].node.name.value
        if name == "__typename":
            return lambda _value: parent.name
        field = parent.fields.get(name)
        attribute = _attribute(field) if field else None
        complete = self._completer(field.type, nodes) if field and attribute else None
        if attribute is None or complete is None:
            return None
        get = attrgetter(attribute)
        return lambda value: complete(get(value))

    def _completer(self, type_: GraphQLOutputType, nodes: Any) -> Read | None:
        if is_non_null_type(type_):
            return _demanded(self._present(type_.of_type, nodes))
        return _nullable(self._present(type_, nodes))

    def _present(self, type_: GraphQLOutputType, nodes: Any) -> Read | None:
        """Complete a value that is not null; None where the type needs more than reading."""
        if is_list_type(type_):
            return _listed(self._completer(type_.of_type, nodes))
        if is_leaf_type(type_):
            return _leaf(type_)
        return self._object(type_, nodes) if is_object_type(type_) else None

    def _object(self, type_: GraphQLObjectType, nodes: Any) -> Read | None:
        grouped = self.collect_subfields(type_, nodes)[0]
        readers = [(name, self._reader(type_, below)) for name, below in grouped.items()]
        known = [(name, read) for name, read in readers if read]
        if len(known) < len(readers):
            return None
        return _of_type(type_, lambda value: {name: read(value) for name, read in known})


def _of_type(type_: GraphQLObjectType, read: Read) -> Read:
    is_type_of: Any = type_.is_type_of
    if is_type_of is None:
        return read

    def checked(value: Any) -> Any:
        if not is_type_of(value, None):
            raise Unplain
        return read(value)

    return checked


def _attribute(field: GraphQLField) -> str | None:
    """Name the attribute that a field reads; None where it is resolved or has arguments."""
    definition = field.extensions.get("strawberry-definition")
    if definition is None or field.args or not definition.is_basic_field:
        return None
    return str(definition.python_name)


def _demanded(read: Read | None) -> Read | None:
    if read is None:
        return None

    def demand(value: Any) -> Any:
        if value is None:
            raise Unplain
        return read(value)

    return demand


def _nullable(read: Read | None) -> Read | None:
    return None if read is None else lambda value: None if value is None else read(value)


def _listed(read: Read | None) -> Read | None:
    if read is None:
        return None

    def each(values: Any) -> Any:
        if not isinstance(values, (list, tuple)):
            raise Unplain
        return [read(value) for value in values]

    return each


def _leaf(type_: Any) -> Read:
    if isinstance(type_, CustomGraphQLEnumType):
        names: dict[Any, str] = {type_.wrapped_cls(value.value): name for name, value in type_.values.items()}
        return names.__getitem__
    if type_ is GraphQLString or type_.name in ("Key", "Code"):
        return _just(str)
    return _just(bool) if type_ is GraphQLBoolean else _coerced(type_.coerce_output_value)


def _just(wanted: type) -> Read:
    def same(value: Any) -> Any:
        if type(value) is not wanted:
            raise Unplain
        return value

    return same


def _coerced(coerce: Read) -> Read:
    def complete(value: Any) -> Any:
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise Unplain
        return coerced

    return complete
