"""R11 and R13: the first obstacle names the verdict; denials; one world judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from oracle_credit import Amount, Counted, counted_as, credit_given, under_caps
from oracle_evidence import Assignment, assignments, partly_met, verified
from oracle_targets import (
    Offer,
    conflicts_with_consumption,
    held_or_granted,
    minimum_grades,
    non_exemptible,
    offers,
    reaches_level,
    states,
    target_excluded,
    used_up,
)
from oracle_values import Question, State, any_clash, at_least, programme_stands, published, result_of
from oracle_windows import Timing, Where, basis_date, latest_completion, timing

from graph.model.rules import Rule, TargetState
from graph.model.values import NEVER, Key
from graph.model.verdicts import Judged, Target, TargetKind, Verdict

ORDER = (
    (Verdict.MEETS_RULE, True),
    (Verdict.CAPPED, True),
    (Verdict.UNDECIDED, False),
    (Verdict.CONDITIONAL, False),
    (Verdict.UNVERIFIED, False),
    (Verdict.CAPPED, False),
    (Verdict.EXCLUDED, False),
    (Verdict.ALREADY_HELD, False),
    (Verdict.DENIED, False),
    (Verdict.NOT_YET_VALID, False),
    (Verdict.PARTIAL, False),
    (Verdict.OUT_OF_WINDOW, False),
    (Verdict.SUPERSEDED, False),
    (Verdict.NOT_MET, False),
)
"""R1: the best first."""


@dataclass(frozen=True)
class Finding:
    """What is said of one grant. ``left_out`` marks a SUPERSEDED that R5 leaves out."""

    verdict: Verdict
    gives: bool = False
    credit: Amount | None = None
    evidence: tuple[str, ...] = ()
    left_out: bool = False
    counted: Counted | None = None

    @property
    def rank(self) -> int:
        """The place in R1's order."""
        return ORDER.index((self.verdict, self.gives))


# --- Applications ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Application:
    """One way to use a rule version: an alternative and an assignment of results to it."""

    rule: Rule
    alternative: int
    assignment: Assignment

    @property
    def evidence(self) -> tuple[str, ...]:
        """The results used, in byte order of their ids."""
        return tuple(sorted(self.assignment.evidence))


def applications(q: Question, rule: Rule, alternative: int) -> list[Application]:
    """Every assignment of one alternative."""
    return [Application(rule, alternative, found) for found in assignments(q, rule, alternative)]


def judge_application(q: Question, application: Application) -> list[tuple[Offer, Finding]]:
    """R15: "In `whatIf` a rule's grants are counted in the order listed"."""
    before: list[Counted] = []
    found = []
    for offer in offers(q, application.rule):
        finding = judge_offer(q, application, offer, before)
        if finding.counted is not None and finding.counted.target not in _outcomes(before):
            before.append(finding.counted)
        found.append((offer, finding))
    return found


def _outcomes(before: Iterable[Counted]) -> set[Target]:
    """R17: "A target counts once (elective credit may be granted to a block more than once)"."""
    return {counted.target for counted in before if counted.target.kind is not TargetKind.ELECTIVE}


def judge_offer(q: Question, application: Application, offer: Offer, before: list[Counted]) -> Finding:
    """R11: the first obstacle names the verdict."""
    finding = (
        whatever_the_evidence(q, application.rule, offer.target)
        or _barred(q, application, offer)
        or _open_or_capped(q, application, offer, before)
    )
    return replace(finding, evidence=application.evidence)


def whatever_the_evidence(q: Question, rule: Rule, target: Target) -> Finding | None:
    """R11: ALREADY_HELD ("lifted where `held` is a required state"); wrong target state; non-exemptible."""
    if held_or_granted(q, target) and TargetState.HELD not in rule.required_states:
        return Finding(Verdict.ALREADY_HELD)
    if not in_required_states(q, rule, target):
        return Finding(Verdict.NOT_MET)
    if non_exemptible(q, target):
        return Finding(Verdict.DENIED)
    return None


def in_required_states(q: Question, rule: Rule, target: Target) -> bool:
    """R11: "wrong target state"; each required state is required."""
    return set(rule.required_states) <= states(q, target)


