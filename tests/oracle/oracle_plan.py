"""R17 and R19: the best plan by trying every set of applications and every way the caps may fall on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from math import floor
from typing import NamedTuple

from oracle_credit import (
    Counted,
    ceilings,
    consumed_under,
    counted_as,
    counts_under,
    credit_given,
    in_scheme,
    measured,
    multiples_below,
)
from oracle_targets import (
    Offer,
    consumed_here,
    level_of_target,
    offers,
    past_applications,
    path_of,
    settled,
    top_blocks,
)
from oracle_values import (
    Question,
    any_clash,
    clash,
    credit_scheme_of,
    exclusions,
    parts_below,
    programme_of,
    result_of,
)
from oracle_verdicts import Application, applications, decimal, judge_application
from oracle_worlds import concerned, worst_world

from graph.model.outcomes import Block, RequirementKind, walk_blocks
from graph.model.values import Key
from graph.model.verdicts import PlanNumbers, Target, TargetKind, Verdict


class Used(NamedTuple):
    """One application of a plan, as a plain value."""

    rule: Key
    version: int
    alternative: int
    evidence: tuple[str, ...]


PlanSet = tuple[PlanNumbers, frozenset[frozenset[Used]]]
"""The five numbers, and every set of applications that reaches them."""

MOST_CANDIDATES = 14
MOST_WAYS = 200_000


class TooLargeError(Exception):
    """Too many candidates, or too many ways for caps to fall, to try them all."""


@dataclass(frozen=True)
class Item:
    """One grant of an application in a plan, at the credit it would give if no cap bound."""

    offer: Offer
    counted: Counted


@dataclass(frozen=True)
class Candidate:
    """An application that a plan may use, with the grants of it that stand."""

    application: Application
    items: tuple[Item, ...]
    rank: int = 0

    @property
    def used(self) -> Used:
        """As a plain value."""
        rule = self.application.rule
        return Used(rule.key, rule.version, self.application.alternative, self.application.evidence)


# --- R19 Candidates --------------------------------------------------------------------------------------


def candidates(q: Question, conditional: bool) -> list[Candidate]:
    """R19: "Candidates are applications at MEETS_RULE or CAPPED (option: CONDITIONAL too), each judged by the
    verdict of its own assignment and grant, not of its rule. With silent sources the plan is made in the
    worst
    world of R20". R10: "a plan never takes" a pool without credit or factor."""
    rules = [rule for rule in concerned(q) if not rule.denies]
    world = worst_world(q, q.context.silent) if q.context.silent else q
    allowed = {Verdict.MEETS_RULE, Verdict.CAPPED} | ({Verdict.CONDITIONAL} if conditional else set())
    found: dict[Used, Candidate] = {}
    for rule in rules:
        for place in range(len(rule.alternatives)):
            for application in applications(world, rule, place):
                items = tuple(_items(world, application, allowed))
                if items and not application.assignment.no_plan:
                    one = Candidate(application, items)
                    found.setdefault(one.used, one)
    return _ranked(list(found.values()))


def _items(q: Question, application: Application, allowed: set[Verdict]) -> Iterator[Item]:
    evidence = application.assignment.evidence
    for offer, finding in judge_application(q, application):
        if finding.verdict in allowed:
            credit = credit_given(q, offer, evidence)
            yield Item(offer, counted_as(q, application.rule, offer, evidence, credit))


def _ranked(found: list[Candidate]) -> list[Candidate]:
    """R19: "a rank being the place from 1 of (rule code, version, alternative) in byte order among the
    candidates"."""
    places = sorted({one.used[:3] for one in found})
    return [replace(one, rank=places.index(one.used[:3]) + 1) for one in found]


# --- R17 Use ---------------------------------------------------------------------------------------------


def conflict(q: Question, one: Application, other: Application) -> bool:
    """R17: "Within one target programme (without one: institution and target) two applications conflict if
    they share a result, unless both rules are sharable"; "two applications using [clashing results] conflict,
    sharable or not"."""
    if q.context.programme is None and not _targets(q, one) & _targets(q, other):
        return False
    shared = one.assignment.evidence & other.assignment.evidence
    if shared and not (one.rule.sharable and other.rule.sharable):
        return True
    return any(
        clash(q, result_of(q, a), result_of(q, b))
        for a, b in product(one.assignment.evidence, other.assignment.evidence)
    )


def _targets(q: Question, application: Application) -> set[Target]:
    return {offer.target for offer in offers(q, application.rule)}


