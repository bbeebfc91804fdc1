"""Markup: XML into plain values, with DOCTYPE refused, so that no entity can be declared or expand."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from connectors.decoding.strict import LARGEST_TREE
from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode

_DEEPEST = 100


def parse(text: str) -> Any:
    """Read XML as ``{"root": {...}}``: children by local name, lists where repeated, attributes as ``_name``.

    An element of text only is that text. ``SourceUnreadable`` for a DOCTYPE and for anything not well formed.
    """
    if 300 * text.count("<") + 120 * text.count("=") > LARGEST_TREE:
        raise SourceUnreadable(NoticeCode.TOO_LARGE, where="xml")
    tree = _Tree()
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.StartDoctypeDeclHandler = tree.refuse
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.buffer_text = True
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError:
        raise SourceUnreadable(where="xml") from None
    return tree.root


class _Tree:
    """Grows plain values as the parser goes."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any], list[str]]] = [("", self.root, [])]

    def refuse(self, *_: Any) -> None:
        raise SourceUnreadable(where="xml: a DOCTYPE")

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
