"""What a plan chooses among: applications, what each of their grants would count, what stands between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction as Ratio
from functools import cached_property
from itertools import combinations

from graph.model.caps import CapMeasure, Overflow
from graph.model.outcomes import Block
from graph.model.rules import WaiverMode
from graph.model.verdicts import Candidate, Granted, Target, TargetKind, Verdict
from graph.planning.rooms import scheme_of
from graph.recognition.amounts import units
from graph.recognition.caps import counts
from graph.recognition.ceilings import Limit, limits
from graph.recognition.clashes import clash_within, clashing, exclusions, here, parts_of_outcome
from graph.recognition.ledger import Posting, evidence_classes, postings
from graph.recognition.levels import level_of
from graph.recognition.question import Question
from graph.recognition.targets import path_of


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One grant of one application, ``place`` in the list of all.

    ``carries`` tells that it carries credit, which may be unknown; ``worth`` is what a unit of its credit
    counts in the plan's scheme; ``step`` is that of its own scheme, in 1/10,000.
    """

    place: int
    application: int
    granted: Granted
    posting: Posting
    carries: bool
    step: int
    worth: Ratio
    path: tuple[Block, ...]

    @property
    def target(self) -> Target:
        """What is granted."""
        return self.granted.target

    @property
    def elective(self) -> bool:
        """Tell whether its credit may be cut."""
        return self.target.kind is TargetKind.ELECTIVE and self.posting.credit > 0


@dataclass(frozen=True, slots=True, eq=False)
class Ceiling:
    """A cap as a plan sees it: what is left of it, and what each item under it uses.

    By credit a use is that of 1/10,000 of the item's credit, by count that of the item.
    """

    name: str
    left: Ratio
    uses: dict[int, Ratio]
    by_credit: bool
    waives: bool


