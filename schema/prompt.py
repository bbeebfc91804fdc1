"""Input values made promptly: how the fields of an input type are converted is worked out once.

Strawberry looks up the type and the name of every field again for every value, which for sixty results takes
longer than judging them. It lets a type make its own values (`from_input`); here one does so by converters
compiled at its first value. The values are those that strawberry makes: a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, TypeVar

from strawberry.types.arguments import InputContext
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    get_object_definition,
    has_object_definition,
)
from strawberry.types.lazy_type import LazyType

T = TypeVar("T")
Convert = Callable[[Any], Any]


def promptly(cls: type[T]) -> type[T]:
    """Have the values of an input type, and of all types in it, made by compiled converters."""
    definition = get_object_definition(cls, strict=True)
    compiled: list[Convert] = []

    def make(_type: type, value: Mapping[str, Any], context: InputContext) -> Any:
        if not compiled:
            compiled.append(_object(cls, context))
        return compiled[0](value)

    definition.from_input = make
    return cls


def _object(cls: type, context: InputContext) -> Convert:
    definition = get_object_definition(cls, strict=True)
    spell = context.config.name_converter.from_field
    fields = [
        (spell(field), field.python_name, _converter(field.resolve_type(type_definition=definition), context))
        for field in definition.fields
    ]

    bare = {field.python_name for field in definition.fields if not _has_default(field)}

    def make(value: Mapping[str, Any]) -> Any:
        # What may be left out and has no default is null, as strawberry has it; the others are always there.
        found: dict[str, Any] = {}
        for name, attribute, convert in fields:
            given = value.get(name)
            if given is not None and convert is not None:
                given = convert(given)
            if given is not None or name in value or attribute in bare:
                found[attribute] = given
        return cls(**found)

    return make


def _has_default(field: Any) -> bool:
    return field.default_value is not MISSING or field.default_factory is not MISSING


def _converter(type_: Any, context: InputContext) -> Convert | None:
    """Give what converts a value that is not null; None where the value stays as it is."""
    if isinstance(type_, (StrawberryMaybe, LazyType)):
        raise TypeError(f"{type_} is for strawberry itself to convert")
    if isinstance(type_, StrawberryOptional):
        return _converter(type_.of_type, context)
    if isinstance(type_, StrawberryList):
        return _listed(_converter(type_.of_type, context))
    return _object(type_, context) if has_object_definition(type_) else None


def _listed(convert: Convert | None) -> Convert:
    if convert is None:
        return list
    return lambda values: [None if value is None else convert(value) for value in values]
