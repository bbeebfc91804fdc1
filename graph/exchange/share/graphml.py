"""A selection as GraphML: its things, the things they name, and a typed edge for each naming."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from graph.exchange.share.plain import PLAIN, plain
from graph.exchange.share.selection import Chosen, Fields, fields, relation
from graph.model.concepts import BY_NAME, BY_STRUCT
from graph.model.references import references
from graph.model.values import Versioned

KEYS: Final = {
    "concept": ("node", "string"),
    "key": ("node", "string"),
    "named": ("node", "boolean"),
    "version": ("node", "int"),
    "titleZh": ("node", "string"),
    "titleEn": ("node", "string"),
    "source": ("node", "string"),
    "licence": ("node", "string"),
    "synthetic": ("node", "boolean"),
    **{name: ("node", kind) for name, (_, kind) in PLAIN.items()},
    "type": ("edge", "string"),
    "hash": ("graph", "string"),
    "valid": ("graph", "string"),
    "known": ("graph", "string"),
}
"""Every attribute: what it belongs to, and its type.

``named`` nodes are not selected, only named; those without ``synthetic`` are not known at the moment.
"""

_UNSAYABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(chosen: Chosen) -> Iterator[bytes]:
    """Yield the document."""
    yield _head(chosen)
    for thing in chosen.things():
        yield _node(_name_of(thing), _facts(thing) | {"named": "false"})
    for concept, key, other in chosen.named():
        known = _facts(other) if other else {"concept": concept.label, "key": key}
        yield _node(_name(concept.label, key), known | {"named": "true"})
    for thing in chosen.things():
        for type_, label, key in _edges(thing):
            ends = {"source": _name_of(thing), "target": _name(label, key)}
            yield _element("edge", ends, {"type": type_})
    yield b"</graph></graphml>\n"


def _head(chosen: Chosen) -> bytes:
    keys = "".join(
        f'<key id="{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>\n'
        for name, (place, kind) in KEYS.items()
    )
    snapshot = chosen.snapshot
    facts = _data({"hash": snapshot.hash, "valid": snapshot.valid, "known": snapshot.known})
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        f'{keys}<graph edgedefault="directed">{facts}\n'
    ).encode()


def _node(name: str, facts: dict[str, str]) -> bytes:
    return _element("node", {"id": name}, facts)


def _facts(thing: Versioned) -> dict[str, str]:
    said = fields(thing)
    always = {name: _text(said[name]) for name in ("key", "version", "source", "licence", "synthetic")}
    facts = {name: _text(value) for name, value in plain(thing).items()}
    return {"concept": BY_STRUCT[type(thing)].label} | always | _titles(said) | facts


def _titles(said: Fields) -> dict[str, str]:
    title = said.get("title") or said.get("statement") or {}
    return {name: title[tongue] for name, tongue in (("titleZh", "zh"), ("titleEn", "en")) if tongue in title}


def _edges(thing: Versioned) -> Iterator[tuple[str, str, str]]:
    """Yield type, label and key of each thing named, each once."""
    found = {(relation(ref).upper(), BY_NAME[ref.concept].label, ref.key) for ref in references(thing)}
    return iter(sorted(found))


def _name_of(thing: Versioned) -> str:
    return _name(BY_STRUCT[type(thing)].label, thing.key)


def _name(label: str, key: str) -> str:
    return f"{label}/{key}"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _element(tag: str, names: dict[str, str], facts: dict[str, str]) -> bytes:
    given = "".join(f" {name}={quoteattr(_UNSAYABLE.sub('', value))}" for name, value in names.items())
    return f"<{tag}{given}>{_data(facts)}</{tag}>\n".encode()


def _data(facts: dict[str, str]) -> str:
    said = ((name, escape(_UNSAYABLE.sub("", value))) for name, value in facts.items())
    return "".join(f'<data key="{name}">{value}</data>' for name, value in said)
