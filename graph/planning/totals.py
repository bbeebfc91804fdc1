"""Totals: the credit under a cap as a sum of the model, and what of it a waiver would need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction as Ratio
from itertools import pairwise
from math import floor, gcd
from typing import Any

from graph.planning.integers import denominator, fitting
from graph.planning.lots import Lot
from graph.planning.offers import Ceiling


class Total:
    """The credit that the lots under one cap are given, in whole multiples of what it can grow by.

    ``steps`` names the lots whose credit may be cut, ``credit`` is what each lot is given.
    """

    def __init__(
        self,
        model: Any,
        ceiling: Ceiling,
        under: Sequence[Lot],
        steps: Collection[int],
        credit: Sequence[Any],
    ) -> None:
        self.model = model
        self.waives = ceiling.waives
        whole = [ceiling.uses[lot.head.place] * lot.head.posting.credit for lot in under]
        scale = denominator([*(ceiling.uses[lot.head.place] for lot in under), *whole, ceiling.left])
        most = fitting(sum(whole, Ratio(0)) * scale)
        uses = [int(ceiling.uses[lot.head.place] * scale) for lot in under]
        self.amounts = {lot.place: int(amount * scale) for lot, amount in zip(under, whole, strict=True)}
        parts = (
            use * lot.head.step if lot.place in steps else self.amounts[lot.place]
            for lot, use in zip(under, uses, strict=True)
        )
        self.grows = gcd(*parts)
        self.left = floor(ceiling.left * scale) // self.grows * self.grows
        self.total = model.new_int_var(0, min(most, self.left), f"c{ceiling.name}")
        model.add(self.total == sum(credit[lot.place] * use for lot, use in zip(under, uses, strict=True)))

    def marks(self, waivable: Collection[int]) -> Mapping[int, Any]:
        """Return, by lot that may be waived, what is true only if the cap binds it; or, if it does not waive,
        only if it does not bind it.

        What is waived is not in the total, so that a cap binds if the total is over what it left room for.
        Lots of one amount have one mark; the larger the amount, the sooner a cap binds.
        """
        able = {place: amount for place, amount in self.amounts.items() if place in waivable}
        marks = {amount: self.model.new_bool_var("") for amount in sorted(set(able.values()))}
        (self._over if self.waives else self._within)(marks)
        return {place: marks[amount] for place, amount in able.items()}

    def _over(self, marks: Mapping[int, Any]) -> None:
        """A mark says that the total and its amount are over the cap."""
        needs = {amount: max(self.left + self.grows - amount, 0) for amount in sorted(marks, reverse=True)}
        self.model.add(self.total >= self._stairs(needs, marks))

    def _within(self, marks: Mapping[int, Any]) -> None:
        """A mark says that the total and its amount are within the cap."""
        self.model.add(self.total + self._stairs({amount: amount for amount in marks}, marks) <= self.left)

    def _stairs(self, heights: Mapping[int, int], marks: Mapping[int, Any]) -> Any:
        """Return the height of the highest step that is marked; with one, those below are marked too."""
        for below, above in pairwise(heights):
            self.model.add_implication(marks[above], marks[below])
        rises = zip(heights, (0, *heights.values()), strict=False)
        return sum((heights[amount] - before) * marks[amount] for amount, before in rises)
