"""The proof of a plan: everything of it evaluated again in exact numbers, without solver or model (R19).

It knows the question, the applications and what is given, and nothing of how they were found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction as Ratio
from itertools import combinations, product

from graph.model.caps import CapMeasure, Overflow
from graph.model.rules import WaiverMode
from graph.model.verdicts import Candidate, Granted, Target, TargetKind
from graph.planning.rooms import scheme_of, usable
from graph.recognition.amounts import units
from graph.recognition.caps import counts
from graph.recognition.ceilings import Limit, limits
from graph.recognition.clashes import clashing, exclusions, here, parts_of_outcome
from graph.recognition.ledger import Posting, evidence_classes, postings
from graph.recognition.levels import level_of
from graph.recognition.question import Question


class PlanError(AssertionError):
    """A solution that does not bear exact re-evaluation: a defect, never an answer."""


@dataclass(frozen=True, slots=True)
class Gift:
    """One grant given by a plan: of which of its applications, its credit in 1/10,000, waived by a cap."""

    application: int
    granted: Granted
    credit: int
    waived: bool


@dataclass(frozen=True, slots=True)
class Weight:
    """The numbers of a plan but its ranks; credit in 1/10,000 of the plan's scheme, fees in 1/10,000."""

    credit: Ratio
    waivers: int
    results: int
    priorities: int
    fees: int


def weigh(question: Question, applications: Sequence[Candidate], gifts: Sequence[Gift]) -> Weight:
    """Evaluate a plan again; `PlanError` where it breaks a rule."""
    return _Proof(question, applications, gifts).weight()


