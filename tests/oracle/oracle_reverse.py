"""R22: the reverse question, by judging every set of outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from oracle_evidence import assignments
from oracle_targets import offers
from oracle_values import Question, ask, outcome_of, published
from oracle_verdicts import Application, belongs, judge_application
from oracle_worlds import named_outcomes

from graph.model.book import RuleBook
from graph.model.learning import Completion, Context, Result
from graph.model.rules import Rule
from graph.model.values import Key
from graph.model.verdicts import Target, Verdict

MOST_SETS = 50


class Accepted(NamedTuple):
    """A set of outcomes that gives the target by a rule version, or would under conditions."""

    outcomes: tuple[Key, ...]
    conditional: bool


class Equivalent(NamedTuple):
    """A rule version and target for which X suffices, or with what else it does."""

    rule: Key
    version: int
    target: Target
    also_needs: tuple[Key, ...]
    conditional: bool


def assumed(q: Question, keys: Iterable[Key]) -> Question:
    """R22: "results assumed verified, completed on the application date, best grade, catalogue credit,
    nothing held or consumed, no silence"."""
    results = []
    for key in keys:
        outcome = outcome_of(q, key)
        if outcome is not None:
            results.append(
                Result(
                    id=str(key),
                    outcome=key,
                    issuer=outcome.issuer,
                    earned=outcome.credit,
                    completion=Completion(first=q.today, last=q.today),
                )
            )
    fields = {name: getattr(q.context, name) for name in Context.__struct_fields__}
    context = Context(**{**fields, "consumed": (), "silent": (), "targets": ()})
    perfect = frozenset(result.id for result in results)
    return replace(q, results=tuple(results), context=context, perfect=perfect, renamed={})


def _ways(q: Question, rule: Rule) -> list[tuple[Target, frozenset[str], int]]:
    """Every target that an application of the rule gives or would give, with its evidence and the number of
    conditions open. R22: "CAPPED that gives nothing is not listed"."""
    found = []
    for place in range(len(rule.alternatives)):
        for assignment in assignments(q, rule, place):
            for offer, finding in judge_application(q, Application(rule, place, assignment)):
                if finding.gives:
                    found.append((offer.target, assignment.evidence, 0))
                elif finding.verdict is Verdict.CONDITIONAL:
                    found.append((offer.target, assignment.evidence, max(1, len(assignment.open))))
    return found


def _granting(q: Question) -> list[Rule]:
    return [rule for rule in published(q.book.rules) if belongs(q, rule) and not rule.denies]


def accepted_for(
    book: RuleBook, context: Context, target: Target, most: int = MOST_SETS
) -> tuple[tuple[Accepted, ...], bool]:
    """R22: the sets of outcomes, "inclusion-minimal among those with no more conditions, by size, then
    code, at most 50, `truncated` said"."""
    plain = ask(book, (), context)
    rules = [
        rule for rule in _granting(plain) if any(offer.target == target for offer in offers(plain, rule))
    ]
    issuers = {outcome.issuer for outcome in book.outcomes}
    keys = [outcome.key for outcome in named_outcomes(plain, rules, issuers)]
    q = assumed(plain, keys)
    found = {
        (evidence, conditions)
        for rule in rules
        for given, evidence, conditions in _ways(q, rule)
        if given == target
    }
    least = [
        (evidence, conditions)
        for evidence, conditions in found
        if not any((e < evidence and c <= conditions) or (e == evidence and c < conditions) for e, c in found)
    ]
    listed = sorted({(len(e), tuple(sorted(e)), c > 0) for e, c in least})
    accepted = tuple(Accepted(tuple(Key(key) for key in keys), open_) for _, keys, open_ in listed)
    return accepted[:most], len(accepted) > most


def equivalents(book: RuleBook, context: Context, outcome: Key) -> tuple[Equivalent, ...]:
    """R22: the rules where X suffices (``also_needs`` empty), and those where X is one of several."""
    plain = ask(book, (), context)
    found = set()
    for rule in _granting(plain):
        keys = [one.key for one in named_outcomes(plain, [rule], {o.issuer for o in book.outcomes})]
        for size in range(len(keys) + 1):
            for others in combinations([key for key in keys if key != outcome], size):
                found |= _suffices(assumed(plain, (outcome, *others)), rule, outcome, others)
    return tuple(
        sorted(_least(found), key=lambda one: (one.rule, one.version, str(one.target), one.also_needs))
    )


def _suffices(q: Question, rule: Rule, outcome: Key, others: tuple[Key, ...]) -> set[Equivalent]:
    whole = frozenset([outcome, *others])
    return {
        Equivalent(rule.key, rule.version, target, tuple(sorted(others)), conditions > 0)
        for target, evidence, conditions in _ways(q, rule)
        if evidence == whole
    }


def _least(found: set[Equivalent]) -> list[Equivalent]:
    """Only the smallest sets among those with no more conditions, for each rule version and target."""
    return [
        one
        for one in found
        if not any(
            (two.rule, two.version, two.target) == (one.rule, one.version, one.target)
            and set(two.also_needs) < set(one.also_needs)
            and two.conditional <= one.conditional
            for two in found
        )
    ]
