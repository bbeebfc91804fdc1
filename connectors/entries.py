"""Entries: a file that is a list, read entry by entry; a wrong one is told by its line and costs no other."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import yaml
from msgspec import Struct, ValidationError, convert

from connectors.lines import Nodes, discreet, line_of
from connectors.nesting import Unbounded
from connectors.onfile import OnFile

E = TypeVar("E")

MOST_TOLD: Final = 20
"""Wrong entries that are told of one reading; the others are counted."""

TWICE: Final = "it is about the same as another entry; neither stands"

_ENTRY: Final = re.compile(r"^-(?=\s)", re.MULTILINE)
_log = logging.getLogger("alliance_hub.connectors")


class Wrong(Struct, frozen=True):
    """A wrong entry: the line it begins at, from 1, and why. It never quotes a value."""

    line: int
    reason: str


class Entry(Struct, frozen=True):
    """An entry as YAML has it, and its node there; ``wrong`` says why it cannot be taken as it stands."""

    line: int
    said: Any = None
    node: Any = None
    wrong: str = ""

    def line_of(self, reason: str) -> int:
        """Give the line of the value a reason names."""
        if self.node is None:
            return self.line
        began: int = self.node.start_mark.line + 1
        return self.line + line_of(self.node, reason) - began


class Listed(Struct, Generic[E], frozen=True):
    """What a file lists: what can be read, what cannot, and what the wrong entries say all the same."""

    entries: tuple[E, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    unread: tuple[Any, ...] = ()


def listed(text: str, kind: type[E], about: Callable[[E], Hashable]) -> Listed[E]:
    """Read a list of ``kind``, of which no two may be ``about`` the same; ``ValueError`` if it is no list."""
    good: list[tuple[Entry, E]] = []
    wrong: list[tuple[Wrong, Any]] = []
    for each in _entries(text):
        try:
            if each.wrong:
                raise ValidationError(each.wrong)
            good.append((each, convert(each.said, kind)))
        except ValidationError as error:
            wrong.append((Wrong(each.line_of(str(error)), discreet(str(error))), each.said))
    times = Counter(about(entry) for _, entry in good)
    wrong += [(Wrong(each.line, TWICE), each.said) for each, one in good if times[about(one)] > 1]
    wrong.sort(key=lambda each: each[0].line)
    return Listed(
        tuple(one for _, one in good if times[about(one)] == 1),
        tuple(told for told, _ in wrong),
        tuple(said for _, said in wrong),
    )


class EntryFile(Generic[E]):
    """A file that lists entries, read again when it has changed.

    What is wrong with it is logged once for each change: by file, line and reason, never a value.
    """

    def __init__(self, path: Path, read: Callable[[str], Listed[E]]) -> None:
        self._path = path
        self._file = OnFile(path, lambda text: self._made(read(text)))
        self._away = ""

    async def now(self) -> Listed[E]:
        """Give what it lists now; ``OSError`` or ``ValueError`` where it cannot be read at all."""
        try:
            found = await self._file.value()
        except (OSError, ValueError) as error:
            self._gone(error)
            raise
        self._away = ""
        return found

    def _made(self, found: Listed[E]) -> Listed[E]:
        for each in found.wrong[:MOST_TOLD]:
            _log.warning("%s, line %d: %s; the other entries stand", self._path, each.line, each.reason)
        if len(found.wrong) > MOST_TOLD:
            _log.warning("%s: %d more entries are wrong", self._path, len(found.wrong) - MOST_TOLD)
        return found

    def _gone(self, error: OSError | ValueError) -> None:
        told = f"{error.strerror}" if isinstance(error, OSError) else str(error)
        if told != self._away:
            _log.warning("%s cannot be read: %s; nothing stands", self._path, told)
        self._away = told


def _entries(text: str) -> Iterator[Entry]:
    """Take the list apart; where it is not YAML, at each dash that begins a line."""
    try:
        yield from _parsed(text, 0)
    except (yaml.YAMLError, Unbounded):
        cuts = [found.start() for found in _ENTRY.finditer(text)]
        yield from _pieces(text, [0, *cuts] if not cuts or text[: cuts[0]].strip() else cuts)


def _pieces(text: str, cuts: list[int]) -> Iterator[Entry]:
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        above = text.count("\n", 0, start)
        try:
            yield from _parsed(text[start:end], above)
        except Unbounded as error:
            yield Entry(above + 1, wrong=str(error))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            most = text[start:end].rstrip().count("\n")
            line = above + 1 + (min(mark.line, most) if mark else 0)
            yield Entry(line, wrong="it is not YAML")


def _parsed(text: str, above: int) -> list[Entry]:
    nodes = Nodes(text)
    if nodes.root is None:
        return []
    if not isinstance(nodes.root, yaml.SequenceNode):
        raise ValueError("the file is not a list")
    return [_built(nodes, each, above) for each in nodes.root.value]


def _built(nodes: Nodes, node: Any, above: int) -> Entry:
    line = above + node.start_mark.line + 1
    try:
        return Entry(line, nodes.built(node), node)
    except (ValueError, yaml.YAMLError):  # a day that no calendar has, a mapping as a key
        return Entry(line, wrong="YAML cannot read a value of it; a code is text: quote it")
