"""Codes as the border writes them: NFKC, trimmed, and in the case their scheme asks for."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec

from graph.model.schemes import Case
from graph.model.values import Code, Key, Value, normalised

V = TypeVar("V", bound=Value)
Fold = Callable[[str], str]

_CASES: dict[Case, Fold] = {Case.KEEP: str, Case.UPPER: str.upper, Case.LOWER: str.lower}


def fold_key(key: str, cases: typing.Mapping[str, Case]) -> str:
    """Return ``key`` normalised, its code in its scheme's case; a bare code stays in its own.

    >>> fold_key("gbt4754:2017:a", {"gbt4754": Case.UPPER})
    'gbt4754:2017:A'
    """
    plain = normalised(key)
    scheme, first, rest = plain.partition(":")
    edition, second, code = rest.partition(":")
    if not first or not second:
        return plain
    return f"{scheme}:{edition}:{_CASES[cases.get(scheme, Case.KEEP)](code)}"


def folded(thing: V, cases: typing.Mapping[str, Case]) -> V:
    """Return ``thing`` with every key and code folded; the same object where nothing changes."""
    changes = {
        name: new for name, old in _named(thing) if (new := _folded(old, cases)) is not old and new != old
    }
    return msgspec.structs.replace(thing, **changes) if changes else thing


def _named(thing: Value) -> Iterator[tuple[str, Any]]:
    for name in _names(type(thing)):
        yield name, getattr(thing, name)


def _folded(value: Any, cases: typing.Mapping[str, Case]) -> Any:
    if isinstance(value, str):
        return fold_key(value, cases)
    if isinstance(value, tuple):
        return tuple(_folded(item, cases) for item in value)
    return folded(value, cases) if isinstance(value, Value) else value


@cache
def _names(struct: type[Value]) -> tuple[str, ...]:
    hints = typing.get_type_hints(struct, include_extras=True)
    return tuple(name for name, hint in hints.items() if _holds_code(hint))


def _holds_code(hint: Any) -> bool:
    if hint is Key or hint == Code:
        return True
    if isinstance(hint, type) and issubclass(hint, Value):
        return bool(_names(hint)) if hint is not Value else False
    inner = typing.get_args(hint) if _is_compound(hint) else ()
    return any(_holds_code(part) for part in inner)


def _is_compound(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    return origin in (tuple, typing.Union, types.UnionType, typing.Annotated)
