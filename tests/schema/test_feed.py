"""The feed of publications, after real imports, compared with a plain reading of every stored version."""

import random
from datetime import timedelta

import pytest

from graph.directory import Directory
from graph.exchange import imports
from graph.exchange.importing import import_bundle
from graph.inventory import Inventory
from graph.moment import stamp, unstamp
from schema.concept_names import ConceptName
from tests.alliance_in_a_box import ask, code, data, load_demo
from tests.demo_by_hand import lines as demo_lines
from tests.small_bundle import FOREVER, mapping, outcome, versions, write

QUERY = """query($n: Int!, $after: String, $since: DateTime, $where: PublishedChangeFilter) {
  publishedChanges(first: $n, after: $after, since: $since, where: $where) {
    nodes { concept key version event replaces synthetic recordedAt }
    edges { cursor } pageInfo { hasNextPage endCursor } } }"""
FILES = {"outcomes": "OUTCOME", "mappings": "MAPPING", "units": "UNIT"}
NO_HUB = "MATCH (h:Hub {name: 'hub'}) DETACH DELETE h"


@pytest.fixture
async def graph(store):
    await store.write(NO_HUB)
    return store


@pytest.fixture
def load(graph, tmp_path):
    count = iter(range(1000))

    async def load(lines: dict, mode: str = "delta") -> str:
        folder = write(tmp_path / f"b{next(count)}", lines, base=True, mode=mode)
        imported = await import_bundle(graph, folder)
        assert imported.ok, imported.report
        return await imports.published(graph)

    return load


async def page(store, **asked) -> dict:
    return (await data(store, QUERY, stride=3, **{"n": 200, **asked}))["publishedChanges"]


async def everything(store, n: int, after: str | None = None, **asked) -> list[dict]:
    found, more = [], True
    while more:
        told = await page(store, n=n, after=after, **asked)
        found += told["nodes"]
        assert len(told["nodes"]) <= n
        after, more = told["pageInfo"]["endCursor"], told["pageInfo"]["hasNextPage"]
    return found


def short(entry: dict) -> tuple:
    return entry["key"], entry["version"], entry["event"], entry["replaces"]


async def told(store, moment: str, concept: str = "OUTCOME") -> list[tuple]:
    at = moment.replace("Z", "+00:00")
    return [
        short(one)
        for one in await everything(store, 50)
        if one["recordedAt"] == at and one["concept"] == concept
    ]


async def test_each_event_is_told_as_what_it_was(graph, load):
    first = await load(
        {
            "outcomes": [
                outcome("a", version=1),
                outcome("b"),
                outcome("c"),
                outcome("d", status="DRAFT", version=1),
            ]
        }
    )
    assert await told(graph, first) == [(f"oc:1:{key}", 1, "PUBLISHED", None) for key in "abcd"]
    second = await load(
        {
            "outcomes": [
                outcome("a", version=1, validTo="2030-01-01"),  # its end moves
                outcome("b", credit=None, title={"en": "other"}),  # no number, same window: a correction
                outcome("c", validFrom="2030-01-01"),  # no number, another window: a successor
                outcome("d", version=1, title={"en": "rewritten"}),  # a draft
            ]
        }
    )
    assert await told(graph, second) == [
        ("oc:1:a", 1, "CLOSED", None),
        ("oc:1:b", 2, "CORRECTED", 1),
        ("oc:1:c", 2, "PUBLISHED", None),
        ("oc:1:d", 1, "CORRECTED", None),
    ]
    third = await load({"outcomes": [outcome("b", title={"en": "other"})]}, mode="full")
    assert await told(graph, third) == [
        ("oc:1:a", 1, "RETRACTED", None),
        ("oc:1:c", 1, "RETRACTED", None),
        ("oc:1:c", 2, "RETRACTED", None),
        ("oc:1:d", 1, "RETRACTED", None),
    ]


