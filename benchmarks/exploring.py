"""What the inventory costs: how long it takes to read, what it weighs, and how long its answers take.

python -m benchmarks.exploring --scale small
python -m benchmarks.exploring --scale national --folder DATA   # a folder that holds a loaded graph
"""

import asyncio
import tempfile
import time
from pathlib import Path

import click
import psutil

from benchmarks.questions import loaded
from graph.directory import Directory
from graph.engines import EngineSettings, choose
from graph.exchange.invention.scale import SCALES
from graph.inventory import Inventory
from graph.layout import CATALOG
from graph.model.outcomes import Outcome
from graph.moment import moment
from graph.picking import one_of, passing, pick
from graph.publication import Publication
from graph.ranking import OrderBy
from graph.store import Store


def timed(name, begun):
    print(f"{name:44} {(time.perf_counter() - begun) * 1000:9.1f} ms")


async def measure(scale: str, folder: Path) -> None:
    async with Store(choose(EngineSettings(folder=folder)), CATALOG.prepare) as store:
        await loaded(store, scale)
        at = moment(await Publication(store).latest())
        directory = Directory(store)
        await directory.fences(Outcome, at.published)
        inventory, process = Inventory(store, directory), psutil.Process()
        weight, begun = process.memory_info().rss, time.perf_counter()
        versions = await inventory.versions(Outcome, at.published)
        timed(f"read {len(versions)} versions of outcomes", begun)
        print(f"{'they weigh':44} {(process.memory_info().rss - weight) / 1e6:9.1f} MB")
        begun = time.perf_counter()
        view = await inventory.live(Outcome, at)
        timed("choose the live ones (once a day and moment)", begun)
        for name in ("first", "again"):
            begun = time.perf_counter()
            found = pick(view, [one_of("kind", ["EXAM"])], OrderBy.TITLE, None, 51, True)
            timed(f"a page of {len(found)} exams by title, {name}", begun)
        begun = time.perf_counter()
        counted = passing(view, [one_of("kind", ["COURSE"]), one_of("status", ["PUBLISHED"])])
        timed(f"count {len(counted)} by two tests", begun)


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where a loaded graph is, or is to be, kept.")
def main(scale: str, folder: Path | None) -> None:
    """Read the outcomes of an alliance into an inventory, and ask it."""
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(measure(scale, folder or Path(temporary) / "data"))


if __name__ == "__main__":
    main()
