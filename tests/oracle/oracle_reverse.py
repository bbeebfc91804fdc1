"""R22: the reverse questions, by judging every application of every rule to results of every outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import prod

from oracle_credit import Counted, counted_as, credit_given, open_caps, under_caps
from oracle_evidence import assignments, clause_assignments
from oracle_targets import Offer, minimum_grades, offers, reaches_level
from oracle_values import Fact, Question, State, ask, at_least, outcome_of, programme_stands, published
from oracle_values import result_of as result_of_id
from oracle_verdicts import (
    ORDER,
    Application,
    bars,
    belongs,
    denied,
    excluded,
    judge_application,
    whatever_the_evidence,
)
from oracle_windows import Where, basis_date, timing
from oracle_worlds import mentions, slots_of

from graph.model.book import RuleBook
from graph.model.learning import Completion, Context, Result
from graph.model.rules import OutcomeClause, PoolClause, Rule
from graph.model.values import ANY_EDITION, Key, Status, parts_of
from graph.model.verdicts import Target, TargetKind, Verdict

MOST_SETS = 50
MOST_RESULTS = 11
"""Results assumed for one rule at most: every subset of them is looked at."""


MOST_WAYS = 20_000
"""Ways of holding all clauses of an alternative, each looked at."""


class TooLargeError(Exception):
    """The question is too large to be judged by brute force."""


@dataclass(frozen=True)
class Accepted:
    """Outcomes that give a target by one alternative of a rule version, or would under ``conditions``.

    A repeatable outcome stands as often as results of it are needed.
    """

    outcomes: tuple[str, ...]
    rule: Key
    version: int
    alternative: int
    grant: int
    target: Target
    verdict: Verdict
    conditions: frozenset[tuple[str, ...]]

    @property
    def order(self) -> tuple[object, ...]:
        """R22: "by size, then code"; then what needs nothing more, by rule and best alternative."""
        rank = ORDER.index((self.verdict, self.verdict is not Verdict.CONDITIONAL))
        of = (self.rule, self.version, rank, self.alternative, self.grant)
        return (
            len(self.outcomes),
            self.outcomes,
            bool(self.conditions),
            of,
            self.target.kind.value,
            self.target.key,
        )


# --- The assumed results ---------------------------------------------------------------------------------


def assumed(plain: Question, rule: Rule, also: Iterable[Key] = ()) -> Question:
    """R22: "results assumed verified, completed on the application date, best grade, catalogue credit,
    nothing held or consumed, no silence": of each outcome that the rule names, in the graph or not."""
    keys = {*(key for key in _keys(plain) if _named(plain, rule, key)), *also}
    results = [result for key in sorted(keys) for result in _results(plain, rule, key)]
    if len(results) > MOST_RESULTS:
        raise TooLargeError(rule.key)
    fields = {name: getattr(plain.context, name) for name in Context.__struct_fields__}
    context = Context(**{**fields, "consumed": (), "silent": (), "targets": ()})
    perfect = frozenset(result.id for result in results)
    return replace(plain, results=tuple(results), context=context, perfect=perfect, renamed={})


def _keys(q: Question) -> set[str]:
    """Every outcome key there is: in the graph, of a mapping, or spelt out in a clause of any rule."""
    ways = [way for rule in published(q.book.rules) for way in rule.alternatives]
    clauses = [clause for way in ways for clause in way.clauses]
    spelt = {clause.outcome for clause in clauses if isinstance(clause, OutcomeClause)}
    spelt |= {key for clause in clauses if isinstance(clause, PoolClause) for key in clause.outcomes}
    exact = {key for key in spelt if parts_of(key)[1] != ANY_EDITION}
    return {
        *exact,
        *(outcome.key for outcome in published(q.book.outcomes)),
        *(one.outcome for one in q.book.mappings if one.status in (Status.APPROVED, Status.PUBLISHED)),
    }


def _named(q: Question, rule: Rule, key: str) -> bool:
    held = Result(id="?", outcome=Key(key))
    return any(mentions(q, clause, held) for way in rule.alternatives for clause in way.clauses)


