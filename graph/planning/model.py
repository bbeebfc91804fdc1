"""The plan as an integer programme: its variables, and what binds them (R15, R17).

Credits enter as integers: amounts of 1/10,000 times the common denominator of the factors that touch them.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction as Ratio
from math import floor, lcm
from typing import Any, Final

from ortools.sat.python import cp_model

from graph.model.values import Key
from graph.planning.offers import Ceiling, Item, Offers
from graph.recognition.clashes import clashing

LARGEST: Final = 2**58
"""The largest sum the solver is given; it counts in 64 bits."""


class TooLargeError(ValueError):
    """Amounts that do not fit the solver's integers."""


class Model:
    """The variables and constraints of one plan; ``include`` are rules of which an application must give."""

    def __init__(self, offers: Offers, include: tuple[Key, ...] = ()) -> None:
        self.offers = offers
        self.model: Any = cp_model.CpModel()
        self.chosen = [self.model.new_bool_var(f"a{n}") for n in range(len(offers.candidates))]
        self.full = [self.model.new_bool_var(f"g{n}") for n in range(len(offers.items))]
        self.waived = self._waivable()
        self.binding: dict[int, list[Any]] = {place: [] for place in self.waived}
        self.steps: dict[int, Any] = {}
        self.credit = [self._credit(item) for item in offers.items]
        self.used = self._results()
        for ceiling in offers.ceilings:
            self._cap(ceiling)
        for place, waived in self.waived.items():
            self.model.add_bool_or([*self.binding[place], waived.negated()])
        self._choices()
        self._conflicts()
        for rule in include:
            self._include(rule)

    def given(self, item: Item) -> list[Any]:
        """Return the ways in which an item is given: with what it carries, or waived by a cap."""
        waived = self.waived.get(item.place)
        return [self.full[item.place], *((waived,) if waived is not None else ())]

    def decisions(self) -> list[Any]:
        """Return the variables that make up a plan."""
        return [*self.chosen, *self.full, *self.waived.values()]

    def _waivable(self) -> dict[int, Any]:
        """Return, for each item that a cap may turn into a waiver, whether one does."""
        under = {place for one in self.offers.ceilings if one.waives for place in one.uses}
        able = (self.offers.items[place] for place in sorted(under))
        return {item.place: self.model.new_bool_var(f"w{item.place}") for item in able if not item.elective}

    def _credit(self, item: Item) -> Any:
        """Return an item's credit if given: whole, or where a cap may cut it any multiple of the step."""
        full = self.full[item.place]
        capped = any(item.place in one.uses for one in self.offers.ceilings if one.by_credit)
        if not item.elective or not capped:
            return full * item.posting.credit
        most = item.posting.credit // item.step
        steps = self.steps[item.place] = self.model.new_int_var(0, most, f"s{item.place}")
        self.model.add(steps >= full)
        self.model.add(steps <= most * full)
        return steps * item.step

    def _results(self) -> dict[int, Any]:
        """Return, by place, whether a result is used (or may be: the fewest are sought)."""
        every = sorted({held.place for mask in self.offers.masks for held in self._chosen(mask)})
        found = {place: self.model.new_bool_var(f"r{place}") for place in every}
        for place, mask in enumerate(self.offers.masks):
            for held in self._chosen(mask):
                self.model.add_implication(self.chosen[place], found[held.place])
        return found

    def _chosen(self, mask: int) -> Iterable[Any]:
        return self.offers.question.chosen(mask)

    # --- What may be together -----------------------------------------------------------------------------

    def _choices(self) -> None:
        for item in self.offers.items:
            for way in self.given(item):
                self.model.add_implication(way, self.chosen[item.application])
            if item.place in self.waived:
                self.model.add_at_most_one(self.given(item))
        for items in self.offers.alone():
            ways = {way.index: way for item in items for way in self.given(item)}
            self.model.add_at_most_one(ways.values())
        for places, bound, left in self.offers.repeats():
            self._repeat(places, bound, max(left, 0))

    def _repeat(self, places: list[int], bound: list[int], left: int) -> None:
        if len(places) > left:
            total = self.model.add(sum(self.chosen[place] for place in places) <= left)
            if len(bound) < len(places):
                anyone = self.model.new_bool_var("")
                for place in bound:
                    self.model.add_implication(self.chosen[place], anyone)
                total.only_enforce_if(anyone)

    def _conflicts(self) -> None:
        """Without a programme, pair by pair; within one, by the results used."""
        for place in sorted(self.offers.barred):
            self.model.add(self.chosen[place] == 0)
        if not self.offers.question.context.programme:
            for one, other in self.offers.conflicts():
                self.model.add_at_most_one(self.chosen[one], self.chosen[other])
            return
        question = self.offers.question
        for place in self.used:
            self._once(place)
            for held in question.chosen(clashing(question, question.helds[place])):
                if held.place in self.used and held.place > place:
                    self.model.add_at_most_one(self.used[place], self.used[held.place])

    def _once(self, place: int) -> None:
        """One application of a result, but that sharable ones may use it together."""
        users = [n for n, mask in enumerate(self.offers.masks) if mask >> place & 1]
        alone = [self.chosen[n] for n in users if not self.offers.candidates[n].sharable]
        sharing = [self.chosen[n] for n in users if self.offers.candidates[n].sharable]
        for together in [[*alone, one] for one in sharing] if alone and sharing else [alone]:
            if len(together) > 1:
                self.model.add_at_most_one(together)

    def _include(self, rule: Key) -> None:
        own = [item for item in self.offers.items if self.offers.candidates[item.application].rule == rule]
        self.model.add_bool_or([way for item in own for way in self.given(item)])

    # --- Caps -----------------------------------------------------------------------------------------------

    def _cap(self, ceiling: Ceiling) -> None:
        if not ceiling.uses:
            return
        if not ceiling.by_credit:
            items = [self.offers.items[place] for place, use in ceiling.uses.items() if use]
            ways = [way for item in items for way in self.given(item)]
            self.model.add(sum(ways) <= floor(ceiling.left))
            return
        items = [self.offers.items[place] for place in ceiling.uses]
        whole = [ceiling.uses[item.place] * item.posting.credit for item in items]
        scale = denominator([*ceiling.uses.values(), *whole, ceiling.left])
        most = fitting(sum(whole, Ratio(0)) * scale)
        total = self.model.new_int_var(0, min(most, floor(ceiling.left * scale)), f"c{ceiling.name}")
        parts = (self.credit[item.place] * int(ceiling.uses[item.place] * scale) for item in items)
        self.model.add(total == sum(parts))
        for item, amount in zip(items, whole, strict=True):
            self._waiver(ceiling, item, total, floor((ceiling.left - amount) * scale))

    def _waiver(self, ceiling: Ceiling, item: Item, total: Any, room: int) -> None:
        """A waiver needs a cap that waives and binds, and no cap that binds may refuse.

        What is waived is not in the total, so that a cap binds if the total is over what it left room for.
        """
        waived = self.waived.get(item.place)
        if waived is None:
            return
        if not ceiling.waives:
            self.model.add(total <= room).only_enforce_if(waived)
            return
        binds = self.model.new_bool_var(f"b{item.place} {ceiling.name}")
        self.model.add(total > room).only_enforce_if(binds)
        self.binding[item.place].append(binds)


def denominator(amounts: Iterable[Ratio]) -> int:
    """Return what makes all amounts whole; `TooLargeError` where it is absurd."""
    return fitting(Ratio(lcm(1, *(amount.denominator for amount in amounts))))


def fitting(amount: Ratio) -> int:
    """Return a whole amount; `TooLargeError` where the solver could not add it up."""
    if abs(amount) > LARGEST:
        raise TooLargeError("amounts too large for a plan")
    return int(amount)
