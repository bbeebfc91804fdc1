"""A staged export of two million rows: how long it takes to write, what memory, and to ask by key.

python benchmarks/staged.py --rows 2000000
"""

import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

import click

from connectors.files.staging import Stage

KEY = b"0123456789abcdef0123456789abcdef"
EACH = 20


def rows(count):
    """Rows as they lie in an export, scattered over learners."""
    learners = count // EACH
    for n in range(count):
        code = f"{n * 7919 % learners:010}"
        yield code, f"{code},C{n % 997},Data structures,2.5,85,2023-2024-1".encode()


def asked(stage, codes):
    spent = []
    for code in codes:
        begun = time.perf_counter()
        found = sum(1 for _ in stage.rows(code))
        spent.append(time.perf_counter() - begun)
        if found != EACH:
            raise click.ClickException(f"{found} rows of a learner, not {EACH}")
    return spent


@click.command()
@click.option("--rows", "count", default=2_000_000, show_default=True)
def main(count):
    """Print the time to stage, the memory it took, and the median of a question by key."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        stage = Stage(Path(folder), KEY, 1).fill(rows(count), ("benchmark", count))
        spent = time.perf_counter() - begun
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
        draw = random.Random(7)
        told = asked(stage, [f"{draw.randrange(count // EACH):010}" for _ in range(2000)])
        stage.close()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"staged {count:,} rows at {count / spent:,.0f} rows/s, {size:,.0f} MB on disk")
    print(f"memory {after:,.0f} MB, {after - before:,.0f} above the start")
    print(f"a learner's {EACH} rows: median {statistics.median(told) * 1000:.2f} ms, "
          f"99th of 100 {statistics.quantiles(told, n=100)[98] * 1000:.2f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
