"""Markup: XML into plain values, with DOCTYPE refused, so that no entity can be declared or expand."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from connectors.decoding.strict import LARGEST_TREE
from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode

_DEEPEST = 100
_DECLARATION = re.compile(r"^<\?xml\s[^>]*\?>")


def parse(text: str) -> Any:
    """Read XML as ``{"root": {...}}``: children by local name, lists where repeated, attributes as ``_name``.

    An element of text only is that text. ``SourceUnreadable`` for a DOCTYPE and for anything not well formed.
    """
    tree = _Tree()
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.buffer_text = True
    _run(parser, text)
    return tree.root


def harmless(text: str) -> bytes:
    """Return XML as UTF-8 that a parser of more powers may be given: well formed, no DOCTYPE, not too deep.

    Its declaration is taken off, so that no second parser can read other characters than were looked at.
    """
    depth = _Depth()
    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartElementHandler = depth.start
    parser.EndElementHandler = depth.end
    _run(parser, text)
    return _DECLARATION.sub("", text.removeprefix("\ufeff"), count=1).encode("utf-8")


def _run(parser: expat.XMLParserType, text: str) -> None:
    """Run a parser over a text: the one place that says what XML is refused."""
    if 300 * text.count("<") + 120 * text.count("=") > LARGEST_TREE:
        raise SourceUnreadable(NoticeCode.TOO_LARGE, where="xml")
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError:
        raise SourceUnreadable(where="xml") from None


def _refuse(*_: Any) -> None:
    raise SourceUnreadable(where="xml: a DOCTYPE")


class _Depth:
    """Counts how deep elements lie in each other."""

    def __init__(self) -> None:
        self._open = 0

    def start(self, *_: Any) -> None:
        self._open += 1
        if self._open > _DEEPEST:
            raise SourceUnreadable(where="xml: too deep")

    def end(self, _: str) -> None:
        self._open -= 1


class _Tree:
    """Grows plain values as the parser goes."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any], list[str]]] = [("", self.root, [])]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise SourceUnreadable(where="xml: too deep")
        told = {"_" + key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._open.append((name.rpartition(" ")[2], told, []))

    def end(self, _: str) -> None:
        name, children, texts = self._open.pop()
        text = "".join(texts).strip()
        if children and text:
            children["_text"] = text
        _add(self._open[-1][1], name, children or text)

    def text(self, piece: str) -> None:
        self._open[-1][2].append(piece)


def _add(parent: dict[str, Any], name: str, value: Any) -> None:
    """Put a child in its place; the second of a name makes a list of both."""
    before = parent.get(name)
    if name not in parent:
        parent[name] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        parent[name] = [before, value]
