"""Every page of the API, wherever it stands, refuses a cursor that it never gave."""

import pytest

from schema.root import make_schema
from tests.alliance_in_a_box import code, data

INSTITUTION = 'institution(key: "alliance:-:CFLP")'
HELD = '[{resultId: "a", outcome: "onex:2021:530801-2"}]'
WAYS = {
    "Outcome": ('outcome(key: "ouc-course:2020:02602")', "{}"),
    "Institution": (INSTITUTION, "{}"),
    "Region": ('region(key: "gb2260:2020:120000")', "{}"),
    "Industry": ('industry(key: "gbt4754:2017:G")', "{}"),
    "AccreditationUnit": ('unit(key: "ouc-unit:2016:LOG-01")', "{}"),
    "ProgrammeVersion": ("programmes(first: 1)", "nodes {{ {} }}"),
    "Agreement": ('agreement(code: "AGR-BHPS-CFLP-2022")', "{}"),
    "Alliance": ('alliance(code: "alliance-mutual")', "{}"),
    "FrameworkComparison": (
        'frameworkComparison(framework: "lof:2020:OUC", other: "lof:2013:OUC")',
        "{}",
    ),
    "AllianceStatistics": ('allianceStatistics(alliance: "alliance-mutual")', "{}"),
    "Plan": ('plan(institution: "alliance:-:BHPS", creditScheme: "college-16h", results: RESULTS)', "{}"),
    "AsOfComparison": (
        'compareAsOf(institution: "alliance:-:BHPS", results: RESULTS, before: {validOn: "2023-03-01"})',
        "{}",
    ),
    "WhatIf": ('whatIf(institution: "alliance:-:BHPS", results: RESULTS)', "{}"),
}
ROOTS = {
    "search": 'text: "a", ',
    "equivalents": 'outcome: "onex:2021:530801-2", ',
    "lint": 'institution: "alliance:-:BHPS", ',
}
STRANGE = ["x", "alliance:-:CFLP", "0", "A" * 5000, "\u0000"]


def paged() -> list[tuple[str, str]]:
    """Every field of the schema that takes a cursor."""
    types = make_schema()._schema.type_map.items()
    return [
        (name, field)
        for name, type_ in types
        for field, told in getattr(type_, "fields", {}).items()
        if "after" in getattr(told, "args", {}) and str(told.args["after"].type) == "String"
        if (name, field) != ("Query", "ties")  # tests/schema/test_alliance.py: it wants a way to sources
    ]


def query(type_name: str, field: str) -> str:
    page = f"{field}({ROOTS.get(field, '')}after: $after) {{ pageInfo {{ endCursor }} }}"
    if type_name == "Query":
        return f"query($after: String) {{ {page} }}"
    root, below = WAYS[type_name]
    return f"query($after: String) {{ {root.replace('RESULTS', HELD)} {{ {below.format(page)} }} }}"


@pytest.mark.parametrize(("type_name", "field"), paged())
async def test_a_page_refuses_a_cursor_that_it_never_gave(demo, type_name, field):
    asked = query(type_name, field)
    assert await data(demo, asked, after=None)
    for strange in STRANGE:
        assert await code(demo, asked, after=strange) == "BAD_CURSOR", strange


async def test_a_nested_list_is_gone_through_without_gap_by_its_cursors(demo):
    asked = """query($n: Int!, $after: String) { industry(key: "gbt4754:2017:G") {
      descendants(first: $n, after: $after) { nodes { key } edges { cursor }
        pageInfo { hasNextPage endCursor } } } }"""
    whole = (await data(demo, asked, n=200, after=None))["industry"]["descendants"]
    found, after, more = [], None, True
    while more:
        page = (await data(demo, asked, n=3, after=after))["industry"]["descendants"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert after == page["edges"][-1]["cursor"]
    assert found == whole["nodes"]
    assert len(found) > 5
