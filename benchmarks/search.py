"""How long a search takes, through the whole schema, and how long the index takes to be made.

python benchmarks/search.py --scale small
python benchmarks/search.py --scale national --folder DATA   # a folder that holds a loaded graph

The invented titles repeat a good deal, so the bare index is measured over as many distinct titles too.
"""

import asyncio
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.questions import loaded
from graph.directory import Directory
from graph.engines import EngineSettings, choose
from graph.exchange.invention.scale import SCALES
from graph.exchange.invention.titles import FACETS, NAMES, PLACES, TOPICS
from graph.inventory import Inventory
from graph.layout import CATALOG
from graph.moment import FOREVER, moment
from graph.publication import Publication
from graph.search.holdings import SEARCHED, Times, Version
from graph.search.index import Index
from graph.search.searching import Searching
from graph.search.spelling import cut, folded, pairs
from graph.store import Store
from schema.context import Context, Deadline
from schema.desk import Desk
from schema.execution import Execution, Question
from schema.loaders import Loaders
from schema.root import make_schema

QUERY = (
    "query($text: String!) { search(text: $text) "
    "{ nodes { key kind foundBy matched title { zh en } thing { __typename } } } }"
)
ALWAYS = Times("0001-01-01", "9999-12-31", "2026-01-01T00:00:00.000000Z", FOREVER)


def questions(titles, codes, count):
    """Pairs, runs, single characters, beginnings of words, two words, codes and whole titles, by turns."""
    dice = random.Random(7)
    texts = []
    while len(texts) < count:
        zh, en = dice.choice(titles)
        pieces, words = cut(folded(zh)), cut(folded(en)).words
        run = pieces.runs[0] if pieces.runs else "会计"
        word = dice.choice(words) if words else "a"
        texts += [dice.choice(list(pairs(run))), run[:3], run[0], word[: dice.randint(1, len(word))]]
        texts += [word, f"{run[:2]} {word[:3]}", " ".join(words[:2]), dice.choice(codes), zh, en]
    return [text for text in texts[:count] if text]


def told(name, took):
    """Print the median, the 95th percentile and the worst, in milliseconds."""
    cuts = statistics.quantiles(took, n=100)
    print(f"{name:34} p50 {cuts[49]:7.2f} ms   p95 {cuts[94]:7.2f} ms   worst {max(took):7.2f} ms")


def memory():
    """The peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def through_the_schema(store, rounds):
    """Ask one after another, as the hub does but for HTTP."""
    searching, publication, directory = (
        Searching(store, first_patience=300),
        Publication(store),
        Directory(store),
    )
    begun, before = time.perf_counter(), memory()
    lag = asyncio.create_task(stalls())
    index = await searching.index(await publication.latest())
    lag.cancel()
    print(f"index of {len(index):,} versions made in {time.perf_counter() - begun:.1f} s", end=", ")
    print(f"peak {before:.0f} -> {memory():.0f} MB, longest stall of the loop {max(STALLS):.0f} ms")
    held = index._holdings
    execution, took = Execution(make_schema()), []
    for text in questions(held.titles, held.keys, rounds):
        context = Context(request_id="bench", deadline=Deadline.after(20))
        stock = Inventory(store, directory)
        desk = Desk(store, stock)
        context.loaders = Loaders(store, publication, directory, stock, desk, searching)
        begun = time.perf_counter()
        answer = await execution.answer(Question(QUERY, None, {"text": text}), context)
        took.append((time.perf_counter() - begun) * 1000)
        assert "errors" not in answer.body, answer.body
    told("search through the schema", took)


STALLS = [0.0]


async def stalls():
    """Note by how much a wait of a millisecond was longer."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        STALLS.append((time.perf_counter() - begun) * 1000 - 1)


def distinct(count):
    """The bare index over so many titles of which none repeats."""
    versions = []
    for n in range(count):
        words = [words[n // step % len(words)] for words, step in zip(WORDS, STEPS, strict=True)]
        zh, en = "".join(zh for zh, _ in words), " ".join(en for _, en in words)
        versions.append(Version(f"x:1:O{n:06}", 0, 1, ALWAYS, (f"{zh}{n // 208_320 or ''}", f"{en} {n}")))
    begun, before = time.perf_counter(), memory()
    index = Index("2026-01-02", versions)
    print(f"{count:,} distinct titles indexed in {time.perf_counter() - begun:.1f} s", end=", ")
    print(f"peak {before:.0f} -> {memory():.0f} MB")
    at, took = moment("2026-06-01T00:00:00.000000Z"), []
    for text in questions(index._holdings.titles, index._holdings.keys, 2_000):
        begun = time.perf_counter()
        index.find(folded(text), SEARCHED, at, first=21)
        took.append((time.perf_counter() - begun) * 1000)
    told("bare index, distinct titles", took)


WORDS = (PLACES, NAMES, TOPICS, FACETS)
STEPS = (1, len(PLACES), len(PLACES) * len(NAMES), len(PLACES) * len(NAMES) * len(TOPICS))


async def run(scale, folder, rounds):
    """Measure one scale."""
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await loaded(store, scale)
        await through_the_schema(store, rounds)
    distinct(SCALES[scale].outcomes)


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where a loaded graph is, or is to be, kept.")
@click.option("--rounds", default=1_000, show_default=True)
def main(scale: str, folder: Path | None, rounds: int) -> None:
    """Search for pieces of titles, one question after another."""
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(run(scale, folder or Path(temporary) / "data", rounds))


if __name__ == "__main__":
    main()
