"""What every test may ask for: a store on each engine, empty or with the demo; in CI nothing is skipped."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from neo4j_server import Neo4jServer, missing

from graph.catalog import Catalog, FullText, Index
from graph.engines import EngineSettings, choose
from graph.layout import CATALOG
from graph.store import Store

# A distribution of its own, tested by tests/test_integrator.py in an environment without the server.
collect_ignore = ["integrator"]
ENGINES = pytest.StashKey[set[str]]()
WIPE = "MATCH (n) WHERE NOT n:Hub DETACH DELETE n"
FOREIGN = "MATCH (n) WITH count(n) AS n RETURN n > 0 AND NOT EXISTS { MATCH (:Hub) } AS foreign"


def pytest_configure(config):
    config.stash[ENGINES] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    return forbid_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return forbid_skip((yield))


def forbid_skip(report):
    """Where ALLIANCE_NO_SKIP is set, a skip is a failure that tells its reason."""
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("ALLIANCE_NO_SKIP") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"ALLIANCE_NO_SKIP=1 forbids this skip: {reason}"
    return report


def pytest_terminal_summary(terminalreporter, config):
    used = ", ".join(sorted(config.stash[ENGINES])) or "none"
    terminalreporter.write_line(f"Graph engines used: {used}")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The hub's own constraints and indexes, and a few that the tests of the catalogue add."""
    versions = (Index("ProbeVersion", ("key", "number"), unique=True),)
    return Catalog(1, (*CATALOG.indexes, *versions), (FullText("Outcome", "title"),))


@pytest.fixture(scope="session")
def neo4j_settings() -> Iterator[EngineSettings]:
    """The given server (its graph is wiped: give a throw-away database), or one of our own."""
    if uri := os.environ.get("NEO4J_URI"):
        user, password = os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD")
        yield EngineSettings(uri=uri, user=user, password=password)
        return
    if reason := missing():
        pytest.skip(reason)
    server = Neo4jServer()
    try:
        server.start()
        yield EngineSettings(uri=server.uri)
    finally:
        server.remove()


@pytest.fixture(scope="session", params=["embedded", "neo4j"])
def settings(request) -> EngineSettings:
    if request.param == "neo4j":
        return request.getfixturevalue("neo4j_settings")
    return EngineSettings()


@pytest.fixture(scope="session")
async def shared_store(settings, catalog, pytestconfig) -> AsyncIterator[Store]:
    """One store for each engine, for the whole run."""
    async with Store(choose(settings), refuse_foreign) as store:
        await store.ready(30)
        await catalog.prepare(store._bolt)
        health = store.health()
        pytestconfig.stash[ENGINES].add(f"{health.engine} ({health.server} {health.version})")
        yield store
        await store.write(WIPE, within=60)


@pytest.fixture(scope="module")
async def demo(shared_store) -> Store:
    """A store that holds the demo alliance, for one module of tests."""
    from tests.alliance_in_a_box import load_demo  # only here: it makes the whole schema

    return await load_demo(shared_store)


async def refuse_foreign(bolt):
    """Never wipe a graph that no hub made."""
    if (await bolt.read(FOREIGN, {}))[0]["foreign"]:
        pytest.exit("NEO4J_URI names a graph that is not a hub's; the tests would wipe it", 1)


@pytest.fixture
async def store(shared_store) -> Store:
    """An empty graph, on each engine in turn."""
    await shared_store.write(WIPE, within=60)
    return shared_store
