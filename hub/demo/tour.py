"""The tour: real questions to the demo alliance, each a file anyone can paste into a client."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

TOUR: Final = files("hub.demo") / "stops"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the tour: its name, what it shows in both languages, and the query as it is sent."""

    name: str
    zh: str
    en: str
    query: str


def stops() -> tuple[Stop, ...]:
    """Read the stops in order; a file begins with the lines ``# zh: ...`` and ``# en: ...``."""
    return _read(TOUR)


def learners_stops() -> tuple[Stop, ...]:
    """Read the stops that need the members' sources: they are about one of the demo's learners."""
    return _read(TOUR / "learners")


def _read(folder: Traversable) -> tuple[Stop, ...]:
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".graphql")), key=lambda file: file.name
    )
    return tuple(_stop(file.name.removesuffix(".graphql"), file.read_text("utf-8")) for file in found)


def _stop(name: str, text: str) -> Stop:
    zh, en, query = text.split("\n", 2)
    return Stop(name, zh.removeprefix("# zh: "), en.removeprefix("# en: "), query.strip() + "\n")
