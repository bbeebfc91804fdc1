"""The edges a version draws: which types there are, and from a thing to the keys it names."""

from __future__ import annotations

from typing import NamedTuple

from graph.model.concepts import BY_NAME
from graph.model.references import references
from graph.model.values import Versioned

EDGES = frozenset(
    {
        "ACCEPTS_ISSUER",
        "ASKS",
        "ASKS_UNIT",
        "AT_LEVEL",
        "AWARDS",
        "BROADER",
        "BY_METHOD",
        "COUNTED_IN",
        "DECIDED_AT",
        "DECIDED_BY",
        "DENIES",
        "DENIES_UNIT",
        "EXCLUDES",
        "FOR_POSITION",
        "FROM_SCHEME",
        "GRANTS",
        "GRANTS_UNIT",
        "HAS_OUTCOME",
        "HAS_PART",
        "HIGHER_THAN",
        "INTO",
        "IN_FRAMEWORK",
        "IN_INDUSTRY",
        "IN_REGION",
        "ISSUED_BY",
        "LEVEL",
        "MANDATED_FOR",
        "MANDATED_IN",
        "MEMBER",
        "NEVER_EXEMPTS",
        "OF_ALLIANCE",
        "OF_INSTITUTION",
        "ORIGIN",
        "OTHER_LEVEL",
        "OWNED_BY",
        "PARTY",
        "PART_OF",
        "RECEIVED_BY",
        "REQUIRES",
        "SUCCEEDED_BY",
        "SUPERSEDES",
        "TARGET",
        "TO_SCHEME",
        "UNDER",
    }
)
"""Every type of relationship from a version to an identity: the allow-list for Cypher."""


class Edge(NamedTuple):
    """One edge of a version: its type, the label it leads to, and the key there."""

    type: str
    label: str
    key: str


def edges(thing: Versioned) -> tuple[Edge, ...]:
    """Return the edges of ``thing``, each once, in the order of its fields; a stub may name nothing."""
    drawn = (
        Edge(found.edge, BY_NAME[found.concept].label, found.key)
        for found in references(thing)
        if found.edge and found.key
    )
    return tuple(dict.fromkeys(drawn))