class Offers:
    """Everything to choose among in one world, read once off the question."""

    def __init__(self, question: Question, found: tuple[Candidate, ...], *, conditional: bool) -> None:
        self.question = question
        self.candidates = found
        self.conditional = conditional
        self.masks = [sum(question.by_id[name].bit for name in one.evidence) for one in found]
        allowed = {Verdict.MEETS_RULE, Verdict.CAPPED, *((Verdict.CONDITIONAL,) if conditional else ())}
        open_ones = (
            (place, granted)
            for place, one in enumerate(found)
            for granted in one.grants
            if granted.verdict in allowed
        )
        self.items = [self._item(number, *one) for number, one in enumerate(open_ones)]
        self.ceilings = [one for limit in limits(question) if (one := self._ceiling(limit))]

    def only(self, places: Iterable[int]) -> Offers:
        """Return what there is to choose among these applications."""
        few = tuple(self.candidates[place] for place in places)
        return Offers(self.question, few, conditional=self.conditional)

    @cached_property
    def ranks(self) -> list[int]:
        """The place from 1 of each application's (rule, version, alternative) in byte order (R19)."""
        names = [(one.rule.encode(), one.version, one.alternative) for one in self.candidates]
        places = {name: place for place, name in enumerate(sorted(set(names)), 1)}
        return [places[name] for name in names]

    @cached_property
    def barred(self) -> frozenset[int]:
        """Applications whose own evidence clashes: no condition fulfilled would let them be used (R17)."""
        return frozenset(n for n, mask in enumerate(self.masks) if clash_within(self.question, mask))

    @cached_property
    def of_application(self) -> list[list[Item]]:
        """The items of each application."""
        found: list[list[Item]] = [[] for _ in self.candidates]
        for item in self.items:
            found[item.application].append(item)
        return found

    @cached_property
    def of_target(self) -> dict[Target, list[Item]]:
        """The items of each target."""
        found: dict[Target, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.target, []).append(item)
        return found

    def _item(self, number: int, place: int, granted: Granted) -> Item:
        question = self.question
        scheme = question.index.credit_schemes.known(granted.scheme, question.day)
        return Item(
            place=number,
            application=place,
            granted=granted,
            posting=self._posting(place, granted),
            carries=granted.mode is WaiverMode.FULL and granted.with_credit,
            step=units(scheme.step) if scheme else 1,
            worth=self._worth(granted),
            path=path_of(question, granted.target),
        )

    def _posting(self, place: int, granted: Granted) -> Posting:
        context = self.question.context
        return Posting(
            target=granted.target,
            full=granted.mode is WaiverMode.FULL and granted.target.kind is not TargetKind.ENTITLEMENT,
            credit=units(granted.credit) if granted.credit is not None else 0,
            scheme=granted.scheme,
            agreement=self.candidates[place].agreement,
            institution=context.institution,
            programme=context.programme,
            year=self.question.day.year,
            classes=evidence_classes(self.question, self.masks[place]),
        )

    def _worth(self, granted: Granted) -> Ratio:
        programme = self.question.programme
        least = programme.minimum_level if programme else None
        level = level_of(self.question, granted.target)
        if least and level and (level.framework != least.framework or level.ordinal < least.ordinal):
            return Ratio(0)
        if self.question.context.programme and not path_of(self.question, granted.target):
            return Ratio(0)
        return self.question.factor(granted.scheme, scheme_of(self.question)) or Ratio(0)

    def _ceiling(self, limit: Limit) -> Ceiling | None:
        """Return a cap with what is left of it; None where its total is unknown: then it binds nothing.

        Where what was consumed is over the cap already, nothing more fits, and nothing is undone.
        """
        if limit.amount is None:
            return None
        before = [one for one in postings(self.question) if counts(self.question, limit, one)]
        under = [one for one in self.items if counts(self.question, limit, one.posting)]
        waives = limit.overflow is Overflow.WAIVE_WITHOUT_CREDIT
        if limit.measure is CapMeasure.CREDIT:
            used = sum((one.credit * self._use(limit, one) for one in before), Ratio(0))
            found = {one.place: self._use(limit, one.posting) for one in under if one.posting.credit}
            uses = {place: use for place, use in found.items() if use}
            return Ceiling(limit.name, max(limit.amount - used, Ratio(0)), uses, True, waives)
        settled = {one.target for one in before if one.counted}
        left = limit.amount - len(settled)
        counted = [item for item in under if item.posting.counted]
        uses = {item.place: Ratio(left < 0 or item.target not in settled) for item in counted}
        return Ceiling(limit.name, max(left, Ratio(0)), uses, False, False)

    def _use(self, limit: Limit, one: Posting) -> Ratio:
        """Return what a unit of credit uses of a cap; without factor nothing: that is a condition."""
        return self.question.factor(one.scheme, limit.scheme) or Ratio(0)

    def conflicts(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of applications that are never in one plan."""
        return (two for two in combinations(range(len(self.candidates)), 2) if self.conflict(*two))

    def conflict(self, one: int, other: int) -> bool:
        """Tell whether two applications are never in one plan; without a programme, for one target (R17)."""
        both = self.candidates[one].sharable and self.candidates[other].sharable
        against = self._clashes[one] if both else self._clashes[one] | self.masks[one]
        if not against & self.masks[other]:
            return False
        return self.question.context.programme is not None or bool(self._targets[one] & self._targets[other])

    @cached_property
    def _targets(self) -> list[set[Target]]:
        return [{grant.target for grant in one.grants} for one in self.candidates]

    @cached_property
    def _clashes(self) -> list[int]:
        """The results that clash with the evidence of each application."""
        return [self._clashing(mask) for mask in self.masks]

    def _clashing(self, mask: int) -> int:
        found = 0
        for held in self.question.chosen(mask):
            found |= clashing(self.question, held)
        return found

    def repeats(self) -> Iterator[tuple[list[int], list[int], int]]:
        """Yield, for each rule and limit of it: all its applications, those under the limit, what is left."""
        past = [str(row.rule) for row in here(self.question)]
        by_rule: dict[str, list[int]] = {}
        for place, one in enumerate(self.candidates):
            by_rule.setdefault(one.rule, []).append(place)
        for rule, places in by_rule.items():
            for most in sorted({self.candidates[place].repeatable for place in places}):
                bound = [place for place in places if self.candidates[place].repeatable == most]
                yield places, bound, most - past.count(rule)

    def alone(self) -> Iterator[list[Item]]:
        """Yield sets of items of which one counts: of a target, of a target and a part, of an exclusion."""
        outcomes = {one.key: items for one, items in self.of_target.items() if one.kind is TargetKind.OUTCOME}
        for target, items in self.of_target.items():
            if target.kind is not TargetKind.ELECTIVE and len(items) > 1:
                yield items
        for key, items in outcomes.items():
            parts = (part for part in parts_of_outcome(self.question, key) if part != key)
            yield from ([*items, *outcomes[part]] for part in parts if part in outcomes)
        for exclusion in exclusions(self.question):
            named = [key for key in dict.fromkeys(exclusion.outcomes) if key in outcomes]
            if len(named) > 1:
                yield [item for key in named for item in outcomes[key]]
