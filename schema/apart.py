"""Telling apart: which canonical values a type of an interface or a union stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T", bound=type)


def type_of(struct: type) -> Callable[[T], T]:
    """Tell of which canonical values a type is. Goes below `@strawberry.type`."""

    def mark(cls: T) -> T:
        # GraphQL asks this of each value that may be one of several types.
        cls.is_type_of = classmethod(lambda _cls, value, _info: isinstance(value, struct))  # type: ignore[attr-defined]
        return cls

    return mark