async def test_each_entry_says_whether_that_version_is_synthetic(graph, load):
    def made(moment, entries):
        at = moment.replace("Z", "+00:00")
        mine = [one for one in entries if one["recordedAt"] == at and one["concept"] != "SOURCE"]
        return {one["key"]: one["synthetic"] for one in mine if one["key"][:3] in ("oc:", "m:1", "m:2")}

    first = await load(
        {
            "outcomes": [
                outcome("a", synthetic=True),
                outcome("b", synthetic=False),
                outcome("d", synthetic=False, status="DRAFT", version=1),
            ],
            "mappings": [mapping("1", "a", synthetic=True), mapping("2", "b", synthetic=False)],
        }
    )
    wanted = {"oc:1:a": True, "oc:1:b": False, "oc:1:d": False, "m:1": True, "m:2": False}
    assert made(first, await everything(graph, 50)) == wanted
    second = await load({"outcomes": [outcome("d", synthetic=True, status="DRAFT", version=1)]})
    assert made(second, await everything(graph, 50)) == {"oc:1:d": True}


async def test_a_stub_is_told_and_gives_way_silently(graph, load):
    first = await load({"mappings": [mapping("1", "late")]})
    assert await told(graph, first) == [("oc:1:late", 0, "PUBLISHED", None)]
    assert await told(graph, first, "MAPPING") == [("m:1", 1, "PUBLISHED", None)]
    second = await load({"outcomes": [outcome("late")]})
    assert await told(graph, second) == [("oc:1:late", 1, "PUBLISHED", None)]


async def stored(store) -> list[tuple]:
    """What happened, version by version: recorded then, or taken back then and not written again."""
    rows = [row for row in await versions(store, *FILES) if row[3] != row[4]]
    found = []
    for file, key, number, recorded, retracted, *_ in rows:
        found.append((recorded, FILES[file], key, number))
        again = any((row[0], row[1], row[3]) == (file, key, retracted) for row in rows)
        if retracted != FOREVER and not again:
            found.append((retracted, FILES[file], key, number))
    return sorted(found)


def lines(dice: random.Random) -> dict:
    keys = dice.sample("abcdefghij", 6)
    return {
        "outcomes": [outcome(key, title={"en": dice.choice("xyz")}, **ends(dice)) for key in keys],
        "mappings": [
            mapping(key, dice.choice(keys), evidence={"en": dice.choice("xyz")}) for key in keys[:3]
        ],
    }


def ends(dice: random.Random) -> dict:
    return {"validFrom": "2020-01-01"} if dice.random() < 0.5 else {}


@pytest.mark.parametrize("n", [1, 3, 200])
async def test_nothing_is_lost_or_doubled_by_imports_between_any_two_pages(graph, load, n):
    dice = random.Random(n)
    found, after = [], None
    for _ in range(5):
        await load(lines(dice), mode=dice.choice(["delta", "full"]))
        for _ in range(3):  # some pages, then the next publication
            part = await page(graph, n=n, after=after)
            found += part["nodes"]
            after = part["pageInfo"]["endCursor"]
    found += await everything(graph, n, after)
    assert found == await everything(graph, 50)
    assert [one["recordedAt"] for one in found] == sorted(one["recordedAt"] for one in found)
    names = [
        (one["recordedAt"].replace("+00:00", "Z"), one["concept"], one["key"], one["version"])
        for one in found
        if one["concept"] in FILES.values()
    ]
    assert len(names) == len(set(names))
    assert sorted(names) == await stored(graph)


FILTERS = {
    "kinds": ({"concepts": ["OUTCOME", "MAPPING"]}, lambda e: e["concept"] in ("OUTCOME", "MAPPING")),
    "keys of outcomes, in any width": (
        {"keys": ["oc:1:a", "ｏｃ:1:c", "oc:1:nobody"]},
        lambda e: e["key"] in ("oc:1:a", "oc:1:c"),
    ),
    "a mapping among the many of its unit": ({"keys": ["m:a", "m:d"]}, lambda e: e["key"] in ("m:a", "m:d")),
    "a kind and keys": (
        {"concepts": ["OUTCOME"], "keys": ["oc:1:b", "m:a"]},
        lambda e: e["concept"] == "OUTCOME" and e["key"] == "oc:1:b",
    ),
    "a bare code": ({"keys": ["oc"]}, lambda e: e["key"] == "oc"),
    "no kind": ({"concepts": []}, lambda e: False),
    "no key": ({"keys": []}, lambda e: False),
    "nothing asked": ({}, lambda e: True),
}


