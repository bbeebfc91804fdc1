"""Amounts of credit as integers of 1/10,000, exact fractions between schemes, and rounding once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as Ratio

from graph.model.schemes import Rounding
from graph.model.values import PLACES, Fraction

SCALE = 10**PLACES


def units(amount: Decimal) -> int:
    """Return ``amount`` in 1/10,000; amounts have at most 4 places, so nothing is lost."""
    return int(amount.scaleb(PLACES))


def plain(amount: int) -> Decimal:
    """Return ``amount`` of 1/10,000 as a decimal without idle zeros, so that equal amounts read alike."""
    whole, rest = divmod(amount, SCALE)
    return Decimal(f"{whole}.{rest:04d}".rstrip("0").rstrip("."))


def ratio(fraction: Fraction) -> Ratio:
    """Return a declared fraction as an exact number."""
    return Ratio(fraction.numerator, fraction.denominator)


def rounded(amount: Ratio, step: int, mode: Rounding) -> int:
    """Round to a multiple of ``step`` (R14)."""
    if amount.denominator == 1 and amount.numerator % step == 0:
        return amount.numerator
    steps = amount / step
    floor = steps.numerator // steps.denominator
    return step * (floor + _up(steps - floor, floor, mode))


def _up(rest: Ratio, floor: int, mode: Rounding) -> int:
    if mode is Rounding.DOWN or rest == 0:
        return 0
    if mode is Rounding.UP:
        return 1
    half = Ratio(1, 2)
    if rest == half and mode is Rounding.HALF_EVEN:
        return floor % 2
    return int(rest >= half)
