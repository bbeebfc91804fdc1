"""Small bundles for tests: lines by concept, written as a folder; and the whole graph as plain values."""

import json
from pathlib import Path

from graph.exchange import statements
from graph.model.concepts import CONCEPTS
from graph.store import Store

BASE = {
    "schemes": [
        {"key": "in", "title": {"en": "in"}, "concept": "institution", "editions": [{"code": "-"}]},
        {"key": "un", "title": {"en": "un"}, "concept": "unit", "editions": [{"code": "1"}]},
        {"key": "oc", "title": {"en": "oc"}, "concept": "outcome", "editions": [{"code": "1"}]},
    ],
    "institutions": [{"key": "in:-:A", "title": {"zh": "甲", "en": "A"}}],
    "units": [{"key": "un:1:U", "title": {"en": "U"}, "statements": [], "owner": "in:-:A"}],
}
IDENTITIES = (
    "MATCH (t) WHERE t.key IS NOT NULL AND NOT t:Hub AND t.body IS NULL "
    "RETURN labels(t)[0] AS label, t.key AS key"
)
EDGES = (
    "MATCH (v)-[e]->(t) WHERE v.body IS NOT NULL RETURN v.key AS key, v.number AS number, "
    "v.recordedAt AS recorded, type(e) AS type, t.key AS target"
)
NAMES = ("key", "number", "recorded", "retracted", "source", "body")
FOREVER = "9999-12-31T23:59:59.999999Z"


def outcome(code, **more):
    line = {"key": f"oc:1:{code}", "title": {"en": f"Course {code}"}, "issuer": "in:-:A"}
    return line | {"kind": "COURSE", "outcomeClass": "DEGREE"} | more


def mapping(code, outcome_code, **more):
    return {"key": f"m:{code}", "outcome": f"oc:1:{outcome_code}", "unit": "un:1:U", "whole": True} | more


def write(folder: Path, lines: dict, *, source="test", mode="delta", base=True) -> Path:
    """Write a bundle of ``lines`` by concept's file name; ``base`` adds what they name."""
    folder.mkdir(parents=True)
    manifest = {"bundle": 1, "source": source, "title": {"en": source}, "mode": mode}
    (folder / "bundle.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name, rows in ((BASE if base else {}) | lines).items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


async def versions(store: Store, *names) -> list[tuple]:
    """Every version in the graph: file, key, number, recorded, retracted, from, body; sorted."""
    found = []
    for concept in CONCEPTS:
        if not names or concept.file in names:
            rows = await store.read(statements.every(concept), within=60, known=FOREVER)
            found += [(concept.file, *(row[name] for name in NAMES)) for row in rows]
    return sorted(found)


async def everything(store: Store) -> tuple:
    """The whole public graph: versions, identities, edges."""
    rows = await store.read(IDENTITIES, within=60)
    identities = sorted((row["label"], row["key"]) for row in rows)
    edges = sorted(tuple(row.values()) for row in await store.read(EDGES, within=60))
    return await versions(store), identities, edges


def timeless(whole: tuple) -> tuple:
    """The same without the moments, which differ from import to import."""
    found, identities, edges = whole
    moments = sorted({row[3] for row in found} | {row[4] for row in found})
    place = {moment: number for number, moment in enumerate(moments)}
    plain = [(*row[:3], place[row[3]], place[row[4]], *row[5:]) for row in found]
    return plain, identities, [(*edge[:2], place[edge[2]], *edge[3:]) for edge in edges]
