"""Limits: how far a search may go. Passing one is said in the answer, and is never a wrong verdict."""

from __future__ import annotations

OPTIONS = 400
"""Ways to meet one clause, and assignments of one alternative, that are kept."""

RULE_STEPS = 100_000
"""Search steps for one rule version."""

WORLD_STEPS = 20_000
"""Search steps for one rule version in one world of silent sources."""

POOL_STEPS = 5_000
"""Search steps for one pool in one order of its results."""

BEAM = 48
"""Evidence sets carried on from clause to clause once not all of them can be."""

ALWAYS = 8
"""What is tried of each kind even when the steps are spent."""

QUESTION_STEPS = 1_000_000
"""Search steps for one question as known, and as many for all its worlds."""

SHOWN = 60
"""Results shown under one clause of a tree; the others are counted."""

SILENT_SETS = 2_000
"""Sets of silent sources tried for the smallest that decide (R20)."""

COPIES = 60
"""Imagined results of one repeatable outcome in the best world (R20)."""


REVERSED = 2_000
"""Sets of outcomes that are compared for one target, over all rules (R22)."""


class Budget:
    """Steps left for one rule version, out of those left for the question."""

    def __init__(self, *, rule_steps: int = RULE_STEPS) -> None:
        self._question = QUESTION_STEPS
        self._most = rule_steps
        self._rule = rule_steps

    def next_rule(self) -> None:
        """Give the next rule version its steps, as far as the question has any."""
        self._rule = min(self._most, self._question)

    @property
    def exhausted(self) -> bool:
        """Tell whether the question has no steps left at all."""
        return self._question < 0

    def spend(self, steps: int = 1) -> bool:
        """Take steps; tell whether there were any left."""
        self._rule -= steps
        self._question -= steps
        return self._rule >= 0
