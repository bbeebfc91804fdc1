"""An import killed with SIGKILL resumes at its batch, or is discarded as if it had never been."""

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from small_bundle import everything, mapping, outcome, timeless, versions, write

from graph.engines import choose
from graph.engines.engine import EngineSettings
from graph.exchange import imports
from graph.exchange.importing import import_bundle
from graph.exchange.imports import ImportRefused
from graph.exchange.run import discard
from graph.layout import CATALOG
from graph.store import Store

SCRIPT = Path(__file__).parents[2] / "killed_import.py"
ROOT = Path(__file__).parents[3]
OLD = {"outcomes": [outcome(n) for n in "abcdef"], "mappings": [mapping(n, n) for n in "abcdef"]}
NEW = {
    "outcomes": [outcome(n, tags=["new"]) for n in "abc"] + [outcome(n) for n in "dxyz"],
    "mappings": [mapping(n, n, evidence={"en": "new"}) for n in "abc"] + [mapping(n, n) for n in "dx"],
}


class Place:
    """Where the graph is: a folder of the embedded engine, or the test server."""

    def __init__(self, settings, graph, folder):
        self.settings = settings if settings.uri else EngineSettings(folder=folder)
        self.folder, self._graph = folder, graph

    @asynccontextmanager
    async def open(self):
        if self.settings.uri:
            yield self._graph
            return
        async with Store(choose(self.settings), CATALOG.prepare) as store:
            await store.ready(30)
            yield store

    async def killed(self, bundle, nth):
        uri = [self.settings.uri] if self.settings.uri else []
        run = (sys.executable, str(SCRIPT), str(bundle), str(nth), str(self.folder), *uri)
        child = await asyncio.create_subprocess_exec(*run, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
        assert await asyncio.wait_for(child.wait(), 60) == -signal.SIGKILL


@pytest.fixture
def place(settings, graph, tmp_path):
    return Place(settings, graph, tmp_path / "data")


@pytest.fixture
async def loaded(place, tmp_path):
    """The old bundle loaded; the new one written but not loaded."""
    async with place.open() as store:
        assert (await import_bundle(store, write(tmp_path / "old", OLD, mode="full"))).ok
    return write(tmp_path / "new", NEW, mode="full")


@pytest.fixture
async def uninterrupted(prepared, tmp_path):
    """The graph as it is where nobody was killed; it is wiped again."""
    wipe = "MATCH (n) WHERE n.key IS NULL OR NOT n:Hub DETACH DELETE n"
    await prepared.write(wipe)
    for name, lines in (("one", OLD), ("two", NEW)):
        assert (await import_bundle(prepared, write(tmp_path / name, lines, mode="full"))).ok
    whole = timeless(await everything(prepared))
    await prepared.write(wipe)
    return whole


@pytest.mark.parametrize("nth", [6, 7, 10])
async def test_a_killed_import_resumes_to_the_same_graph(uninterrupted, place, loaded, nth):
    await place.killed(loaded, nth)
    async with place.open() as store:
        done = (await import_bundle(store, loaded, batch=2)).loaded
        assert done.ok
        assert done.resumed
        assert timeless(await everything(store)) == uninterrupted
        assert done.tally.files["outcomes.jsonl"].changed == 3
        assert done.tally.files["outcomes.jsonl"].added == 3
        assert done.tally.total().retired == 4


async def test_a_killed_import_is_invisible_and_discarded_without_trace(place, loaded):
    async with place.open() as store:
        before, seen = await everything(store), await imports.published(store)
    await place.killed(loaded, 7)
    async with place.open() as store:
        assert await imports.published(store) == seen
        assert len(await versions(store)) > len(before[0])
        await discard(store, await imports.open_import(store))
        assert await everything(store) == before
        assert (await import_bundle(store, loaded)).ok


async def test_another_bundle_is_refused_until_the_killed_import_is_settled(place, loaded, tmp_path):
    await place.killed(loaded, 7)
    async with place.open() as store:
        with pytest.raises(ImportRefused, match="was interrupted"):
            await import_bundle(store, write(tmp_path / "third", OLD))
        with pytest.raises(ImportRefused, match="was interrupted"):
            await import_bundle(store, loaded, batch=3)
        await discard(store, await imports.open_import(store))
