"""How large an invented alliance is, and the random numbers it is made from."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers of things; ``most_rules`` is how many rules the institution with the most has."""

    institutions: int
    units: int
    outcomes: int
    mappings: int
    rules: int
    most_rules: int

    @property
    def own(self) -> int:
        """How many outcomes each institution issues."""
        return self.outcomes // self.institutions

    @property
    def programmes(self) -> int:
        """How many programme versions each institution has."""
        return 2


SCALES = {
    "tiny": Scale(12, 40, 480, 1_200, 80, 30),
    "small": Scale(60, 300, 6_000, 18_000, 1_000, 150),
    "national": Scale(3_000, 15_000, 300_000, 900_000, 50_000, 2_000),
}


class Dice:
    """A named stream of random numbers; equal seeds and names give equal streams."""

    def __init__(self, seed: int, name: str) -> None:
        # Not for secrets: the point is that the same seed gives the same bytes.
        self._random = Random(f"{seed}/{name}")  # noqa: S311 - repeatable, no secret

    def below(self, limit: int) -> int:
        """Return a number from 0 to ``limit`` - 1, all equally likely."""
        return int(self._random.random() * limit)

    def few(self, limit: int) -> int:
        """Return a number from 0 to ``limit`` - 1, small ones far more likely."""
        return int(self._random.random() ** 3 * limit)

    def chance(self, percent: int) -> bool:
        """Tell, in ``percent`` of a hundred cases, yes."""
        return self.below(100) < percent

    def pick(self, among: tuple[str, ...]) -> str:
        """Return one of ``among``."""
        return among[self.below(len(among))]


def zipf(total: int, most: int, among: int) -> list[int]:
    """Share ``total`` out among so many, the first getting ``most``, the rest less and less, none under 1."""
    weights = [1 / (place + 1) ** 0.75 for place in range(1, among)]
    rest, whole = total - most, sum(weights)
    shares = [most, *(min(most, max(1, int(rest * weight / whole))) for weight in weights)]
    place = 1
    while sum(shares) != total:
        missing = total - sum(shares)
        step = max(-shares[place] + 1, min(missing, most - shares[place], max(1, abs(missing) // among)))
        shares[place] += step if missing > 0 else max(missing, -min(shares[place] - 1, 1))
        place = place % (among - 1) + 1
    return shares
