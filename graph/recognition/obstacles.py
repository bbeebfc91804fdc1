"""Obstacles: the first one names the verdict (R11); and which verdict is better than which (R1)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from graph.model.trees import Finding, Node, Reason
from graph.model.verdicts import Verdict


class Place(IntEnum):
    """Where an obstacle stands in the order of R11."""

    HELD = 1
    STATE = 2
    EXEMPTION = 3
    CLAUSES = 4
    GRADE = 5
    WINDOW = 6
    DENIAL = 7
    EXCLUSION = 8
    NOT_YET = 9
    UNVERIFIED = 10
    CONDITION = 11
    CAP = 12


class Obstacle(NamedTuple):
    """One obstacle: where it stands, the verdict it names, and why."""

    place: Place
    verdict: Verdict
    reason: Reason | None


def first_of(obstacles: Iterable[Obstacle]) -> Obstacle | None:
    """Return the first obstacle; None if there is none, and the rule is met."""
    first: Obstacle | None = None
    for one in obstacles:
        if first is None or one.place < first.place:
            first = one
    return first


def failing(nodes: Iterable[Node], place: Place, verdict: Verdict) -> list[Obstacle]:
    """Turn failing nodes into obstacles, and open ones into conditions."""
    found: list[Obstacle] = []
    for one in nodes:
        if one.finding is Finding.FAIL:
            found.append(Obstacle(place, verdict, one.reason))
        elif one.finding is Finding.OPEN:
            found.append(Obstacle(Place.CONDITION, Verdict.CONDITIONAL, one.reason))
    return found


_ORDER = (
    (Verdict.MEETS_RULE, True),
    (Verdict.CAPPED, True),
    (Verdict.UNDECIDED, False),
    (Verdict.CONDITIONAL, False),
    (Verdict.UNVERIFIED, False),
    (Verdict.CAPPED, False),
    (Verdict.EXCLUDED, False),
    (Verdict.ALREADY_HELD, False),
    (Verdict.DENIED, False),
    (Verdict.NOT_YET_VALID, False),
    (Verdict.PARTIAL, False),
    (Verdict.OUT_OF_WINDOW, False),
    (Verdict.SUPERSEDED, False),
    (Verdict.NOT_MET, False),
    (Verdict.NOT_EVALUATED, False),
)
_RANK = {verdict.value + str(gives): rank for rank, (verdict, gives) in enumerate(_ORDER)}


def rank(verdict: Verdict, gives: bool) -> int:
    """Return the place of a verdict in the order of R1, the best first."""
    return _RANK[verdict.value + str(gives)]
