"""Counts of persons: the one place that decides which are told.

Counts of rules, outcomes and institutions are told whatever they are. A count of persons below five could
point at somebody, so it is hidden: `PersonCount` is the only shape in which the API may count persons, and
a test walks the schema for any other.
"""

from __future__ import annotations

import re
from typing import Final

import strawberry

from schema.permissions import PUBLIC, decided

FEWEST: Final = 5
"""The smallest count of persons that is told."""

PERSONS: Final = re.compile(
    r"person|people|learner|student|teacher|holder|applicant|graduate|人数|学习者|学员|学生|教师|持有人"
)
"""What a count of persons is called, in a field's name or description."""


@strawberry.type(description="How many persons: told from five on, hidden below 少于五人不显示.")
@decided(PUBLIC)
class PersonCount:
    """How many persons."""

    told: int | None = strawberry.field(description="The count; null where it is below five.")
    hidden: bool = strawberry.field(description="Whether it is below five; nought is hidden as well.")


def count_of_persons(count: int) -> PersonCount:
    """Tell a count of persons, or hide it."""
    hidden = count < FEWEST
    return PersonCount(told=None if hidden else count, hidden=hidden)
