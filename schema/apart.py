"""Telling apart: which canonical values a type of an interface or a union stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T", bound=type)


def type_of(struct: type) -> Callable[[T], T]:
    """Tell of which canonical values a type is. Goes below `@strawberry.type`."""

    def mark(cls: T) -> T:
        def is_of(_cls: type, value: object, _info: object) -> bool:
            return isinstance(value, struct)

        # GraphQL asks this of each value that may be one of several types.
        cls.is_type_of = classmethod(is_of)  # type: ignore[attr-defined]  # a name strawberry looks for
        return cls

    return mark
