"""What a hub reads before anybody asks: counts and gaps are then answered without reading their concepts."""

from __future__ import annotations

import asyncio
import json

import pytest

from hub.app import create_app
from hub.config import Config
from hub.parts import compose
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
