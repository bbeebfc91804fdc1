"""The catalogue's promises, on both engines."""

import pytest

from graph.catalog import Catalog, FullText, Index
from graph.engines import choose
from graph.errors import GraphConflict, GraphNewer
from graph.store import Store

NOTE = "MATCH (h:Hub {key: 'schema'}) RETURN h.version AS version, h.digest AS digest"
ADD = "UNWIND $rows AS row CREATE (o:Outcome) SET o = row"
SEARCH = "CALL db.index.fulltext.queryNodes($index, $text) YIELD node RETURN node.key AS key ORDER BY key"
TITLES = ("软件工程导论", "数据结构与算法", "快递员职业资格 Courier")


@pytest.fixture
async def titled(store):
    await store.write(ADD, rows=[{"key": title[0], "title": title} for title in TITLES])
    return store


async def found(store, text):
    rows = await store.read(SEARCH, index=store.fulltext("Outcome", "title"), text=text)
    return [row["key"] for row in rows]


async def test_preparing_again_changes_nothing(store, catalog):
    await catalog.prepare(store._bolt)
    before = await store.read(NOTE)
    await catalog.prepare(store._bolt)
    assert await store.read(NOTE) == before == [{"version": 1, "digest": catalog.digest}]


async def test_preparing_a_prepared_graph_costs_two_statements(store, catalog):
    await catalog.prepare(store._bolt)
    before = store.round_trips
    await catalog.prepare(store._bolt)
    assert store.round_trips - before == 2


async def test_the_statements_themselves_may_be_repeated(store, catalog):
    await catalog._create(store._bolt)
    await catalog._create(store._bolt)


async def test_a_grown_catalogue_is_added_to_the_graph(store, catalog):
    grown = Catalog(1, (*catalog.indexes, Index("Probe", ("name",), unique=True)), catalog.fulltext)
    await grown.prepare(store._bolt)
    await store.write("CREATE (:Probe {name: 'a'})")
    with pytest.raises(GraphConflict):
        await store.write("CREATE (:Probe {name: 'a'})")
    await catalog.prepare(store._bolt)


async def test_a_unique_pair_allows_each_of_its_parts_twice(store):
    add = "UNWIND $rows AS row CREATE (v:ProbeVersion) SET v = row"
    await store.write(
        add, rows=[{"key": "a", "number": 1}, {"key": "a", "number": 2}, {"key": "b", "number": 1}]
    )
    with pytest.raises(GraphConflict):
        await store.write(add, rows=[{"key": "a", "number": 2}])


async def test_a_graph_written_by_a_newer_hub_is_refused_and_says_so(store, settings, catalog):
    if settings.uri is None:
        with pytest.raises(GraphNewer, match="upgrade"):
            await Catalog(0).prepare(store._bolt)
        return
    async with Store(choose(settings), Catalog(0).prepare) as older:
        with pytest.raises(GraphNewer, match="upgrade"):
            await older.ready(2)
        assert older.health().state == "refused"


@pytest.mark.parametrize(
    ("text", "keys"),
    [("软件", ["软"]), ("件工", ["软"]), ("数据结构", ["数"]), ("courier", ["快"]), ("couri*", ["快"])],
)
async def test_words_are_found_in_titles(titled, text, keys):
    assert await found(titled, text) == keys


async def test_a_single_chinese_character_is_found_as_a_prefix_only(titled):
    assert await found(titled, "软") == []
    assert await found(titled, "软*") == ["软"]


async def test_a_new_title_is_found_at_once_and_a_deleted_one_no_more(titled):
    await titled.write(ADD, rows=[{"key": "新", "title": "大学英语"}])
    assert await found(titled, "英语") == ["新"]
    await titled.write("MATCH (o:Outcome {key: '新'}) DELETE o")
    assert await found(titled, "英语") == []


@pytest.mark.parametrize("name", ["", "a b", "x) DETACH DELETE (y", "1a", "名"])
def test_only_plain_names_reach_a_schema_statement(name):
    with pytest.raises(ValueError, match="not a label"):
        Index(name, ("key",))
    with pytest.raises(ValueError, match="not a label"):
        FullText("Outcome", name)
