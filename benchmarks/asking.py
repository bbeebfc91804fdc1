"""How long researchers' questions take over HTTP: search, hierarchies, comparison; a row of `QUESTIONS` each.

python -m benchmarks.asking --scale small
python -m benchmarks.asking --scale national --folder DATA   # a folder that holds a loaded graph

Each question is asked of a hub in a process of its own, with other values each time, one after the other,
once the hub has read what it remembers of the publication; how long that took is told. The first asking of a
kind is told by itself. Refusals are counted: a question that is not answered in time has no figure.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import aiohttp
import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.questions import hub, loaded, ready
from benchmarks.search import QUERY as SEARCH
from benchmarks.search import questions as texts
from graph.engines import EngineSettings, choose
from graph.exchange.invention.scale import SCALES
from graph.layout import CATALOG
from graph.store import Store

KEYS = "MATCH (v:{label}Version) WHERE v.retractedAt >= '9999' RETURN v.key AS key LIMIT 20000"
TITLES = (
    "MATCH (v:OutcomeVersion) WHERE v.retractedAt >= '9999' "
    "RETURN v.key AS key, v.titleZh AS zh, v.titleEn AS en LIMIT 20000"
)


class Question(NamedTuple):
    """A question, and the concept whose keys it is asked about; none: it is asked about texts.

    ``other`` is the concept of what it is compared with.
    """

    query: str
    label: str | None
    other: str | None = None


GAPS = (
    "query($key: Key!) { industry(key: $key) "
    "{ gaps { industry { key } units mappedOutcomes namingRules empty } } }"
)
QUESTIONS = {
    "search, 20 of what is found": Question(SEARCH, None),
    "a page of the descendants of an industry": Question(
        "query($key: Key!) { industry(key: $key) "
        "{ descendants(first: 50) { nodes { key title { zh en } } } } }",
        "Industry",
    ),
    "what is in the subtree of an industry": Question(
        "query($key: Key!) { industry(key: $key) "
        "{ subtreeCounts { descendants units outcomes rules } ancestors { key } } }",
        "Industry",
    ),
    "what is in the subtree of a region": Question(
        "query($key: Key!) { region(key: $key) "
        "{ subtreeCounts { descendants institutions outcomes rules } } }",
        "Region",
    ),
    "gaps below an industry": Question(GAPS, "Industry"),
    "coverage of a unit": Question(
        "query($key: Key!) { unit(key: $key) "
        "{ coverage { allMappingsRead statements { coveredBy { key } } uncovered { code } } } }",
        "Unit",
    ),
    "comparability of a unit and an outcome": Question(
        "query($key: Key!, $other: Key!) { comparability(unit: $key, outcome: $other) "
        "{ credit { comparison } level { comparison } mappings { key } } }",
        "Unit",
        "Outcome",
    ),
    "comparison of two framework editions": Question(
        "query($key: Key!, $other: Key!) { frameworkComparison(framework: $key, other: $other) "
        "{ levels { pairedBy } changes(first: 50) { totalCount } } }",
        "Framework",
        "Framework",
    ),
}


async def values(store: Store, question: Question, rounds: int) -> list[dict[str, str]]:
    """Choose what a question is asked about."""
    if question.label is None:
        rows = await store.read(TITLES, within=60)
        titles = [(row["zh"] or "", row["en"] or "") for row in rows]
        return [{"text": text} for text in texts(titles, [row["key"] for row in rows], rounds)]
    dice, labels = random.Random(7), {"key": question.label, "other": question.other}
    keys = {name: await known(store, label) for name, label in labels.items() if label}
    return [{name: dice.choice(some) for name, some in keys.items()} for _ in range(rounds)]


async def known(store: Store, label: str) -> list[str]:
    """Give keys of a concept."""
    return sorted(row["key"] for row in await store.read(KEYS.format(label=label), within=60))


async def asked(session: aiohttp.ClientSession, query: str, variables: dict[str, str]) -> float | str:
    """Ask once; gives the milliseconds, or the code of a refusal."""
    begun = time.perf_counter()
    async with session.post("/graphql", json={"query": query, "variables": variables}) as answer:
        body = await answer.json()
    if "errors" in body:
        return body["errors"][0]["extensions"]["code"]
    return (time.perf_counter() - begun) * 1000


async def searchable(session: aiohttp.ClientSession) -> None:
    """Wait until the hub's first search index is made."""
    for _ in range(600):
        async with session.post("/graphql", json={"query": SEARCH, "variables": {"text": "a"}}) as answer:
            if "errors" not in await answer.json():
                return
        await asyncio.sleep(0.1)
    raise SystemExit("the search did not become ready")


async def remembering(session: aiohttp.ClientSession, industry: str) -> None:
    """Wait until the hub has read what it remembers: the gaps of an industry need the last of it."""
    begun = time.perf_counter()
    while isinstance(await asked(session, GAPS, {"key": industry}), str):
        if time.perf_counter() - begun > 120:
            raise SystemExit("the hub did not read what it remembers")
    print(f"read what is remembered, after {time.perf_counter() - begun:.1f} s", flush=True)


def told(name: str, first: float | str, others: list[float | str]) -> None:
    """Print a row."""
    took = [one for one in others if isinstance(one, float)]
    refused = Counter(one for one in (first, *others) if isinstance(one, str))
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [float("nan")] * 99
    begun = f"first {first:8.1f} ms" if isinstance(first, float) else ""
    why = ", ".join(f"{count} times {code}" for code, count in refused.items())
    print(f"{name:44} p50 {cuts[49]:8.2f}   p95 {cuts[94]:8.2f}   {begun}   {why}", flush=True)


async def measure(scale: str, folder: Path, rounds: int) -> None:
    """Ask every question."""
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await loaded(store, scale)
        async with hub(store._engine.link) as (url, _), aiohttp.ClientSession(url) as session:
            await ready(session)
            await searchable(session)
            await remembering(session, (await known(store, "Industry"))[0])
            for name, question in QUESTIONS.items():
                first, *others = await values(store, question, rounds + 1)
                begun = await asked(session, question.query, first)
                told(name, begun, [await asked(session, question.query, given) for given in others])


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where a loaded graph is, or is to be, kept.")
@click.option("--rounds", default=300, show_default=True)
def main(scale: str, folder: Path | None, rounds: int) -> None:
    """Ask researchers' questions over HTTP."""
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(measure(scale, folder or Path(temporary) / "data", rounds))


if __name__ == "__main__":
    main()
