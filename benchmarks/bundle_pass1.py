"""How fast pass 1 validates a generated bundle, in lines a second of processor time on one core.

python benchmarks/bundle_pass1.py [tiny|small|national]
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from graph.exchange.codec import body, digest
from graph.exchange.examined import Examined
from graph.exchange.generating import generate
from graph.exchange.known import InMemory
from graph.exchange.opening import open_bundle
from graph.exchange.validation import validate


def timed(name, count, work):
    wall, busy = time.perf_counter(), time.process_time()
    outcome = work()
    wall, busy = time.perf_counter() - wall, time.process_time() - busy
    print(f"{name:28} {count:>9,} lines {wall:7.2f} s {busy:7.2f} s busy {count / busy:>9,.0f} lines/s busy")
    return outcome


def read_again(examined: Examined, hashing: bool):
    for place in range(len(examined.parts)):
        for batch in examined.accepted(place):
            if hashing:
                for thing in batch.things:
                    digest(body(thing))


def main(scale):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / scale
        count = sum(generate(scale, 1, path).values())
        with open_bundle(path) as bundle:
            examined = timed("pass 1", count, lambda: asyncio.run(validate(bundle, InMemory())))
            assert examined.report.ok
            timed("read again", count, lambda: read_again(examined, hashing=False))
            timed("read again, body and hash", count, lambda: read_again(examined, hashing=True))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "small")
