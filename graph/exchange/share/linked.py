"""A selection as JSON-LD: CTDL and CTDL-ASN terms where they fit, the hub's own where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import msgspec

from graph.exchange.share.plain import plain
from graph.exchange.share.selection import Chosen, fields, relation
from graph.model.concepts import BY_STRUCT
from graph.model.outcomes import Outcome
from graph.model.references import references
from graph.model.values import Versioned

HUB: Final = "urn:alliance-hub:term:"
CONTEXT: Final = {
    "ceterms": "https://purl.org/ctdl/terms/",
    "ceasn": "https://purl.org/ctdlasn/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "hub": HUB,
    "ceterms:name": {"@container": "@language"},
    "ceasn:name": {"@container": "@language"},
    "ceasn:competencyText": {"@container": "@language"},
    "skos:prefLabel": {"@container": "@language"},
}

# Concept -> its class and the term for its title.
TYPES: Final = {
    "framework": ("ceasn:CompetencyFramework", "ceasn:name"),
    "frameworkItem": ("ceasn:Competency", "ceasn:competencyText"),
    "unit": ("ceasn:Competency", "ceasn:name"),
    "institution": ("ceterms:CredentialOrganization", "ceterms:name"),
    "outcome": ("ceterms:LearningOpportunityProfile", "ceterms:name"),
    "programme": ("ceterms:LearningProgram", "ceterms:name"),
    "industry": ("skos:Concept", "skos:prefLabel"),
    "region": ("skos:Concept", "skos:prefLabel"),
    "position": ("ceterms:Job", "ceterms:name"),
}
OUTCOMES: Final = {
    "COURSE": "ceterms:Course",
    "CERTIFICATE": "ceterms:Certificate",
    "DEGREE": "ceterms:Degree",
}
EDGES: Final = {
    "ISSUED_BY": "ceterms:offeredBy",
    "OWNED_BY": "ceterms:ownedBy",
    "BROADER": "skos:broader",
    "IN_FRAMEWORK": "ceasn:isPartOf",
    "HAS_PART": "ceterms:hasPart",
    "PART_OF": "ceterms:parentOrganization",
    "REQUIRES": "ceterms:prerequisite",
    "IN_INDUSTRY": "ceterms:industryType",
    "source": "dcterms:source",
    "licence": "dcterms:license",
}


def linked(chosen: Chosen) -> Iterator[bytes]:
    """Yield the document; its context is written into it, so that nothing is fetched to read it."""
    snapshot = {f"hub:{name}": value for name, value in msgspec.to_builtins(chosen.snapshot).items()}
    head = {"@context": CONTEXT, "@id": f"urn:alliance-hub:snapshot:{chosen.snapshot.hash}", **snapshot}
    yield msgspec.json.encode(head)[:-1] + b',"@graph":[\n'
    for place, thing in enumerate(chosen.things()):
        yield (b",\n" if place else b"") + msgspec.json.encode(node(thing))
    yield b"\n]}\n"


def node(thing: Versioned) -> dict[str, Any]:
    """Return one thing as a node."""
    concept = BY_STRUCT[type(thing)]
    type_, term = TYPES.get(concept.name, (f"hub:{concept.label}", "ceterms:name"))
    if isinstance(thing, Outcome):
        type_ = OUTCOMES.get(thing.kind.value, type_)
    said: dict[str, Any] = {"@id": _name(concept.name, thing.key), "@type": type_, "hub:key": thing.key}
    said |= {"hub:version": thing.version, "hub:synthetic": thing.synthetic}
    title = fields(thing).get("title") or fields(thing).get("statement")
    facts = {f"hub:{name}": value for name, value in plain(thing).items()}
    return said | ({term: title} if title else {}) | facts | _links(thing)


def _links(thing: Versioned) -> dict[str, Any]:
    links: dict[str, set[str]] = {}
    for ref in references(thing):
        term = EDGES.get(relation(ref)) or f"hub:{relation(ref).lower()}"
        links.setdefault(term, set()).add(_name(ref.concept, ref.key))
    return {term: [{"@id": name} for name in sorted(names)] for term, names in sorted(links.items())}


def _name(concept: str, key: str) -> str:
    return f"urn:alliance-hub:{concept}:{quote(key, safe=':')}"
