"""The question as the evaluator sees it: results with their outcomes, the day, the programme, and caches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction as Ratio
from functools import cached_property

from graph.model.learning import Context, Result, Verification
from graph.model.outcomes import Outcome, Programme
from graph.model.trees import Reason
from graph.recognition.amounts import ratio, units
from graph.recognition.days import Span
from graph.recognition.entries import Loose, loose
from graph.recognition.index import Index
from graph.recognition.limits import Budget
from graph.recognition.results import Merged, merged


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A result in its place: evidence sets are bits by place, places follow ids in byte order.

    ``best`` marks a result imagined for the best world of R20: it passes every test of grade and attempts.
    """

    place: int
    result: Result
    ids: tuple[str, ...]
    outcome: Outcome | None
    span: Span | None
    verified: bool
    best: bool = False

    @property
    def bit(self) -> int:
        """This result alone, as a set."""
        return 1 << self.place


ONE = Ratio(1)


def places(mask: int) -> Iterator[int]:
    """Return the places in an evidence set, in order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Question:
    """One question in one world."""

    def __init__(
        self,
        index: Index,
        context: Context,
        results: Iterable[Merged],
        budget: Budget,
        *,
        imagined: Iterable[Result] = (),
        full: bool = False,
    ) -> None:
        self.index = index
        self.context = context
        self.day = context.applied_on
        self.today = Span(self.day, self.day)
        self.budget = budget
        self.full = full
        self.memo: dict[object, object] = {}
        ones = [(one, ids, False) for one, ids in results] + [(one, (one.id,), True) for one in imagined]
        ones.sort(key=lambda one: one[0].id.encode())
        self.helds = tuple(self._held(place, *one) for place, one in enumerate(ones))

    def _held(self, place: int, result: Result, ids: tuple[str, ...], best: bool) -> Held:
        outcome = self.index.outcomes.known(result.outcome, self.day) if result.outcome else None
        done = result.completion
        span = Span(done.first, done.last) if done else None
        verified = result.hypothetical or result.verification is Verification.VERIFIED
        return Held(place, result, ids, outcome, span, verified, best)

    @cached_property
    def programme(self) -> Programme | None:
        """The programme version of the question: live on the application date, else the last one known."""
        key = self.context.programme
        return self.index.programmes.known(key, self.day) if key else None

    @cached_property
    def programme_stands(self) -> bool:
        """Tell whether the question has no programme, or one that is live on the application date."""
        return not self.context.programme or bool(self.programme and self.programme.holds_on(self.day))

    @cached_property
    def by_outcome(self) -> dict[str, list[Held]]:
        """Results by outcome key."""
        found: defaultdict[str, list[Held]] = defaultdict(list)
        for held in self.helds:
            if held.result.outcome:
                found[held.result.outcome].append(held)
        return found

    @cached_property
    def by_edition(self) -> dict[Loose, list[Held]]:
        """Results by outcome without edition."""
        found: defaultdict[Loose, list[Held]] = defaultdict(list)
        for key, helds in self.by_outcome.items():
            found[loose(key)] += helds
        return found

    @cached_property
    def by_step(self) -> dict[str, list[Held]]:
        """Results by each outcome that theirs is, or is higher than in its series."""
        found: defaultdict[str, list[Held]] = defaultdict(list)
        for key, helds in self.by_outcome.items():
            for step in self.index.walk_down(key):
                found[step] += helds
        return found

    @cached_property
    def by_step_edition(self) -> dict[Loose, list[Held]]:
        """Results by each such outcome without edition."""
        found: defaultdict[Loose, list[Held]] = defaultdict(list)
        for key, helds in self.by_outcome.items():
            for step in {loose(step) for step in self.index.walk_down(key)}:
                found[step] += helds
        return found

    @cached_property
    def by_unit(self) -> dict[str, list[Held]]:
        """Results by each unit they are of or their outcome maps to."""
        found: defaultdict[str, list[Held]] = defaultdict(list)
        for held in self.helds:
            own = (held.result.unit,) if held.result.unit else ()
            mapped = self.index.units_of(held.result.outcome) if held.result.outcome else ()
            for unit in dict.fromkeys((*own, *mapped)):
                found[unit].append(held)
        return found

    @cached_property
    def by_id(self) -> dict[str, Held]:
        """Results by every id they go by."""
        return {name: held for held in self.helds for name in held.ids}

    @cached_property
    def factors(self) -> dict[tuple[str, str], Ratio]:
        """Declared factors on the application date: one way, neither inverted nor chained."""
        found: dict[tuple[str, str], Ratio] = {}
        for factor in self.index.factors.all_live(self.day):
            found.setdefault((factor.from_scheme, factor.to_scheme), ratio(factor.factor))
        return found

    def factor(self, start: str, end: str) -> Ratio | None:
        """Return what credit of one scheme is worth in another, or None where nobody declared it."""
        return ONE if start == end else self.factors.get((start, end))

    def earned(self, held: Held, scheme: str) -> Ratio | int | Reason:
        """Return earned credit, at most the available, in 1/10,000 of a scheme, or why it is unknown."""
        earned, available = held.result.earned, held.result.available
        if earned is None:
            return Reason.CREDIT_UNKNOWN
        amount: Ratio | int = units(earned.amount)
        if available is not None:
            within = self.factor(available.scheme, earned.scheme)
            if within is None:
                return Reason.NO_FACTOR
            amount = min(amount, units(available.amount) * within)
        factor = self.factor(earned.scheme, scheme)
        return Reason.NO_FACTOR if factor is None else amount * factor

    @cached_property
    def unverified(self) -> int:
        """The set of results that are not verified."""
        return sum(held.bit for held in self.helds if not held.verified)

    def chosen(self, mask: int) -> tuple[Held, ...]:
        """Return the results of an evidence set."""
        return tuple(self.helds[place] for place in places(mask))

    def ids(self, mask: int) -> tuple[str, ...]:
        """Return the ids of an evidence set, in byte order."""
        return tuple(self.helds[place].result.id for place in places(mask))

    def latest(self, mask: int) -> Span | None:
        """Return the latest completion among the evidence; None if one is missing or there is none (R4)."""
        spans = [self.helds[place].span for place in places(mask)]
        known = [span for span in spans if span]
        if not spans or len(known) < len(spans):
            return None
        return Span(max(span.first for span in known), max(span.last for span in known))


def asked(index: Index, results: Iterable[Result], context: Context) -> Question:
    """Open a question in the world as it is known."""
    return Question(index, context, merged(results), Budget())
