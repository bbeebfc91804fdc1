"""Compare the reverse questions (R22) of the evaluator and of the oracle on one case: targets, outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import Any

import oracle
from cases import Case
from oracle_reverse import TooLargeError

from graph.model.values import ANY_EDITION, Key, parts_of
from graph.model.verdicts import Target
from graph.recognition import accepted_for, equivalents

MOST = 50


def targets_of(case: Case) -> list[Target]:
    """Every target that a rule of the case grants, and one that none does."""
    granted = {
        one.target for one in oracle.judge(case.book, (), case.context, [r.key for r in case.book.rules])
    }
    return sorted({*granted, *case.named_targets}, key=lambda one: (one.kind.value, one.key))


def outcomes_of(case: Case) -> list[Key]:
    """Every outcome of the case: of the book, and of its results."""
    held = (result.outcome for result in case.results)
    keys = {*(outcome.key for outcome in case.book.outcomes), *(key for key in held if key)}
    return sorted(key for key in keys if parts_of(key)[1] != ANY_EDITION)


def reverse_differences(case: Case) -> list[str]:
    """One line for each reverse question that the two do not answer alike; those too large are not asked."""
    found: list[str] = []
    for target in targets_of(case):
        with suppress(TooLargeError):
            found += _accepted_differences(case, target)
    for outcome in outcomes_of(case):
        with suppress(TooLargeError):
            found += _equivalent_differences(case, outcome)
    return found


def _accepted_differences(case: Case, target: Target) -> list[str]:
    wanted, cut = oracle.accepted_for(case.book, case.context, target)
    given = accepted_for(case.book, target, case.context)
    # A search that reached its limits may say so of a list that lacks nothing; never the reverse.
    unsaid = ["more than are listed, and not said"] if cut and not given.truncated else []
    return [*_differ(f"accepted for {target.kind.value} {target.key}", wanted, given.sets), *unsaid]


def _equivalent_differences(case: Case, outcome: Key) -> list[str]:
    alone, beside = oracle.equivalents(case.book, case.context, outcome)
    said = equivalents(case.book, outcome, case.context)
    return [
        *_differ(f"{outcome} suffices", alone, said.suffices),
        *_differ(f"{outcome} needs others", beside, said.also_needs),
    ]


def _differ(name: str, wanted: Iterable[Any], given: Iterable[Any]) -> list[str]:
    theirs, ours = _rows(wanted), _rows(given)
    if theirs == ours:
        return []
    only = [row for row in theirs if row not in ours], [row for row in ours if row not in theirs]
    return [f"{name}: oracle alone {only[0]}, evaluator alone {only[1]}, of {len(theirs)} and {len(ours)}"]


def _rows(sets: Iterable[Any]) -> list[tuple[Any, ...]]:
    """What is compared, in order: of lists that are cut, their beginning."""
    return [
        (one.outcomes, one.rule, one.version, one.alternative, one.grant, one.target, one.verdict.value)
        for one in islice(sets, MOST)
    ]
