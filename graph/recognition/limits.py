"""Limits: how far a search may go. Passing one is said in the answer, and is never a wrong verdict."""

from __future__ import annotations

OPTIONS = 400
"""Ways to meet one clause, and assignments of one alternative, that are kept."""

RULE_STEPS = 40_000
"""Search steps for one rule version."""

QUESTION_STEPS = 1_500_000
"""Search steps for one question."""

SHOWN = 60
"""Results shown under one clause of a tree; the others are counted."""

SILENT_SETS = 2_000
"""Sets of silent sources tried for the smallest that decide (R20)."""

COPIES = 60
"""Imagined results of one repeatable outcome in the best world (R20)."""


class Budget:
    """Steps left for one rule version, out of those left for the question."""

    def __init__(self, steps: int = QUESTION_STEPS) -> None:
        self._question = steps
        self._rule = RULE_STEPS

    def next_rule(self) -> None:
        """Give the next rule version its steps, as far as the question has any."""
        self._rule = min(RULE_STEPS, max(self._question, OPTIONS))

    def spend(self, steps: int = 1) -> bool:
        """Take steps; tell whether there were any left."""
        self._rule -= steps
        self._question -= steps
        return self._rule >= 0
