"""What the hub adds to its graph: questions over HTTP beside the bare driver, turn and turn about in one run.

python benchmarks/questions.py --scale small
python benchmarks/questions.py --scale national --folder DATA   # a folder that holds a loaded graph

The embedded engine, the hub and the asker are three processes. The bare driver asks the same engine for the
same ten leaves in one statement.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import click
import psutil
from neo4j import AsyncGraphDatabase

from graph.engines import EngineSettings, choose
from graph.exchange.generating import generate
from graph.exchange.importing import import_bundle
from graph.exchange.invention.scale import SCALES
from graph.layout import CATALOG
from graph.moment import FOREVER, today
from graph.store import Store

LEAVES = "key version kind outcomeClass series repeatable source synthetic validFrom status"
QUERY = f"query($keys: [Key!]!) {{ outcomesByKey(keys: $keys) {{ {LEAVES} }} }}"
PAGE = """query($after: String) { outcomes(first: 50, after: $after) {
  nodes { key title { zh en } } pageInfo { hasNextPage endCursor } } }"""
BARE = (
    "UNWIND $keys AS key MATCH (t:Outcome {key: key})-[:VERSION]->(v:OutcomeVersion) "
    "WHERE v.recordedAt <= $known AND v.retractedAt > $known AND v.validFrom <= $on AND v.validTo > $on "
    "RETURN key, v.number AS version, v.kind AS kind, v.outcomeClass AS outcomeClass, v.series AS series, "
    "v.titleZh AS titleZh, v.titleEn AS titleEn, v.synthetic AS synthetic, v.validFrom AS validFrom, "
    "v.status AS status"
)
Turn = Callable[[], Awaitable[object]]


async def loaded(store: Store, scale: str) -> None:
    """Load a generated alliance, unless the graph holds one."""
    await store.ready(60)
    if (await store.read("MATCH (o:Outcome) RETURN count(o) AS n", within=30))[0]["n"]:
        return
    with tempfile.TemporaryDirectory() as folder:
        generate(scale, 1, Path(folder) / "b")
        imported = await import_bundle(store, Path(folder) / "b")
        assert imported.ok, imported.report


def graph_of(link) -> dict[str, str]:
    """Write the settings of a hub that asks the engine's graph."""
    user, password = link.auth
    return {
        "ALLIANCE_HUB_GRAPH_URI": f"bolt://127.0.0.1:{link.resolve(None)[0][1]}"
        if link.resolve
        else link.uri,
        "ALLIANCE_HUB_GRAPH_USER": user,
        "ALLIANCE_HUB_GRAPH_PASSWORD": password,
        "ALLIANCE_HUB_GRAPH_DATABASE": link.database or "",
        "PYTHONUNBUFFERED": "1",
    }


@asynccontextmanager
async def hub(link):
    """Serve the engine's graph from a process of its own; gives its address and its process."""
    serving = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub", "serve", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | graph_of(link),
    )
    try:
        line = (await serving.stdout.readline()).decode()
        yield line.split()[2].removesuffix("/graphql"), psutil.Process(serving.pid)
    finally:
        serving.terminate()
        await serving.wait()


async def interleaved(turns: dict[str, Turn], rounds: int) -> dict[str, float]:
    """Give the median milliseconds of each turn, taken one after another in every round."""
    took: dict[str, list[float]] = {name: [] for name in turns}
    for place in range(rounds + rounds // 10):
        for name, turn in turns.items():
            begun = time.perf_counter()
            await turn()
            if place >= rounds // 10:
                took[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(times) for name, times in took.items()}


async def compare(scale: str, folder: Path, rounds: int) -> None:
    """Measure and print."""
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await loaded(store, scale)
        link = store._engine.link
        keys = await store.read("MATCH (o:Outcome) RETURN o.key AS key LIMIT 20000")
        keys = [row["key"] for row in keys]
        async with (
            hub(link) as (url, process),
            aiohttp.ClientSession(url) as session,
            AsyncGraphDatabase.driver(link.uri, auth=link.auth, resolver=link.resolve) as driver,
        ):
            await ready(session)
            medians = await interleaved(turns(session, driver, link.database, keys), rounds)
            told(medians)
            print(f"hub memory                     {process.memory_info().rss / 1e6:8.0f} MB")


async def ready(session: aiohttp.ClientSession) -> None:
    """Wait until the hub reaches its graph."""
    for _ in range(200):
        async with session.get("/health/ready") as answer:
            if answer.status == 200:
                return
        await asyncio.sleep(0.05)
    raise SystemExit("the hub did not become ready")


def turns(session, driver, database, keys) -> dict[str, Turn]:
    """The questions: fifty keys and one key, over HTTP and through the bare driver, and a page of fifty."""
    known = FOREVER.replace("9999-12-31", "9999-12-30")

    async def over_http(query: str, **variables):
        async with session.post("/graphql", json={"query": query, "variables": variables}) as answer:
            body = await answer.json()
            assert "errors" not in body, body
            return body

    place: dict[str, str | None] = {"after": None}

    async def next_page():
        info = (await over_http(PAGE, **place))["data"]["outcomes"]["pageInfo"]
        place["after"] = info["endCursor"] if info["hasNextPage"] else None

    async def bare(count: int):
        chosen = random.sample(keys, count)
        found = await driver.execute_query(
            BARE, keys=chosen, known=known, on=today().isoformat(), database_=database
        )
        assert len(found.records) == count

    return {
        "bare driver, 50 keys": lambda: bare(50),
        "hub over HTTP, 50 keys": lambda: over_http(QUERY, keys=random.sample(keys, 50)),
        "bare driver, 1 key": lambda: bare(1),
        "hub over HTTP, 1 key": lambda: over_http(QUERY, keys=random.sample(keys, 1)),
        "hub over HTTP, page of 50": next_page,
    }


def told(medians: dict[str, float]) -> None:
    """Print the medians, the ratio at fifty keys and the difference at one."""
    for name, median in medians.items():
        print(f"{name:30} {median:8.2f} ms (median)")
    ratio = medians["hub over HTTP, 50 keys"] / medians["bare driver, 50 keys"]
    above = medians["hub over HTTP, 1 key"] - medians["bare driver, 1 key"]
    print(f"50 keys x 10 leaves            {ratio:8.2f} times the bare driver (promised: at most 3)")
    print(f"one row                        {above:8.2f} ms above it (promised: at most 2)")


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where a loaded graph is, or is to be, kept.")
@click.option("--rounds", default=300, show_default=True)
def main(scale: str, folder: Path | None, rounds: int) -> None:
    """Ask the hub and the bare driver the same, turn and turn about."""
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(compare(scale, folder or Path(temporary) / "data", rounds))


if __name__ == "__main__":
    main()
