"""`export` as a person runs it: four forms of one selection, each naming licence, source and snapshot."""

import csv
import io
import json
from importlib.resources import as_file, files
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from graph.model.concepts import CONCEPTS
from hub.cli import main

ML = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("graph") / "data")
    with as_file(files("hub.demo") / "alliance") as path:
        assert CliRunner().invoke(main, ["bundle", "import", str(path), "--data", folder]).exit_code == 0
    return folder


@pytest.fixture
def export(data):
    def export(concept, form, *more, code=0):
        words = ["export", concept, "-", "--as", form, *more, "--data", data]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == code, done.output
        return done.stdout

    return export


def rows(export, concept, *more):
    return [json.loads(line) for line in export(concept, "jsonl", *more).splitlines()]


def test_json_lines_and_csv_say_the_same_in_the_same_snapshot(export):
    lines = rows(export, "outcomes")
    table = list(csv.DictReader(io.StringIO(export("outcomes", "csv").removeprefix("\ufeff"))))
    assert [row["key"] for row in table] == [line["key"] for line in lines]
    assert {row["snapshot.hash"] for row in table} == {line["snapshot"]["hash"] for line in lines}
    for name in ("licence", "source", "title.zh", "credit.amount"):
        assert name in table[0]
    assert {row["synthetic"] for row in table} <= {"true", "false"}


def test_a_filter_and_a_list_of_keys_choose(export, tmp_path):
    everything = rows(export, "outcomes")
    issuer = everything[0]["issuer"]
    kept = [row["key"] for row in everything if row["issuer"] == issuer]
    assert [row["key"] for row in rows(export, "outcomes", "--where", f"issuer={issuer}")] == kept
    listed = tmp_path / "keys"
    listed.write_text("\n".join(kept[:2]))
    chosen = rows(export, "outcomes", "--keys", str(listed), "--key", everything[-1]["key"])
    assert {row["key"] for row in chosen} == {*kept[:2], everything[-1]["key"]}


