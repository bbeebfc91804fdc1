"""What a hub reads before anybody asks: counts and gaps are then answered without reading their concepts."""

from __future__ import annotations

import asyncio
import gc
import json
import logging

import pytest

from graph.exchange.generating import generate
from graph.exchange.importing import import_bundle
from hub.app import create_app
from hub.config import Config, GraphConfig
from hub.knowledge import Knowledge
from hub.parts import compose, open_store
from tests.alliance_in_a_box import load_demo
from tests.hub.wire import request, send, served

COUNTS = """{ industry(key: "gbt4754:2017:G", asOf: {validOn: "2024-06-01"}) {
  subtreeCounts { units outcomes rules } gaps { units mappedOutcomes namingRules } } }"""


class Listened:
    """A store that remembers which inventories are read: their statements collect rows."""

    def __init__(self, store) -> None:
        self.store, self.read_whole, self.last = store, 0, asyncio.Event()

    def __getattr__(self, name):
        return getattr(self.store, name)

    async def read(self, query, **given):
        found = await self.store.read(query, **given)
        if "AS rows" in query:
            self.read_whole += 1
            if "MAPS_TO" in query:
                self.last.set()
        return found


@pytest.fixture
async def listened(shared_store):
    await load_demo(shared_store)
    return Listened(shared_store)


async def test_counts_and_gaps_are_answered_from_what_was_read_when_the_hub_started(listened):
    async with served(create_app(compose(Config(), listened))) as port:
        await asyncio.wait_for(listened.last.wait(), 60)
        before = listened.read_whole
        reply = await send(port, request(json.dumps({"query": COUNTS}).encode()))
        told = json.loads(reply.body)["data"]["industry"]
        assert told["subtreeCounts"]["rules"] > 0
        assert sum(gap["units"] for gap in told["gaps"]) > 0
        assert (before > 9, listened.read_whole) == (True, before)


@pytest.fixture
async def folder(tmp_path):
    """The data of an embedded engine that holds a small invented alliance."""
    generate("tiny", 1, tmp_path / "bundle")
    async with open_store(GraphConfig(data=str(tmp_path / "data"))) as store:
        await store.ready(30)
        assert (await import_bundle(store, tmp_path / "bundle")).ok
    return tmp_path / "data"


async def test_a_hub_stopped_while_it_warms_its_memory_stops_without_a_word(folder, caplog):
    caplog.set_level(logging.WARNING)
    for moment in range(5):
        store = open_store(GraphConfig(data=str(folder)))
        async with store, Knowledge(store).open():
            await store.ready(30)
            await asyncio.sleep(moment / 20)
        del store
        gc.collect()  # what a task raised that nobody asked after is told when it is forgotten
        await asyncio.sleep(0)
    assert [each.getMessage()[:200] for each in caplog.records] == []