def _barred(q: Question, application: Application, offer: Offer) -> Finding | None:
    """R11: minimum grade; OUT_OF_WINDOW, SUPERSEDED; DENIED; EXCLUDED; NOT_YET_VALID; UNVERIFIED."""
    rule, evidence = application.rule, application.assignment.evidence
    at = timing(q, rule, basis_date(q, rule, evidence))
    grade = _grade(q, offer.target, evidence)
    if grade is not State.PASS:
        return Finding(Verdict.NOT_MET if grade is State.FAIL else Verdict.CONDITIONAL)
    if at.replaced:
        return _superseded(q, rule, at)
    if at.whole is Where.OUT:
        return Finding(Verdict.OUT_OF_WINDOW)
    if denied(q, application, offer.target) is State.FAIL:
        return Finding(Verdict.DENIED)
    if excluded(q, application, offer.target):
        return Finding(Verdict.EXCLUDED)
    if at.whole is Where.LATER:
        return Finding(Verdict.NOT_YET_VALID)
    if not all(verified(result_of(q, result_id)) for result_id in evidence):
        return Finding(Verdict.UNVERIFIED)
    return None


def _superseded(q: Question, rule: Rule, at: Timing) -> Finding:
    """R5: "left out, or SUPERSEDED if it was named and the other is later"."""
    named = rule.key in q.named_rules and any(holder > rule.version for holder in at.holders)
    return Finding(Verdict.SUPERSEDED, left_out=not named)


def _open_or_capped(q: Question, application: Application, offer: Offer, before: list[Counted]) -> Finding:
    """R11: CONDITIONAL; CAPPED; none: MEETS_RULE."""
    credit = credit_given(q, offer, application.assignment.evidence)
    if _has_open_condition(q, application, offer) or (credit is not None and credit.value is None):
        return Finding(Verdict.CONDITIONAL)
    counted = counted_as(q, application.rule, offer, application.assignment.evidence, credit)
    caps = under_caps(q, counted, before)
    if caps.open:
        return Finding(Verdict.CONDITIONAL)
    given = caps.left.credit if caps.left else None
    if caps.capped:
        return Finding(Verdict.CAPPED, gives=caps.left is not None, credit=given, counted=caps.left)
    return Finding(Verdict.MEETS_RULE, gives=True, credit=given, counted=caps.left)


def _has_open_condition(q: Question, application: Application, offer: Offer) -> bool:
    rule, evidence = application.rule, application.assignment.evidence
    return (
        bool(application.assignment.open)
        or timing(q, rule, basis_date(q, rule, evidence)).whole is Where.OPEN
        or not programme_stands(q)
        or denied(q, application, offer.target) is State.OPEN
        or not reaches_level(q, rule, offer.target, evidence)
    )


def _grade(q: Question, target: Target, evidence: Iterable[str]) -> State:
    """R11: "the target's minimum grade over all the evidence (below: NOT_MET; unknown: CONDITIONAL)"."""
    found = {
        at_least(q, result_of(q, result_id), minimum)
        for minimum in minimum_grades(q, target)
        for result_id in evidence
    }
    return next((state for state in (State.FAIL, State.OPEN) if state in found), State.PASS)


def excluded(q: Question, application: Application, target: Target) -> bool:
    """R17 and exclusions: clashing evidence, a conflict with what is consumed, REPEAT, or a member of the
    target's exclusion held or granted. R20: with consumption full nothing is left."""
    evidence = application.assignment.evidence
    return (
        q.full
        or any_clash(q, evidence)
        or target_excluded(q, target)
        or conflicts_with_consumption(q, application.rule, target, evidence)
        or used_up(q, application.rule)
    )


# --- R13 Denial ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A denial that applies, or perhaps applies, by some evidence."""

    rule: Rule
    target: Target
    evidence: frozenset[str]
    sure: bool


def belongs(q: Question, rule: Rule) -> bool:
    """A rule of the receiving institution, and of the programme or of every programme."""
    return rule.institution == q.context.institution and rule.programme in (None, q.context.programme)


@lru_cache(maxsize=4096)
def bars(q: Question) -> tuple[Bar, ...]:
    """R13: every denial that is met, concerned or not, by every assignment of it."""
    found = []
    for rule in published(q.book.rules):
        if rule.denies and belongs(q, rule):
            found.extend(_bars_of(q, rule))
    return tuple(found)


def _bars_of(q: Question, rule: Rule) -> list[Bar]:
    found = []
    for place in range(len(rule.alternatives)):
        for application in applications(q, rule, place):
            applies = _denial_applies(q, application)
            if applies is not State.FAIL:
                targets = [offer.target for offer in offers(q, rule)]
                for target in [one for one in targets if in_required_states(q, rule, one)]:
                    evidence = application.assignment.evidence
                    found.append(Bar(rule, target, evidence, applies is State.PASS))
    return found


