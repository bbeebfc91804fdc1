"""Check any plan, also one too large to be enumerated, with the oracle's own reading of the rules.

It knows the values of `graph.model` and the oracle; of the planner it sees only what a plan says of itself:
``make plans CASES=10000``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import combinations
from typing import Any

from cases import Case
from oracle_credit import Amount
from oracle_plan import (
    Candidate,
    Given,
    Used,
    _binding,
    _counts,
    _rightly_waived,
    candidates,
    count_once,
    usable_together,
)
from oracle_plan import counted_credit as enumerated
from oracle_targets import all_blocks, path_of
from oracle_values import Question, ask
from oracle_verdicts import decimal
from oracle_worlds import worst_world

from graph.model.outcomes import RequirementKind


@dataclass(frozen=True)
class Told:
    """One grant as a plan tells it: its application, place and target, credit (None: none), waived."""

    used: Used
    grant: int
    target: Any
    credit: Fraction | None
    waived: bool


def breaches(case: Case, found: Any, *, conditional: bool = False) -> list[str]:
    """Name each rule that a plan breaks, and each of its numbers that is wrong; empty: it is sound."""
    known = ask(*case.question)
    q = worst_world(known, known.context.silent) if known.context.silent else known
    offered = {one.used: one for one in candidates(known, conditional)}
    used = [Used(one.rule, one.version, one.alternative, one.evidence) for one in found.applications]
    unknown = [one for one in used if one not in offered]
    if unknown:
        return [f"no candidate: {one}" for one in unknown]
    chosen = [offered[one] for one in used]
    told = [
        Told(
            used[one.application],
            one.granted.grant,
            one.granted.target,
            None if one.credit is None else Fraction(one.credit),
            one.waived,
        )
        for one in found.planned
    ]
    given = [_given(offered[one.used], one) for one in told]
    if None in given:
        return ["no such grant"]
    return list(_breaches(q, chosen, [one for one in given if one], found.numbers))


def _given(candidate: Candidate, told: Told) -> Given | None:
    item = next(
        (i for i in candidate.items if (i.offer.place, i.offer.target) == (told.grant, told.target)), None
    )
    if item is None:
        return None
    if told.waived:
        return Given(item, replace(item.counted, credit=None), waived=True)
    credit = item.counted.credit
    if told.credit is not None and credit is not None:
        return Given(item, replace(item.counted, credit=Amount(told.credit, credit.scheme)))
    return Given(item, item.counted)


def _breaches(q: Question, chosen: list[Candidate], given: list[Given], numbers: Any) -> Iterator[str]:
    if not usable_together(q, chosen):
        yield "applications that may not be together"
    for one, other in combinations(given, 2):
        if count_once(q, one.item.offer.target, other.item.offer.target):
            yield f"counted twice: {one.item.offer.target} {other.item.offer.target}"
    if list(_binding(q, [one.counted for one in given])):
        yield "a cap is broken"
    if not all(_rightly_waived(q, one, tuple(given)) for one in given if one.waived):
        yield "waived without need, or where a cap refuses"
    yield from (f"too much credit: {one.item.offer.target}" for one in given if _over(one))
    yield from _wrong_numbers(q, chosen, given, numbers)


def _over(one: Given) -> bool:
    now, whole = one.counted.credit, one.item.counted.credit
    return bool(
        now and whole and now.value is not None and whole.value is not None and now.value > whole.value
    )


def _wrong_numbers(q: Question, chosen: list[Candidate], given: list[Given], numbers: Any) -> Iterator[str]:
    without = {one.counted.target for one in given if one.waived or not one.item.offer.carries_credit}
    amounts = [(one.counted.target, _counts(q, one.counted)) for one in given]
    right = {
        "credit": decimal(_most(q, amounts)),
        "waivers": len(without),
        "results": len({result for one in chosen for result in one.application.assignment.evidence}),
        "priorities": sum(one.application.rule.priority for one in chosen),
        "ranks": sum(one.rank for one in chosen),
    }
    for name, value in right.items():
        if getattr(numbers, name) != value:
            yield f"{name}: {getattr(numbers, name)}, rightly {value}"


def _most(q: Question, amounts: list[tuple[Any, Fraction]]) -> Fraction:
    """The counted credit: enumerated only over what stands in blocks of n courses; the rest always counts."""
    limited = {block.code for block in all_blocks(q) if block.requirement.kind is RequirementKind.COURSES}
    if q.context.programme is None or not limited:
        return _all(q, amounts)
    inside = [one for one in amounts if one[1] and any(b.code in limited for b in path_of(q, one[0]))]
    if len(inside) <= 12 and len(amounts) <= 12:
        return enumerated(q, amounts)
    outside = [one for one in amounts if one not in inside]
    best = Fraction(0)
    for size in range(len(inside) + 1):
        for some in combinations(inside, size):
            best = max(best, _all(q, [*outside, *some]))
    return best


def _all(q: Question, amounts: Iterable[tuple[Any, Fraction]]) -> Fraction:
    """Counted credit with every grant taken; 0 where a block of n courses does not allow so many."""
    from oracle_plan import _courses_allow, _use, top_blocks

    if q.context.programme is None:
        return sum((amount for _, amount in amounts), Fraction(0))
    placed = [(path_of(q, target), amount) for target, amount in amounts if amount > 0]
    placed = [(path, amount) for path, amount in placed if path]
    if not _courses_allow(q, placed):
        return Fraction(0)
    return reduce(lambda total, block: total + _use(q, block, placed), top_blocks(q), Fraction(0))


def main() -> int:
    """Check many larger plans; the exit code tells whether any is unsound."""
    from large_cases import large_case

    from graph.planning import plan

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=10_000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    asked = parser.parse_args()
    wrong, began = 0, time.perf_counter()
    for seed in range(asked.first, asked.first + asked.cases):
        case = large_case(seed)
        found = breaches(case, plan(case.book, case.results, case.context))
        wrong += bool(found)
        if found:
            print(f"seed {seed}: {found}")
        if seed % 100 == 99:
            print(f"\r{seed + 1} plans, {time.perf_counter() - began:.0f} s", end="", file=sys.stderr)
    print(f"\n{asked.cases} plans from seed {asked.first}: {wrong} unsound")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