class _Proof:
    def __init__(self, question: Question, applications: Sequence[Candidate], gifts: Sequence[Gift]) -> None:
        self.question = question
        self.applications = applications
        self.gifts = gifts
        self.now = [self._posting(gift) for gift in gifts]

    def weight(self) -> Weight:
        """Demand that the plan keeps every rule, and add its numbers up."""
        _demand(all(map(self._sound, self.gifts)), "grant")
        for one in self.applications:
            evidence = [self.question.by_id[name] for name in one.evidence]
            together = sum({held.bit for held in evidence})
            _demand(not any(clashing(self.question, held) & together for held in evidence), "clash")
        for one, other in combinations(self.applications, 2):
            _demand(not self._conflict(one, other), "conflict")
        _demand(all(map(self._often, self.applications)), "repeat")
        for left, right in combinations(self.gifts, 2):
            _demand(not self._rivals(left.granted.target, right.granted.target), "target")
        _demand(not list(self._broken(self.now)), "cap")
        _demand(all(self._waived(place) for place, gift in enumerate(self.gifts) if gift.waived), "waiver")
        without = {gift.granted.target for gift in self.gifts if gift.waived or not _carries(gift.granted)}
        return Weight(
            credit=usable(self.question, [(one.granted.target, self._counted(one)) for one in self.gifts]),
            waivers=len(without),
            results=len({name for one in self.applications for name in one.evidence}),
            priorities=sum(one.priority for one in self.applications),
            fees=sum(units(one.fee.amount) for one in self.applications if one.fee),
        )

    def _sound(self, gift: Gift) -> bool:
        """A grant of its own application, whole, or waived, or elective credit cut to the step."""
        if gift.granted not in self.applications[gift.application].grants:
            return False
        whole = units(gift.granted.credit) if gift.granted.credit is not None else 0
        if gift.waived:
            return gift.credit == 0 and _carries(gift.granted) and not _elective(gift.granted.target)
        if gift.credit == whole:
            return True
        scheme = self.question.index.credit_schemes.known(gift.granted.scheme, self.question.day)
        stepped = scheme is not None and gift.credit % units(scheme.step) == 0
        return _elective(gift.granted.target) and 0 < gift.credit < whole and stepped

    def _conflict(self, one: Candidate, other: Candidate) -> bool:
        """R17: shared results, unless both are sharable; clashing results, always."""
        targets = {grant.target for grant in one.grants} & {grant.target for grant in other.grants}
        if not self.question.context.programme and not targets:
            return False
        if not (one.sharable and other.sharable) and set(one.evidence) & set(other.evidence):
            return True
        by_id = self.question.by_id
        pairs = product(one.evidence, other.evidence)
        return any(clashing(self.question, by_id[a]) & by_id[b].bit for a, b in pairs)

    def _often(self, one: Candidate) -> bool:
        past = sum(row.rule == one.rule for row in here(self.question))
        return past + sum(other.rule == one.rule for other in self.applications) <= one.repeatable

    def _rivals(self, one: Target, other: Target) -> bool:
        """R17: a target counts once; a target and a part of it; members of an exclusion."""
        if one == other:
            return not _elective(one)
        if not one.kind is other.kind is TargetKind.OUTCOME:
            return False
        parts = one.key in self._parts(other.key) or other.key in self._parts(one.key)
        return parts or any({one.key, other.key} <= set(e.outcomes) for e in exclusions(self.question))

    def _parts(self, key: str) -> tuple[str, ...]:
        found = self.question.memo.get(("parts", key))
        if not isinstance(found, tuple):
            found = self.question.memo["parts", key] = parts_of_outcome(self.question, key)
        return found

    # --- Caps -----------------------------------------------------------------------------------------------

    def _posting(self, gift: Gift) -> Posting:
        one, context = self.applications[gift.application], self.question.context
        mask = sum({self.question.by_id[name].bit for name in one.evidence})
        return Posting(
            target=gift.granted.target,
            full=gift.granted.mode is WaiverMode.FULL,
            credit=gift.credit,
            scheme=gift.granted.scheme,
            agreement=one.agreement,
            institution=context.institution,
            programme=context.programme,
            year=self.question.day.year,
            classes=evidence_classes(self.question, mask),
        )

    def _broken(self, now: Sequence[Posting]) -> Iterator[Limit]:
        """Yield the caps that these grants break, with what was consumed."""
        for limit in limits(self.question):
            under = [one for one in now if counts(self.question, limit, one) and _measured(limit, one)]
            before = [one for one in postings(self.question) if counts(self.question, limit, one)]
            if limit.amount is not None and under and self._sum(limit, [*before, *under]) > limit.amount:
                yield limit

    def _sum(self, limit: Limit, every: Sequence[Posting]) -> Ratio:
        if limit.measure is CapMeasure.COUNT:
            return Ratio(len({one.target for one in every if one.counted}))
        factors = (self.question.factor(one.scheme, limit.scheme) or Ratio(0) for one in every)
        return sum((one.credit * factor for one, factor in zip(every, factors, strict=True)), Ratio(0))

    def _waived(self, place: int) -> bool:
        """With its credit a waived grant would break a cap, and only caps that waive."""
        granted = self.gifts[place].granted
        whole = replace(self.now[place], credit=units(granted.credit) if granted.credit is not None else 0)
        broken = list(self._broken([*self.now[:place], whole, *self.now[place + 1 :]]))
        return bool(broken) and all(one.overflow is Overflow.WAIVE_WITHOUT_CREDIT for one in broken)

    # --- Numbers --------------------------------------------------------------------------------------------

    def _counted(self, gift: Gift) -> Ratio:
        """R19: below the minimum level, of another edition, or without factor: 0."""
        programme = self.question.programme
        least = programme.minimum_level if programme else None
        level = level_of(self.question, gift.granted.target)
        if least and level and not (level.framework == least.framework and level.ordinal >= least.ordinal):
            return Ratio(0)
        return gift.credit * (self.question.factor(gift.granted.scheme, scheme_of(self.question)) or Ratio(0))


def _carries(granted: Granted) -> bool:
    return granted.mode is WaiverMode.FULL and granted.with_credit


def _elective(target: Target) -> bool:
    return target.kind is TargetKind.ELECTIVE


def _measured(limit: Limit, one: Posting) -> bool:
    return one.credit > 0 if limit.measure is CapMeasure.CREDIT else one.counted


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise PlanError(what)
