"""A gateway in front of the hub and of a second subgraph answers what neither could alone, over real HTTP."""

import json
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession

from hub.app import create_app
from hub.config import read_config
from hub.parts import compose
from tests.alliance_in_a_box import load_demo
from tests.federation.node import gateway, needs_node
from tests.hub.wire import served

pytestmark = needs_node

GUIDE = (Path(__file__).parents[2] / "docs" / "federation.md").read_text("utf-8")
DOCUMENTED = re.findall(r"```graphql joined\n(.*?)```\n\n```json\n(.*?)```", GUIDE, re.DOTALL)
CERTIFICATE, UNIT = "postal-cert:2019:COURIER-1", "ouc-unit:2017:EXP-01"
READINGS = json.loads(re.search(r"READINGS='(.*?)'", GUIDE, re.DOTALL)[1])
LOST = {"title": "散佚", "outcome": "postal-cert:2019:NONE"}
SPOILT = {"title": "错码", "outcome": "postal-cert"}


@pytest.fixture(scope="module")
async def hub(shared_store):
    """The demo alliance, served; gives its store and its address."""
    store = await load_demo(shared_store)
    async with served(create_app(compose(read_config(None, {}), store))) as port:
        yield store, f"http://127.0.0.1:{port}/graphql"


@pytest.fixture(scope="module")
async def joined(hub):
    """The gateway in front of the hub and of the library."""
    async with gateway(hub[1], READINGS) as url:
        yield url


async def ask(url: str, query: str) -> dict:
    async with ClientSession() as client, client.post(url, json={"query": query}) as reply:
        assert reply.status == 200
        return await reply.json(content_type=None)


def test_the_guide_shows_a_query_from_each_side():
    assert len(DOCUMENTED) == 2


@pytest.mark.parametrize(("query", "answer"), DOCUMENTED, ids=["from the hub", "from the library"])
async def test_a_documented_joined_query_has_the_documented_answer(joined, query, answer):
    assert await ask(joined, query) == {"data": json.loads(answer)}


async def test_an_entity_is_found_by_its_parts_and_leads_on_through_both_graphs(joined):
    query = f'{{ unit(key: "{UNIT}") {{ title {{ en }} readings {{ title outcome {{ key kind }} }} }} }}'
    assert (await ask(joined, query))["data"]["unit"] == {
        "title": {"en": "Accepting and Inspecting Parcels"},
        "readings": [{"title": "收寄验视案例集", "outcome": {"key": CERTIFICATE, "kind": "CERTIFICATE"}}],
    }


async def test_a_thing_inside_a_union_of_the_hub_is_joined_too(joined):
    query = """{ rule(code: "OUC-LOG-COURIER") { alternatives { clauses { __typename
      ... on OutcomeClause { outcome { readings { title } } }
      ... on UnitClause { unit { readings { title } } } } } } }"""
    assert (await ask(joined, query))["data"]["rule"]["alternatives"] == [
        {"clauses": [{"__typename": "OutcomeClause", "outcome": {"readings": [{"title": "收寄验视案例集"}]}}]}
    ]


async def test_many_references_are_one_round_trip_to_the_graph_for_each_concept(hub):
    store, url = hub
    query = "{ readings { outcome { title { zh } } unit { title { zh } } } }"
    trips = []
    for times in (1, 40):
        async with gateway(url, READINGS * times) as joined:
            before = store.round_trips
            answer = await ask(joined, query)
            trips.append(store.round_trips - before)
        assert all(reading["outcome"]["title"]["zh"] for reading in answer["data"]["readings"])
    assert max(trips) <= 4  # outcomes and units, fetched by themselves, and perhaps each its moment


async def test_one_lost_or_spoilt_reference_leaves_the_others_whole(hub):
    async with gateway(hub[1], [LOST, SPOILT, *READINGS]) as joined:
        answer = await ask(joined, "{ readings { title outcome { kind } } }")
    assert [reading["outcome"] for reading in answer["data"]["readings"]] == [
        None,
        None,
        {"kind": "COURSE"},
        {"kind": "CERTIFICATE"},
    ]
    [error] = answer["errors"]
    assert error["path"] == ["readings", 1, "outcome"]
    assert error["extensions"]["code"] == "MALFORMED_KEY"
