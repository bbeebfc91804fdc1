"""A first plan without a solver: what stands if there is no time for a better one."""

from __future__ import annotations

from fractions import Fraction as Ratio

from graph.planning.offers import Ceiling, Item, Offers
from graph.planning.solving import Given


def greedy(offers: Offers) -> tuple[tuple[int, ...], tuple[Given, ...]]:
    """Take the applications of most credit, as long as they fit beside those taken; nothing is cut or waived.

    Returns the applications taken and what they give.
    """
    return _Greedy(offers).taken()


class _Greedy:
    def __init__(self, offers: Offers) -> None:
        self.offers = offers
        self.banned: dict[int, set[int]] = {}
        for one, other in offers.conflicts():
            self.banned.setdefault(one, set()).add(other)
            self.banned.setdefault(other, set()).add(one)
        self.repeats = [(set(places), set(bound), left) for places, bound, left in offers.repeats()]
        self.alone = [{item.place for item in items} for items in offers.alone()]
        self.left = {id(ceiling): ceiling.left for ceiling in offers.ceilings}
        self.chosen: list[int] = []
        self.given: list[Given] = []

    def taken(self) -> tuple[tuple[int, ...], tuple[Given, ...]]:
        """Take what fits, the best first."""
        for place in sorted(range(len(self.offers.candidates)), key=self._worst_first):
            if self._fits(place):
                found = [item for item in self.offers.of_application[place] if self._gives(item)]
                self.chosen += [place] if found else []
        return tuple(sorted(self.chosen)), tuple(sorted(self.given, key=lambda one: one.item.place))

    def _worst_first(self, place: int) -> tuple[Ratio, int, int]:
        items = self.offers.of_application[place]
        credit = sum((item.worth * item.posting.credit for item in items), Ratio(0))
        return -credit, len(self.offers.candidates[place].evidence), place

    def _fits(self, place: int) -> bool:
        if place in self.offers.barred:
            return False
        beside = {*self.chosen, place}
        often = (len(beside & places) <= left for places, bound, left in self.repeats if beside & bound)
        return not self.banned.get(place, set()) & beside and all(often)

    def _gives(self, item: Item) -> bool:
        have = {one.item.place for one in self.given}
        if any(item.place in among and among & have for among in self.alone):
            return False
        under = [one for one in self.offers.ceilings if item.place in one.uses]
        if any(_use(one, item) > self.left[id(one)] for one in under):
            return False
        for one in under:
            self.left[id(one)] -= _use(one, item)
        self.given.append(Given(item, item.posting.credit, False))
        return True


def _use(ceiling: Ceiling, item: Item) -> Ratio:
    return ceiling.uses[item.place] * (item.posting.credit if ceiling.by_credit else 1)