def _results(q: Question, rule: Rule, key: str) -> Iterator[Result]:
    """One of an outcome; "of a `repeatable` outcome as many as a pool needs", as R20 says."""
    today = Completion(first=q.today, last=q.today)
    outcome = outcome_of(q, key)
    if outcome is None:
        yield Result(id=f"{key}#0", outcome=Key(key), completion=today)
        return
    for copy in range(sum(slot.copies for slot in slots_of(q, [rule], outcome))):
        yield Result(
            id=f"{key}#{copy}",
            outcome=outcome.key,
            issuer=outcome.issuer,
            earned=outcome.credit,
            completion=today,
        )


# --- What a rule gives -----------------------------------------------------------------------------------


def _ways(q: Question, rule: Rule) -> Iterator[Accepted]:
    """Every target that an application of the rule gives, or would give once its conditions were answered.
    R22: "CAPPED that gives nothing is not listed"."""
    for place, alternative in enumerate(rule.alternatives):
        sizes = [len(clause_assignments(q, number, one)) for number, one in enumerate(alternative.clauses)]
        if prod(sizes) > MOST_WAYS:
            raise TooLargeError(rule.key)
        for assignment in assignments(q, rule, place):
            application = Application(rule, place, assignment)
            before: list[Counted] = []
            for offer, finding in judge_application(q, application):
                listed = finding.gives
                if finding.verdict is Verdict.CONDITIONAL:
                    listed = _would_give(q, application, offer, before)
                if listed:
                    open_ = _conditions(q, application, offer, before)
                    yield _accepted(q, application, offer, finding.verdict, open_)
                if finding.counted is not None and finding.counted not in before:
                    before.append(finding.counted)


def _accepted(
    q: Question, application: Application, offer: Offer, verdict: Verdict, open_: frozenset[tuple[str, ...]]
) -> Accepted:
    rule = application.rule
    outcomes = tuple(sorted(str(result_of_id(q, one).outcome) for one in application.evidence))
    return Accepted(
        outcomes, rule.key, rule.version, application.alternative, offer.place, offer.target, verdict, open_
    )


def _would_give(q: Question, application: Application, offer: Offer, before: list[Counted]) -> bool:
    """A conditional set is no acceptance if it is refused whatever the answer: by the target itself, a
    window, a sure denial, an exclusion, or a cap that leaves nothing."""
    rule, evidence = application.rule, application.assignment.evidence
    at = timing(q, rule, basis_date(q, rule, evidence))
    if whatever_the_evidence(q, rule, offer.target) or at.replaced or at.whole in (Where.OUT, Where.LATER):
        return False
    if denied(q, application, offer.target) is State.FAIL or excluded(q, application, offer.target):
        return False
    if any(_grade(q, offer, result) is State.FAIL for result in evidence):
        return False
    counted = _counted(q, application, offer)
    return under_caps(q, counted, before, open_caps(q, counted, before)).left is not None


def _counted(q: Question, application: Application, offer: Offer) -> Counted:
    """What caps see; of a credit that is unknown, none."""
    evidence = application.assignment.evidence
    credit = credit_given(q, offer, evidence)
    known = credit if credit is not None and credit.value is not None else None
    return counted_as(q, application.rule, offer, evidence, known)


def _grade(q: Question, offer: Offer, result_id: str) -> State:
    found = [at_least(q, result_of_id(q, result_id), least) for least in minimum_grades(q, offer.target)]
    return next((state for state in (State.FAIL, State.OPEN) if state in found), State.PASS)


# --- Conditions ------------------------------------------------------------------------------------------


