"""Unused results: what a plan leaves aside, each with one reason and the rule behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction as Ratio

from graph.model.trees import Reason
from graph.model.values import Key, Value
from graph.model.verdicts import Verdict
from graph.planning.offers import Ceiling, Item, Offers
from graph.planning.proof import Gift
from graph.recognition.entries import Entry
from graph.recognition.judging import Ruling, judge
from graph.recognition.obstacles import rank
from graph.recognition.question import Held
from graph.recognition.scope import belongs, touched


class Why(Enum):
    """Why a plan does not use a result. In this order the first that is true of its nearest use is said."""

    NOT_NAMED = "NOT_NAMED"
    NOT_OPEN = "NOT_OPEN"
    NOT_NEEDED = "NOT_NEEDED"
    CONFLICT = "CONFLICT"
    REPEAT = "REPEAT"
    TARGET_COUNTED = "TARGET_COUNTED"
    CAP_FULL = "CAP_FULL"
    COUNTS_NOTHING = "COUNTS_NOTHING"
    OUTWEIGHED = "OUTWEIGHED"


_ORDER = {why: place for place, why in enumerate(Why)}


class Unused(Value, frozen=True, kw_only=True):
    """A result that no application of the plan uses.

    ``rule`` and ``version`` name the use that came nearest; ``verdict`` and ``reason`` what is said of it,
    for NOT_OPEN; ``beside`` names what stands in its way: a rule of the plan, a cap.
    """

    result: str
    why: Why
    rule: Key | None = None
    version: int | None = None
    verdict: Verdict | None = None
    reason: Reason | None = None
    beside: str = ""


def unused(offers: Offers, places: Sequence[int], gifts: Sequence[Gift]) -> tuple[Unused, ...]:
    """Say of each result that no application of ``places`` uses why that is."""
    return tuple(_Leftovers(offers, places, gifts).all())


class _Leftovers:
    def __init__(self, offers: Offers, places: Sequence[int], gifts: Sequence[Gift]) -> None:
        self.offers = offers
        self.question = offers.question
        self.places = places
        self.taken = 0
        for place in places:
            self.taken |= offers.masks[place]
        given = {(places[gift.application], id(gift.granted)): gift for gift in gifts}
        every = ((item, given.get((item.application, id(item.granted)))) for item in offers.items)
        self.given = {item.place: gift for item, gift in every if gift}
        self.left = {id(one): one.left - self._used(one) for one in offers.ceilings}
        self.alone = [{item.place for item in items} for items in offers.alone()]
        self.repeats = _by_place(offers)
        self.judged: dict[int, list[Ruling]] = {}

    def all(self) -> Iterator[Unused]:
        """Go through the results in the order of their ids."""
        for held in self.question.helds:
            if not held.bit & self.taken:
                yield self._one(held)

    def _one(self, held: Held) -> Unused:
        uses = [place for place, mask in enumerate(self.offers.masks) if mask & held.bit]
        if uses:
            return max((self._left_aside(held, place) for place in uses), key=lambda one: _ORDER[one.why])
        entries = (self.question.index.entries[place] for place in sorted(touched(self.question, held)))
        named = [one for one in entries if belongs(self.question, one)]
        granting = [one for one in named if not one.denies]
        if not granting:
            return Unused(result=held.result.id, why=Why.NOT_OPEN if named else Why.NOT_NAMED)
        return self._not_open(held, granting)

    def _not_open(self, held: Held, entries: list[Entry]) -> Unused:
        """Name the rule that comes nearest to giving something for it."""
        best = min((ruling for one in entries for ruling in self._judge(one)), key=_nearest, default=None)
        if best is None:
            return Unused(result=held.result.id, why=Why.NOT_OPEN)
        rule, applied = best.entry.rule, best.applied
        return Unused(
            result=held.result.id,
            why=Why.NOT_NEEDED if applied.gives else Why.NOT_OPEN,
            rule=rule.key,
            version=rule.version,
            verdict=applied.verdict,
            reason=applied.reason,
        )

    def _judge(self, entry: Entry) -> list[Ruling]:
        if entry.place not in self.judged:
            self.judged[entry.place] = judge(self.question, entry)
        return self.judged[entry.place]

    # --- Applications open to the plan, and left aside ------------------------------------------------------

    def _left_aside(self, held: Held, place: int) -> Unused:
        why, beside = self._obstacle(place)
        one = self.offers.candidates[place]
        return Unused(result=held.result.id, why=why, rule=one.rule, version=one.version, beside=beside)

    def _obstacle(self, place: int) -> tuple[Why, str]:
        if place in self.offers.barred:
            return Why.CONFLICT, self.offers.candidates[place].rule
        for other in self.places:
            if self.offers.conflict(place, other):
                return Why.CONFLICT, self.offers.candidates[other].rule
        beside = {*self.places, place}
        mine = self.repeats.get(place, ())
        if any(beside & bound and len(beside & every) > left for every, bound, left in mine):
            return Why.REPEAT, self.offers.candidates[place].rule
        found = [self._of_item(item) for item in self.offers.of_application[place]]
        return max(found, key=lambda one: _ORDER[one[0]])

    def _of_item(self, item: Item) -> tuple[Why, str]:
        rivals = {place for among in self.alone if item.place in among for place in among}
        granting = [place for place in sorted(rivals) if place in self.given]
        if granting:
            by = self.offers.items[granting[0]].application
            return Why.TARGET_COUNTED, self.offers.candidates[by].rule
        for one in self.offers.ceilings:
            if item.place in one.uses and self._use(one, item) > self.left[id(one)]:
                return Why.CAP_FULL, one.name
        if item.carries:
            return Why.COUNTS_NOTHING, item.path[-1].code if item.path else ""
        return Why.OUTWEIGHED, ""

    def _use(self, ceiling: Ceiling, item: Item) -> Ratio:
        least = item.step if item.elective else item.posting.credit
        return ceiling.uses[item.place] * (least if ceiling.by_credit else 1)

    def _used(self, ceiling: Ceiling) -> Ratio:
        given = ((use, self.given[place]) for place, use in ceiling.uses.items() if place in self.given)
        return sum((use * (gift.credit if ceiling.by_credit else 1) for use, gift in given), Ratio(0))


def _by_place(offers: Offers) -> Mapping[int, list[tuple[set[int], set[int], int]]]:
    """Return, of each application, the limits of its rule: all of them, those bound, what is left."""
    found: dict[int, list[tuple[set[int], set[int], int]]] = {}
    for every, bound, left in offers.repeats():
        limit = set(every), set(bound), left
        for place in every:
            found.setdefault(place, []).append(limit)
    return found


def _nearest(ruling: Ruling) -> tuple[int, bytes, int]:
    rule = ruling.entry.rule
    return rank(ruling.applied.verdict, ruling.applied.gives), rule.key.encode(), rule.version
