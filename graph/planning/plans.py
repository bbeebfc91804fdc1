"""The plan: candidates, solver, and the exact re-evaluation without which nothing is called optimal (R19)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction as Ratio
from typing import Final

from graph.model.book import RuleBook
from graph.model.learning import Context, Result
from graph.model.verdicts import Candidate, PlanNumbers
from graph.planning.canon import canonical
from graph.planning.goals import NUMBERS, Goals, Objective
from graph.planning.greedy import greedy
from graph.planning.model import Model
from graph.planning.offers import Offers
from graph.planning.proof import Gift, PlanError, Weight, weigh
from graph.planning.rooms import scheme_of
from graph.planning.solving import Given, ImpossibleError, Search, Solved
from graph.planning.told import Cost, Plan, Planned
from graph.planning.unused import unused
from graph.planning.wishes import DEFAULT, Wishes
from graph.recognition.amounts import SCALE, plain
from graph.recognition.candidates import candidates_in
from graph.recognition.index import Index, compiled
from graph.recognition.limits import Budget
from graph.recognition.question import Question
from graph.recognition.results import QuestionError, merged
from graph.recognition.worlds import Worlds

MOST: Final = 2_000
"""Applications a plan chooses among; of more those of fewest results are taken, and ``limited`` says so."""


def plan(
    book: RuleBook | Index, results: Iterable[Result], context: Context, wishes: Wishes = DEFAULT
) -> Plan:
    """Find the best plan and prove it.

    The same question has the same plan, whatever the order of its parts, unless the time ran out.
    `QuestionError` as `evaluate`; CURRENCIES where costs in several currencies would have to be compared.
    `ImpossibleError` where no plan includes the rules asked for; `TooLargeError` for absurd amounts.
    """
    question = worst_question(book, results, context)
    found, limited = _candidates(question, wishes)
    if wishes.objective is Objective.LEAST_COST and len({one.fee.currency for one in found if one.fee}) > 1:
        raise QuestionError("CURRENCIES", context.institution)
    if not {one.rule for one in found}.issuperset(wishes.include):
        raise ImpossibleError
    offers = Offers(question, found, conditional=wishes.conditional)
    model = Model(offers, wishes.include)
    until = time.monotonic() + wishes.seconds
    solved = Search(model, Goals(model, wishes.objective), until).run()
    if solved and solved.ties is not None:
        solved = canonical(offers, solved, wishes.objective, until)
    return _Made(offers, solved or _first(offers, wishes), wishes, limited).plan()


def worst_question(book: RuleBook | Index, results: Iterable[Result], context: Context) -> Question:
    """Open a question in the world a plan is made in: as known, with silent sources the worst (R19, R20)."""
    index = compiled(book)
    if index.institution != context.institution:
        raise QuestionError("INSTITUTION", context.institution)
    held = merged(results)
    return Worlds(Question(index, context, held, Budget()), held).worst()


def _candidates(question: Question, wishes: Wishes) -> tuple[tuple[Candidate, ...], bool]:
    found = candidates_in(question, conditional=wishes.conditional)
    limited = any(one.limited for one in found) or len(found) > MOST
    if len(found) > MOST:
        found = tuple(sorted(found, key=lambda one: (len(one.evidence), _name(one)))[:MOST])
    return tuple(sorted(found, key=_name)), limited


def _name(one: Candidate) -> tuple[bytes, int, int, tuple[bytes, ...]]:
    return one.rule.encode(), one.version, one.alternative, tuple(name.encode() for name in one.evidence)


def _first(offers: Offers, wishes: Wishes) -> Solved:
    """Fall back on what needs no solver; `ImpossibleError` where that does not include what it must."""
    chosen, given = greedy(offers)
    if not {offers.candidates[place].rule for place in chosen}.issuperset(wishes.include):
        raise ImpossibleError("time")
    return Solved(chosen, given, (), None, None, 1)


class _Made:
    """A plan out of a solution, proved again."""

    def __init__(self, offers: Offers, solved: Solved, wishes: Wishes, limited: bool) -> None:
        self.offers = offers
        self.solved = solved
        self.wishes = wishes
        self.limited = limited
        giving = {one.item.application for one in solved.given}
        self.places = [place for place in solved.applications if place in giving]
        self.applications = tuple(offers.candidates[place] for place in self.places)
        self.gifts = [self._gift(one) for one in solved.given]

    def _gift(self, one: Given) -> Gift:
        application = self.places.index(one.item.application)
        return Gift(application, one.item.granted, one.credit, one.waived)

    def plan(self) -> Plan:
        """Evaluate it again, and say what was found."""
        weight = weigh(self.offers.question, self.applications, self.gifts)
        self._agree(weight)
        return Plan(
            numbers=self._numbers(weight),
            fees=_fees(self.applications),
            scheme=scheme_of(self.offers.question),
            objective=self.wishes.objective,
            applications=self.applications,
            planned=tuple(_planned(gift) for gift in self.gifts),
            proved=len(self.solved.told),
            bound=self._bound(weight),
            ties=self.solved.ties,
            unused=unused(self.offers, self.places, self.gifts),
            candidates=len(self.offers.candidates),
            worst_world=bool(self.offers.question.context.silent),
            limited=self.limited,
        )

    def _ranks(self) -> int:
        return sum(self.offers.ranks[place] for place in self.places)

    def _told(self, weight: Weight) -> dict[str, Ratio]:
        whole = {
            "waivers": weight.waivers,
            "fees": weight.fees,
            "results": weight.results,
            "priorities": weight.priorities,
            "ranks": self._ranks(),
        }
        return {"credit": weight.credit * self.solved.scale} | {
            name: Ratio(one) for name, one in whole.items()
        }

    def _agree(self, weight: Weight) -> None:
        """Demand that the numbers called proved are those of the exact evaluation."""
        exact = self._told(weight)
        for name, told in zip(NUMBERS[self.wishes.objective], self.solved.told, strict=False):
            if exact[name] != told:
                raise PlanError(name)

    def _numbers(self, weight: Weight) -> PlanNumbers:
        return PlanNumbers(
            credit=decimal(weight.credit / SCALE),
            waivers=weight.waivers,
            results=weight.results,
            priorities=weight.priorities,
            ranks=self._ranks(),
        )

    def _bound(self, weight: Weight) -> Decimal | None:
        """Return how good the first unproved number could be; without the solver's word, the sum of all."""
        names, proved = NUMBERS[self.wishes.objective], len(self.solved.told)
        if proved == len(names):
            return None
        bound = self.solved.bound
        if bound is None:
            return self._loosest(names[proved])
        size = {"credit": self.solved.scale * SCALE, "fees": SCALE}.get(names[proved], 1)
        return decimal(Ratio(bound, size))

    def _loosest(self, name: str) -> Decimal:
        items = self.offers.items
        if name == "credit":
            return decimal(sum((one.worth * one.posting.credit for one in items), Ratio(0)) / SCALE)
        return Decimal(len(self.offers.of_target) if name == "waivers" else 0)


def _planned(gift: Gift) -> Planned:
    counted = gift.granted.credit is not None and not gift.waived
    return Planned(
        application=gift.application,
        granted=gift.granted,
        credit=plain(gift.credit) if counted else None,
        waived=gift.waived,
    )


def _fees(applications: tuple[Candidate, ...]) -> tuple[Cost, ...]:
    """Add up what the applications cost, per currency."""
    found: dict[str, Decimal] = {}
    for one in applications:
        if one.fee:
            found[one.fee.currency] = found.get(one.fee.currency, Decimal(0)) + one.fee.amount
    return tuple(Cost(amount=found[currency], currency=currency) for currency in sorted(found))


def decimal(amount: Ratio) -> Decimal:
    """Write an amount as a decimal; a third of a credit, by some factor, ends after 28 digits."""
    return Decimal(amount.numerator) / Decimal(amount.denominator)