def usable_together(q: Question, chosen: Sequence[Candidate]) -> bool:
    """No two conflict, none holds clashing results (R17: "never used together"), and no rule is applied more
    often than `repeatable` says, consumption included."""
    if any(any_clash(q, one.application.assignment.evidence) for one in chosen):
        return False
    if any(conflict(q, a.application, b.application) for a, b in combinations(chosen, 2)):
        return False
    rules = [candidate.application.rule for candidate in chosen]
    return all(
        past_applications(q, rule) + sum(other.key == rule.key for other in rules) <= rule.repeatable
        for rule in rules
    )


def count_once(q: Question, one: Target, other: Target) -> bool:
    """R17: "A target counts once (elective credit may be granted to a block more than once); a target and
    a part of it count once". Exclusion: "of two in one plan one counts"."""
    if one == other:
        return one.kind is not TargetKind.ELECTIVE
    if not one.kind is other.kind is TargetKind.OUTCOME:
        return False
    part = other.key in parts_below(q, one.key) or one.key in parts_below(q, other.key)
    return part or any(one.key in e.outcomes and other.key in e.outcomes for e in exclusions(q))


# --- How the caps may fall -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """One grant as it is given in a plan; ``waived`` by a cap, without its credit."""

    item: Item
    counted: Counted
    waived: bool = False


Score = tuple[Fraction, int]


def best_score(q: Question, items: Sequence[Item]) -> Score:
    """The largest counted credit, then the most waivers, over every way the caps may fall on these grants."""
    ways = [_ways(q, item) for item in items]
    total = 1
    for way in ways:
        total *= len(way)
    if total > MOST_WAYS:
        raise TooLargeError(f"{total} ways")
    scores = [_score(q, given) for given in _allotments(q, ways, ())]
    return max(scores)


def _ways(q: Question, item: Item) -> list[Given | None]:
    """A grant may be refused; given; cut to the step if elective; else waived without its credit."""
    found: list[Given | None] = [None, Given(item, item.counted)]
    if item.counted.credit is None:
        return found
    if item.offer.target.kind is TargetKind.ELECTIVE:
        less = multiples_below(q, item.counted.credit)
        return found + [
            Given(item, replace(item.counted, credit=a)) for a in less if a != item.counted.credit
        ]
    return [*found, Given(item, replace(item.counted, credit=None), waived=True)]


def _allotments(
    q: Question, ways: list[list[Given | None]], given: tuple[Given, ...]
) -> Iterator[tuple[Given, ...]]:
    if not ways:
        if all(_rightly_waived(q, one, given) for one in given if one.waived):
            yield given
        return
    for way in ways[0]:
        more = given if way is None else (*given, way)
        if way is None or (_counts_once(q, way, given) and _within_caps(q, more)):
            yield from _allotments(q, ways[1:], more)


def _counts_once(q: Question, one: Given, given: tuple[Given, ...]) -> bool:
    return not any(count_once(q, one.item.offer.target, other.item.offer.target) for other in given)


def _within_caps(q: Question, given: tuple[Given, ...]) -> bool:
    return not list(_binding(q, [one.counted for one in given]))


def _binding(q: Question, counted: list[Counted]) -> Iterator[bool]:
    """For each cap that these break: whether it waives. An unknown amount is a condition of its own grant and
    breaks nothing; what is known beside it still keeps the cap."""
    for ceiling in ceilings(q):
        if any(counts_under(q, ceiling, one) for one in counted):
            every = [*consumed_under(q, ceiling), *counted]
            known = [one for one in every if measured(q, ceiling, [one]) is not None]
            total = measured(q, ceiling, known)
            if total is not None and ceiling.limit is not None and total > ceiling.limit:
                yield ceiling.waives


def _rightly_waived(q: Question, one: Given, given: tuple[Given, ...]) -> bool:
    """Cap: "waived without credit only if every cap that binds says so"; and one must bind."""
    others = [other.counted for other in given if other is not one]
    binding = list(_binding(q, [*others, one.item.counted]))
    return bool(binding) and all(binding)


# --- R19 The numbers -------------------------------------------------------------------------------------


def _score(q: Question, given: Sequence[Given]) -> Score:
    credit = counted_credit(q, [(one.counted.target, _counts(q, one.counted)) for one in given])
    without = {one.counted.target for one in given if one.waived or not one.item.offer.carries_credit}
    return credit, len(without)


def _counts(q: Question, counted: Counted) -> Fraction:
    """R19: "targets below the minimum level or of another framework edition, and grants without factor count
    0"."""
    amount = in_scheme(q, counted.credit, credit_scheme_of(q))
    programme = programme_of(q)
    minimum = programme.minimum_level if programme else None
    level = level_of_target(q, counted.target)
    reaches = (
        minimum is None
        or level is None
        or (level.framework == minimum.framework and level.ordinal >= minimum.ordinal)
    )
    return amount if amount is not None and reaches else Fraction(0)


