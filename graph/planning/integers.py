"""Integers: amounts as the solver takes them, whole and not too large."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction as Ratio
from math import lcm
from typing import Final

LARGEST: Final = 2**58
"""The largest sum the solver is given; it counts in 64 bits."""


class TooLargeError(ValueError):
    """Amounts that do not fit the solver's integers."""


def denominator(amounts: Iterable[Ratio]) -> int:
    """Return what makes all amounts whole; `TooLargeError` where it is absurd."""
    return fitting(Ratio(lcm(1, *(amount.denominator for amount in amounts))))


def fitting(amount: Ratio) -> int:
    """Return a whole amount; `TooLargeError` where the solver could not add it up."""
    if abs(amount) > LARGEST:
        raise TooLargeError("amounts too large for a plan")
    return int(amount)
