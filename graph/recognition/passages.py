"""Passages: the single steps a pathway may be made of (R23), each with what it takes and what it gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction as Ratio
from typing import NamedTuple

from msgspec.structs import replace

from graph.model.outcomes import Programme, walk_blocks
from graph.model.pathways import Gift, Hint, Mark, PathStep
from graph.model.values import Credit, Key
from graph.model.verdicts import OutcomeSet, Target, TargetKind
from graph.recognition.amounts import plain, ratio, units
from graph.recognition.index import Index

Member = tuple[str, int]
"""An outcome; a repeatable one is numbered as often as it is needed."""

Name = tuple[bytes, int, int, tuple[bytes, ...], int, bytes]
"""What passages are ordered by: rule code or outcome, version, alternative, what it takes, hint, subject."""

_HINTS = tuple(Hint)


class Goal(NamedTuple):
    """A programme version as a pathway's end; ``factors`` lead to its credit scheme."""

    institution: Key
    programme: Key
    scheme: str
    outcomes: frozenset[str]
    blocks: frozenset[str]
    factors: Mapping[str, Ratio]

    def worth(self, gift: Gift) -> Ratio:
        """Return a gift's credit in 1/10,000 of the programme's scheme; without credit or factor nothing."""
        factor = Ratio(1) if gift.scheme == self.scheme else self.factors.get(gift.scheme)
        return Ratio(0) if gift.credit is None or factor is None else units(gift.credit) * factor

    def credit(self, worth: Ratio) -> Credit:
        """Return credit in 1/10,000 of the programme's scheme, cut to 4 places: a factor may leave more."""
        return Credit(amount=plain(worth.numerator // worth.denominator), scheme=self.scheme)

    def holds(self, target: Target) -> bool:
        """Tell whether credit of a target counts in the programme."""
        among = self.outcomes if target.kind is TargetKind.OUTCOME else self.blocks
        return target.kind in (TargetKind.OUTCOME, TargetKind.ELECTIVE) and target.key in among


class Passage(NamedTuple):
    """A step as the search sees it; ``needed_by`` names the rule step a missing outcome is suggested for."""

    name: Name
    step: PathStep
    takes: frozenset[Member]
    gives: frozenset[Member]
    counted: Ratio | None = None
    needed_by: Name | None = None

    @property
    def arrives(self) -> bool:
        """Tell whether it gives something in the programme."""
        return self.counted is not None

    @property
    def suggests(self) -> bool:
        """Tell whether it is something one would still have to earn."""
        return self.step.mark is Mark.SUGGESTION


def goal_of(index: Index, programme: Key, day: date) -> Goal | None:
    """Return a programme version as a goal, as it is live on a day, or was known last; None: unknown."""
    known = index.programmes.known(programme, day)
    if known is None:
        return None
    blocks = walk_blocks(known.blocks)
    factors: dict[str, Ratio] = {}
    for factor in index.factors.all_live(day):
        if factor.to_scheme == known.credit_scheme:
            factors.setdefault(factor.from_scheme, ratio(factor.factor))
    return Goal(
        institution=index.institution,
        programme=programme,
        scheme=known.credit_scheme,
        outcomes=frozenset(key for block in blocks for key in block.outcomes),
        blocks=frozenset(block.code for block in blocks),
        factors=factors,
    )


def members(keys: Iterable[str]) -> frozenset[Member]:
    """Number outcomes that stand several times."""
    listed = sorted(keys)
    return frozenset((key, listed[:place].count(key)) for place, key in enumerate(listed))


def ruled(sets: Iterable[OutcomeSet], goal: Goal, *, within: bool) -> list[Passage]:
    """Make one passage of each application that sets speak of, with all it gives.

    ``within`` tells that the rules were asked within the goal's programme, so that they may arrive there.
    """
    found: defaultdict[tuple[object, ...], list[OutcomeSet]] = defaultdict(list)
    for one in sets:
        found[one.rule, one.version, one.alternative, one.outcomes].append(one)
    return [_ruled(alike, goal, within=within) for alike in found.values()]


def _ruled(alike: list[OutcomeSet], goal: Goal, *, within: bool) -> Passage:
    one = alike[0]
    ordered = sorted(alike, key=lambda each: (each.grant, each.target.kind.value, each.target.key.encode()))
    gives = tuple(_gift(each) for each in ordered)
    step = PathStep(
        mark=Mark.RULE,
        rule=one.rule,
        version=one.version,
        alternative=one.alternative,
        institution=one.institution,
        agreement=one.agreement,
        takes=one.outcomes,
        gives=gives,
    )
    inside = [gift for gift in gives if goal.holds(gift.target)]
    rights = any(gift.target.kind is TargetKind.ENTITLEMENT for gift in gives)
    counted = sum((goal.worth(gift) for gift in inside), Ratio(0)) if within and (inside or rights) else None
    name = one.rule.encode(), one.version, one.alternative, _bytes(one.outcomes), -1, b""
    return Passage(name, step, members(one.outcomes), _outcomes(gives), counted)


def _gift(one: OutcomeSet) -> Gift:
    return Gift(target=one.target, credit=one.credit, scheme=one.scheme, conditions=one.conditions)


def _outcomes(gifts: Iterable[Gift]) -> frozenset[Member]:
    """A unit that is granted is no evidence: sets spell units out in outcomes (R22)."""
    return frozenset((gift.target.key, 0) for gift in gifts if gift.target.kind is TargetKind.OUTCOME)


def _bytes(keys: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(key.encode() for key in keys)


def missing(rules: Iterable[Passage], earnable: Collection[str]) -> Iterator[Passage]:
    """Suggest, for each rule step that takes several outcomes, any one of them, once the others are there."""
    for rule in rules:
        for key, copy in sorted(rule.takes) if len(rule.takes) > 1 else ():
            if key in earnable and (key, copy + 1) not in rule.takes:
                yield _missing(rule, (key, copy))


def _missing(rule: Passage, member: Member) -> Passage:
    step = replace(
        rule.step,
        mark=Mark.SUGGESTION,
        hint=Hint.ALSO_NEEDS,
        takes=tuple(Key(key) for key, _ in sorted(rule.takes - {member})),
        gives=(_earned(member[0]),),
    )
    about = f"{step.rule}@{step.version} {step.alternative}"
    suggested = _suggested(step, member[0], about)
    return suggested._replace(takes=rule.takes - {member}, gives=frozenset({member}), needed_by=rule.name)


def next_tier(lower: Key, upper: Key) -> Passage:
    """Suggest the next tier of a series."""
    step = PathStep(mark=Mark.SUGGESTION, hint=Hint.NEXT_TIER, takes=(lower,), gives=(_earned(upper),))
    return _suggested(step, upper)


def awarded(programme: Programme, held: Key) -> Passage | None:
    """Suggest to finish a programme of which one has an outcome, for what it awards; None: not of it."""
    inside = any(held in block.outcomes for block in walk_blocks(programme.blocks))
    if not inside or programme.awards is None or programme.awards == held:
        return None
    step = PathStep(
        mark=Mark.SUGGESTION,
        hint=Hint.AWARD,
        institution=programme.institution,
        programme=programme.key,
        takes=(held,),
        gives=(_earned(programme.awards),),
    )
    return _suggested(step, programme.awards, programme.key)


def _earned(outcome: str) -> Gift:
    return Gift(target=Target(kind=TargetKind.OUTCOME, key=outcome))


def _suggested(step: PathStep, outcome: str, about: str = "") -> Passage:
    hint = _HINTS.index(step.hint) if step.hint else -1
    name = outcome.encode(), 0, 0, _bytes(step.takes), hint, about.encode()
    return Passage(name, step, members(step.takes), frozenset({(outcome, 0)}))
