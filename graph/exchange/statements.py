"""The Cypher of imports and exports, made of declared labels, edges and columns only."""

from __future__ import annotations

from functools import cache

from graph.edges import EDGES
from graph.model.concepts import CONCEPTS, Concept
from graph.model.outcomes import Mapping
from graph.projections import columns

LABELS = frozenset(concept.label for concept in CONCEPTS)
SEEN = (
    "v.key, v.number, v.hash, v.validFrom, v.validTo, v.retractedAt, v.recordedAt, v.from = $source, v.body"
)
TIMES = ("recordedAt", "retractedAt", "from")


def is_mapping(concept: Concept) -> bool:
    """Tell whether versions of ``concept`` are relationships rather than nodes."""
    return concept.struct is Mapping


def pattern(concept: Concept) -> str:
    """Return the pattern that matches every version ``v`` of ``concept``."""
    return "(:Outcome)-[v:MAPS_TO]->(:Unit)" if is_mapping(concept) else f"(v:{concept.label}Version)"


@cache
def settled(concept: Concept) -> str:
    """Return the standing versions of ``$keys`` as short lists: key, number, hash, whether ours."""
    return (
        f"{_keyed(concept)} v.retractedAt = $never "
        "RETURN collect([v.key, v.number, v.hash, v.from = $source]) AS found"
    )


@cache
def history(concept: Concept) -> str:
    """Return every version of ``$keys``, whatever became of it."""
    return f"{_keyed(concept)} true RETURN collect([{SEEN}]) AS found"


def _keyed(concept: Concept) -> str:
    if is_mapping(concept):
        return "MATCH ()-[v:MAPS_TO]->() WHERE v.key IN $keys AND"
    return f"UNWIND $keys AS key MATCH (:{concept.label} {{key: key}})-[:VERSION]->(v) WHERE"


@cache
def write(concept: Concept) -> str:
    """Create versions from ``$rows``: the concept's columns, then recordedAt, retractedAt, from."""
    names = columns(concept) + TIMES
    values = ", ".join(f"`{name}`: r[{place}]" for place, name in enumerate(names))
    if is_mapping(concept):
        ends = f"MERGE (o:Outcome {{key: r[{len(names)}]}}) MERGE (u:Unit {{key: r[{len(names) + 1}]}})"
        return f"UNWIND $rows AS r {ends} CREATE (o)-[:MAPS_TO {{{values}}}]->(u)"
    label = concept.label
    thing = f"MERGE (t:{label} {{key: r[0]}})"
    return f"UNWIND $rows AS r {thing} CREATE (t)-[:VERSION]->(:{label}Version {{{values}}})"


@cache
def join(label: str, edge: str, target: str) -> str:
    """Draw edges from ``$rows`` of (key, number, recordedAt, target's key)."""
    if not ({label, target} <= LABELS and edge in EDGES):
        raise ValueError(f"no such edge: ({label})-[{edge}]->({target})")
    return (
        f"UNWIND $rows AS r MATCH (:{label} {{key: r[0]}})-[:VERSION]->(v:{label}Version) "
        "WHERE v.number = r[1] AND v.recordedAt = r[2] "
        f"MERGE (t:{target} {{key: r[3]}}) CREATE (v)-[:{edge}]->(t)"
    )


@cache
def retract(concept: Concept) -> str:
    """Retract the standing versions in ``$rows``, of mappings those in ``$keys`` and ``$names``."""
    if is_mapping(concept):
        return (
            "MATCH ()-[v:MAPS_TO]->() WHERE v.key IN $keys AND v.retractedAt = $never "
            "AND (v.key + '#' + toString(v.number)) IN $names SET v.retractedAt = $moment"
        )
    return (
        f"UNWIND $rows AS r MATCH (:{concept.label} {{key: r[0]}})-[:VERSION]->(v:{concept.label}Version) "
        "WHERE v.number = r[1] AND v.retractedAt = $never SET v.retractedAt = $moment"
    )


@cache
def anything(concept: Concept) -> str:
    """Return a row if there is any version of ``concept``."""
    return f"MATCH {pattern(concept)} RETURN 1 AS one LIMIT 1"


@cache
def standing_count(concept: Concept) -> str:
    """Count the things ``$source`` has standing, stubs aside."""
    return f"MATCH {pattern(concept)} WHERE {_OURS} RETURN count(DISTINCT v.key) AS count"


@cache
def standing(concept: Concept) -> str:
    """Return the key and number of every version ``$source`` had standing before this import, stubs aside."""
    return (
        f"MATCH {pattern(concept)} WHERE {_OURS} AND v.recordedAt <> $moment "
        "RETURN v.key AS key, v.number AS number"
    )


_OURS = "v.from = $source AND v.retractedAt = $never AND v.number > 0"


@cache
def every(concept: Concept) -> str:
    """Return every version of ``concept`` known at ``$known``, in no order."""
    return (
        f"MATCH {pattern(concept)} WHERE v.recordedAt <= $known RETURN v.key AS key, v.number AS number, "
        "v.body AS body, v.recordedAt AS recorded, v.retractedAt AS retracted, v.from AS source"
    )


@cache
def forget(concept: Concept) -> str:
    """Delete some of what was recorded at ``$moment``, and say how many."""
    delete = "DELETE v" if is_mapping(concept) else "DETACH DELETE v"
    some = f"MATCH {pattern(concept)} WHERE v.recordedAt = $moment WITH v LIMIT $most"
    return f"{some} {delete} RETURN count(*) AS count"


@cache
def forget_all(concept: Concept) -> str:
    """Delete some versions, whenever recorded, and say how many."""
    delete = "DELETE v" if is_mapping(concept) else "DETACH DELETE v"
    return f"MATCH {pattern(concept)} WITH v LIMIT $most {delete} RETURN count(*) AS count"


@cache
def reopen(concept: Concept) -> str:
    """Undo some of what was retracted at ``$moment``, and say how many."""
    return (
        f"MATCH {pattern(concept)} WHERE v.retractedAt = $moment WITH v LIMIT $most "
        "SET v.retractedAt = $never RETURN count(*) AS count"
    )


@cache
def sweep(concept: Concept) -> str:
    """Delete some identities that nothing is left of and nobody names, and say how many."""
    return f"MATCH (t:{concept.label}) WHERE NOT (t)--() WITH t LIMIT $most DELETE t RETURN count(*) AS count"


@cache
def known(concept: Concept) -> str:
    """Return those of ``$keys`` that have a standing version at ``$known``."""
    return (
        f"{_keyed(concept)} v.recordedAt <= $known AND $known < v.retractedAt "
        "RETURN collect(DISTINCT v.key) AS found"
    )


@cache
def live(concept: Concept) -> str:
    """Return the standing versions of ``$keys`` at ``$known`` with their bodies."""
    return (
        f"{_keyed(concept)} v.recordedAt <= $known AND $known < v.retractedAt "
        "RETURN v.body AS body, v.number AS number, v.recordedAt AS recorded, v.retractedAt AS retracted"
    )
