"""Hierarchies, compared with a slow and obvious walk over the demo alliance's files."""

import pytest

from graph.directory import Directory
from graph.hierarchy import ancestors, descendants
from graph.inventory import Inventory, View
from graph.sketches import ClassSketch
from tests.alliance_in_a_box import code, data, load_demo
from tests.demo_by_hand import in_force, live, named_by, under

DAY = "2024-06-01"
ROOTS = [
    ("industry", "industries", "broader", "gbt4754:2017:G"),
    ("industry", "industries", "broader", "gbt4754:2017:01"),
    ("region", "regions", "broader", "gb2260:2020:120000"),
    ("institution", "institutions", "parent", "alliance:-:OUC"),
    ("institution", "institutions", "parent", "alliance:-:CFLP"),
]


@pytest.fixture(scope="module")
async def demo(shared_store):
    await load_demo(shared_store)
    return shared_store, Inventory(shared_store, Directory(shared_store))


def diamond() -> View[ClassSketch]:
    """Two ways from a to d, and a circle below it that no import would let in."""
    names = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "e": ("d", "f"), "f": ("e",)}
    return View(tuple(ClassSketch(key=key, broader=up) for key, up in names.items()))


def test_each_thing_is_met_once_by_its_shortest_way_and_circles_end():
    assert descendants(diamond(), ["a"]) == {"b": 1, "c": 1, "d": 2, "e": 3, "f": 4}
    assert ancestors(diamond(), "d") == {"b": 1, "c": 1, "a": 2}
    assert ancestors(diamond(), "e") == {"d": 1, "f": 1, "b": 2, "c": 2, "a": 3}
    assert descendants(diamond(), ["a"], 1) == {"b": 1, "c": 1}
    assert ancestors(diamond(), "unknown") == {}


@pytest.mark.parametrize(("one", "many", "up", "root"), ROOTS)
async def test_descendants_and_ancestors_are_those_of_the_files(demo, one, many, up, root):
    query = f"""query($key: Key!) {{ {one}(key: $key, asOf: {{validOn: "{DAY}"}}) {{
      descendants(first: 200) {{ totalCount nodes {{ key ancestors {{ key }} }} }} }} }}"""
    told = (await data(demo[0], query, inventory=demo[1], key=root))[one]["descendants"]
    nodes = told["nodes"]
    assert told["totalCount"] == len(under(many, root, DAY, up) - {root})
    assert [node["key"] for node in nodes] == sorted(under(many, root, DAY, up) - {root})[:200]
    for node in nodes[:20]:
        above = {key for key in live(many, DAY) if node["key"] in under(many, key, DAY, up)}
        assert {found["key"] for found in node["ancestors"]} == above - {node["key"]}


@pytest.mark.parametrize(("one", "many", "up", "root"), ROOTS)
async def test_the_counts_of_a_subtree_are_those_of_the_files(demo, one, many, up, root):
    query = f"""query($key: Key!) {{ {one}(key: $key, asOf: {{validOn: "{DAY}"}}) {{
      subtreeCounts {{ descendants institutions units outcomes rules syntheticDescendants
        syntheticInstitutions syntheticUnits syntheticOutcomes syntheticRules }} }} }}"""
    found = (await data(demo[0], query, inventory=demo[1], key=root))[one]["subtreeCounts"]
    wanted = counted(one, under(many, root, DAY, up))
    own = 1 if root in MADE else 0
    wanted |= {"descendants": wanted["descendants"] - 1}
    assert found == wanted | {"syntheticDescendants": wanted["syntheticDescendants"] - own}


def counted(one: str, keys: set[str]) -> dict[str, int]:
    def having(concept: str, *fields: str) -> set[str]:
        return {
            key
            for key, thing in in_force(concept, DAY).items()
            for field in fields
            if keys & (set(thing.get(field, [])) if field == "industries" else {thing.get(field)})
        }

    if one == "industry":
        institutions = having("institutions", "industries")
        units, outcomes = having("units", "industries"), having("outcomes", "industries")
        rules = {key for key, rule in in_force("rules", DAY).items() if named_by(rule) & (units | outcomes)}
    else:
        below = keys
        institutions = having("institutions", "region") if one == "region" else keys
        keys = institutions
        units, outcomes = having("units", "owner"), having("outcomes", "issuer")
        rules = having("rules", "institution")
        return counts(below, institutions, units, outcomes, rules)
    return counts(keys, institutions, units, outcomes, rules)


NAMES = ("descendants", "institutions", "units", "outcomes", "rules")
MADE = {
    line["key"]
    for concept in ("industries", "regions", "institutions", "units", "outcomes", "rules")
    for line in live(concept, DAY).values()
    if line["synthetic"]
}


def counts(*found: set[str]) -> dict[str, int]:
    told = dict(zip(NAMES, map(len, found), strict=True))
    made = {
        f"synthetic{name.capitalize()}": len(keys & MADE) for name, keys in zip(NAMES, found, strict=True)
    }
    return told | made


@pytest.mark.parametrize("first", [1, 100])
async def test_round_trips_do_not_grow_with_the_tree(demo, first):
    query = """query($n: Int!) { industry(key: "gbt4754:2017:G") { subtreeCounts { rules }
      descendants(first: $n) { nodes { key ancestors { key } subtreeCounts { units } } } } }"""
    await data(demo[0], query, inventory=demo[1], n=1)
    before = demo[0].round_trips
    await data(demo[0], query, inventory=demo[1], n=first)
    assert demo[0].round_trips - before == 4  # the moment, how schemes spell, the industry, its descendants


async def test_a_walk_stops_at_the_depth_asked_for_and_an_impossible_one_is_refused(demo):
    query = """query($n: Int!) { industry(key: "gbt4754:2017:A") { descendants(maxDepth: $n) {
      nodes { rank } } } }"""
    nodes = (await data(demo[0], query, inventory=demo[1], n=1))["industry"]["descendants"]["nodes"]
    assert {node["rank"] for node in nodes} == {2}
    assert await code(demo[0], query, n=0) == "BAD_DEPTH"
    assert await code(demo[0], query, n=25) == "BAD_DEPTH"
