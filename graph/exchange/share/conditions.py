"""Conditions of a selection: a field, written as in a bundle, and the value it must have; checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from graph.model.values import Versioned

_FORMS: Final = {
    bool: "true or false",
    int: "a whole number",
    Decimal: "a decimal such as 2.5",
    date: "a day such as 2026-01-31",
    datetime: "a moment such as 2026-01-31T08:00:00Z",
    str: "a text",
}


class BadCondition(ValueError):
    """A condition that could never hold: which ``part`` of it is wrong, and what is ``allowed`` there."""

    def __init__(self, part: str, given: str, allowed: str) -> None:
        super().__init__(f"{part} {given} is not among what may be: {allowed}")
        self.part, self.given, self.allowed = part, given, allowed


class Condition(NamedTuple):
    """A field of a concept and the value it must have, in its one spelling."""

    field: str
    value: str

    def holds(self, thing: Versioned) -> bool:
        """Tell whether the field has the value; of a list, whether an item of it has."""
        return self.value in set(_values(thing, self.field.split(".")))


def condition(struct: type[Versioned], text: str) -> Condition:
    """Read ``FIELD=VALUE``; `BadCondition` where nothing of the concept could ever have it.

    >>> from graph.model.outcomes import Unit
    >>> condition(Unit, "title.en=A = B"), condition(Unit, "credit.amount=2.50").value
    (Condition(field='title.en', value='A = B'), '2.5')
    """
    field, sign, value = text.partition("=")
    if not (field and sign):
        raise BadCondition("condition", text, "FIELD=VALUE")
    kinds = tuple(_kinds(struct, field.split("."), field))
    for kind in kinds:
        try:
            return Condition(field, _one_spelling(kind, value))
        except (ValueError, ArithmeticError):
            continue
    raise BadCondition("value", value, " | ".join(dict.fromkeys(map(_form, kinds))))


def _one_spelling(kind: Any, value: str) -> str:
    if isinstance(kind, str):  # the tag of a union's member
        if kind != value:
            raise ValueError
        return value
    return _text(_plain(msgspec.convert(value, kind, strict=False)))


def _plain(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) and value else value


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    said = msgspec.to_builtins(value, enc_hook=str)
    return said if isinstance(said, str) else msgspec.json.encode(said).decode()


def _form(kind: Any) -> str:
    if isinstance(kind, str):
        return kind
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " | ".join(str(member.value) for member in kind)
    bare = get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
    return _FORMS.get(getattr(bare, "__supertype__", bare), "a text")


def _values(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, tuple):
        for one in value:
            yield from _values(one, path)
    elif not path:
        if value is not None:
            yield _text(_plain(value))
    elif isinstance(value, msgspec.Struct):
        if path[0] == value.__struct_config__.tag_field:
            yield str(value.__struct_config__.tag)
        elif path[0] in (names := _names(type(value))):
            yield from _values(getattr(value, names[path[0]]), path[1:])


@cache
def _names(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Give the attributes of a struct by the names that a bundle writes."""
    return {field.encode_name: field.name for field in msgspec.structs.fields(struct)}


def _kinds(hint: Any, path: list[str], whole: str) -> Iterator[Any]:
    """Yield what may stand at a path; `BadCondition` where there is no such path."""
    structs, leaves = _sorted_out(hint)
    if not path:
        if leaves:
            yield from leaves
            return
        below = sorted({name for struct in structs for name in _names_below(struct)})
        raise BadCondition("field", whole, ", ".join(f"{whole}.{name}" for name in below))
    deeper = [struct for struct in structs if path[0] in _names_below(struct)]
    if not deeper:
        raise BadCondition("field", whole, _near(path[0], whole, structs))
    for struct in deeper:
        yield from _below(struct, path, whole)


def _below(struct: type[msgspec.Struct], path: list[str], whole: str) -> Iterator[Any]:
    if path[0] in _names(struct):
        hints = get_type_hints(struct, include_extras=True)
        yield from _kinds(hints[_names(struct)[path[0]]], path[1:], whole)
    else:
        yield str(struct.__struct_config__.tag)


def _near(name: str, whole: str, structs: list[type[msgspec.Struct]]) -> str:
    known = sorted({one for struct in structs for one in _names_below(struct)})
    stem = whole.rpartition(name)[0] if structs else ""
    near = get_close_matches(name, known, 1)
    return ", ".join(f"{stem}{one}" for one in (near or known)) or f"{whole.rpartition('.')[0]} alone"


def _names_below(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    tag = struct.__struct_config__.tag_field
    return (*_names(struct), *((tag,) if tag else ()))


def _sorted_out(hint: Any) -> tuple[list[type[msgspec.Struct]], list[Any]]:
    """Give the structs and the plain values that a type may be; lists are looked through."""
    structs, leaves, waiting = list[type[msgspec.Struct]](), list[Any](), [hint]
    while waiting:
        one = waiting.pop(0)
        bare = get_args(one)[0] if hasattr(one, "__metadata__") else one
        if get_origin(bare) in (Union, UnionType):
            waiting += get_args(bare)
        elif get_origin(bare) is tuple:
            waiting.append(get_args(bare)[0])
        elif isinstance(bare, type) and issubclass(bare, msgspec.Struct):
            structs.append(bare)
        elif bare is not NoneType:
            leaves.append(one)
    return structs, leaves
