"""How many sets of results a process judges in a second, by `evaluate` on the demo alliance.

python benchmarks/many_sets.py --sets 4000 --each 10
"""

import asyncio
import random
import tempfile
import time
from pathlib import Path

import click
import psutil

from graph.engines import EngineSettings, choose
from graph.exchange.importing import import_bundle
from graph.layout import CATALOG
from graph.store import Store
from hub.evaluate_rows import groups
from hub.evaluating import TOGETHER, Evaluation

DEMO = Path(__file__).parents[1] / "hub" / "demo" / "alliance"
GIVEN = {
    "institution": "alliance:-:OUC",
    "programme": "ouc-programme:2021:LOG-Z",
    "validOn": "2024-03-01",
}


async def measure(sets: int, each: int) -> None:
    """Load, draw and judge."""
    with tempfile.TemporaryDirectory() as folder:
        async with Store(choose(EngineSettings(folder=Path(folder))), CATALOG.prepare) as store:
            await store.ready(60)
            assert (await import_bundle(store, DEMO)).ok
            rows = await store.read("MATCH (o:Outcome) RETURN o.key AS key ORDER BY key")
            found = list(groups(drawn([row["key"] for row in rows], sets, each)))
            evaluation, count = Evaluation(store, GIVEN), 0
            clock, begun = time.perf_counter(), time.process_time()
            for start in range(0, len(found), TOGETHER):
                async for _ in evaluation.rows(found[start : start + TOGETHER]):
                    count += 1
            took, clock = time.process_time() - begun, time.perf_counter() - clock
    print(f"{sets} sets of {each}, {count / sets:.1f} verdicts a set")
    print(f"sets a second      {sets / clock:8.0f} by the clock, {sets / took:.0f} of processor time")
    print(f"memory             {psutil.Process().memory_info().rss / 1e6:8.0f} MB")


def drawn(keys: list[str], sets: int, each: int):
    """Draw results: half of outcomes that the programme's rules are about, half of any."""
    chance = random.Random(1)
    about = [key for key in keys if key.startswith(("postal-cert", "cflp-cert", "onex", "selfstudy"))]
    line = 1
    for number in range(sets):
        for place, key in enumerate(chance.sample(about, each // 2) + chance.sample(keys, each - each // 2)):
            line += 1
            cells = {"set": f"s{number}", "resultId": f"r{place}", "outcome": key, "firstDay": "2023-06-01"}
            yield line, cells


@click.command()
@click.option("--sets", default=4_000, show_default=True)
@click.option("--each", default=10, show_default=True)
def main(sets: int, each: int) -> None:
    """Measure and print."""
    asyncio.run(measure(sets, each))


if __name__ == "__main__":
    main()
