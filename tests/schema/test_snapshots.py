"""Every answer names what it was taken from, and equal content has one name, however it came about."""

import json
import random

import pytest

from graph.exchange import imports
from graph.exchange.examined import Options
from graph.exchange.exporting import export
from graph.exchange.importing import import_bundle
from graph.fingerprint import NOTHING, fingerprint
from graph.publication import Publication
from tests.alliance_in_a_box import WIPE, ask, data
from tests.schema.test_feed import NO_HUB, lines
from tests.small_bundle import FOREVER, outcome, versions, write

QUERY = "{ snapshot { hash valid known } }"
CLEAN = ("MATCH (i:Import) DETACH DELETE i", WIPE, NO_HUB)


@pytest.fixture
async def graph(store):
    for statement in CLEAN:
        await store.write(statement, within=60)
    return store


async def load(store, folder, lines: dict, mode: str = "delta") -> None:
    imported = await import_bundle(store, write(folder, lines, mode=mode))
    assert imported.ok, imported.report


async def snapshot(store, **as_of) -> dict:
    query = "query($asOf: AsOf) { snapshot(asOf: $asOf) { hash valid known } }"
    return (await data(store, query, asOf=as_of or None))["snapshot"]


async def standing(store) -> frozenset:
    """All that is known now, read version by version."""
    return frozenset((row[0], row[1], row[2], row[6]) for row in await versions(store) if row[4] == FOREVER)


async def test_a_hash_stands_for_the_content_and_for_it_alone(graph, tmp_path):
    told, moments = {}, []
    assert (await snapshot(graph))["hash"] == NOTHING
    for seed in (1, 2):
        dice = random.Random(seed)
        for step in range(5):
            mode = dice.choice(["delta", "full"])
            await load(graph, tmp_path / f"{seed}-{step}", lines(dice), mode)
            now = await snapshot(graph)
            assert told.setdefault(await standing(graph), now["hash"]) == now["hash"]
            assert await fingerprint(graph, now["known"]) == now["hash"]  # read whole, not by its changes
            moments.append(now)
    assert len(set(told.values())) == len(told) > 5
    for then in moments:  # and an earlier moment has the name it had then
        assert (await snapshot(graph, knownAt=then["known"]))["hash"] == then["hash"]


async def test_the_same_content_imported_in_another_order_has_the_same_hash(graph, tmp_path):
    rows, found = [{"outcomes": [outcome(key, version=1)]} for key in "abc"], set()
    for number, order in enumerate(((0, 1, 2), (2, 0, 1))):
        for statement in CLEAN:
            await graph.write(statement, within=60)
        for step in order:
            await load(graph, tmp_path / f"{number}-{step}", rows[step])
        found.add((await snapshot(graph))["hash"])
    assert len(found) == 1


async def test_an_export_names_it_and_a_restored_graph_has_it(graph, tmp_path):
    await load(graph, tmp_path / "a", {"outcomes": [outcome("a")]})
    first = await snapshot(graph)
    await load(graph, tmp_path / "b", {"outcomes": [outcome("a", title={"en": "other"})]})
    before = await snapshot(graph)
    await export(graph, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "bundle.json").read_text("utf-8"))
    assert manifest["snapshot"] == {"hash": before["hash"], "known": before["known"]}
    for statement in CLEAN:
        await graph.write(statement, within=60)
    restored = await import_bundle(graph, tmp_path / "out", Options(restore=True))
    assert restored.ok, restored.report
    assert await snapshot(graph) == before
    assert (await snapshot(graph, knownAt=first["known"]))["hash"] == first["hash"] != before["hash"]


async def test_an_answer_names_the_snapshot_of_each_root_field(graph, tmp_path):
    await load(graph, tmp_path / "a", {"outcomes": [outcome("a")]})
    then = await snapshot(graph)
    await load(graph, tmp_path / "b", {"outcomes": [outcome("b")]})
    now = await snapshot(graph)
    query = """query($then: DateTime) { outcomes { nodes { key } }
      early: outcomes(asOf: {knownAt: $then, validOn: "2024-06-01"}) { nodes { key } } }"""
    body = await ask(graph, query, then=then["known"])
    assert body["extensions"] == {"snapshot": {"outcomes": now, "early": then | {"valid": "2024-06-01"}}}
    assert [len(body["data"][name]["nodes"]) for name in ("outcomes", "early")] == [2, 1]


@pytest.mark.parametrize("query", ["{ __typename }", "{ __schema { queryType { name } } }", "{ nothing }"])
async def test_what_is_not_taken_from_the_graph_names_none(graph, query):
    assert "snapshot" not in (await ask(graph, query)).get("extensions", {})


async def test_naming_the_snapshot_takes_no_round_trip(graph, tmp_path):
    await load(graph, tmp_path / "a", {"outcomes": [outcome("a")]})
    publication = Publication(graph, lasts=60)
    await ask(graph, QUERY, publication=publication)
    before = graph.round_trips
    body = await ask(graph, QUERY, publication=publication)
    assert body["data"]["snapshot"] == body["extensions"]["snapshot"]["snapshot"]
    assert graph.round_trips == before


async def test_a_graph_of_before_there_were_hashes_is_named_by_reading_it(graph, tmp_path):
    await load(graph, tmp_path / "a", {"outcomes": [outcome("a")]})
    wanted = await snapshot(graph)
    await graph.write("MATCH (n) WHERE n:Hub OR n:Import REMOVE n.fingerprint")
    assert await snapshot(graph) == wanted
    await load(graph, tmp_path / "b", {"outcomes": [outcome("b")]})
    known = await imports.published(graph)
    assert (await snapshot(graph))["hash"] == await fingerprint(graph, known)
