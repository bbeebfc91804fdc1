"""Lines: where in a YAML file something is wrong, told by line and in words that hold no value."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from connectors.nesting import look_through
from connectors.onfile import LOADER

_NO_TEXT: Final = re.compile(
    r"Expected `str( \| [^`]*)?`, got `(int|float|bool|date|datetime|bytes|null)`(?: - at `\$\.?(.*)`)?"
)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `.*?`(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")


class Nodes:
    """A YAML text as nodes, each of which knows its line.

    ``yaml.YAMLError`` where it is none, ``Unbounded`` where it nests or repeats too much.
    """

    def __init__(self, text: str) -> None:
        look_through(LOADER(text))
        self._loader: Any = LOADER(text)
        self.root: Any = self._loader.get_single_node()

    def built(self, node: Any) -> Any:
        """Build the plain value of a node; ``ValueError`` or ``yaml.YAMLError`` where there is none."""
        try:
            return self._loader.construct_object(node, deep=True)
        except RecursionError:
            raise ValueError("it nests too deep") from None

    def twice(self) -> tuple[int, str] | None:
        """Find a name that stands twice in one mapping: its line, and the name. YAML takes the last."""
        seen, left = set[int](), [self.root] if self.root is not None else []
        while left:
            node = left.pop()
            if id(node) in seen or isinstance(node, yaml.ScalarNode):
                continue
            seen.add(id(node))
            if isinstance(node, yaml.SequenceNode):
                left.extend(node.value)
                continue
            names = set[str]()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in names:
                    return key.start_mark.line + 1, key.value
                names.add(key.value if isinstance(key, yaml.ScalarNode) else "")
                left.append(value)
        return None


def line_of(node: Any, reason: str) -> int:
    """Give the line, from 1, of the very value that a reason of msgspec's names, below ``node``."""
    for name, place in _STEP.findall(reason.rpartition("`$")[2]):
        if place and isinstance(node, yaml.SequenceNode) and int(place) < len(node.value):
            node = node.value[int(place)]
        elif isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == name), node)
    return int(node.start_mark.line) + 1


def line_saying(node: Any, text: str) -> int | None:
    """Give the line, from 1, of the first value below ``node`` that is just this text; None without one."""
    if isinstance(node, yaml.ScalarNode):
        return int(node.start_mark.line) + 1 if node.value == text else None
    below = (value for _, value in node.value) if isinstance(node, yaml.MappingNode) else iter(node.value)
    return next((line for each in below if (line := line_saying(each, text)) is not None), None)


def told(reason: str) -> str:
    """Say what is wrong in words that help: what YAML read as a number was meant as a text."""
    if found := _NO_TEXT.fullmatch(reason):
        where = f"{found[3]}: " if found[3] else ""
        return f"{where}YAML reads this as {found[2]}, not as text; a code is text: quote it"
    return reason


def discreet(reason: str) -> str:
    """Say it without the name of an unknown field, which in a file about people may be one's."""
    if found := _UNKNOWN.search(reason):
        return f"it has a field that is not known{f' (at {found[1]})' if found[1] else ''}"
    return told(reason)
