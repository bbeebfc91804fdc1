"""Paths: XPath into XML that was opened by the one guard, for declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from connectors.decoding.elements import Element
from connectors.errors import Misdeclared, SourceUnreadable


def nodes(path: str) -> Callable[[Any], list[Any]]:
    """Compile a path to elements; asked of anything but XML it is ``SourceUnreadable``."""
    found = _compiled(path)

    def searched(element: Any) -> list[Any]:
        told = found(element)
        return told if isinstance(told, list) else [told]

    return searched


def value(path: str) -> Callable[[Any], Any]:
    """Compile a path to one text: None where nothing is found, a list where several are."""
    found = _compiled(path)

    def searched(element: Any) -> Any:
        told = found(element)
        if not isinstance(told, list):
            return _plain(told)
        texts = [_plain(each) for each in told]
        return texts if len(texts) > 1 else texts[0] if texts else None

    return searched


def _compiled(path: str) -> Callable[[Any], Any]:
    try:
        compiled = etree.XPath(path, smart_strings=False, regexp=False)
    except etree.XPathError:
        raise Misdeclared("not an XPath") from None

    def searched(element: Any) -> Any:
        if not isinstance(element, Element):
            raise SourceUnreadable(where="xpath")
        try:
            return compiled(element)
        except etree.XPathError:
            raise SourceUnreadable(where="xpath") from None

    return searched


def _plain(found: Any) -> Any:
    """Give the text of a node, without the blanks around it; a number as XPath writes it."""
    if isinstance(found, Element):
        return str(found.xpath("string()")).strip()
    if isinstance(found, float):
        return str(int(found)) if found.is_integer() else repr(found)
    return found.strip() if isinstance(found, str) else found
