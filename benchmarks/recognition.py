"""What questions of recognition take: over HTTP, cold and warm, and what the serving hub's memory comes to.

python benchmarks/recognition.py --scale small
python benchmarks/recognition.py --scale national --folder DATA   # a folder that holds a loaded graph

Cold is the first time a thing is asked of a hub just started, warm the same questions again.
"""

import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp
import click
from questions import hub, loaded, ready

from graph.engines import EngineSettings, choose
from graph.exchange.invention.scale import SCALES
from graph.layout import CATALOG
from graph.store import Store

EQUIVALENTS = """query($outcome: Key!, $region: Key) { equivalents(outcome: $outcome, region: $region,
  first: 20) { truncated institutionsAsked pageInfo { hasNextPage endCursor }
  suffices { ...one } alsoNeeds { ...one } } }
  fragment one on OutcomeSet { ruleCode version outcomeKeys verdict conditions credit { amount scheme }
    target { targetKind targetKey } }"""
WHAT_IF = """query($institution: Key!, $programme: Key!, $results: [ResultInput!]!) {
  whatIf(institution: $institution, programme: $programme, results: $results) { others
  judged(first: 200) { nodes { ruleCode version verdict why evidenceIds credit { amount scheme } } } } }"""
LARGEST = (
    "MATCH (i:Institution)<-[:RECEIVED_BY]-(v:RuleVersion) "
    "RETURN i.key AS key, count(v) AS rules ORDER BY rules DESC LIMIT 1"
)
PROGRAMME = (
    "MATCH (:Institution {key: $key})<-[:OF_INSTITUTION]-(v:ProgrammeVersion) "
    "RETURN v.key AS key ORDER BY key LIMIT 1"
)
PROVINCES = (
    "MATCH (i:InstitutionVersion)-[:IN_REGION]->(r:Region) RETURN r.key AS key, count(i) AS n "
    "ORDER BY n DESC, key LIMIT 31"
)
NAMED = "MATCH (v:RuleVersion)-[]->(o:Outcome) WITH v, o LIMIT 40000 RETURN DISTINCT o.key AS key"


async def compare(scale: str, folder: Path, rounds: int) -> None:
    """Measure and print."""
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await loaded(store, scale)
        largest = (await store.read(LARGEST, within=60))[0]
        programme = (await store.read(PROGRAMME, key=largest["key"]))[0]["key"]
        asked = sorted(row["key"] for row in await store.read(NAMED, within=120))
        regions = [row["key"] for row in await store.read(PROVINCES, within=60)]
        async with hub(store._engine.link) as (url, process), aiohttp.ClientSession(url) as session:
            await ready(session)
            ask = _asker(session)
            print(f"an institution of {largest['rules']} rules")
            await _what_if(ask, largest["key"], programme, asked, rounds)
            print(f"hub memory                       {process.memory_info().rss / 1e6:8.0f} MB")
            await _equivalents(ask, asked, regions, rounds)
            print(f"hub memory                       {process.memory_info().rss / 1e6:8.0f} MB")


def _asker(session: aiohttp.ClientSession):
    async def ask(query: str, **variables):
        begun = time.perf_counter()
        async with session.post("/graphql", json={"query": query, "variables": variables}) as answer:
            body = await answer.json()
        assert "errors" not in body, body
        return (time.perf_counter() - begun) * 1000, body["data"]

    return ask


async def _what_if(ask, institution: str, programme: str, asked: list[str], rounds: int) -> None:
    dice = random.Random(7)
    took, judged = [], 0
    for _ in range(rounds + 1):
        results = [
            {
                "resultId": f"r{n}",
                "outcome": key,
                "completion": {"firstDay": "2023-05-01", "lastDay": "2023-05-01"},
            }
            for n, key in enumerate(dice.sample(asked, 60))
        ]
        milliseconds, data = await ask(WHAT_IF, institution=institution, programme=programme, results=results)
        judged = max(judged, len(data["whatIf"]["judged"]["nodes"]))
        took.append(milliseconds)
    _told("whatIf of 60 results, cold", took[:1], 600)
    _told(f"whatIf of 60 results, resident (<= {judged} rows)", took[1:], 50)


async def _equivalents(ask, asked: list[str], regions: list[str], rounds: int) -> None:
    dice = random.Random(8)
    questions = [(key, dice.choice([None, *regions])) for key in dice.sample(asked, min(rounds, len(asked)))]
    await ask(EQUIVALENTS, outcome=asked[0], region=None)
    for name, promised in (("cold", None), ("warm", 10)):
        took, sets = [], 0
        for outcome, region in questions:
            milliseconds, data = await ask(EQUIVALENTS, outcome=outcome, region=region)
            found = data["equivalents"]
            sets += len(found["suffices"]) + len(found["alsoNeeds"])
            took.append(milliseconds)
        _told(f"equivalents, {name} ({sets} sets of {len(questions)})", took, promised)


def _told(name: str, took: list[float], promised: int | None) -> None:
    last = sorted(took)[int(len(took) * 0.95)]
    promise = f" (promised: within {promised})" if promised else ""
    print(f"{name:48} p50 {statistics.median(took):8.1f} ms, p95 {last:8.1f} ms{promise}")


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where a loaded graph is, or is to be, kept.")
@click.option("--rounds", default=100, show_default=True)
def main(scale: str, folder: Path | None, rounds: int) -> None:
    """Ask a hub questions of recognition, cold and warm."""
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(compare(scale, folder or Path(temporary) / "data", rounds))


if __name__ == "__main__":
    main()
