"""The tour: real questions to the demo alliance, each a file anyone can paste into a client."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
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
    found = sorted(
        (file for file in TOUR.iterdir() if file.name.endswith(".graphql")), key=lambda file: file.name
    )
    return tuple(_stop(file.name.removesuffix(".graphql"), file.read_text("utf-8")) for file in found)


def _stop(name: str, text: str) -> Stop:
    zh, en, query = text.split("\n", 2)
    return Stop(name, zh.removeprefix("# zh: "), en.removeprefix("# en: "), query.strip() + "\n")
