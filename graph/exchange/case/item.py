"""A CFItem and the item it becomes, there and back."""

from __future__ import annotations

from graph.exchange.case.fields import PROSE, line, plain, prose, put, take
from graph.exchange.case.identifiers import identifier_of, item_key
from graph.exchange.case.verbatim import Said, kept, unkept
from graph.model.framework import FrameworkItem
from graph.model.values import Key


def read(said: Said, framework: Key, language: object) -> FrameworkItem:
    """Return the item that a checked CFItem becomes; ``language`` is its document's."""
    rest = dict(said)
    if said["identifier"] == said["identifier"].lower():
        del rest["identifier"]
    tongue = rest.get("language") or language
    return FrameworkItem(
        key=item_key(said["identifier"]),
        framework=framework,
        statement=prose(take(rest, "fullStatement", PROSE), tongue),
        abbreviation=line(take(rest, "abbreviatedStatement"), tongue),
        human_code=take(rest, "humanCodingScheme"),
        kind=take(rest, "CFItemType"),
        verbatim=kept(rest),
    )


def write(item: FrameworkItem) -> Said:
    """Return the CFItem that an item is."""
    said = unkept(item.verbatim)
    put(said, "identifier", identifier_of(item.key))
    put(said, "fullStatement", plain(item.statement))
    put(said, "abbreviatedStatement", plain(item.abbreviation))
    put(said, "humanCodingScheme", item.human_code)
    put(said, "CFItemType", item.kind)
    return said