@pytest.mark.parametrize("n", [1, 3, 200])
async def test_a_filter_tells_just_those_changes_of_the_feed_and_loses_none_between_imports(graph, load, n):
    dice = random.Random(n)
    found, ends = {name: [] for name in FILTERS}, dict.fromkeys(FILTERS)
    for _ in range(4):
        await load(lines(dice), mode=dice.choice(["delta", "full"]))
        for name, (where, _) in FILTERS.items():
            part = await page(graph, n=n, after=ends[name], where=where)
            found[name] += part["nodes"]
            ends[name] = part["pageInfo"]["endCursor"] or ends[name]
    everything_told = await everything(graph, 200)
    for name, (where, holds) in FILTERS.items():
        found[name] += await everything(graph, n, ends[name], where=where)
        assert found[name] == [one for one in everything_told if holds(one)], name
    for name in ("kinds", "keys of outcomes, in any width", "a mapping among the many of its unit"):
        assert len(found[name]) > 1


async def test_a_cursor_goes_on_under_another_filter_with_all_that_comes_after_it(graph, load):
    dice = random.Random(7)
    for _ in range(3):
        await load(lines(dice), mode=dice.choice(["delta", "full"]))
    whole = await everything(graph, 200)
    for wide, narrow in ((None, {"keys": ["oc:1:a", "m:a"]}), ({"concepts": ["MAPPING"]}, {"keys": ["m:a"]})):
        holds = (lambda one: one["concept"] == "MAPPING") if wide else (lambda one: True)
        listed = [one for one in whole if holds(one)]
        for count in range(1, min(len(listed), 30)):
            after = (await page(graph, n=count, where=wide))["pageInfo"]["endCursor"]
            told = len((await page(graph, n=count, where=wide))["nodes"])
            rest = await everything(graph, 2, after, where=narrow)
            assert rest == [one for one in listed[told:] if one["key"] in narrow["keys"]]


async def test_an_agreement_stands_for_itself_and_the_rules_that_were_ever_under_it(graph):
    store, code_of = await load_demo(graph), "AGR-OUC-APTECH-2016"
    whole = await everything(store, 200)
    rules = {one["key"] for one in demo_lines("rules") if one.get("agreement") == code_of}
    wanted = [
        one
        for one in whole
        if (one["concept"], one["key"]) == ("AGREEMENT", code_of)
        or (one["concept"] == "RULE" and one["key"] in rules)
    ]
    assert len(wanted) > 8
    for n in (2, 200):
        assert await everything(store, n, where={"agreements": [code_of]}) == wanted
    only = {"agreements": [code_of], "concepts": ["AGREEMENT"]}
    assert [one["key"] for one in await everything(store, 50, where=only)] == [code_of] * 2
    body = await ask(store, QUERY, n=5, where={"agreements": ["AGR-NONE", code_of]})
    [warning] = body["extensions"]["warnings"]
    assert warning["facts"] == {"filter": "where.agreements", "value": "AGR-NONE"}


async def test_a_key_of_which_the_feed_never_tells_is_warned_of_on_every_page_and_no_other_is(graph, load):
    await load({"outcomes": [outcome("a"), outcome("b")], "mappings": [mapping("1", "a")]})
    keys = ["oc:1:b", "m:1", "oc", "oc:1:none", "m:2", "nothing"]

    async def warned(n: int, **where) -> list[str]:
        body = await ask(graph, QUERY, n=n, where=where)
        warnings = body["extensions"].get("warnings", [])
        assert all(one["code"] == "FILTER_VALUE_UNKNOWN" for one in warnings)
        assert all(one["facts"]["filter"] == "where.keys" for one in warnings)
        return [one["facts"]["value"] for one in warnings]

    for n in (1, 200):
        assert await warned(n, keys=keys) == ["oc:1:none", "m:2", "nothing"]
    assert await warned(5, keys=["oc:1:none"], concepts=["UNIT"]) == []


@pytest.mark.parametrize(
    ("where", "refused"),
    [
        ({"keys": [""]}, "MALFORMED_CODE"),
        ({"keys": ["x" * 300]}, "MALFORMED_CODE"),
        ({"keys": ["a\u0000b"]}, "MALFORMED_CODE"),
        ({"agreements": ["\u0007"]}, "MALFORMED_CODE"),
        ({"keys": ["oc:1:a"] * 201}, "TOO_MANY_KEYS"),
        ({"agreements": ["A"] * 201}, "TOO_MANY_KEYS"),
        ({"concepts": ["OUTCOMES"]}, "BAD_VARIABLES"),
    ],
)
async def test_what_a_filter_of_the_feed_cannot_be_is_refused(graph, where, refused):
    assert await code(graph, QUERY, n=1, where=where) == refused


