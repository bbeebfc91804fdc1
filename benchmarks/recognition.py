"""What questions of recognition take: over HTTP, cold and warm, and what the serving hub's memory comes to.

python benchmarks/recognition.py --scale small
python benchmarks/recognition.py --scale national --folder DATA   # a folder that holds a loaded graph

Each hub is first left to make what it makes in the background (the search's index, who names what). Of
`whatIf`, cold is then the first question of all, so that the rule book and the document are read too;
resident are random questions after it. Of `equivalents`, cold is the first time a question is asked, warm the
same ones again. The processor's time is the hub's alone, in steps of 10 ms and so a mean; it says more on a
machine that is shared.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp
import click
import psutil
from asking import remembering
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
MANY = """query($institution: Key!, $programme: Key!, $sets: [ResultSetInput!]!) {
  whatIfMany(institution: $institution, programme: $programme, resultSets: $sets) { setName answer { others
  judged(first: 8) { nodes { ruleCode version verdict why evidenceIds credit { amount scheme } } } } } }"""
SEARCH = '{ search(text: "logistics") { __typename } }'
INDUSTRY = "{ industries(first: 1) { nodes { key } } }"
SETS = 200
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
HOME = "MATCH (:Institution {key: $key})-[:VERSION]->()-[:IN_REGION]->(r:Region) RETURN r.key AS key"
NAMED = "MATCH (v:RuleVersion)-[]->(o:Outcome) WITH v, o LIMIT 40000 RETURN DISTINCT o.key AS key"


async def compare(scale: str, folder: Path, rounds: int, starts: int) -> None:
    """Measure and print."""
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await loaded(store, scale)
        largest = (await store.read(LARGEST, within=60))[0]
        programme = (await store.read(PROGRAMME, key=largest["key"]))[0]["key"]
        asked = sorted(row["key"] for row in await store.read(NAMED, within=120))
        regions = [row["key"] for row in await store.read(PROVINCES, within=60)]
        home = {row["key"] for row in await store.read(HOME, key=largest["key"])}
        away = [region for region in regions if region not in home][-1]
        place = {"institution": largest["key"], "programme": programme}
        print(f"an institution of {largest['rules']} rules; load {os.getloadavg()[0]:.1f}")
        cold = []
        for last in (*[False] * (starts - 1), True):
            async with hub(store._engine.link) as (url, process), aiohttp.ClientSession(url) as session:
                ask = _asker(session, process)
                await _warmed(session, ask, asked[0], away)
                cold.append(await ask(WHAT_IF, **place, results=_results(random.Random(6), asked, 60)))
                if last:
                    _told("whatIf of 60 results, cold", cold, 600)
                    await _what_if(ask, place, asked, rounds)
                    await _many(ask, place, asked, min(rounds, 10))
                    print(f"hub memory                       {process.memory_info().rss / 1e6:8.0f} MB")
                    await _equivalents(ask, asked, regions, rounds)
                    print(f"hub memory                       {process.memory_info().rss / 1e6:8.0f} MB")


async def _warmed(session: aiohttp.ClientSession, ask, outcome: str, away: str) -> None:
    """Wait until a hub just started has made what it makes in the background; ``away`` is another region."""
    await ready(session)
    for _ in range(120):
        async with session.post("/graphql", json={"query": SEARCH}) as answer:
            if "errors" not in await answer.json():
                break
        await asyncio.sleep(1)
    await ask(EQUIVALENTS, outcome=outcome, region=away)
    async with session.get("/graphql", params={"query": INDUSTRY}) as answer:
        [industry] = (await answer.json())["data"]["industries"]["nodes"]
    await remembering(session, industry["key"])


def _asker(session: aiohttp.ClientSession, process: psutil.Process):
    """Make what asks: it gives the milliseconds by the clock, those of the hub's processor, and the data."""

    async def ask(query: str, **variables):
        before, begun = process.cpu_times(), time.perf_counter()
        async with session.post("/graphql", json={"query": query, "variables": variables}) as answer:
            body = await answer.json()
        took, after = (time.perf_counter() - begun) * 1000, process.cpu_times()
        assert "errors" not in body, body
        return took, (after.user + after.system - before.user - before.system) * 1000, body["data"]

    return ask


def _results(dice: random.Random, asked: list[str], count: int) -> list[dict]:
    days = {"firstDay": "2023-05-01", "lastDay": "2023-05-01"}
    return [
        {"resultId": f"r{n}", "outcome": key, "completion": days}
        for n, key in enumerate(dice.sample(asked, count))
    ]


async def _what_if(ask, place: dict, asked: list[str], rounds: int) -> None:
    dice = random.Random(7)
    took = [await ask(WHAT_IF, **place, results=_results(dice, asked, 60)) for _ in range(rounds)]
    rows = max(len(data["whatIf"]["judged"]["nodes"]) for *_, data in took)
    _told(f"whatIf of 60 results, resident (<= {rows} rows)", took, 50)


async def _many(ask, place: dict, asked: list[str], rounds: int) -> None:
    dice = random.Random(9)
    took = []
    for _ in range(rounds):
        sets = [{"setName": f"s{n}", "results": _results(dice, asked, 10)} for n in range(SETS)]
        took.append(await ask(MANY, **place, sets=sets))
    _told(f"whatIfMany of {SETS} sets of 10", took, None)
    rates = [SETS * 1000 / sum(one[of] for one in took) * len(took) for of in (0, 1)]
    print(f"  sets a second: {rates[0]:.0f} by the clock, {rates[1]:.0f} of processor time (promised: 200)")


async def _equivalents(ask, asked: list[str], regions: list[str], rounds: int) -> None:
    dice = random.Random(8)
    questions = [(key, dice.choice([None, *regions])) for key in dice.sample(asked, min(rounds, len(asked)))]
    for name, promised in (("cold", None), ("warm", 10)):
        took, sets = [], 0
        for outcome, region in questions:
            took.append(await ask(EQUIVALENTS, outcome=outcome, region=region))
            found = took[-1][-1]["equivalents"]
            sets += len(found["suffices"]) + len(found["alsoNeeds"])
        _told(f"equivalents, {name} ({sets} sets of {len(questions)})", took, promised)


def _told(name: str, took: list, promised: int | None) -> None:
    clock = sorted(one[0] for one in took)
    promise = f" (promised: within {promised})" if promised else ""
    print(
        f"{name:48} p50 {statistics.median(clock):8.1f} ms, p95 {clock[int(len(clock) * 0.95)]:8.1f} ms, "
        f"of the hub's processor {statistics.fmean(one[1] for one in took):6.1f} ms{promise}"
    )


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where a loaded graph is, or is to be, kept.")
@click.option("--rounds", default=100, show_default=True)
@click.option("--starts", default=3, show_default=True, help="Hubs started, each for one cold question.")
def main(scale: str, folder: Path | None, rounds: int, starts: int) -> None:
    """Ask a hub questions of recognition, cold and warm."""
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(compare(scale, folder or Path(temporary) / "data", rounds, starts))


if __name__ == "__main__":
    main()
