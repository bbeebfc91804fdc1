"""Wishes: what is asked of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.model.values import Key
from graph.planning.goals import Objective

SECONDS: Final = 8.0
"""How long a plan is sought at most, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked of a plan: of what applications, what it is best at, with which rules, how long."""

    conditional: bool = False
    objective: Objective = Objective.MOST_CREDIT
    include: tuple[Key, ...] = ()
    seconds: float = SECONDS


DEFAULT: Final = Wishes()
