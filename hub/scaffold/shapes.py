"""Shapes: what all codes of a sample look like, its exports' names, and what stands in it again."""

from __future__ import annotations

import glob
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FEWEST: Final = 5
"""Codes that must be seen before they show a shape."""
MOST_RUNS: Final = 8

_CLASSES: Final = {"0": "[0-9]", "A": "[A-Z]", "a": "[a-z]"}
_RUN: Final = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[-_./: ]")
_DATE: Final = re.compile(r"\d+(?:[-_.]\d+)*")


@dataclass(frozen=True, slots=True)
class Shape:
    """What every code seen is made of: runs of signs of one kind, each so long at least and at most.

    ``seen`` is how many different ones were.
    """

    runs: tuple[tuple[str, int, int], ...]
    seen: int

    @property
    def pattern(self) -> str:
        """Give the regular expression that every code seen matches."""
        return "".join(_written(*run) for run in self.runs)

    def like(self, number: int) -> str:
        """Invent a code of this shape, another for each ``number`` of one digit."""
        return "".join(_invented(kind, low, number) for kind, low, _ in self.runs)


@dataclass(frozen=True, slots=True)
class Again:
    """How many pairs of learner and outcome there are, and how many of them stand at several times."""

    pairs: int
    repeated: int


def shape(codes: Iterable[str]) -> Shape | None:
    """Find what all codes look like: runs of letters, of digits, and signs between; None if not alike.

    Only of its own signs is a pattern made, so that no cell becomes a line of a declaration.
    """
    different = {code for code in codes if code}
    runs = [_RUN.findall(code) for code in different]
    if len(different) < FEWEST or not all("".join(each) in different for each in runs):
        return None
    kinds = {tuple(map(_kind, each)) for each in runs}
    if len(kinds) != 1 or len(runs[0]) > MOST_RUNS:
        return None
    lengths = [[len(each[at]) for each in runs] for at in range(len(runs[0]))]
    made = zip(next(iter(kinds)), lengths, strict=True)
    return Shape(tuple((kind, min(long), max(long)) for kind, long in made), len(different))


def _kind(run: str) -> str:
    if run[0].isdigit():
        return "0"
    if run[0].isalpha():
        return "A" if run[0].isupper() else "a"
    return run


def _written(kind: str, low: int, high: int) -> str:
    if kind not in _CLASSES:
        return re.escape(kind)
    return _CLASSES[kind] + (f"{{{low}}}" if low == high else f"{{{low},{high}}}")


def _invented(kind: str, low: int, number: int) -> str:
    if kind == "0":
        return str(number).rjust(low, "0")
    return chr(ord(kind) + number) * low if kind in _CLASSES else kind


def again(learners: Sequence[str], outcomes: Sequence[str] = (), times: Sequence[str] = ()) -> Again:
    """Count the pairs of learner and outcome that stand at several times; the same row twice is no resit."""
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for learner, outcome, time in zip(learners, outcomes, times, strict=False):
        if learner and outcome:
            pairs[learner, outcome].add(time)
    return Again(len(pairs), sum(len(times) > 1 for times in pairs.values()))


def names_like(sample: Path) -> str | None:
    """Give the pattern of exports named like a sample with a date or number in it; None without one."""
    parts = _DATE.split(sample.stem)
    if len(parts) < 2 or not "".join(parts):
        return None
    return "*".join(map(glob.escape, parts)) + sample.suffix
