"""The plan as an integer programme: its variables, and what binds them (R15, R17).

Credits enter as integers: amounts of 1/10,000 times the common denominator of the factors that touch them.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import floor
from typing import Any

from ortools.sat.python import cp_model

from graph.model.values import Key
from graph.planning.lots import Lot, lots
from graph.planning.offers import Item, Offers
from graph.planning.totals import Total
from graph.recognition.clashes import clashing


class Model:
    """The variables and constraints of one plan; ``include`` are rules of which an application must give.

    ``chosen`` are by application, ``gives`` by item: whether its application gives it, in whatever way.
    ``full``, ``credit``, ``waived`` and ``steps`` are by lot: with what it carries, or waived by a cap.
    """

    def __init__(self, offers: Offers, include: tuple[Key, ...] = ()) -> None:
        self.offers = offers
        self.lots = lots(offers)
        self.model: Any = cp_model.CpModel()
        self.chosen = [self.model.new_bool_var(f"a{n}") for n in range(len(offers.candidates))]
        self.gives = self._gives()
        self.waived = self._waivable()
        self.full = [self._full(lot) for lot in self.lots]
        self.steps: dict[int, Any] = {}
        self.credit = [self._credit(lot) for lot in self.lots]
        self.used = self._results()
        self._caps()
        self._choices()
        self._conflicts()
        for rule in include:
            self._include(rule)

    # --- What is given ------------------------------------------------------------------------------------

    def _gives(self) -> list[Any]:
        """Return of each item whether its application gives it; one that gives nothing is not chosen.

        Applications of which only one is ever chosen give what they have in common by one variable.
        """
        kin = self._kin()
        lot_of = {item.place: lot.place for lot in self.lots for item in lot.items}
        found: list[Any] = [None] * len(self.offers.items)
        givers: dict[tuple[int, int], tuple[Any, list[Any]]] = {}
        for place, items in enumerate(self.offers.of_application):
            chosen = self.chosen[place]
            for item in items:
                shared = kin[place], lot_of[item.place]
                if len(items) > 1 and shared not in givers:
                    givers[shared] = self.model.new_bool_var(f"i{item.place}"), []
                gives, choices = givers[shared] if len(items) > 1 else (chosen, [])
                choices.append(chosen)
                found[item.place] = gives
            self.model.add_bool_or([chosen.negated(), *(found[item.place] for item in items)])
        for gives, choices in givers.values():
            self.model.add_bool_or([gives.negated(), *choices])
        return found

    def _kin(self) -> list[int]:
        """Return of each application the first of those of which only one is ever chosen, else itself."""
        kin = list(range(len(self.chosen)))
        for places, bound, left in self.offers.repeats():
            if left <= 1 and len(bound) == len(places):
                for place in places:
                    kin[place] = places[0]
        return kin

    def _waivable(self) -> dict[int, Any]:
        """Return, for each lot that a cap may turn into a waiver, whether one does."""
        under = {place for one in self.offers.ceilings if one.waives for place in one.uses}
        able = (lot for lot in self.lots if lot.head.place in under and not lot.head.elective)
        return {lot.place: self.model.new_bool_var(f"w{lot.place}") for lot in able}

    def _full(self, lot: Lot) -> Any:
        """Return whether a lot is given with what it carries: given by one of its items, and not waived."""
        givers = self._givers(lot.items)
        if lot.place not in self.waived and len(givers) == 1:
            return givers[0]
        full = self.model.new_bool_var(f"g{lot.place}")
        self.model.add(full + self.waived.get(lot.place, 0) == sum(givers))
        return full

    def _givers(self, items: Iterable[Item]) -> list[Any]:
        """Return what gives any of some items, each once."""
        every = (self.gives[item.place] for item in items)
        return list({one.index: one for one in every}.values())

    def _credit(self, lot: Lot) -> Any:
        """Return a lot's credit if given: whole, or where a cap may cut it any multiple of the step."""
        full, item = self.full[lot.place], lot.head
        capped = any(item.place in one.uses for one in self.offers.ceilings if one.by_credit)
        if not item.elective or not capped:
            return full * item.posting.credit
        most = item.posting.credit // item.step
        steps = self.steps[lot.place] = self.model.new_int_var(0, most, f"s{lot.place}")
        self.model.add(steps >= full)
        self.model.add(steps <= most * full)
        return steps * item.step

    def _results(self) -> dict[int, Any]:
        """Return, by place, whether a result is used (or may be: the fewest are sought)."""
        every = sorted({held.place for mask in self.offers.masks for held in self._chosen(mask)})
        return {place: self.model.new_bool_var(f"r{place}") for place in every}

    def _chosen(self, mask: int) -> Iterable[Any]:
        return self.offers.question.chosen(mask)

    # --- What may be together -----------------------------------------------------------------------------

    def _choices(self) -> None:
        for items in self.offers.alone():
            self.model.add_at_most_one(self._givers(items))
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
            self._pairs()
            return
        question = self.offers.question
        for place in self.used:
            self._once(place)
            for held in question.chosen(clashing(question, question.helds[place])):
                if held.place in self.used and held.place > place:
                    self.model.add_at_most_one(self.used[place], self.used[held.place])

    def _pairs(self) -> None:
        for one, other in self.offers.conflicts():
            self.model.add_at_most_one(self.chosen[one], self.chosen[other])
        for place, mask in enumerate(self.offers.masks):
            for held in self._chosen(mask):
                self.model.add_implication(self.chosen[place], self.used[held.place])

    def _once(self, place: int) -> None:
        """One application of a result, but that sharable ones may use it together; and then it is used."""
        users = [n for n, mask in enumerate(self.offers.masks) if mask >> place & 1]
        alone = [self.chosen[n] for n in users if not self.offers.candidates[n].sharable]
        sharing = [self.chosen[n] for n in users if self.offers.candidates[n].sharable]
        for together in [[*alone, one] for one in sharing] if sharing else [alone]:
            self.model.add_at_most_one([*together, self.used[place].negated()])

    def _include(self, rule: Key) -> None:
        own = (item for item in self.offers.items if self.offers.candidates[item.application].rule == rule)
        self.model.add_bool_or(self._givers(own))

    # --- Caps -----------------------------------------------------------------------------------------------

    def _caps(self) -> None:
        """A waiver needs a cap that waives and binds, and no cap that binds may refuse."""
        binding: dict[int, list[Any]] = {place: [] for place in self.waived}
        for ceiling in self.offers.ceilings:
            under = [lot for lot in self.lots if lot.head.place in ceiling.uses]
            if not ceiling.by_credit:
                counted = [lot for lot in under if ceiling.uses[lot.head.place]]
                ways = sum(self.full[lot.place] + self.waived.get(lot.place, 0) for lot in counted)
                self.model.add(ways <= floor(ceiling.left))
            elif under:
                marks = Total(self.model, ceiling, under, self.steps, self.credit).marks(self.waived)
                for place, mark in marks.items():
                    if ceiling.waives:
                        binding[place].append(mark)
                    else:
                        self.model.add_implication(self.waived[place], mark)
        for place, waived in self.waived.items():
            self.model.add_bool_or([*binding[place], waived.negated()])
