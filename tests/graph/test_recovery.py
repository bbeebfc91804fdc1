"""A Neo4j that goes and returns, really stopped and started."""

import asyncio
import time

import pytest
from neo4j_server import Neo4jServer, missing

from graph.engines import EngineSettings, choose
from graph.errors import GraphAway
from graph.store import Store


@pytest.fixture
def server():
    if reason := missing():
        pytest.skip(reason)
    server = Neo4jServer()
    yield server
    server.remove()


async def test_a_store_opened_without_its_server_recovers_within_five_seconds_of_its_return(server, catalog):
    async with Store(choose(EngineSettings(uri=server.uri)), catalog.prepare) as store:
        with pytest.raises(GraphAway):
            await store.ready(1)
        for _ in range(2):
            await asyncio.to_thread(server.start)
            returned = time.monotonic()
            await store.ready(10)
            await store.write("CREATE (:Outcome {key: randomUUID()})")
            assert time.monotonic() - returned < 5
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(2.5)
            health = store.health()
            assert (health.state, health.server) == ("away", "Neo4j")
            asked = time.monotonic()
            with pytest.raises(GraphAway):
                await store.read("RETURN 1 AS one")
            assert time.monotonic() - asked < 1.5
