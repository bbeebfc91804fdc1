"""What a CFDocument, a CFItem or a CFAssociation must say before it can become a thing of the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from graph.exchange.case.identifiers import is_identifier
from graph.exchange.case.verbatim import Said


class Problem(NamedTuple):
    """What is wrong: the field, the finding's code and its facts."""

    field: str
    code: str
    facts: dict[str, object]


Problems = Iterator[Problem]

_KIND: Final = re.compile(r"\S(.*\S)?")
_TEXTS: Final = {
    "CFDocument": ("title", "language"),
    "CFItems": ("fullStatement", "language", "abbreviatedStatement", "humanCodingScheme", "CFItemType"),
    "CFAssociations": ("associationType",),
}
_REQUIRED: Final = {
    "CFDocument": ("title",),
    "CFItems": (),
    "CFAssociations": ("associationType", "originNodeURI", "destinationNodeURI"),
}
_ENDS: Final = ("originNodeURI", "destinationNodeURI")


def problems(section: str, said: Any) -> Problems:
    """Yield what is wrong with one object of a section."""
    if not isinstance(said, dict):
        yield Problem("", "CASE_TYPE", {"wanted": "an object"})
        return
    yield from _identifier(said)
    yield from _missing(section, said)
    for name in _TEXTS[section]:
        yield from _typed(said, name, _is_text, "a text")
    if section == "CFAssociations":
        yield from _association(said)


def _identifier(said: Said) -> Problems:
    value = said.get("identifier")
    if value in (None, ""):
        yield Problem("identifier", "CASE_MISSING", {})
    elif not is_identifier(value):
        yield Problem("identifier", "CASE_IDENTIFIER", {"value": value})


def _missing(section: str, said: Said) -> Problems:
    for name in _REQUIRED[section]:
        if said.get(name) in (None, "", {}):
            yield Problem(name, "CASE_MISSING", {})
    if section == "CFItems" and said.get("fullStatement") is None:
        yield Problem("fullStatement", "CASE_MISSING", {})


def _typed(said: Said, name: str, holds: Callable[[Any], bool], wanted: str) -> Problems:
    value = said.get(name)
    if value is not None and not holds(value):
        yield Problem(name, "CASE_TYPE", {"wanted": wanted})


def _association(said: Said) -> Problems:
    for name in _ENDS:
        yield from _typed(said, name, _is_link, "a link with identifier or uri")
    yield from _typed(said, "CFAssociationGroupingURI", _is_object, "an object")
    yield from _typed(said, "sequenceNumber", _is_whole, "a whole number")
    kind = said.get("associationType")
    if isinstance(kind, str) and kind and not _is_kind(kind):
        yield Problem("associationType", "CASE_TYPE", {"wanted": "a word of at most 120 characters"})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_link(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    said = [value[name] for name in ("identifier", "uri") if value.get(name) is not None]
    return any(said) and all(map(_is_text, said))


def _is_kind(value: str) -> bool:
    return len(value) <= 120 and value.isprintable() and bool(_KIND.fullmatch(value))
