"""Canonical forms: the bytes a proof signs, by RDF (RDFC-1.0) and by JSON (RFC 8785).

By RDF only what the contexts know is signed. So contexts are those kept here and no others, none is written
inline, and a document of which anything would be left out has no canonical form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from math import factorial, prod
from typing import Any

import rfc8785
from pyld import jsonld
from pyld.canon import URDNA2015
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

_DEEPEST = 60
_MOST_WORK = 20_000
_OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
_CLR = "https://purl.imsglobal.org/spec/clr/v2p0/"
_KEPT = {
    _OB + "context.json": "ob-3.0",
    _OB + "context-3.0.1.json": "ob-3.0.1",
    _OB + "context-3.0.2.json": "ob-3.0.2",
    _OB + "context-3.0.3.json": "ob-3.0.3",
    _OB + "extensions.json": "ob-extensions",
    _CLR + "context.json": "clr-2.0.1",
    _CLR + "context-2.0.1.json": "clr-2.0.1",
}
_NOWHERE = "nowhere://nowhere/"
"""What relative names are resolved against, to be told by it: they mean nothing that could be signed."""

_WRITTEN = frozenset({"@context", "@value", "@language", "@direction"})


class Unsound(Exception):
    """A document has no canonical form here: its proof cannot be checked."""


@cache
def kept() -> Mapping[str, Any]:
    """Give the contexts there are, by address: those that come with PyLD and those kept here."""
    shelf = files("connectors").joinpath("credentials", "contexts")
    ours = {
        address: json.loads(shelf.joinpath(f"{name}.jsonld").read_text(encoding="utf-8"))
        for address, name in _KEPT.items()
    }
    return {**BUNDLED_CONTEXTS, **ours}


def by_json(document: Mapping[str, Any]) -> bytes:
    """Canonicalise as JSON; ``Unsound`` where a number is beyond what JSON canonicalises."""
    try:
        return rfc8785.dumps(plain(document))
    except (rfc8785.CanonicalizationError, ValueError, RecursionError):
        raise Unsound from None


def by_graph(document: Mapping[str, Any], contexts: Mapping[str, Any] | None = None) -> bytes:
    """Canonicalise as RDF; ``Unsound`` where anything would be left out, or it would take too much work."""
    _looked_over(document)
    known = kept() if contexts is None else {**kept(), **contexts}
    dropped: list[Any] = []
    try:
        expanded = jsonld.expand(
            plain(document),
            {"documentLoader": FrozenDocumentLoader(known), "base": _NOWHERE},
            on_property_dropped=dropped.append,
        )
        if dropped or not all(_absolute(each) for each in _names(expanded)):
            raise Unsound
        dataset = jsonld.to_rdf(expanded, {"documentLoader": FrozenDocumentLoader(known), "base": _NOWHERE})
        told: str = _Bounded().main(dataset, {"format": "application/n-quads"})
    except (jsonld.JsonLdError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unsound from None
    return told.encode()


def plain(value: Any) -> Any:
    """Give the same value with the fractions as JSON has them."""
    match value:
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case Decimal():
            return float(value)
    return value


def _looked_over(document: Any, depth: int = 0) -> None:
    """Refuse what could make the signed meaning another than what is read."""
    if depth > _DEEPEST:
        raise Unsound
    if isinstance(document, list):
        for each in document:
            _looked_over(each, depth + 1)
    if not isinstance(document, dict):
        return
    for name, value in document.items():
        if name.startswith("@") and name not in _WRITTEN:
            raise Unsound
        if name == "@context":
            _addresses(value)
        else:
            _looked_over(value, depth + 1)


def _addresses(context: Any) -> None:
    told = context if isinstance(context, list) else [context]
    if not told or not all(isinstance(each, str) for each in told) or len(told) > 10:
        raise Unsound


def _names(expanded: Any) -> Iterator[str]:
    """Give every name in an expanded document that must be absolute to be signed."""
    left = [expanded]
    while left:
        each = left.pop()
        if isinstance(each, list):
            left.extend(each)
        elif isinstance(each, dict):
            for name, value in each.items():
                if name in ("@id", "@type"):
                    yield from [value] if isinstance(value, str) else value
                else:
                    left.append(value)


def _absolute(name: str) -> bool:
    scheme, colon, rest = name.partition(":")
    if name.startswith(_NOWHERE):
        return False
    return bool(colon and rest) and scheme != "_" and scheme.replace("+", "").replace("-", "").isalnum()


class _Bounded(URDNA2015):  # type: ignore[misc]  # PyLD has no types
    """RDFC-1.0 that stops where nodes without names were made to be compared in every order."""

    def __init__(self) -> None:
        super().__init__()
        self._work = 0

    def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
        related = super().create_hash_to_related(id_, issuer)
        self._work += prod(factorial(min(len(each), 12)) for each in related.values())
        if self._work > _MOST_WORK:
            raise Unsound
        return related
