"""Expressions: how a declaration points into a source's rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, cast

import jmespath
from jmespath.exceptions import JMESPathError

from connectors.errors import Misdeclared, SourceUnreadable
from connectors.extras import need

Expression = str
"""A JMESPath (``course.code``), an XPath (``xpath:course/@code``) into XML, a fixed text (``=cn``), or a
function of the row (``py:module:name``)."""

Field = Callable[[Any], Any]

XPATH = "xpath:"

_PLAIN = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


_BARE: Final = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")


def _none(expression: Expression, why: str) -> Misdeclared:
    """Say that it is no JMESPath, and how a name in Chinese is written in one."""
    bare = not _BARE.sub("", expression).isascii()
    help_ = '; a name that is not in ASCII stands in double quotes there: "学号" 表达式中的中文名称须加双引号'
    return Misdeclared(f"{expression} is not a JMESPath ({why}){help_ if bare else ''}", expression)


def field(expression: Expression) -> Field:
    """Compile an expression; ``Misdeclared`` if it is none. The empty one gives nothing."""
    if not expression:
        return lambda row: None
    if expression.startswith("="):
        fixed = expression[1:]
        return lambda row: fixed
    if expression.startswith("py:"):
        return function(expression[3:])
    if expression.startswith(XPATH):
        found: Field = _paths().value(expression.removeprefix(XPATH))
        return found
    return _path(expression)


@lru_cache(1024)
def _path(expression: str) -> Field:
    if _PLAIN.fullmatch(expression):
        return _walk(tuple(expression.split(".")))
    return _searched(expression)


def rows(expression: Expression) -> Field:
    """Compile an expression that finds rows: by XPath these are elements, not their texts."""
    if expression.startswith(XPATH):
        found: Field = _paths().nodes(expression.removeprefix(XPATH))
        return found
    return field(expression)


def _paths() -> Any:
    """Load what XPath needs, which the base does not bring."""
    need("standards", "lxml")
    return import_module("connectors.decoding.paths")


def function(name: str) -> Callable[..., Any]:
    """Find the function ``module:name``; ``Misdeclared`` if there is none."""
    module, _, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except ImportError as error:
        raise Misdeclared(f"{module or name} cannot be imported: {error}") from None
    except Misdeclared:  # what a module says of itself while it is imported
        raise
    except (AttributeError, ValueError):
        raise Misdeclared(f"there is no function {name}") from None
    if not callable(found):
        raise Misdeclared(f"{name} is not a function")
    return cast("Callable[..., Any]", found)


def _walk(path: tuple[str, ...]) -> Field:
    """Go down a plain path: what most expressions are, and faster than searching."""
    first = path[0]
    if len(path) == 1:
        return lambda row: row.get(first) if isinstance(row, dict) else None
    if len(path) == 2:
        return _nested(first, path[1])
    below = _walk(path[1:])
    return lambda row: below(row.get(first)) if isinstance(row, dict) else None


def _nested(first: str, second: str) -> Field:
    def walked(row: Any) -> Any:
        inner = row.get(first) if isinstance(row, dict) else None
        return inner.get(second) if isinstance(inner, dict) else None

    return walked


def _searched(expression: str) -> Field:
    try:
        compiled = jmespath.compile(expression)
    except (JMESPathError, RecursionError) as error:
        raise _none(expression, type(error).__name__) from None

    def searched(row: Any) -> Any:
        try:
            return compiled.search(row)
        except (JMESPathError, RecursionError):
            raise SourceUnreadable(where=expression) from None

    return searched
