"""The matrix, compared with a slow and obvious count over the lines of the files."""

import pytest

from graph.directory import Directory
from graph.exchange.importing import import_bundle
from graph.inventory import Inventory
from tests.alliance_in_a_box import WIPE, code, data, load_demo
from tests.demo_by_hand import live, under
from tests.schema.dice_alliance import alliance
from tests.schema.test_statistics import named, published
from tests.small_bundle import write

QUERY = """query($rank: Int!, $where: OutcomeFilter, $asOf: AsOf, $n: Int!, $after: String) {
  matrix(industryRank: $rank, where: $where, asOf: $asOf, first: $n, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { level { ordinal framework { key } } industry { key } outcomeClass
      outcomes mappedUnits namingRules
      syntheticOutcomes syntheticMappedUnits syntheticNamingRules } } }"""


COUNTED = ("outcomes", "mappedUnits", "namingRules")
MADE = ("syntheticOutcomes", "syntheticMappedUnits", "syntheticNamingRules")


def rolled(key: str, rank: int, classes: dict[str, dict]) -> set[str]:
    """Climb, all ways at once, until no class is deeper than the rank or can climb."""
    found = {key} & set(classes)
    for _ in range(30):
        ups = {one: {*classes[one].get("broader", [])} & set(classes) for one in found}
        deep = {one for one in found if int(classes[one].get("rank", 1)) > rank and ups[one]}
        found = (found - deep).union(*(ups[one] for one in deep))
    return found


def by_hand(of, rank: int, holds=lambda line: True) -> list[dict]:
    outcomes, units, classes = published(of("outcomes")), published(of("units")), of("industries")
    mappings = [
        row for row in of("mappings").values() if row.get("status", "PUBLISHED") in ("PUBLISHED", "APPROVED")
    ]
    rules = published(of("rules"))
    asks = {key: set().union(*named(rule, outcomes)) for key, rule in rules.items()}
    cells: dict[tuple, set[str]] = {}
    for key, line in outcomes.items():
        if holds(line):
            level = line.get("level") and (line["level"]["framework"], line["level"]["ordinal"])
            industries = set().union(*(rolled(one, rank, classes) for one in line.get("industries", [])))
            for industry in industries or {None}:
                cells.setdefault((level, industry, line["outcomeClass"]), set()).add(key)
    order = sorted(cells, key=lambda c: (c[0] is None, c[0] or (), c[1] is None, c[1] or "", c[2]))
    ties = {
        kind: (
            keys,
            {row["unit"] for row in mappings if row["outcome"] in keys and row["unit"] in units},
            {rule for rule, those in asks.items() if keys & those},
        )
        for kind, keys in cells.items()
    }
    made = {key for lines in (outcomes, units, rules) for key, line in lines.items() if line.get("synthetic")}
    return [
        {
            "level": level and {"ordinal": level[1], "framework": {"key": level[0]}},
            "industry": industry and {"key": industry},
            "outcomeClass": kind,
        }
        | dict(zip(COUNTED, map(len, found), strict=True))
        | dict(zip(MADE, (len(keys & made) for keys in found), strict=True))
        for level, industry, kind in order
        for found in [ties[level, industry, kind]]
    ]


async def cells(store, page: int, **asked) -> list[dict]:
    found, after, more = [], None, True
    while more:
        told = (await data(store, QUERY, **asked, n=page, after=after))["matrix"]
        found += told["nodes"]
        after, more = told["pageInfo"]["endCursor"], told["pageInfo"]["hasNextPage"]
    assert told["totalCount"] == len(found)
    return found


@pytest.fixture(scope="module")
async def demo(shared_store):
    await load_demo(shared_store)
    return shared_store, Inventory(shared_store, Directory(shared_store))


@pytest.mark.parametrize("day", ["2018-06-01", "2024-06-01"])
@pytest.mark.parametrize("rank", [1, 2, 12])
async def test_the_matrix_is_that_of_the_files(demo, rank, day):
    found = await cells(demo[0], 60, inventory=demo[1], rank=rank, asOf={"validOn": day})
    assert found == by_hand(lambda concept: live(concept, day), rank)


async def test_a_filter_narrows_what_is_counted(demo):
    day, section = "2024-06-01", "gbt4754:2017:G"
    where = {"industries": [section], "kinds": ["CERTIFICATE"]}
    within = under("industries", section, day)

    def holds(line: dict) -> bool:
        return line["kind"] == "CERTIFICATE" and not within.isdisjoint(line.get("industries", []))

    found = await cells(demo[0], 200, inventory=demo[1], rank=2, where=where, asOf={"validOn": day})
    assert found == by_hand(lambda concept: live(concept, day), 2, holds)
    assert found


@pytest.mark.parametrize("seed", range(4))
async def test_the_matrix_of_a_random_alliance_is_that_of_its_lines(shared_store, tmp_path, seed):
    await shared_store.write(WIPE, within=60)
    lines = alliance(seed)
    assert (await import_bundle(shared_store, write(tmp_path / "b", lines, base=False))).ok
    of = {concept: dict(sorted((line["key"], line) for line in rows)) for concept, rows in lines.items()}
    for rank in (1, 2, 3):
        assert await cells(shared_store, 7, rank=rank) == by_hand(of.__getitem__, rank)


async def test_an_impossible_rank_is_refused(shared_store):
    for rank in (0, 13, -1):
        assert await code(shared_store, QUERY, rank=rank, n=1) == "BAD_RANK"


@pytest.mark.parametrize("first", [1, 200])
async def test_round_trips_do_not_grow_with_the_cells(shared_store, first):
    store = await load_demo(shared_store)
    inventory = Inventory(store, Directory(store))
    await data(store, QUERY, inventory=inventory, rank=2, n=1)
    before = store.round_trips
    await data(store, QUERY, inventory=inventory, rank=2, n=first)
    assert store.round_trips - before == 3  # the moment, the frameworks of levels, the industries