SLIPS = {
    "issuer=nobody": (1, "where=issuer=nobody"),
    "kind=EXAMS": (2, "EXAM"),
    "isuer=alliance:-:CSIA": (2, "issuer"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_condition_that_selects_nothing_is_refused_by_the_command_too(data, slip):
    words = ["export", "outcomes", "-", "--as", "csv", "--where", slip, "--data", data]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, SLIPS[slip][1] in done.output) == (SLIPS[slip][0], True)


@pytest.mark.parametrize("concept", ["mappings", "rules", "industries", "programmes"])
def test_graphml_has_every_thing_as_a_node_and_every_edge_ends_at_nodes(export, concept):
    root = ElementTree.fromstring(export(concept, "graphml"))
    names = [node.get("id") for node in root.iter(f"{ML}node")]
    assert len(names) == len(set(names))
    own = [n for n in root.iter(f"{ML}node") if {"named": "false"}.items() <= facts(n).items()]
    assert sorted(facts(n)["key"] for n in own) == [row["key"] for row in rows(export, concept)]
    assert all({"licence", "source", "synthetic"} <= set(facts(node)) for node in own)
    ends = {edge.get(end) for edge in root.iter(f"{ML}edge") for end in ("source", "target")}
    assert ends <= set(names)
    declared = {key.get("id") for key in root.iter(f"{ML}key")}
    assert {data.get("key") for data in root.iter(f"{ML}data")} <= declared
    assert facts(root.find(f"{ML}graph"))["hash"] == rows(export, concept)[0]["snapshot"]["hash"]


SAID = {"version", "source", "licence", "synthetic"}


def only_named(root):
    return [node for node in root.iter(f"{ML}node") if facts(node)["named"] == "true"]


@pytest.mark.parametrize("concept", ["mappings", "rules", "agreements"])
def test_a_node_that_is_only_named_says_what_the_export_of_its_concept_says(export, concept):
    named = only_named(ElementTree.fromstring(export(concept, "graphml", "--valid-on", "2024-06-01")))
    files = {one.label: one.file for one in CONCEPTS}
    counted = 0
    for label in {facts(node)["concept"] for node in named}:
        live = {row["key"]: row for row in rows(export, files[label], "--valid-on", "2024-06-01")}
        for node in (node for node in named if facts(node)["concept"] == label):
            told, row = facts(node), live.get(facts(node)["key"])
            counted += row is not None
            assert {name: told.get(name) or "" for name in SAID & set(told)} == (
                {name: text(row[name]) for name in SAID} if row else {}
            )
            assert told.get("titleEn") == (row or {}).get("title", {}).get("en")
    assert counted > 5


def text(value):
    return json.dumps(value) if isinstance(value, bool) else str(value)


def test_a_node_that_is_named_and_not_known_on_that_day_says_nothing_more(export):
    root = ElementTree.fromstring(export("mappings", "graphml", "--valid-on", "2024-06-01"))
    before = ElementTree.fromstring(export("outcomes", "graphml", "--valid-on", "1990-01-01"))
    assert [node for node in only_named(root) if not set(facts(node)) >= SAID] == []
    for node in only_named(before):
        assert set(facts(node)) >= SAID or set(facts(node)) == {"concept", "key", "named"}


def facts(element):
    return {data.get("key"): data.text for data in element.findall(f"{ML}data")}


@pytest.mark.parametrize("concept", ["institutions", "outcomes", "frameworks", "mappings"])
def test_json_ld_names_every_thing_with_terms_its_own_context_declares(export, concept):
    said = json.loads(export(concept, "jsonld"))
    assert [node["hub:key"] for node in said["@graph"]] == [row["key"] for row in rows(export, concept)]
    prefixes = {name.partition(":")[0] for node in said["@graph"] for name in node if name[0] != "@"}
    assert prefixes <= set(said["@context"])
    assert all({"hub:synthetic", "dcterms:source", "dcterms:license"} <= set(one) for one in said["@graph"])
    assert said["hub:hash"] == rows(export, concept)[0]["snapshot"]["hash"]


STATED = {
    "kind": lambda row: row.get("kind"),
    "outcomeClass": lambda row: row.get("outcomeClass"),
    "creditAmount": lambda row: row.get("credit", {}).get("amount"),
    "creditScheme": lambda row: row.get("credit", {}).get("scheme"),
    "levelFramework": lambda row: row.get("level", {}).get("framework"),
    "levelOrdinal": lambda row: row.get("level", {}).get("ordinal"),
    "hours": lambda row: row.get("hours"),
    "validFrom": lambda row: row.get("validFrom"),
    "validTo": lambda row: row.get("validTo"),
    "status": lambda row: row.get("status", "PUBLISHED"),
}


@pytest.mark.parametrize("concept", ["outcomes", "units"])
def test_graphs_and_linked_data_state_credit_level_kind_and_window_as_the_lines_do(export, concept):
    lines = {row["key"]: {name: read(row) for name, read in STATED.items()} for row in rows(export, concept)}
    linked = {node["hub:key"]: node for node in json.loads(export(concept, "jsonld"))["@graph"]}
    drawn = map(facts, ElementTree.fromstring(export(concept, "graphml")).iter(f"{ML}node"))
    nodes = {fact["key"]: fact for fact in drawn if fact["named"] == "false"}
    assert {key: {name: node.get(f"hub:{name}") for name in STATED} for key, node in linked.items()} == lines
    texts = {
        key: {name: v if v is None else str(v) for name, v in said.items()} for key, said in lines.items()
    }
    assert {key: {name: node.get(name) for name in STATED} for key, node in nodes.items()} == texts
    assert {"creditAmount", "levelOrdinal"} <= {
        name for said in lines.values() for name in said if said[name]
    }


def test_the_same_snapshot_gives_the_same_bytes(export):
    for form in ("csv", "jsonl", "graphml", "jsonld"):
        assert export("units", form) == export("units", form)


def test_a_form_that_nobody_named_is_asked_for(data, tmp_path):
    done = CliRunner().invoke(main, ["export", "units", str(tmp_path / "units.xls"), "--data", data])
    assert done.exit_code == 2
    assert "name the form" in done.output