def _denial_applies(q: Question, application: Application) -> State:
    """R13: "A CONDITIONAL or UNVERIFIED denial makes what it would bar CONDITIONAL"; outside its windows,
    or with clashing evidence, it does not apply."""
    rule, evidence = application.rule, application.assignment.evidence
    empty = not rule.alternatives[application.alternative].clauses
    at = timing(q, rule, basis_date(q, rule, evidence, empty_denial=empty))
    if at.whole in (Where.OUT, Where.LATER) or any_clash(q, evidence):
        return State.FAIL
    unsure = (
        at.whole is Where.OPEN
        or bool(application.assignment.open)
        or not all(verified(result_of(q, result_id)) for result_id in evidence)
    )
    return State.OPEN if unsure else State.PASS


def denied(q: Question, application: Application, target: Target) -> State:
    """R13: a denial bars "every application of equal or larger number whose evidence contains E"; FAIL:
    barred."""
    hit = [
        bar.sure
        for bar in bars(q)
        if bar.target.kind is TargetKind.PROGRAMME or bar.target == target
        if application.rule.priority >= bar.rule.priority and bar.evidence <= application.assignment.evidence
    ]
    if any(hit):
        return State.FAIL
    return State.OPEN if hit else State.PASS


# --- One world -------------------------------------------------------------------------------------------

Row = tuple[Key, int, int, Target]
"""(rule, version, place of the grant, target)."""


def judge_world(q: Question, rules: Iterable[Rule]) -> dict[Row, Finding]:
    """Judge the rule versions concerned, in a world without silence; versions left out are marked."""
    found: dict[Row, Finding] = {}
    for rule in rules:
        judged = _judge_denial(q, rule) if rule.denies else _judge_rule(q, rule)
        for offer, finding in judged:
            row = (rule.key, rule.version, offer.place, offer.target)
            if row not in found:
                found[row] = finding
    return found


def _judge_denial(q: Question, rule: Rule) -> list[tuple[Offer, Finding]]:
    """R13: "Its own verdict is DENIED if it surely applies, else NOT_MET"."""
    sure = {bar.target for bar in bars(q) if bar.rule == rule and bar.sure}
    return [
        (offer, Finding(Verdict.DENIED if offer.target in sure else Verdict.NOT_MET))
        for offer in offers(q, rule)
    ]


def _judge_rule(q: Question, rule: Rule) -> list[tuple[Offer, Finding]]:
    """R8, R11: each grant takes its best alternative ("ties by order"), an alternative its best
    assignment."""
    ways = [_judge_alternative(q, rule, place) for place in range(len(rule.alternatives))]
    found = []
    for number, offer in enumerate(offers(q, rule)):
        nothing = whatever_the_evidence(q, rule, offer.target) or Finding(Verdict.NOT_MET)
        best = min((way[number] for way in ways), key=lambda finding: finding.rank, default=nothing)
        found.append((offer, best))
    return found


def _judge_alternative(q: Question, rule: Rule, place: int) -> list[Finding]:
    """R8: "an alternative takes the verdict of its best assignment. Shown among equals: fewest results, then
    earliest latest completion, then ids in byte order"."""
    judged = [judge_application(q, application) for application in applications(q, rule, place)]
    if not judged:
        partial = partly_met(q, rule.alternatives[place])
        missed = Finding(Verdict.PARTIAL if partial else Verdict.NOT_MET)
        return [whatever_the_evidence(q, rule, offer.target) or missed for offer in offers(q, rule)]
    per_offer = zip(*judged, strict=True)
    return [min((finding for _, finding in way), key=lambda one: _shown(q, one)) for way in per_offer]


def _shown(q: Question, finding: Finding) -> tuple[int, int, date, date, tuple[str, ...]]:
    span = latest_completion(q, finding.evidence)
    last, first = (span.last, span.first) if span else (NEVER, NEVER)
    return finding.rank, len(finding.evidence), last, first, finding.evidence


def as_judged(row: Row, finding: Finding) -> Judged:
    """The public value of one finding."""
    rule, version, place, target = row
    credit = finding.credit if finding.gives else None
    return Judged(
        rule=rule,
        version=version,
        grant=place,
        target=target,
        verdict=finding.verdict,
        gives=finding.gives,
        credit=None if credit is None or credit.value is None else decimal(credit.value),
        scheme=credit.scheme if credit else "",
        evidence=finding.evidence,
    )


def decimal(value: Fraction) -> Decimal:
    """A fraction as a decimal; exact wherever the fraction is."""
    return Decimal(value.numerator) / Decimal(value.denominator)