def counted_credit(q: Question, given: Sequence[tuple[Target, Fraction]]) -> Fraction:
    """R19: credit beyond what a block can use counts 0; without a programme there are no blocks."""
    if q.context.programme is None:
        return sum((amount for _, amount in given), Fraction(0))
    placed = [(path_of(q, target), amount) for target, amount in given if amount > 0]
    placed = [(path, amount) for path, amount in placed if path]
    best = Fraction(0)
    for size in range(len(placed) + 1):
        for chosen in combinations(placed, size):
            if _courses_allow(q, chosen):
                best = max(best, sum((_use(q, block, chosen) for block in top_blocks(q)), Fraction(0)))
    return best


Placed = tuple[tuple[Block, ...], Fraction]


def _courses_allow(q: Question, chosen: Iterable[Placed]) -> bool:
    """Values: "n courses: the n grants of most credit, less the number held or consumed"."""
    paths = [path for path, _ in chosen]
    for block in walk_blocks(top_blocks(q)):
        if block.requirement.kind is RequirementKind.COURSES:
            allowed = floor(block.requirement.n or 0) - _number_settled(q, block)
            if sum(block in path for path in paths) > max(0, allowed):
                return False
    return True


def _use(q: Question, block: Block, chosen: Sequence[Placed]) -> Fraction:
    """Values: "all of: no limit; n credits: n less the credit held or consumed in it and below"."""
    own = sum((amount for path, amount in chosen if path[-1] == block), Fraction(0))
    inside = own + sum((_use(q, lower, chosen) for lower in block.blocks), Fraction(0))
    if block.requirement.kind is not RequirementKind.CREDITS:
        return inside
    return min(inside, max(Fraction(0), Fraction(block.requirement.n or 0) - _credit_settled(q, block)))


def _credit_settled(q: Question, block: Block) -> Fraction:
    return sum((credit for target, credit in settled(q).items() if block in path_of(q, target)), Fraction(0))


def _number_settled(q: Question, block: Block) -> int:
    """Held and consumed targets in a block and below, each once; of elective credit, each grant."""
    inside = [target for target in settled(q) if block in path_of(q, target)]
    electives = [
        target
        for target, _ in consumed_here(q)
        if target.kind is TargetKind.ELECTIVE and block in path_of(q, target)
    ]
    return sum(target.kind is not TargetKind.ELECTIVE for target in inside) + len(electives)


# --- R19 The plan ----------------------------------------------------------------------------------------

Numbers = tuple[Fraction, int, int, int, int]


def plan_of(q: Question, conditional: bool = False) -> PlanSet:
    """R19: the best five numbers, and every set of applications that reaches them."""
    found = candidates(q, conditional)
    if len(found) > MOST_CANDIDATES:
        raise TooLargeError(f"{len(found)} candidates")
    world = worst_world(q, q.context.silent) if q.context.silent else q
    scores = lru_cache(maxsize=None)(lambda items: best_score(world, items))
    tried = [
        (_numbers(chosen, scores(_distinct(chosen))), frozenset(one.used for one in chosen))
        for chosen in _sets(world, found)
    ]
    best = min(tried, key=lambda one: _preference(one[0]))[0]
    return _public(best), frozenset(used for numbers, used in tried if numbers == best)


def _sets(
    q: Question, found: Sequence[Candidate], chosen: tuple[Candidate, ...] = ()
) -> Iterator[tuple[Candidate, ...]]:
    """Every set of candidates that may be used together (what a set may not, no larger set may)."""
    yield chosen
    for place, candidate in enumerate(found):
        more = (*chosen, candidate)
        if usable_together(q, more):
            yield from _sets(q, found[place + 1 :], more)


def _distinct(chosen: Iterable[Candidate]) -> tuple[Item, ...]:
    """The grants of all; equal grants of one target but elective credit are one."""
    items: list[Item] = []
    for candidate in chosen:
        for item in candidate.items:
            if item.offer.target.kind is TargetKind.ELECTIVE or item not in items:
                items.append(item)
    return tuple(items)


def _numbers(chosen: Sequence[Candidate], score: Score) -> Numbers:
    results = {result for one in chosen for result in one.application.assignment.evidence}
    priorities = sum(one.application.rule.priority for one in chosen)
    return (*score, len(results), priorities, sum(one.rank for one in chosen))


def _preference(numbers: Numbers) -> tuple[Fraction, int, int, int, int]:
    """R19: maximise credit, then waivers; then the fewest results, priorities, ranks."""
    credit, waivers, results, priorities, ranks = numbers
    return -credit, -waivers, results, priorities, ranks


def _public(numbers: Numbers) -> PlanNumbers:
    credit, waivers, results, priorities, ranks = numbers
    return PlanNumbers(
        credit=decimal(credit), waivers=waivers, results=results, priorities=priorities, ranks=ranks
    )
