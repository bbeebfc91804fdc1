"""A CFAssociation and the association it becomes, there and back."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, NamedTuple

from graph.exchange.case.fields import LINE, put, take
from graph.exchange.case.identifiers import (
    association_key,
    framework_key,
    identifier_of,
    item_key,
    named,
)
from graph.exchange.case.verbatim import Said, kept, unkept
from graph.model.framework import Association
from graph.model.values import Key

WIDEST = 2**31
"""Sequence numbers beyond this are kept verbatim only."""


class End(NamedTuple):
    """One end of an association: a key of the package, or a URI outside of it."""

    name: str
    outside: bool


class Inside(NamedTuple):
    """What a package holds: its document's identifier and its items'."""

    document: str
    items: Container[str]

    def end(self, link: Any) -> End:
        """Return what a link of the package leads to."""
        identifier = named(link)
        if identifier in self.items:
            return End(item_key(identifier), outside=False)
        if identifier == self.document:
            return End(framework_key(identifier), outside=False)
        return End(link.get("uri") or f"urn:uuid:{identifier or link.get('identifier')}", outside=True)


def read(said: Said, inside: Inside) -> Association:
    """Return the association that a checked CFAssociation becomes."""
    rest = dict(said)
    origin, target = inside.end(said["originNodeURI"]), inside.end(said["destinationNodeURI"])
    if said["identifier"] == said["identifier"].lower():
        del rest["identifier"]
    return Association(
        key=association_key(said["identifier"]),
        framework=framework_key(inside.document),
        origin=Key(origin.name),
        target=target.name,
        kind=take(rest, "associationType"),
        external=target.outside,
        origin_external=origin.outside,
        group=_group(said),
        sequence=_sequence(rest),
        verbatim=kept(rest),
    )


def _group(said: Said) -> str:
    link = said.get("CFAssociationGroupingURI") or {}
    return (named(link) or str(link.get("title") or link.get("uri") or ""))[:LINE]


def _sequence(rest: Said) -> int | None:
    number = rest.get("sequenceNumber")
    if not isinstance(number, int) or abs(number) > WIDEST:
        return None
    del rest["sequenceNumber"]
    return number


def write(association: Association) -> Said:
    """Return the CFAssociation that an association is."""
    said = unkept(association.verbatim)
    put(said, "identifier", identifier_of(association.key))
    put(said, "associationType", association.kind)
    put(said, "sequenceNumber", association.sequence)
    return said