@pytest.mark.parametrize("first", [1, 200])
async def test_a_narrowed_page_takes_as_many_round_trips_however_long_it_is(graph, first):
    store = await load_demo(graph)
    inventory = Inventory(store, Directory(store))
    where = {"agreements": ["AGR-OUC-APTECH-2016"]}
    await data(store, QUERY, inventory=inventory, n=200, where=where)
    before = store.round_trips
    await data(store, QUERY, inventory=inventory, n=first, where=where)
    assert store.round_trips - before <= 1 + 2 + 2  # the moment; when each kind changed; what then changed


async def test_the_end_of_the_feed_goes_on_when_something_is_published(graph, load):
    empty = await page(graph)
    assert (empty["nodes"], empty["pageInfo"]) == ([], {"hasNextPage": False, "endCursor": None})
    await load({"outcomes": [outcome("a")]})
    end = (await page(graph))["pageInfo"]["endCursor"]
    nothing = await page(graph, after=end)
    assert (nothing["nodes"], nothing["pageInfo"]) == ([], {"hasNextPage": False, "endCursor": end})
    await load({"outcomes": [outcome("b")]})
    assert [short(one) for one in (await page(graph, after=end))["nodes"]] == [
        ("oc:1:b", 1, "PUBLISHED", None)
    ]


async def test_since_a_moment_tells_what_was_published_after_it_though_it_began_before(graph, load):
    await load({"outcomes": [outcome("a")]})
    await load({"outcomes": [outcome("b")]})
    later, earlier = await imports.listed(graph)
    for since, wanted in (
        (later.moment, []),
        (later.started_at, ["oc:1:b"]),
        (earlier.moment, ["oc:1:b"]),
        (later.ended_at, []),
    ):
        told = await page(graph, since=since)
        assert [one["key"] for one in told["nodes"] if one["concept"] == "OUTCOME"] == wanted
    # the second began, and then somebody asked since now: its beginning is not later, its publication is
    between = stamp(unstamp(later.moment) + timedelta(microseconds=1))
    assert later.moment < between < later.ended_at
    assert [one["key"] for one in (await page(graph, since=between))["nodes"]] == ["oc:1:b"]


async def test_who_asks_since_now_while_an_import_is_under_way_hears_of_it_later(graph, load):
    await load({"outcomes": [outcome("a")]})
    end = (await page(graph, since="2099-01-01T00:00:00Z"))["pageInfo"]["endCursor"]
    await load({"outcomes": [outcome("b")]})
    assert [one["key"] for one in (await page(graph, after=end))["nodes"]] == ["oc:1:b"]


async def test_a_moment_without_a_zone_and_a_strange_cursor_are_refused(graph, load):
    await load({"outcomes": [outcome("a")]})
    assert await code(graph, QUERY, n=1, since="2024-01-01T00:00:00") == "MOMENT_WITHOUT_ZONE"
    other = await data(graph, "{ outcomes(first: 1) { pageInfo { endCursor } } }")
    for strange in ("x", "[]", other["outcomes"]["pageInfo"]["endCursor"]):
        assert await code(graph, QUERY, n=1, after=strange) == "BAD_CURSOR"


@pytest.mark.parametrize("first", [1, 200])
async def test_round_trips_do_not_grow_with_the_page(graph, first):
    store = await load_demo(graph)
    inventory = Inventory(store, Directory(store))
    await data(store, QUERY, inventory=inventory, n=200)
    after, reached = None, False
    while not reached:  # into the outcomes, of which there are many
        told = (await data(store, QUERY, inventory=inventory, n=200, after=after))["publishedChanges"]
        after, reached = told["pageInfo"]["endCursor"], told["nodes"][-1]["concept"] == "OUTCOME"
    before = store.round_trips
    told = (await data(store, QUERY, inventory=inventory, n=first, after=after))["publishedChanges"]
    assert len(told["nodes"]) == first
    assert store.round_trips - before <= 1 + 4  # the moment; a statement for each stretch


def test_every_concept_has_its_name():
    assert {"OUTCOME", "FRAMEWORK_ITEM", "CREDIT_SCHEME"} <= {one.name for one in ConceptName}
