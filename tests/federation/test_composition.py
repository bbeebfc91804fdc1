"""The hub composes with another subgraph under each of the three common composers."""

import json

import pytest

from schema.federation import VERSION
from schema.root import make_schema
from tests.federation.node import needs_node, run

pytestmark = needs_node

COMPOSERS = ("@apollo/composition", "@theguild/federation-composition", "@wundergraph/composition")


async def composed(hub: str) -> dict[str, dict]:
    """Compose a schema of the hub with the library; gives each composer's result."""
    code, said = await run("compose.js", given=hub)
    assert code == 0, said
    return {result["composer"]: result for result in map(json.loads, said.splitlines())}


async def test_the_hub_composes_with_another_subgraph_under_all_three_composers():
    results = await composed(make_schema().sdl)
    assert set(results) == set(COMPOSERS)
    for composer, result in results.items():
        assert result["errors"] == [], composer
        assert {"key", "title", "askedBy", "readings"} <= set(result["outcome"]), composer


async def test_without_the_key_that_the_library_names_no_composer_joins_them():
    sdl = make_schema().sdl.replace(' @key(fields: "scheme edition code")', "")
    results = await composed(sdl)
    assert [composer for composer, result in results.items() if not result["errors"]] == []


@pytest.mark.parametrize("newer", ["v2.10", "v2.11"])
async def test_a_newer_link_is_still_refused_by_one_composer_so_the_hub_stays_where_it_is(newer):
    assert VERSION == "2.9"
    results = await composed(make_schema().sdl.replace("federation/v2.9", f"federation/{newer}"))
    refusing = [composer for composer, result in results.items() if result["errors"]]
    assert refusing == ["@theguild/federation-composition"]
