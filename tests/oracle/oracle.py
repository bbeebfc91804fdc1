"""The oracle: what docs/recognition.md says, by brute force. Independent of the evaluator by intent.

``judge``, ``roll_up``, ``might_concern``, ``worlds``, ``plan``, ``accepted_for`` and ``equivalents`` are its
whole API. It imports values of `graph.model` and nothing else of the project; keep it so.
"""

from __future__ import annotations

from collections.abc import Iterable

from oracle_plan import PlanSet, plan_of
from oracle_reverse import accepted_for, equivalents
from oracle_values import ask
from oracle_verdicts import ORDER, Finding, as_judged, judge_world
from oracle_worlds import Worlds, concerned, deciding
from oracle_worlds import might_concern as _might_concern
from oracle_worlds import worlds as _worlds

from graph.model.book import RuleBook
from graph.model.learning import Context, Result
from graph.model.values import Key
from graph.model.verdicts import Judged, Target, Verdict

__all__ = [
    "accepted_for",
    "deciding_sources",
    "equivalents",
    "judge",
    "might_concern",
    "plan",
    "roll_up",
    "worlds",
]


def judge(
    book: RuleBook,
    results: Iterable[Result],
    context: Context,
    named_rules: Iterable[Key] = (),
    named_targets: Iterable[Target] = (),
) -> tuple[Judged, ...]:
    """R1 to R20 (`whatIf`): the verdict of each (rule version, place of grant, target) concerned."""
    q = ask(book, results, context, named_rules, named_targets)
    rules = concerned(q)
    found = judge_world(q, rules)
    undecided = _worlds(q, rules).undecided if context.silent else frozenset()
    judged = []
    for row, finding in found.items():
        if row in undecided:
            judged.append(as_judged(row, Finding(Verdict.UNDECIDED)))
        elif not finding.left_out:
            judged.append(as_judged(row, finding))
    return tuple(judged)


def roll_up(judged: Iterable[Judged]) -> dict[Target, Verdict]:
    """R1: "The roll-up per target is the best of ..."."""
    best: dict[Target, int] = {}
    for one in judged:
        rank = ORDER.index((one.verdict, one.gives))
        best[one.target] = min(rank, best.get(one.target, rank))
    return {target: ORDER[rank][0] for target, rank in best.items()}


def might_concern(
    book: RuleBook,
    results: Iterable[Result],
    context: Context,
    named_rules: Iterable[Key] = (),
    named_targets: Iterable[Target] = (),
) -> dict[str, int]:
    """R2: per silent source, the rules that only outcomes of its issuers could make concerned."""
    return _might_concern(ask(book, results, context, named_rules, named_targets))


def worlds(
    book: RuleBook,
    results: Iterable[Result],
    context: Context,
    named_rules: Iterable[Key] = (),
    named_targets: Iterable[Target] = (),
) -> Worlds:
    """R20: the rows that give in the best and in the worst world."""
    q = ask(book, results, context, named_rules, named_targets)
    return _worlds(q, concerned(q))


def deciding_sources(
    book: RuleBook,
    results: Iterable[Result],
    context: Context,
    named_rules: Iterable[Key] = (),
    named_targets: Iterable[Target] = (),
) -> dict[tuple[Key, int, int, Target], frozenset[str]]:
    """R20: per UNDECIDED row, the members of all smallest sets of silent sources that decide it."""
    q = ask(book, results, context, named_rules, named_targets)
    return deciding(q, concerned(q))


def plan(book: RuleBook, results: Iterable[Result], context: Context, conditional: bool = False) -> PlanSet:
    """R19: the five numbers of the best plan, and every set of applications that reaches them."""
    return plan_of(ask(book, results, context), conditional)
