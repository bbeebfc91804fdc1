"""Exports by the API's own filters, through both doors: just what the list lists, all below included."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from graphql import parse_value, value_from_ast_untyped

from hub.app import create_app
from hub.cli import main
from hub.config import Config
from hub.exporting import FILTERED
from hub.parts import compose
from schema.filters import FILTERS
from tests.alliance_in_a_box import load_demo
from tests.hub.test_export_routes import command, download
from tests.hub.wire import get, post, request, send, served
from tests.schema.test_exploring import CASES

DAY = "2024-06-01"
LOGISTICS = "gbt4754:2017:G"
TYPES = {struct.__name__: made.__name__ for struct, made in FILTERS.items()}
CONCEPTS = {
    "outcomes": "Outcome", "units": "Unit", "frameworks": "Framework", "alliances": "Alliance",
    "agreements": "Agreement", "programmes": "Programme", "industries": "Industry", "regions": "Region",
    "institutions": "Institution", "rules": "Rule",
}  # fmt: skip


@pytest.fixture(scope="module")
async def port(shared_store):
    await load_demo(shared_store)
    async with served(create_app(compose(Config(), shared_store))) as port:
        yield port


def address(concept: str, where: object, form: str = "jsonl", more: str = f"&validOn={DAY}") -> str:
    text = where if isinstance(where, str) else json.dumps(where)
    return f"/export/{concept}.{form}?filter={quote(text)}{more}"


async def exported(port: int, concept: str, where: object, more: str = "") -> list[str]:
    path = address(concept, where) + more
    status, _, body = await download(port, path)
    assert status == 200, body
    return [json.loads(line)["key"] for line in body.splitlines()]


async def listed(port: int, concept: str, where: object) -> list[str]:
    """Give all that the API lists, page by page."""
    query = f"""query($where: {TYPES[CONCEPTS[concept]]}, $after: String) {{
      {concept}(where: $where, first: 200, after: $after, asOf: {{validOn: "{DAY}"}}) {{
        nodes {{ key }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    keys, after, more = [], None, True
    while more:
        reply = await post(port, {"query": query, "variables": {"where": where, "after": after}})
        found = reply.json["data"][concept]
        keys += [node["key"] for node in found["nodes"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    return keys


def written(where: str) -> dict:
    """Give what a query writes as JSON has it."""
    return value_from_ast_untyped(parse_value(f"{{{where}}}"))


@pytest.mark.parametrize(
    ("concept", "where"), [(concept, where) for concept, where, _ in CASES], ids=lambda one: str(one)[:40]
)
async def test_an_export_by_a_filter_holds_just_what_the_list_lists_by_it(port, concept, where):
    wanted = await listed(port, concept, written(where))
    if wanted:
        assert await exported(port, concept, written(where)) == wanted
    else:
        reply = await get(port, address(concept, written(where)))
        assert (reply.status, reply.code) == (404, "EXPORT_SELECTS_NOTHING")


@pytest.mark.parametrize("concept", CONCEPTS)
async def test_an_empty_filter_takes_what_the_list_lists_without_one(port, concept):
    assert await exported(port, concept, {}) == await listed(port, concept, {})


def test_every_concept_that_has_a_list_has_the_filter():
    assert set(FILTERED) == set(CONCEPTS)


async def test_a_condition_takes_a_class_alone_and_a_filter_all_below_it_too(port):
    below = await exported(port, "outcomes", {"industries": [LOGISTICS]})
    _, _, body = await download(port, f"/export/outcomes.jsonl?where=industries={LOGISTICS}&validOn={DAY}")
    alone = [json.loads(line)["key"] for line in body.splitlines()]
    assert 0 < len(alone) < len(below)
    assert set(alone) < set(below)


async def test_a_filter_conditions_and_keys_must_all_hold(port):
    where = {"industries": [LOGISTICS]}
    everything = await exported(port, "outcomes", where)
    courses = await exported(port, "outcomes", where, "&where=kind=COURSE")
    assert 0 < len(courses) < len(everything)
    assert courses == await listed(port, "outcomes", where | {"kinds": ["COURSE"]})
    one, other = courses[0], "aptech-cert:2016:JAVA"
    assert await exported(port, "outcomes", where, f"&key={one}&key={other}") == [one]


async def test_the_tag_tells_filters_apart_and_not_how_they_are_written(port):
    async def tag(where: str) -> str:
        reply = await send(port, request(method="HEAD", path=address("outcomes", where)))
        return reply.headers["etag"]

    one = await tag('{"kinds": ["COURSE"], "synthetic": true}')
    assert one == await tag('{"synthetic":true,"kinds":["COURSE"]}')
    assert one != await tag('{"kinds": ["COURSE"], "synthetic": false}')
    reply = await get(port, address("outcomes", {"kinds": ["COURSE"], "synthetic": True}), if_none_match=one)
    assert reply.status == 304


WRONG = {
    ("outcomes", ""): "BAD_FILTER",
    ("outcomes", "{"): "BAD_FILTER",
    ("outcomes", "{industries: []}"): "BAD_FILTER",
    ("outcomes", '{"kinds": [], "kinds": []}'): "BAD_FILTER",
    ("outcomes", '{"credit": {"scheme": "ouc-18h", "atLeast": NaN}}'): "BAD_FILTER",
    ("outcomes", "[" * 5000): "BODY_TOO_COMPLEX",
    ("outcomes", '{"issuers": ["\\ud800"]}'): "BAD_FILTER",
    ("outcomes", '{"issuers": ["\x00"]}'): "BAD_FILTER",
    ("outcomes", '{"issuers": ["\\u0000"]}'): "MALFORMED_KEY",
    ("outcomes", '{"issuers": ["' + "x" * 5000 + '"]}'): "MALFORMED_KEY",
    ("outcomes", "null"): "BAD_FILTER",
    ("outcomes", "[]"): "BAD_FILTER",
    ("outcomes", '{"<b>": 1}'): "BAD_FILTER",
    ("outcomes", '{"receivers": ["alliance:-:OUC"]}'): "BAD_FILTER",
    ("outcomes", '{"kinds": ["EXAMS"]}'): "BAD_FILTER",
    ("outcomes", '{"issuers": [5]}'): "BAD_FILTER",
    ("outcomes", '{"statuses": [null]}'): "BAD_FILTER",
    ("outcomes", '{"credit": {"atLeast": "2"}}'): "BAD_FILTER",
    ("outcomes", '{"began": {"since": "20240101"}}'): "MALFORMED_DATE",
    ("outcomes", '{"credit": {"scheme": "ouc-18h", "atLeast": "many"}}'): "MALFORMED_DECIMAL",
    ("outcomes", '{"credit": {"scheme": "ouc-18h", "atLeast": "NaN"}}'): "MALFORMED_DECIMAL",
    ("outcomes", '{"industries": ["G"]}'): "MALFORMED_KEY",
    ("rules", '{"agreements": [""]}'): "MALFORMED_CODE",
    ("outcomes", '{"level": {"atLeast": 9, "atMost": 2}}'): "RANGE_REVERSED",
    ("outcomes", json.dumps({"issuers": ["a:b:c"] * 201})): "TOO_MANY_KEYS",
    ("mappings", "{}"): "FILTER_NOT_SERVED",
}


@pytest.mark.parametrize(("concept", "given"), WRONG)
async def test_a_filter_that_a_query_would_not_take_is_refused_with_the_same_code(port, concept, given):
    reply = await get(port, address(concept, given))
    assert (reply.status, reply.code) == (400, WRONG[concept, given])
    assert b"<b>" not in reply.body
    assert b"found:" not in reply.body  # what was given is not told again


async def test_a_filter_is_given_once(port):
    reply = await get(port, address("outcomes", {}) + "&filter={}")
    assert (reply.status, reply.code) == (400, "BAD_EXPORT")


async def test_what_a_filter_names_and_nobody_knows_is_refused_by_name(port):
    reply = await get(port, address("outcomes", {"industries": [LOGISTICS, "gbt4754:2017:ZZ"]}))
    assert (reply.status, reply.code) == (404, "EXPORT_SELECTS_NOTHING")
    facts = reply.json["errors"][0]["extensions"]["facts"]
    assert facts == {"parameter": "filter.industries", "value": "gbt4754:2017:ZZ"}


EARLY = "&knownAt=2000-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "path",
    [
        f"/export/outcomes.csv?validOn={DAY}{EARLY}",
        f"/export/mappings.graphml?x{EARLY}".replace("?x&", "?"),
        f"/export/outcomes.csv?key=aptech-cert:2016:JAVA{EARLY}",
        address("outcomes", {"industries": [LOGISTICS]}) + EARLY,
    ],
)
async def test_an_export_known_before_the_first_publication_is_refused_and_not_empty(port, path):
    reply = await get(port, path)
    assert reply.status == 404
    [error] = reply.json["errors"]
    assert error["extensions"]["code"] == "EXPORT_KNOWS_NOTHING"
    assert error["extensions"]["facts"] == {"known": "2000-01-01T00:00:00.000000Z"}
    assert set(error["extensions"]["remedy"]) == {"en", "zh"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("graph") / "data")
    with as_file(files("hub.demo") / "alliance") as path:
        assert CliRunner().invoke(main, ["bundle", "import", str(path), "--data", folder]).exit_code == 0
    return folder


@pytest.mark.parametrize(
    ("concept", "where"),
    [
        ("outcomes", {"industries": [LOGISTICS], "kinds": ["CERTIFICATE"]}),
        ("rules", {"regions": ["gb2260:2020:120000"]}),
        ("industries", {"below": [LOGISTICS]}),
    ],
)
async def test_the_command_takes_the_same_filter_and_writes_the_same_things(port, data, concept, where):
    words = ("--as", "jsonl", "--filter", json.dumps(where), "--valid-on", DAY, "--data", data)
    out = await command("export", concept, "-", *words)
    keys = [json.loads(line)["key"] for line in out.splitlines()]
    assert keys == await exported(port, concept, where)
    assert keys


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--filter", "{"), 2, "BAD_FILTER"),
        (("--filter", '{"kinds": ["EXAMS"]}'), 2, "BAD_FILTER"),
        (("--filter", '{"industries": ["G"]}'), 1, "MALFORMED_KEY"),
        (("--filter", '{"industries": ["gbt4754:2017:ZZ"]}'), 1, "EXPORT_SELECTS_NOTHING"),
        (("--known-at", "2000-01-01T00:00:00Z"), 1, "EXPORT_KNOWS_NOTHING"),
    ],
)
def test_what_the_command_refuses_it_names_in_both_languages_and_writes_no_file(
    data, tmp_path, words, code, says
):
    file = tmp_path / "outcomes.csv"
    done = CliRunner().invoke(main, ["export", "outcomes", str(file), *words, "--data", data])
    assert (done.exit_code, says in done.output, file.exists()) == (code, True, False)
    assert any("一" <= letter <= "鿿" for letter in done.output)


def test_a_graph_into_which_nothing_was_imported_has_no_export(tmp_path):
    words = ["export", "outcomes", "-", "--as", "csv", "--data", str(tmp_path / "data")]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "EXPORT_KNOWS_NOTHING" in done.output) == (1, True)
    assert "import" in done.output
