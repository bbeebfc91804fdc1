"""The values of every enumeration that some modules define themselves."""

from collections.abc import Iterator
from enum import Enum
from types import ModuleType


def values_of(*modules: ModuleType) -> Iterator[Enum]:
    for module in modules:
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Enum) and kind.__module__ == module.__name__:
                yield from kind
