"""Frameworks side by side, compared with a slow and obvious reading of the files."""

import json
import random

import pytest

from graph.exchange.importing import import_bundle
from tests.alliance_in_a_box import WIPE, ask, code, data
from tests.demo_by_hand import live
from tests.small_bundle import write

DAY = "2024-06-01"
OLD, NEW, GUANGDONG = "lof:2013:OUC", "lof:2020:OUC", "db44t:2017:1988"
SIDES = """levels { level { ordinal } other { ordinal } pairedBy referencings { key }
  descriptors { dimension text { zh en } other { zh en } } }"""
CHANGES = """changes(first: $n, after: $after) {
  totalCount nodes { part difference code old { zh en } new { zh en } }
  pageInfo { hasNextPage endCursor } }"""


def sides(one: str, other: str) -> list[dict]:
    """Every pair of levels is looked at, and asked whether anything pairs it."""
    mine = {level["ordinal"]: level for level in live("frameworks", DAY)[one]["levels"]}
    theirs = {level["ordinal"]: level for level in live("frameworks", DAY)[other]["levels"]}

    def keys(a: int, b: int) -> list[str]:
        ends = [{"framework": one, "ordinal": a}, {"framework": other, "ordinal": b}]
        every = live("referencings", DAY).items()
        return [key for key, ref in every if [ref["level"], ref["other"]] in (ends, ends[::-1])]

    same = one.split(":")[::2] == other.split(":")[::2]
    pairs = [(a, b, keys(a, b)) for a in mine for b in theirs if keys(a, b)]
    for a in mine:
        if not any(a == pair[0] for pair in pairs):
            free = same and a in theirs and not any(a == pair[1] and pair[2] for pair in pairs)
            pairs.append((a, a if free else None, []))
    pairs.sort(key=lambda pair: (pair[0], pair[1] or 0))
    pairs += [(None, b, []) for b in theirs if not any(b == pair[1] for pair in pairs)]
    return [told(mine.get(a), theirs.get(b), by) for a, b, by in pairs]


def told(one: dict | None, other: dict | None, by: list[str]) -> dict:
    words = [
        {d["dimension"]: d["text"] for d in level["descriptors"]} if level else {} for level in (one, other)
    ]
    return {
        "level": one and {"ordinal": one["ordinal"]},
        "other": other and {"ordinal": other["ordinal"]},
        "pairedBy": "REFERENCING" if by else "ORDINAL" if one and other else "NOTHING",
        "referencings": [{"key": key} for key in by],
        "descriptors": [
            {"dimension": d, "text": words[0].get(d), "other": words[1].get(d)}
            for d in dict.fromkeys([*words[0], *words[1]])
        ],
    }


@pytest.mark.parametrize("day", ["2020-06-01", DAY])
async def test_a_framework_tells_which_others_the_files_reference_its_levels_with(demo, day):
    query = """query($asOf: AsOf) { frameworks(asOf: $asOf) { nodes { key referencedWith { key } } } }"""
    nodes = (await data(demo, query, asOf={"validOn": day}))["frameworks"]["nodes"]
    told_of = {node["key"]: [one["key"] for one in node["referencedWith"]] for node in nodes}
    pairs = [
        {ref["level"]["framework"], ref["other"]["framework"]} for ref in live("referencings", day).values()
    ]
    every = live("frameworks", day)
    assert told_of == {
        key: [other for other in sorted(every) if other != key and {key, other} in pairs] for key in every
    }
    assert any(told_of.values())


@pytest.mark.parametrize(
    ("one", "other"), [(NEW, OLD), (OLD, GUANGDONG), (GUANGDONG, OLD), (GUANGDONG, NEW), (OLD, OLD)]
)
async def test_levels_and_descriptors_stand_side_by_side_as_the_files_say(demo, one, other):
    query = f"""query($one: Key!, $other: Key!, $asOf: AsOf) {{
      frameworkComparison(framework: $one, other: $other, asOf: $asOf) {{ {SIDES} }} }}"""
    found = (await data(demo, query, one=one, other=other, asOf={"validOn": DAY}))["frameworkComparison"]
    assert found["levels"] == sides(one, other)


async def differences(store, one: str, other: str, page: int) -> list[dict]:
    query = f"""query($one: Key!, $other: Key!, $n: Int!, $after: String) {{
      frameworkComparison(framework: $one, other: $other) {{ allItemsCompared {CHANGES} }} }}"""
    found, after, more = [], None, True
    while more:
        told = (await data(store, query, one=one, other=other, n=page, after=after))["frameworkComparison"]
        assert told["allItemsCompared"]
        found += told["changes"]["nodes"]
        after, more = told["changes"]["pageInfo"]["endCursor"], told["changes"]["pageInfo"]["hasNextPage"]
        assert told["changes"]["totalCount"] >= len(found)
    return found


async def test_an_edition_does_not_differ_from_itself_and_the_converse_swaps_old_and_new(demo):
    assert await differences(demo, OLD, OLD, 50) == []
    there, back = await differences(demo, NEW, OLD, 7), await differences(demo, OLD, NEW, 200)
    swapped = {"ADDED": "REMOVED", "REMOVED": "ADDED", "CHANGED": "CHANGED"}
    assert there
    assert back == [
        one | {"difference": swapped[one["difference"]], "old": one["new"], "new": one["old"]}
        for one in there
    ]


