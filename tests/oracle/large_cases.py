"""Larger random questions for plans: drawn ones with many applications, and synthetic rule books."""

from __future__ import annotations

from cases import Case, random_plan_case

from benchmarks.plans import Drawn

LARGER = 1_000_000
"""Seeds from here on are none of those that plans are compared with the exhaustive best on."""


def large_case(seed: int) -> Case:
    """Every fourth question is a synthetic rule book with 24 results, the others are drawn."""
    if seed % 4:
        return random_plan_case(LARGER + seed)
    book, results, context = Drawn(seed, results=24, rules=(20, 40), candidates=(15, 60)).question()
    return Case(book, results, context)
