"""An empty graph with the schema of decision 0001, on each engine in turn."""

import pytest

from graph.layout import CATALOG


@pytest.fixture(scope="session")
async def prepared(shared_store):
    for index in CATALOG.indexes:
        await shared_store.define(index.statement(), within=60)
    return shared_store


@pytest.fixture
async def graph(prepared, store):
    await store.write("MATCH (h:Hub {name: 'hub'}) DETACH DELETE h")
    return store
