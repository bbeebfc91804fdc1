"""Masking: an answer without anything that is not known to be public, in the same shape as before."""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

Path = tuple[str, ...]
"""Names from the root to a leaf; lists are passed through without a step."""

ANY = "*"
"""Stands in a path for names that are data: terms, numbers of learners."""

_DATA = re.compile(r"\d.*|.*\d{5}.*|.+@.*", re.DOTALL)
_HAN = "甲乙丙丁戊己庚辛壬癸"


class Mask:
    """Replaces every leaf whose path is not kept, each value by the same other one throughout.

    The other has the shape of the first: digits for digits, letters for letters, Chinese characters for
    Chinese characters. What it is cannot be told without the mask's secret, which lives no longer than it.
    """

    def __init__(self, keep: Iterable[Path], hidden: Iterable[str] = ()) -> None:
        self._keep = frozenset(keep)
        self._hidden = tuple(each for each in hidden if each)
        self._secret = secrets.token_bytes(32)

    def text(self, value: str) -> str:
        """Give the stand-in of a text."""
        digest = self._digest(value)
        return "".join(_like(letter, digest[place % len(digest)]) for place, letter in enumerate(value))

    def kept(self, value: str) -> str:
        """Give a text that is kept, but for what is ``hidden`` (a learner's code) wherever that stands."""
        for each in self._hidden:
            value = value.replace(each, self.text(each))
        return value

    def tree(self, value: Any, path: Path = ()) -> Any:
        """Mask plain values as JSON has them."""
        match value:
            case dict():
                return dict(self._field(name, below, path) for name, below in value.items())
            case list():
                return [self.tree(each, path) for each in value]
            case None | bool():
                return value
        if path in self._keep:
            return self.kept(value) if isinstance(value, str) else value
        return self._leaf(value)

    def _field(self, name: str, below: Any, path: Path) -> tuple[str, Any]:
        """Mask a field; a name that looks like data may be a person's number, and is ANY in paths."""
        if not _DATA.fullmatch(name):
            return name, self.tree(below, (*path, name))
        shown = self.kept(name) if (*path, ANY) in self._keep else self.text(name)
        return shown, self.tree(below, (*path, ANY))

    def xml(self, text: str) -> str:
        """Mask the texts and attributes of XML; names are local, as in the paths of a mapping."""
        root = ElementTree.fromstring(text)  # noqa: S314 - read before by the connector, which refuses a DOCTYPE
        self._element(root, ())
        return ElementTree.tostring(root, encoding="unicode")

    def row(self, cells: Mapping[str, str]) -> dict[str, str]:
        """Mask a row of a table."""
        return {
            name: self.kept(cell) if (name,) in self._keep else self.text(cell)
            for name, cell in cells.items()
        }

    def _element(self, element: ElementTree.Element, above: Path) -> None:
        path = (*above, _local(element.tag))
        bare = not len(element) and not element.attrib
        if element.text and not ({path, (*path, "_text")} if bare else {(*path, "_text")}) & self._keep:
            element.text = self.text(element.text)
        for name, value in element.attrib.items():
            if (*path, f"_{_local(name)}") not in self._keep:
                element.set(name, self.text(value))
        for below in element:
            below.tail = None
            self._element(below, path)

    def _leaf(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        masked = self.text(str(value))
        return int(masked) if isinstance(value, int) else type(value)(masked)

    def _digest(self, value: str) -> bytes:
        return hmac.digest(self._secret, value.encode("utf-8", "surrogatepass"), "sha256")


def _like(letter: str, chance: int) -> str:
    if letter.isascii() and letter.isdigit():
        return str(1 + chance % 9)
    if letter.isascii() and letter.isalpha():
        found = chr(ord("a") + chance % 26)
        return found.upper() if letter.isupper() else found
    if unicodedata.category(letter).startswith(("L", "N")):
        return _HAN[chance % len(_HAN)]
    return letter


def _local(name: str) -> str:
    return name.rpartition("}")[2]
