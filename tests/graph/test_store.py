"""The store's promises, on both engines."""

import asyncio
import logging

import pytest

from graph.engines import EngineSettings, choose
from graph.errors import GraphAway, GraphConflict, GraphRefused, GraphTimeout
from graph.store import Limits, Store

KEYS = "MATCH (o:Outcome) RETURN o.key AS key ORDER BY key"
ADD = "UNWIND $keys AS key CREATE (:Outcome {key: key})"
SLOW = "UNWIND range(1, 60000) AS a UNWIND range(1, 60000) AS b WITH a, b WHERE a * b % 7 = 9 RETURN count(*)"


async def test_a_read_sees_what_was_written_before_it(store):
    await store.write(ADD, keys=["b", "a"])
    assert await store.read(KEYS) == [{"key": "a"}, {"key": "b"}]


async def test_writes_leave_bookmarks_for_later_reads(store):
    await store.write(ADD, keys=["a"])
    before = set(await store._bolt._bookmarks.get_bookmarks())
    await store.write(ADD, keys=["b"])
    after = set(await store._bolt._bookmarks.get_bookmarks())
    assert before
    assert after
    assert before != after


async def test_values_come_back_as_they_were_sent(store):
    values = {"text": "学分", "big": 2**60, "half": 0.5, "list": ["甲", "b"], "none": None, "map": {"a": [1]}}
    assert await store.read("RETURN $values AS values", values=values) == [{"values": values}]


async def test_each_statement_is_one_round_trip(store):
    before = store.round_trips
    await store.write(ADD, keys=[str(n) for n in range(100)])
    await store.read(KEYS)
    async with store.transaction() as transaction:
        await transaction.run(ADD, keys=["x"])
        await transaction.run(ADD, keys=["y"])
    assert store.round_trips - before == 4


async def test_the_pulse_is_not_counted_as_a_round_trip(store):
    before = store.round_trips
    await asyncio.sleep(2.5)
    assert store.round_trips == before


async def test_a_transaction_is_seen_whole(store):
    async with store.transaction() as transaction:
        await transaction.run(ADD, keys=["a"])
        assert await transaction.run(KEYS) == [{"key": "a"}]
        assert await store.read(KEYS) == []
    assert await store.read(KEYS) == [{"key": "a"}]


async def test_a_transaction_that_fails_leaves_nothing(store):
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.run(ADD, keys=["a"])
            raise ZeroDivisionError
    assert await store.read(KEYS) == []


async def test_a_second_node_with_one_key_is_a_conflict(store):
    await store.write(ADD, keys=["a"])
    with pytest.raises(GraphConflict) as caught:
        await store.write(ADD, keys=["b", "a"])
    assert "server log" not in str(caught.value)
    assert await store.read(KEYS) == [{"key": "a"}]


async def test_a_conflict_inside_a_transaction_undoes_it(store):
    with pytest.raises(GraphConflict):
        async with store.transaction() as transaction:
            await transaction.run(ADD, keys=["a"])
            await transaction.run(ADD, keys=["a"])
    assert await store.read(KEYS) == []


@pytest.mark.parametrize("query", ["NONSENSE", "RETURN nosuchfunction(1)", "CREATE (:Outcome {key: {a: 1}})"])
async def test_a_bad_query_is_refused_in_words_of_our_own(store, query):
    with pytest.raises(GraphRefused) as caught:
        await store.write(query)
    assert "server log" not in str(caught.value).lower()
    assert caught.value.__cause__ is not None


async def test_an_overdue_query_ends_at_its_deadline_and_the_graph_answers_again(store):
    await store.write(ADD, keys=["kept"])
    started = asyncio.get_running_loop().time()
    with pytest.raises(GraphTimeout):
        await store.read(SLOW, within=0.5)
    assert asyncio.get_running_loop().time() - started < 1.5
    await asyncio.sleep(1.0)
    await store.ready(5)
    assert await store.read(KEYS) == [{"key": "kept"}]


async def test_an_overdue_statement_undoes_its_transaction(store):
    with pytest.raises(GraphTimeout):
        async with store.transaction(within=0.5) as transaction:
            await transaction.run(ADD, keys=["a"])
            await transaction.run(SLOW)
    await asyncio.sleep(1.5)
    await store.ready(5)
    assert await store.read(KEYS) == []


async def test_a_store_closed_in_mid_query_closes_at_once_and_without_a_word(settings, caplog):
    caplog.set_level(logging.WARNING)
    loop = asyncio.get_running_loop()
    async with Store(choose(settings), limits=Limits(deadline=20)) as store:
        await store.ready(30)
        asking = [asyncio.create_task(store.read(SLOW)) for _ in range(2)]
        async with store.transaction() as transaction:
            await transaction.run("RETURN 1 AS one")
        await asyncio.sleep(0.5)
        for each in asking:
            each.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        began = loop.time()
    assert loop.time() - began < 8, "it does not wait for the query's deadline"
    assert [each.getMessage() for each in caplog.records] == []


async def test_more_questions_than_connections_are_all_answered(store):
    answers = await asyncio.gather(*(store.read("RETURN $n AS n", n=n) for n in range(100)))
    assert [rows[0]["n"] for rows in answers] == list(range(100))


async def test_health_names_the_engine_and_its_version(store):
    health = store.health()
    assert health.state == "ready"
    assert (health.engine, health.server) in {("embedded", "ArcadeDB"), ("neo4j", "Neo4j")}
    assert health.version
    assert health.version[0].isdigit()


async def test_a_store_opens_although_its_server_is_away():
    async with Store(choose(EngineSettings(uri="bolt://127.0.0.1:1"))) as store:
        with pytest.raises(GraphAway):
            await store.ready(0.5)
        assert store.health().state == "away"
        with pytest.raises(GraphAway):
            await store.read("RETURN 1 AS one")


async def test_an_unknown_scheme_is_refused():
    with pytest.raises(GraphRefused, match="neo4j"):
        choose(EngineSettings(uri="http://127.0.0.1:7474"))


def test_the_password_is_not_in_the_text_of_a_link():
    assert "hidden" not in repr(choose(EngineSettings(uri="bolt://h", password="hidden")).link)


def test_every_wait_is_bounded_well_below_the_drivers_own_thirty_seconds():
    limits = Limits()
    assert max(limits.retry, limits.connect, limits.acquire) <= 5
