"""Warnings beside an answer: what a filter names and nobody knows, and a moment when nothing was known."""

from __future__ import annotations

import pytest

from graph.directory import Directory
from graph.inventory import Inventory
from tests.alliance_in_a_box import ask, load_demo

DAY = "2024-06-01"
UNKNOWN = {
    ("outcomes", "issuers"): "alliance:-:NOBODY",
    ("outcomes", "industries"): "gbt4754:2017:ZZ",
    ("outcomes", "regions"): "gb2260:2020:999999",
    ("outcomes", "schemes"): "no-such-scheme",
    ("outcomes", "editions"): "1066",
    ("units", "owners"): "alliance:-:NOBODY",
    ("institutions", "parents"): "alliance:-:NOBODY",
    ("rules", "receivers"): "alliance:-:NOBODY",
    ("rules", "agreements"): "NO-SUCH-AGREEMENT",
    ("rules", "regions"): "gb2260:2020:999999",
    ("agreements", "allParties"): "alliance:-:NOBODY",
    ("frameworks", "creditSchemes"): "no-such-scheme",
    ("units", "positions"): "alliance-position:-:nobody",
    ("units", "directions"): "nowhere",
}
KNOWN = {
    ("outcomes", "issuers"): "alliance:-:OUC",
    ("outcomes", "industries"): "gbt4754:2017:G",
    ("institutions", "regions"): "gb2260:2020:120000",
    ("institutions", "schemes"): "alliance",
    ("units", "directions"): "ＷＥＢ Front End",
}


@pytest.fixture(scope="module")
async def demo(shared_store):
    await load_demo(shared_store)
    return shared_store, Inventory(shared_store, Directory(shared_store))


async def asked(demo, many, where, day=DAY):
    query = f'{{ {many}(where: {{{where}}}, asOf: {{validOn: "{day}"}}) {{ totalCount }} }}'
    body = await ask(demo[0], query, inventory=demo[1])
    assert "errors" not in body, body
    return body["data"][many]["totalCount"], body["extensions"].get("warnings", [])


@pytest.mark.parametrize(("many", "name"), UNKNOWN)
async def test_a_value_nobody_knows_is_warned_of_with_its_filter(demo, many, name):
    value = UNKNOWN[many, name]
    count, [warning] = await asked(demo, many, f'{name}: ["{value}"]')
    assert (count, warning["code"]) == (0, "FILTER_VALUE_UNKNOWN")
    assert warning["facts"] == {"filter": f"where.{name}", "value": value}
    for said in (warning["message"], warning["zh"]):
        assert f"where.{name}" in said
        assert value in said


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        ('credit: {scheme: "no-such-scheme"}', "credit.scheme", "no-such-scheme"),
        ('level: {framework: "none:1:F", atLeast: 1}', "level.framework", "none:1:F"),
    ],
)
async def test_a_scheme_or_framework_of_a_range_nobody_knows_is_warned_of(demo, where, name, value):
    count, [warning] = await asked(demo, "outcomes", where)
    assert (count, warning["facts"]) == (0, {"filter": f"where.{name}", "value": value})


@pytest.mark.parametrize(("many", "name"), KNOWN)
async def test_a_known_value_is_not_warned_of_in_whatever_case_it_is_written(demo, many, name):
    count, warnings = await asked(demo, many, f'{name}: ["{KNOWN[many, name]}"]')
    assert (count > 0, warnings) == (True, [])


async def test_what_is_known_and_selects_nothing_is_no_slip(demo):
    count, warnings = await asked(
        demo, "outcomes", 'issuers: ["alliance:-:OUC"], kinds: [EXAM], editions: ["-"]'
    )
    assert (count, [one for one in warnings if one["facts"]["filter"] != "where.editions"]) == (0, [])


@pytest.mark.parametrize(
    ("many", "where"),
    [
        ("units", 'credit: {scheme: "training-hour"}'),
        ("units", 'level: {framework: "db44t:2017:1988"}'),
        ("frameworks", 'creditSchemes: ["training-hour"]'),
        ("units", 'schemes: ["gbt4754"]'),
    ],
)
async def test_a_scheme_or_framework_that_nothing_listed_bears_is_known_all_the_same(demo, many, where):
    assert await asked(demo, many, where) == (0, [])


async def test_only_the_unknown_of_several_is_warned_of_and_each_once(demo):
    query = """query($keys: [Key!]) { one: outcomes(where: {issuers: $keys}) { totalCount }
      two: outcomes(where: {issuers: $keys}) { totalCount } }"""
    keys = ["alliance:-:OUC", "alliance:-:NOBODY"]
    body = await ask(demo[0], query, inventory=demo[1], keys=keys * 3)
    assert [one["facts"]["value"] for one in body["extensions"]["warnings"]] == ["alliance:-:NOBODY"]
    assert body["data"]["one"]["totalCount"] > 0


async def test_many_unknown_values_give_fifty_warnings_at_most(demo):
    keys = ", ".join(f'"alliance:-:N{number}"' for number in range(200))
    assert len((await asked(demo, "outcomes", f"issuers: [{keys}]"))[1]) == 50


async def test_a_moment_before_the_first_publication_is_warned_of(demo):
    query = '{ outcomes(asOf: {knownAt: "2000-01-01T00:00:00Z"}) { nodes { key } } }'
    body = await ask(demo[0], query, inventory=demo[1])
    [warning] = body["extensions"]["warnings"]
    assert (body["data"]["outcomes"]["nodes"], warning["code"]) == ([], "NOTHING_KNOWN_YET")
    assert "2000-01-01" in warning["message"]
    assert "2000-01-01" in warning["zh"]
    now = await ask(demo[0], "{ outcomes { nodes { key } } }", inventory=demo[1])
    assert "warnings" not in now["extensions"]
