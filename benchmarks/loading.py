"""Rows per second of a first and of an unchanged second import, beside the bare driver in the same run.

python benchmarks/loading.py --scale small
python benchmarks/loading.py --scale national     # 1.27 million lines
"""

import asyncio
import resource
import tempfile
import time
from pathlib import Path

import click

from graph.engines import EngineSettings, choose
from graph.exchange.generating import generate
from graph.exchange.importing import import_bundle
from graph.exchange.invention.scale import SCALES
from graph.layout import CATALOG
from graph.store import Store

BATCH = 5_000
PLAIN = (
    "UNWIND $rows AS r MATCH (o:PlainOutcome {key: r[0]}) MATCH (u:PlainUnit {key: r[1]}) "
    "CREATE (o)-[:PLAIN {key: r[2]}]->(u)"
)


async def bare(store, outcomes, units):
    """The same number of mappings through the driver alone: two look-ups and one edge a row."""
    for label, count in (("PlainOutcome", outcomes), ("PlainUnit", units)):
        await store.define(f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE n.key IS UNIQUE")
        keys = [str(n) for n in range(count)]
        for start in range(0, count, BATCH):
            await store.write(
                f"UNWIND $rows AS k CREATE (:{label} {{key: k}})", rows=keys[start : start + BATCH]
            )
    rows = [[str(n // 3), str(n * 104729 % units), f"m{n}"] for n in range(outcomes * 3)]
    begun = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        await store.write(PLAIN, within=60, rows=rows[start : start + BATCH])
    return len(rows) / (time.perf_counter() - begun)


async def timed(store, folder, lines):
    begun, busy = time.perf_counter(), time.process_time()
    done = await import_bundle(store, folder)
    spent, busy = time.perf_counter() - begun, time.process_time() - busy
    if not done.ok:
        raise click.ClickException(str(done.report.findings[:3] or done.loaded))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {done.loaded.tally.total()}, peak memory {peak:,.0f} MB")
    return lines / spent, busy / spent


async def run(scale, seed, uri, folder, keep):
    size, lines = SCALES[scale], sum(generate(scale, seed, folder).values())
    print(f"{lines:,} lines, scale {scale}")
    async with Store(choose(EngineSettings(uri=uri, folder=keep)), CATALOG.prepare) as store:
        await store.ready(60)
        first, busy = await timed(store, folder, lines)
        print(f"first load      {first:9,.0f} rows/s, this process busy {busy:.0%}", flush=True)
        second, busy = await timed(store, folder, lines)
        print(f"unchanged load  {second:9,.0f} rows/s, this process busy {busy:.0%}", flush=True)
        plain = await bare(store, min(size.outcomes, 50_000), min(size.units, 15_000))
        print(f"bare driver     {plain:9,.0f} rows/s (one edge a row, no checks, no versions)")
        print(f"first / bare {first / plain:.2f}, unchanged / bare {second / plain:.2f}")


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the loaded graph in this folder.")
@click.option("--graph", "uri", default=None, help="A Neo4j URI; without one the embedded engine.")
def main(scale, seed, uri, keep):
    """Print rows per second of a first and an unchanged import."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(scale, seed, uri, Path(folder) / "bundle", keep))


if __name__ == "__main__":
    main()