@pytest.mark.parametrize(
    ("one", "other", "comparable"),
    [(NEW, OLD, True), (OLD, OLD, True), (OLD, GUANGDONG, False), (GUANGDONG, NEW, False)],
)
async def test_only_editions_of_one_framework_have_changes_two_frameworks_have_levels(
    demo, one, other, comparable
):
    query = """query($one: Key!, $other: Key!) { frameworkComparison(framework: $one, other: $other) {
      changes { totalCount } levels { pairedBy } } }"""
    found = (await data(demo, query, one=one, other=other))["frameworkComparison"]
    assert (found["changes"] is not None) is comparable
    assert found["levels"]


async def test_what_is_not_seen_is_null_and_a_malformed_key_is_refused(demo):
    query = """query($one: Key!) {
      frameworkComparison(framework: $one, other: "lof:2013:OUC") { allItemsCompared } }"""
    assert await data(demo, query, one="lof:1999:OUC") == {"frameworkComparison": None}
    assert await code(demo, query, one="lof") == "MALFORMED_KEY"


@pytest.mark.parametrize("count", [1, 8])
async def test_round_trips_do_not_grow_with_the_frameworks_compared(demo, count):
    query = (
        "query($n: Int!, $after: String) {"
        + " ".join(
            f'f{n}: frameworkComparison(framework: "{NEW}", other: "{OLD}") {{ {SIDES} {CHANGES} }}'
            for n in range(count)
        )
        + "}"
    )
    await ask(demo, query, n=5)
    before = demo.round_trips
    await ask(demo, query, n=5)
    # the moment for each root field (a hub asks it once a second), spelling, frameworks, items
    assert demo.round_trips - before <= 3 + 3 * count


def editions(seed: int) -> dict[str, list[dict]]:
    """Two small editions: what stands in both, in one, or in both in other words, by the dice."""
    dice = random.Random(seed)
    rows = {"frameworks": [], "framework-items": []}
    for edition in ("1", "2"):
        levels = [
            {
                "ordinal": o,
                "title": {"en": f"L{o} {dice.choice('ab')}"},
                "descriptors": [
                    {"dimension": d, "text": {"en": f"{d}{o} {dice.choice('ab')}"}}
                    for d in "xyz"
                    if dice.random() < 0.7
                ],
            }
            for o in range(12)
            if dice.random() < 0.7
        ]
        dimensions = [{"code": d, "title": {"en": f"D {dice.choice('ab')}"}} for d in "xyz"]
        key = f"fw:{edition}:F"
        rows["frameworks"].append(
            {"key": key, "title": {"en": "F"}, "dimensions": dimensions, "levels": levels}
        )
        for n in range(15):
            if dice.random() < 0.7:
                human = {"humanCode": f"H{n}"} if n < 10 else {}
                text = {"en": f"item {n} {dice.choice('ab')}"}
                rows["framework-items"].append(
                    {
                        "key": f"it:{edition}:{'' if human else 'same-'}{n}",
                        "framework": key,
                        "statement": text,
                        **human,
                    }
                )
    return rows


def by_hand(rows: dict[str, list[dict]]) -> list[tuple]:
    """What each edition says, as one flat list of facts; the facts are compared."""
    flat: list[dict] = []
    for edition in ("2", "1"):
        framework = next(one for one in rows["frameworks"] if one["key"] == f"fw:{edition}:F")
        facts = {("DIMENSION", d["code"]): d["title"]["en"] for d in framework["dimensions"]}
        for level in framework["levels"]:
            facts["LEVEL", str(level["ordinal"])] = level["title"]["en"]
            for d in level["descriptors"]:
                facts["DESCRIPTOR", f"{level['ordinal']}/{d['dimension']}"] = d["text"]["en"]
        for item in rows["framework-items"]:
            if item["framework"] == framework["key"]:
                facts["ITEM", item.get("humanCode") or item["key"].split(":")[2]] = item["statement"]["en"]
        flat.append(facts)
    new, old = flat
    return [
        (
            *name,
            "CHANGED" if name in old and name in new else "ADDED" if name in new else "REMOVED",
            old.get(name),
            new.get(name),
        )
        for name in {*new, *old}
        if old.get(name) != new.get(name)
    ]


SCHEMES = [
    {"key": key, "title": {"en": key}, "concept": concept, "editions": [{"code": "1"}, {"code": "2"}]}
    for key, concept in (("fw", "framework"), ("it", "frameworkItem"))
]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_difference_of_two_random_editions_is_what_their_flat_facts_differ_in(
    shared_store, tmp_path, seed
):
    await shared_store.write(WIPE, within=60)
    rows = editions(seed)
    assert (
        await import_bundle(shared_store, write(tmp_path / "b", {"schemes": SCHEMES, **rows}, base=False))
    ).ok
    found = await differences(shared_store, "fw:2:F", "fw:1:F", 9)
    told = [
        (
            one["part"],
            one["code"],
            one["difference"],
            *(one[side] and one[side]["en"] for side in ("old", "new")),
        )
        for one in found
    ]
    assert sorted(told, key=json.dumps) == sorted(by_hand(rows), key=json.dumps)
