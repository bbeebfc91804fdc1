"""Lint: what is suspect in a rule book by its text alone, whatever anybody holds."""

from __future__ import annotations

from enum import Enum

from graph.model.values import Key, Value


class Suspect(Enum):
    """What is suspect of a rule version."""

    NEVER_FIRES = "NEVER_FIRES"
    SHADOWED = "SHADOWED"
    OVERLAP = "OVERLAP"
    EQUAL_DENIAL = "EQUAL_DENIAL"
    LEVEL_LIFT = "LEVEL_LIFT"
    NO_FACTOR = "NO_FACTOR"
    REPEATABLE_TARGET = "REPEATABLE_TARGET"
    EXPIRES = "EXPIRES"
    DANGLING = "DANGLING"


class Cause(Enum):
    """Why a rule version, or one of its alternatives, never fires."""

    EMPTY_WINDOW = "EMPTY_WINDOW"
    RETIRED_OUTCOME = "RETIRED_OUTCOME"
    GRADE_UNREACHABLE = "GRADE_UNREACHABLE"
    POOL_TOO_LARGE = "POOL_TOO_LARGE"


class Warned(Value, frozen=True, kw_only=True):
    """One thing suspect of one rule version.

    ``alternative`` is the place of the alternative meant, None: the whole version; ``subject`` is what it is
    about: a key, a scheme, another version as ``key@version``, a day.
    """

    suspect: Suspect
    rule: Key
    version: int
    cause: Cause | None = None
    alternative: int | None = None
    subject: str = ""
