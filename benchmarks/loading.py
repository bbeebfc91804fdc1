"""Rows per second of a first and of an unchanged second import, beside the bare driver in the same run.

python benchmarks/loading.py --outcomes 30000            # a tenth of the national scale
python benchmarks/loading.py --outcomes 300000           # 1.27 million lines
"""

import asyncio
import json
import random
import resource
import tempfile
import time
from pathlib import Path

import click

from graph.engines import EngineSettings, choose
from graph.exchange.importing import import_bundle
from graph.layout import CATALOG
from graph.model.concepts import CONCEPTS
from graph.store import Store

BATCH = 5_000
PLAIN = (
    "UNWIND $rows AS r MATCH (o:PlainOutcome {key: r[0]}) MATCH (u:PlainUnit {key: r[1]}) "
    "CREATE (o)-[:PLAIN {key: r[2]}]->(u)"
)


class Bundle:
    """A bundle of the national scale's proportions, whatever its size."""

    def __init__(self, folder, outcomes, seed=7):
        self.folder, self.random = folder, random.Random(seed)
        self.outcomes, self.units = outcomes, max(outcomes // 20, 10)
        self.institutions, self.rules = max(outcomes // 100, 5), outcomes // 6
        self.lines = 0

    def write(self):
        self.file("schemes", self.schemes())
        self.file(
            "credit-schemes", [{"key": "cs", "title": {"zh": "学分"}, "step": "0.5", "rounding": "HALF_UP"}]
        )
        self.file("frameworks", [{"key": "fw:1:f", "title": {"zh": "框架"}, "levels": self.levels()}])
        self.file(
            "institutions",
            ({"key": f"in:-:{n}", "title": {"zh": f"第{n}学院"}} for n in range(self.institutions)),
        )
        self.file("units", map(self.unit, range(self.units)))
        self.file("outcomes", map(self.outcome, range(self.outcomes)))
        self.file("mappings", map(self.mapping, range(self.outcomes * 3)))
        self.file("rules", map(self.rule, range(self.rules)))
        manifest = {"bundle": 1, "source": "bench", "title": {"zh": "测"}, "mode": "full", "synthetic": True}
        (self.folder / "bundle.json").write_text(json.dumps(manifest))

    def file(self, name, rows):
        with (self.folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                self.lines += 1

    def schemes(self):
        names = {"in": "institution", "un": "unit", "oc": "outcome", "fw": "framework"}
        editions = [{"code": "-"}, {"code": "1"}]
        return [{"key": k, "title": {"zh": k}, "concept": c, "editions": editions} for k, c in names.items()]

    def levels(self):
        return [{"ordinal": n, "title": {"zh": f"{n}级"}} for n in range(1, 11)]

    def unit(self, n):
        statements = [
            {"code": str(i), "dimension": "k", "text": {"zh": f"能够完成第{n}项工作之{i}"}} for i in range(3)
        ]
        level = {"framework": "fw:1:f", "ordinal": n % 10 + 1}
        return {"key": f"un:1:{n}", "title": {"zh": f"单元{n}"}, "credit": {"amount": "2", "scheme": "cs"},
                "level": level, "owner": f"in:-:{n % self.institutions}", "statements": statements}  # fmt: skip

    def outcome(self, n):
        return {"key": f"oc:1:{n}", "title": {"zh": f"课程{n}", "en": f"Course {n}"}, "kind": "COURSE",
                "issuer": f"in:-:{n * 7919 % self.institutions}", "outcomeClass": "DEGREE",
                "credit": {"amount": str(n % 8 + 1), "scheme": "cs"},
                "level": {"framework": "fw:1:f", "ordinal": n % 10 + 1}}  # fmt: skip

    def mapping(self, n):
        return {
            "key": f"m{n}",
            "outcome": f"oc:1:{n // 3}",
            "unit": f"un:1:{(n * 104729) % self.units}",
            "whole": True,
        }

    def rule(self, n):
        asked = self.random.sample(range(self.outcomes), self.random.randint(1, 4))
        clauses = [{"kind": "OUTCOME", "outcome": f"oc:1:{one}"} for one in asked]
        grant = {"kind": "OUTCOME", "outcome": f"oc:1:{self.random.randrange(self.outcomes)}"}
        return {"key": f"r{n}", "institution": f"in:-:{n % self.institutions}",
                "alternatives": [{"clauses": clauses}], "grants": [grant]}  # fmt: skip


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
    print(f"  {done.loaded.tally.total()}")
    return lines / spent, busy / spent


async def run(outcomes, uri, folder):
    bundle = Bundle(folder, outcomes)
    bundle.write()
    print(f"{bundle.lines:,} lines")
    async with Store(choose(EngineSettings(uri=uri)), CATALOG.prepare) as store:
        await store.ready(60)
        first, busy = await timed(store, folder, bundle.lines)
        print(f"first load      {first:9,.0f} rows/s, this process busy {busy:.0%}")
        second, busy = await timed(store, folder, bundle.lines)
        print(f"unchanged load  {second:9,.0f} rows/s, this process busy {busy:.0%}")
        plain = await bare(store, min(outcomes, 50_000), min(bundle.units, 15_000))
        print(f"bare driver     {plain:9,.0f} rows/s (one edge a row, no checks, no versions)")
        print(f"first / bare {first / plain:.2f}, unchanged / bare {second / plain:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process {peak:,.0f} MB; {len(CONCEPTS)} concepts known")


@click.command()
@click.option("--outcomes", default=30_000, show_default=True, help="300000 is the national scale.")
@click.option("--graph", "uri", default=None, help="A Neo4j URI; without one the embedded engine.")
def main(outcomes, uri):
    """Print rows per second of a first and an unchanged import."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(outcomes, uri, Path(folder)))


if __name__ == "__main__":
    main()