def _conditions(
    q: Question, application: Application, offer: Offer, before: list[Counted]
) -> frozenset[tuple[str, ...]]:
    """All that is open. What a clause leaves open is of its alternative, what else is open is of the rule
    version; only that the programme does not live is the same for all."""
    version = f"{application.rule.key}@{application.rule.version}"
    of_clauses = {
        (version, str(application.alternative), kind, _outcome(q, of))
        for kind, of in application.assignment.open
    }
    others = {(version, kind, of) for kind, of in _open_beside(q, application, offer, before)}
    lives = set() if programme_stands(q) else {("programme",)}
    return frozenset({*of_clauses, *others, *lives})


def _outcome(q: Question, of: str) -> str:
    """The outcome of a result: two results of one outcome are alike."""
    return next((str(result.outcome) for result in q.results if result.id == of), of)


def _open_beside(
    q: Question, application: Application, offer: Offer, before: list[Counted]
) -> Iterator[Fact]:
    rule, evidence = application.rule, application.assignment.evidence
    if timing(q, rule, basis_date(q, rule, evidence)).whole is Where.OPEN:
        yield "window", ""
    for result_id in evidence:
        if _grade(q, offer, result_id) is State.OPEN:
            yield "target grade", _outcome(q, result_id)
    for bar in bars(q):
        aimed = bar.target.kind is TargetKind.PROGRAMME or bar.target == offer.target
        if aimed and not bar.sure and bar.evidence <= evidence and rule.priority >= bar.rule.priority:
            yield "denial", f"{bar.rule.key}@{bar.rule.version}"
    if not reaches_level(q, rule, offer.target, evidence):
        yield "level", ""
    credit = credit_given(q, offer, evidence)
    if credit is not None and credit.value is None:
        yield "credit", ""
    for ceiling in open_caps(q, _counted(q, application, offer), before):
        yield "cap", ceiling.cap.key


# --- The two questions -----------------------------------------------------------------------------------


def _instead(other: Accepted, one: Accepted) -> bool:
    """R22: "inclusion-minimal among those with no more conditions". An equal set of another rule version is
    told as well."""
    if other is one or other.target != one.target:
        return False
    if not (_among(other.outcomes, one.outcomes) and other.conditions <= one.conditions):
        return False
    if (other.outcomes, other.conditions) != (one.outcomes, one.conditions):
        return True
    same = (other.rule, other.version) == (one.rule, one.version)
    return same and other.order < one.order


def _among(some: tuple[str, ...], all_: tuple[str, ...]) -> bool:
    return all(some.count(key) <= all_.count(key) for key in some)


def _least(found: Iterable[Accepted]) -> list[Accepted]:
    ways = list(dict.fromkeys(found))
    return sorted(
        (one for one in ways if not any(_instead(two, one) for two in ways)), key=lambda one: one.order
    )


def _granting(q: Question) -> list[Rule]:
    return [rule for rule in published(q.book.rules) if belongs(q, rule) and not rule.denies]


def accepted_for(
    book: RuleBook, context: Context, target: Target, most: int = MOST_SETS
) -> tuple[tuple[Accepted, ...], bool]:
    """R22: the sets of outcomes, "by size, then code, at most 50, `truncated` said"."""
    plain = ask(book, (), context)
    rules = [
        rule for rule in _granting(plain) if any(offer.target == target for offer in offers(plain, rule))
    ]
    found = [way for rule in rules for way in _ways(assumed(plain, rule), rule) if way.target == target]
    listed = tuple(_least(found))
    return listed[:most], len(listed) > most


def equivalents(
    book: RuleBook, context: Context, outcome: Key
) -> tuple[tuple[Accepted, ...], tuple[Accepted, ...]]:
    """R22: for each rule version and target, the sets of X alone, and apart those that also need others."""
    plain = ask(book, (), context)
    named = [rule for rule in _granting(plain) if _named(plain, rule, outcome)]
    found = [
        one
        for rule in named
        for one in _least(_ways(assumed(plain, rule, [outcome]), rule))
        if outcome in one.outcomes
    ]
    ordered = sorted(found, key=lambda one: one.order)
    alone = tuple(one for one in ordered if set(one.outcomes) == {outcome})
    return alone, tuple(one for one in ordered if set(one.outcomes) != {outcome})
