"""Run the hub under a profiler: python benchmarks/profiled.py FILE serve ...

What is counted begins anew at SIGUSR1; at the end the file holds where the main thread's time went.
"""

import cProfile
import io
import pstats
import signal
import sys
from pathlib import Path

from hub.cli import main


def run(file: Path, *arguments: str) -> None:
    profiler = cProfile.Profile()
    signal.signal(signal.SIGUSR1, lambda *_: profiler.clear())
    profiler.enable()
    try:
        main(arguments, standalone_mode=False)
    finally:
        profiler.disable()
        told = io.StringIO()
        for order in ("tottime", "cumulative"):
            pstats.Stats(profiler, stream=told).strip_dirs().sort_stats(order).print_stats(70)
        file.write_text(told.getvalue(), "utf-8")


if __name__ == "__main__":
    run(Path(sys.argv[1]), *sys.argv[2:])
