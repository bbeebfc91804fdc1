"""Run the hub under a sampling profiler: python benchmarks/profiled.py FILE serve ...

From SIGUSR1 on it looks, after each tick of the processor's time the process takes, where its main thread
is: that slows nothing down, so what makes many small calls is not inflated. At the end the file holds the
shares by package, by module and by function; what the standard library does counts for its caller.
"""

import collections
import signal
import sys
import sysconfig
from pathlib import Path
from types import FrameType

from hub.cli import main

TICK = 0.001  # seconds; the system's own tick may be longer
SHOWN = 60
LIBRARIES, STANDARD = (sysconfig.get_path(each) for each in ("purelib", "stdlib"))

Place = tuple[str, str, str]
"""Package, module and function."""


class Samples:
    """Where the main thread was found."""

    def __init__(self) -> None:
        self.within: collections.Counter[Place] = collections.Counter()
        self.below: collections.Counter[Place] = collections.Counter()
        self.count = 0

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """Note one sample: where it is, and through which functions it came there."""
        places = []
        while frame is not None:
            place = placed(frame.f_code.co_filename, frame.f_code.co_qualname)
            if place is not None:
                places.append(place)
            frame = frame.f_back
        self.count += 1
        self.within[places[0] if places else ("other", "", "")] += 1
        self.below.update(set(places))

    def begin(self, *_: object) -> None:
        """Begin anew."""
        self.__init__()
        signal.signal(signal.SIGPROF, self.take)
        signal.setitimer(signal.ITIMER_PROF, TICK, TICK)

    def told(self) -> str:
        """Write the shares."""
        parts = [f"{self.count} samples"]
        for title, length in (("package", 1), ("module", 2), ("function", 3)):
            shares: collections.Counter[Place] = collections.Counter()
            for place, found in self.within.items():
                shares[place[:length]] += found
            parts.append(self._table(f"by {title}", shares))
        parts.append(self._table("by function, with all it calls", self.below))
        return "\n\n".join(parts)

    def _table(self, title: str, shares: collections.Counter[Place]) -> str:
        lines = [
            f"{100 * n / self.count:5.1f} %  {' '.join(place)}" for place, n in shares.most_common(SHOWN)
        ]
        return "\n".join([title, *lines])


def placed(file: str, function: str) -> Place | None:
    """Say where a function belongs; None for the standard library's."""
    if file.startswith(LIBRARIES):
        package, _, module = file[len(LIBRARIES) + 1 :].partition("/")
        return package, module, function
    if file == "<selection>":
        return "selection", "", function
    if file.startswith((STANDARD, "<")):
        return None
    return Path(file).parent.name, Path(file).name, function


def run(file: Path, *arguments: str) -> None:
    samples = Samples()
    signal.signal(signal.SIGUSR1, samples.begin)
    try:
        main(arguments, standalone_mode=False)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        file.write_text(samples.told(), "utf-8")


if __name__ == "__main__":
    run(Path(sys.argv[1]), *sys.argv[2:])
