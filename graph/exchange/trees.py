"""A JSON file of foreign shape as rows: an array of objects, or a tree of codes with ranks and ancestors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from graph.exchange.findings import Finding, found, refused
from graph.exchange.manifest import Tree

DEEPEST = 40
LARGEST = 64 * 1024 * 1024
CODE, RANK, BROADER = "#code", "#rank", "#broader"
"""What a tree adds to the columns of its nodes."""


class Node(NamedTuple):
    """One row: its line, where it stands in the file, its cells; ``missing`` marks a stub between codes."""

    line: int
    place: str
    cells: dict[str, str]
    missing: bool = False
    finding: Finding | None = None


def objects(text: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a JSON array with the line each begins on."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    line, start = 1, _skip(text, 0)
    if text[start : start + 1] != "[":
        raise refused("MAPPING_INVALID", file, 1, "mapping", why="the JSON file is no array of objects")
    place, last = _skip(text, start + 1), 0
    while text[place : place + 1] != "]":
        line, last = line + text.count("\n", last, place), place
        value, place = _decoded(decoder, text, place, file, line)
        yield line, value
        place = _next(text, place, file, line)


def _decoded(
    decoder: json.JSONDecoder, text: str, place: int, file: str, line: int
) -> tuple[dict[str, Any], int]:
    try:
        value, end = decoder.raw_decode(text, place)
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else f"the JSON is broken: {error}"
        raise refused("MAPPING_INVALID", file, line, why=why) from error
    if not isinstance(value, dict):
        raise refused("MAPPING_INVALID", file, line, why="the array holds something that is no object")
    return value, end


def _next(text: str, place: int, file: str, line: int) -> int:
    place = _skip(text, place)
    if text[place : place + 1] == ",":
        return _skip(text, place + 1)
    if text[place : place + 1] != "]":
        raise refused("MAPPING_INVALID", file, line, why="the JSON array is not closed")
    return place


def _skip(text: str, place: int) -> int:
    while text[place : place + 1] in (" ", "\t", "\r", "\n"):
        place += 1
    return place


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def rows(text: str, file: str) -> Iterator[Node]:
    """Yield the objects of a flat array as rows."""
    for number, (line, value) in enumerate(objects(text, file)):
        yield Node(line, f"[{number}]", _cells(value))


def _cells(value: dict[str, Any]) -> dict[str, str]:
    return {
        name: "" if cell is None else str(cell)
        for name, cell in value.items()
        if not isinstance(cell, (dict, list))
    }


class Grove:
    """Walks a tree of codes: strips the prefix, ranks by length, and puts stubs between where groups lack."""

    def __init__(self, tree: Tree, file: str) -> None:
        self._tree, self._file = tree, file
        self._lengths = {length: rank for rank, length in enumerate(tree.lengths, 1)}

    def rows(self, text: str) -> Iterator[Node]:
        """Yield a row per node, each after its ancestors, and one per missing ancestor."""
        found_codes: set[str] = set()
        nodes = list(self._walk(text))
        present = {self._code(node.cells, "")[0] for node, _ in nodes}
        for node, ancestors in nodes:
            yield from self._rows(node, ancestors, present, found_codes)

    def _walk(self, text: str) -> Iterator[tuple[Node, tuple[str, ...]]]:
        for number, (line, value) in enumerate(objects(text, self._file)):
            yield from self._below(line, f"[{number}]", value, ())

    def _below(
        self, line: int, place: str, value: dict[str, Any], ancestors: tuple[str, ...]
    ) -> Iterator[tuple[Node, tuple[str, ...]]]:
        if len(ancestors) > DEEPEST:
            raise refused("MAPPING_INVALID", self._file, line, place, why="the tree is nested too deeply")
        node = Node(line, place, _cells(value))
        yield node, ancestors
        code = node.cells.get(self._tree.code, "")
        children = value.get(self._tree.children)
        for number, child in enumerate(children if isinstance(children, list) else ()):
            if isinstance(child, dict):
                below = f"{place}.{self._tree.children}[{number}]"
                yield from self._below(line, below, child, (*ancestors, code))

    def _code(self, cells: dict[str, str], ancestor: str) -> tuple[str, bool]:
        """Return the code without its prefix, and whether the prefix is the topmost ancestor's."""
        code = cells.get(self._tree.code, "").strip()
        if self._tree.prefix != "letter" or len(code) < 2 or not code[0].isalpha():
            return code, True
        return code[1:], code[0] == ancestor or not ancestor

    def _rows(
        self, node: Node, ancestors: tuple[str, ...], present: set[str], yielded: set[str]
    ) -> Iterator[Node]:
        top = ancestors[0] if ancestors else ""
        code, right = self._code(node.cells, top)
        rank = self._lengths.get(len(code), 0)
        finding = None if right else self._prefix(node, top)
        parent = self._code({self._tree.code: ancestors[-1]}, top)[0] if ancestors else ""
        broader = self._parent(code, rank, parent)
        if rank > 2 and not parent.startswith(broader) and not broader.startswith(parent):
            finding = finding or self._misplaced(node, code, parent, broader)
        if broader and broader not in present and broader not in yielded:
            yielded.add(broader)
            yield self._stub(node, broader, rank - 1, parent)
        yield node._replace(cells=node.cells | _added(code, rank, broader), finding=finding)

    def _parent(self, code: str, rank: int, parent: str) -> str:
        # The first rank's codes (letters) are no prefixes of the second's, so there the file must say.
        return code[: self._tree.lengths[rank - 2]] if rank > 2 else parent

    def _stub(self, node: Node, code: str, rank: int, parent: str) -> Node:
        cells = dict.fromkeys(node.cells, "") | _added(code, rank, self._parent(code, rank, parent))
        return Node(node.line, node.place, cells, missing=True)

    def _prefix(self, node: Node, top: str) -> Finding:
        code = node.cells.get(self._tree.code, "")
        field = f"{node.place}.{self._tree.code}"
        return found("PREFIX_WRONG", self._file, node.line, field, code=code, ancestor=top)

    def _misplaced(self, node: Node, code: str, parent: str, right: str) -> Finding:
        field = f"{node.place}.{self._tree.code}"
        return found("PLACE_WRONG", self._file, node.line, field, code=code, parent=parent, right=right)


def _added(code: str, rank: int, broader: str) -> dict[str, str]:
    return {CODE: code, RANK: str(rank) if rank else "", BROADER: broader}
