"""Unrolling: how a selection is read off a value, written out as one expression and compiled.

A call for every leaf of every object takes longer than the reading. The source is made of names that the
parser and the schema have let through, written as Python writes texts, and of names given here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import CodeType
from typing import Any, Final, NoReturn

from graphql import GraphQLBoolean, GraphQLString, Undefined
from strawberry.schema.schema_converter import CustomGraphQLEnumType

Read = Callable[[Any], Any]
Spell = Callable[[str], str]
"""Takes the source of a value, and gives the source of what is answered for it."""

KEPT: Final = 128  # compiled sources
_TEXTS: Final = ("Key", "Code")
_SURE: Final = (date, datetime, Decimal)
"""What a scalar that stands for it writes without fail."""


class Unplain(Exception):
    """A value that the short way does not know: graphql-core will say what is wrong with it."""


class Sheet:
    """What the functions of one selection have in common: the values that their sources name."""

    def __init__(self) -> None:
        self._named: dict[str, Any] = {"unfit": _unfit, "many": (list, tuple)}
        self._variables = 0

    def named(self, value: Any) -> str:
        """Name a value."""
        name = f"k{len(self._named)}"
        self._named[name] = value
        return name

    def function(self, spell: Spell) -> Read:
        """Compile a function of one value."""
        made: Read = eval(_compiled(f"lambda x: {spell('x')}"), self._named)  # noqa: S307 - see above
        return made

    def leaf(self, type_: Any, demanded: bool) -> Spell:
        """Spell a leaf; a value that is not surely of its type is unfit, or coerced as graphql-core does."""
        if isinstance(type_, CustomGraphQLEnumType):
            enum: Any = type_.wrapped_cls
            # By the member's name: a member as a key would be hashed by a method written in Python.
            names = {enum(value.value)._name_: name for name, value in type_.values.items()}
            return self._of_class(enum, f"{self.named(names)}[t._name_]", demanded)
        if type_ is GraphQLString or type_.name in _TEXTS:
            return self._of_class(str, "t", demanded)
        if type_ is GraphQLBoolean:
            return self._of_class(bool, "t", demanded)
        return self._coerced(type_, demanded)

    def listed(self, element: Spell, demanded: bool) -> Spell:
        """Spell a list."""
        each = self.named(self.function(element))
        none = _none(demanded)
        return lambda value: f"([{each}(x) for x in t] if isinstance(t := {value}, many) else {none})"

    def made(self, is_type_of: Any, parts: Iterable[tuple[str, str, Spell]], demanded: bool) -> Spell:
        """Spell an object of its parts: (name, attribute, how it is spelt)."""
        self._variables += 1
        held = f"x{self._variables}"
        inside = ", ".join(f"{name!r}: {spell(f'{held}.{attribute}')}" for name, attribute, spell in parts)
        made = f"{{{inside}}}"
        if is_type_of is not None:
            made = f"({made} if {self.named(is_type_of)}({held}, None) else unfit())"
        none = "unfit()" if demanded else "None"
        return lambda value: f"({none} if ({held} := {value}) is None else {made})"

    def _of_class(self, wanted: type, found: str, demanded: bool) -> Spell:
        name, none = self.named(wanted), _none(demanded)
        return lambda value: f"({found} if (t := {value}).__class__ is {name} else {none})"

    def _coerced(self, type_: Any, demanded: bool) -> Spell:
        coerce = type_.coerce_output_value
        slowly = self.named(_coerced(coerce, demanded))
        origin = getattr(type_.extensions.get("strawberry-definition"), "origin", None)
        if origin not in _SURE:
            return lambda value: f"{slowly}({value})"
        wanted, quickly = self.named(origin), self.named(coerce)
        return lambda value: f"({quickly}(t) if (t := {value}).__class__ is {wanted} else {slowly}(t))"


@lru_cache(KEPT)
def _compiled(source: str) -> CodeType:
    return compile(source, "<selection>", "eval")


def _none(demanded: bool) -> str:
    return "unfit()" if demanded else "None if t is None else unfit()"


def _unfit() -> NoReturn:
    raise Unplain


def _coerced(coerce: Read, demanded: bool) -> Read:
    def complete(value: Any) -> Any:
        if value is None:
            return _unfit() if demanded else None
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise Unplain
        return coerced

    return complete
