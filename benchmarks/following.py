"""What a publication costs a running hub: to follow it or read all anew, and how long the loop stalls.

python -m benchmarks.following --scale small
python -m benchmarks.following --scale national --folder DATA   # a folder with a loaded graph; it is added to

A stall is by how much a wait of a millisecond was longer; what the machine itself adds is measured before,
while a thread only counts.
"""

import asyncio
import json
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path

import click

from benchmarks.questions import loaded
from graph.directory import Directory
from graph.engines import EngineSettings, choose
from graph.exchange.importing import import_bundle
from graph.exchange.invention.scale import SCALES
from graph.inventory import Inventory
from graph.layout import CATALOG
from graph.model.outcomes import Outcome
from graph.publication import Publication
from graph.search.searching import Searching
from graph.store import Store

CHANGED = 100


@asynccontextmanager
async def measured(name):
    """Print how long something took, and the longest stall meanwhile."""
    stalls = [0.0]

    async def watch():
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            stalls.append(time.perf_counter() - begun - 0.001)

    watching, begun = asyncio.create_task(watch()), time.perf_counter()
    yield
    took = time.perf_counter() - begun
    watching.cancel()
    print(f"{name:58} {took:7.2f} s   longest stall {max(stalls) * 1000:6.1f} ms")


def count():
    """Hold the interpreter as plain Python does."""
    return sum(number for number in range(20_000_000))


async def changes(store, folder):
    """Publish new titles for some outcomes that are there."""
    rows = await store.read(
        "MATCH (v:OutcomeVersion) WHERE v.retractedAt >= '9999' RETURN v.body AS body LIMIT $most",
        within=60, most=CHANGED,
    )  # fmt: skip
    lines = [json.loads(row["body"]) | {"title": {"en": f"Changed {time.time_ns()}"}} for row in rows]
    folder.mkdir()
    manifest = {"bundle": 1, "source": "bench", "title": {"en": "bench"}, "mode": "delta"}
    (folder / "bundle.json").write_text(json.dumps(manifest), "utf-8")
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "outcomes.jsonl").write_text(text, "utf-8")
    imported = await import_bundle(store, folder)
    assert imported.ok, imported.report


async def measure(scale: str, folder: Path, bundle: Path) -> None:
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await loaded(store, scale)
        directory, publication = Directory(store), Publication(store, lasts=0)
        inventory = Inventory(store, directory)
        searching = Searching(store, patience=600, first_patience=600)
        async with measured("the machine itself, while a thread counts"):
            await asyncio.to_thread(count)
        for name in ("read anew", f"followed, {CHANGED} outcomes changed"):
            published = await publication.latest()
            async with measured(f"inventory of outcomes, {name}"):
                versions = await inventory.versions(Outcome, published)
            async with measured(f"search index, {name}"):
                index = await searching.index(published)
            print(f"  {len(versions):,} versions of outcomes; {len(index):,} versions searched")
            if name == "read anew":
                await changes(store, bundle)


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where a loaded graph is, or is to be, kept.")
def main(scale: str, folder: Path | None) -> None:
    """Read an inventory and make a search index, publish something, and follow."""
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(measure(scale, folder or Path(temporary) / "data", Path(temporary) / "bundle"))


if __name__ == "__main__":
    main()
