"""Unit coverage and gaps by industry, compared with a plain computation over the demo alliance's files."""

import random

import pytest

from graph.directory import Directory
from graph.exchange.importing import import_bundle
from graph.inventory import Inventory
from tests.alliance_in_a_box import WIPE, ask, data, load_demo
from tests.demo_by_hand import in_force, live, named_by, under
from tests.schema.dice_alliance import alliance
from tests.small_bundle import write

DAYS = ("2019-06-01", "2024-06-01")


@pytest.fixture(scope="module")
async def demo(shared_store):
    await load_demo(shared_store)
    return shared_store, Inventory(shared_store, Directory(shared_store))


def covers(unit: str, code: str, day: str) -> list[str]:
    found = {
        mapping["outcome"]
        for mapping in live("mappings", day).values()
        if mapping["unit"] == unit and (mapping.get("whole") or code in mapping.get("statements", []))
    }
    return sorted(found & in_force("outcomes", day).keys())


@pytest.mark.parametrize("day", DAYS)
async def test_the_coverage_of_every_unit_is_that_of_the_files(demo, day):
    query = f"""query($after: String) {{ units(first: 30, after: $after, asOf: {{validOn: "{day}"}}) {{
      nodes {{ key coverage {{ allMappingsRead mappingCount syntheticMappingCount
        whole {{ key }} uncovered {{ code }}
        statements {{ statement {{ code }} coveredBy {{ key }} }} }} }}
      pageInfo {{ endCursor hasNextPage }} }} }}"""
    seen, after, more = [], None, True
    while more:
        page = (await data(demo[0], query, inventory=demo[1], after=after))["units"]
        for node in page["nodes"]:
            compare(node, live("units", day)[node["key"]], day)
        seen += [node["key"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == list(in_force("units", day))


def compare(node: dict, unit: dict, day: str) -> None:
    wanted = {one["code"]: covers(unit["key"], one["code"], day) for one in unit.get("statements", [])}
    told = node["coverage"]
    assert {
        row["statement"]["code"]: [one["key"] for one in row["coveredBy"]] for row in told["statements"]
    } == wanted
    assert [one["code"] for one in told["uncovered"]] == [code for code in wanted if not wanted[code]]
    assert [one["key"] for one in told["whole"]] == covers(unit["key"], "no statement", day)
    assert told["allMappingsRead"]
    mappings = [one for one in live("mappings", day).values() if one["unit"] == unit["key"]]
    seen = [one for one in mappings if one["outcome"] in in_force("outcomes", day)]
    assert told["mappingCount"] == len(seen)
    assert told["syntheticMappingCount"] == sum(one["synthetic"] for one in seen)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("section", ["gbt4754:2017:G", "gbt4754:2017:O", "gbt4754:2017:A", "gbt4754:2017:T"])
async def test_the_gaps_under_a_section_are_those_of_the_files(demo, section, day):
    query = f"""query($key: Key!) {{ industry(key: $key, asOf: {{validOn: "{day}"}}) {{
      gaps {{ industry {{ key }} units mappedOutcomes namingRules empty
        syntheticUnits syntheticMappedOutcomes syntheticNamingRules }} }} }}"""
    told = (await data(demo[0], query, inventory=demo[1], key=section))["industry"]["gaps"]
    assert told == [gap(key, day) for key, one in live("industries", day).items() if above(one) == section]


def above(industry: dict) -> str | None:
    return industry.get("broader", [None])[0]


def gap(division: str, day: str) -> dict:
    classes = under("industries", division, day)
    units = {key for key, unit in in_force("units", day).items() if classes & {*unit.get("industries", [])}}
    mapped = {one["outcome"] for one in live("mappings", day).values() if one["unit"] in units}
    outcomes = mapped & in_force("outcomes", day).keys()
    rules = [rule for rule in in_force("rules", day).values() if named_by(rule) & (units | outcomes)]
    return {
        "industry": {"key": division},
        "units": len(units),
        "mappedOutcomes": len(outcomes),
        "namingRules": len(rules),
        "syntheticUnits": sum(live("units", day)[key]["synthetic"] for key in units),
        "syntheticMappedOutcomes": sum(live("outcomes", day)[key]["synthetic"] for key in outcomes),
        "syntheticNamingRules": sum(rule["synthetic"] for rule in rules),
        "empty": not units,
    }


async def test_the_gaps_of_many_classes_take_as_many_round_trips_as_those_of_one(demo):
    one = '{ industry(key: "gbt4754:2017:G") { gaps { units } } }'
    many = """{ industry(key: "gbt4754:2017:G") { narrower { nodes { gaps { units } } } } }"""
    await data(demo[0], many, inventory=demo[1])
    before = demo[0].round_trips
    await data(demo[0], one, inventory=demo[1])
    assert (
        demo[0].round_trips - before == 3
    )  # the moment, how schemes spell, the class; the rest is remembered
    before = demo[0].round_trips
    await data(demo[0], many, inventory=demo[1])
    assert demo[0].round_trips - before <= 4  # and the classes below


async def test_gaps_of_more_classes_than_are_told_at_once_say_so_and_go_on_to_the_last(
    shared_store, tmp_path
):
    await shared_store.write(WIPE, within=60)
    keys = [f"gb:1:{number:03}" for number in range(450)]
    lines = {
        "schemes": [
            {"key": "gb", "title": {"en": "gb"}, "concept": "industry", "editions": [{"code": "1"}]},
        ],
        "industries": [
            {"key": "gb:1:X", "title": {"en": "X"}},
            *({"key": key, "title": {"en": key}, "rank": 2, "broader": ["gb:1:X"]} for key in keys),
        ],
    }
    imported = await import_bundle(shared_store, write(tmp_path / "b", lines, base=False))
    assert imported.ok, imported.report
    query = """query($after: Key) { industry(key: "gb:1:X") { gaps(after: $after) { industry { key } } } }"""
    seen, after, counts = [], None, []
    while after is None or counts:
        body = await ask(shared_store, query, after=after)
        part = [gap["industry"]["key"] for gap in body["data"]["industry"]["gaps"]]
        seen += part
        warnings = body["extensions"].get("warnings", [])
        counts = [one["facts"] for one in warnings]
        assert all(one["code"] == "LIST_CUT" for one in warnings)
        if counts:
            left = 450 - len(seen) + 200
            wanted = {"field": "gaps", "key": "gb:1:X", "limit": "200", "count": str(left), "after": part[-1]}
            assert counts == [wanted]
        after = part[-1]
    assert seen == keys
    refused = await ask(shared_store, query, after="nonsense")
    assert refused["errors"][0]["extensions"]["code"] == "MALFORMED_KEY"


def diced(seed: int) -> dict[str, list[dict]]:
    """A random alliance whose units have none to three statements, and mappings of some of them."""
    dice, lines = random.Random(seed), alliance(seed)
    for unit in lines["units"]:
        codes = ["S", "K", "C"][: dice.randrange(4)]
        unit["statements"] = [{"code": code, "dimension": "d", "text": {"en": code}} for code in codes]
    codes_of = {unit["key"]: [one["code"] for one in unit["statements"]] for unit in lines["units"]}
    templates = [one for one in lines["mappings"] for _ in range(3)]
    lines["mappings"] = []
    for number, template in enumerate(templates):
        unit = dice.choice(lines["units"])["key"]
        codes = codes_of[unit]
        some = dice.sample(codes, dice.randint(1, len(codes))) if codes and dice.random() < 0.8 else []
        one = template | {"key": f"m{number}", "unit": unit, "outcome": dice.choice(lines["outcomes"])["key"]}
        lines["mappings"].append(one | {"whole": not some, "statements": some})
    return lines


@pytest.mark.parametrize("seed", range(4))
async def test_the_units_with_uncovered_statements_are_those_whose_coverage_tells_of_some(
    shared_store, tmp_path, seed
):
    await shared_store.write(WIPE, within=60)
    lines = diced(seed)
    imported = await import_bundle(shared_store, write(tmp_path / "b", lines, base=False))
    assert imported.ok, imported.report
    query = """query($yes: Boolean) { units(where: {uncovered: $yes, statuses: [PUBLISHED, RETIRED, DRAFT]},
      first: 50) { totalCount nodes { key statements { code } coverage { uncovered { code } } } } }"""
    found = {yes: (await data(shared_store, query, yes=yes))["units"] for yes in (True, False, None)}
    assert [node["key"] for node in found[True]["nodes"]] == [
        node["key"] for node in found[None]["nodes"] if node["coverage"]["uncovered"]
    ]
    assert [node["key"] for node in found[False]["nodes"]] == [
        node["key"] for node in found[None]["nodes"] if not node["coverage"]["uncovered"]
    ]
    assert found[True]["totalCount"] + found[False]["totalCount"] == len(lines["units"])
    assert found[True]["totalCount"] == len(by_lines(lines))


def by_lines(lines: dict[str, list[dict]]) -> list[str]:
    """The units with a statement left, told from the lines alone."""
    published = {one["key"] for one in lines["outcomes"] if one.get("status", "PUBLISHED") == "PUBLISHED"}
    counted = [
        one
        for one in lines["mappings"]
        if one["outcome"] in published and one.get("status", "PUBLISHED") in ("PUBLISHED", "APPROVED")
    ]
    return [
        unit["key"]
        for unit in lines["units"]
        if any(
            not [
                m
                for m in counted
                if m["unit"] == unit["key"] and (m["whole"] or s["code"] in m["statements"])
            ]
            for s in unit["statements"]
        )
    ]
