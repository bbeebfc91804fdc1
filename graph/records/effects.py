"""What a change of rules does to questions: who gains, loses, changes, by member and programme."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum

from graph.model.learning import Context
from graph.model.values import Key, Value
from graph.model.verdicts import Answer, Judged, Target, Verdict
from graph.records.comparing import said


class Kind(Enum):
    """What became of one target: it is given now, no longer, or given (or refused) otherwise."""

    GAIN = "GAIN"
    LOSS = "LOSS"
    CHANGE = "CHANGE"


class Effect(Value, frozen=True, kw_only=True):
    """What a change does to one target of one question; ``question`` is its line.

    ``before`` and ``after`` are the roll-ups (R1), ``had`` and ``has`` the most credit a rule gives, in text
    with its scheme; ``rules`` are the rule versions whose own verdicts on the target differ.
    """

    question: int
    member: Key
    programme: Key | None
    target: Target
    kind: Kind
    before: Verdict
    after: Verdict
    had: str = ""
    has: str = ""
    rules: tuple[str, ...] = ()


class Tally(Value, frozen=True, kw_only=True):
    """How many questions to one member and programme gain, lose, change, or stay; one may gain and lose."""

    member: Key
    programme: Key | None
    questions: int = 0
    gaining: int = 0
    losing: int = 0
    changing: int = 0
    same: int = 0


def effects(line: int, context: Context, old: Answer, new: Answer) -> Iterator[Effect]:
    """Yield what differs between two answers to one question, target by target."""
    for target in sorted(_targets(old) | _targets(new), key=lambda one: (one.kind.value, one.key.encode())):
        one, other = _Side(old, target), _Side(new, target)
        if one.said != other.said:
            yield Effect(
                question=line,
                member=context.institution,
                programme=context.programme,
                target=target,
                kind=_kind(one, other),
                before=one.verdict,
                after=other.verdict,
                had=one.most,
                has=other.most,
                rules=tuple(sorted(f"{rule}@{version}" for rule, version in one.differing(other))),
            )


def tallied(tally: Tally, found: list[Effect]) -> Tally:
    """Count one more question."""
    kinds = {one.kind for one in found}
    return Tally(
        member=tally.member,
        programme=tally.programme,
        questions=tally.questions + 1,
        gaining=tally.gaining + (Kind.GAIN in kinds),
        losing=tally.losing + (Kind.LOSS in kinds),
        changing=tally.changing + (Kind.CHANGE in kinds),
        same=tally.same + (not kinds),
    )


class _Side:
    """What one answer says of one target."""

    def __init__(self, answer: Answer, target: Target) -> None:
        self._judged = {
            (one.rule, one.version, one.grant): one for one in answer.judged if one.target == target
        }
        rolled = next((one for one in answer.targets if one.target == target), None)
        self.verdict = rolled.verdict if rolled else Verdict.NOT_EVALUATED
        self.gives = bool(rolled and rolled.gives)
        self.most = _most([one for one in self._judged.values() if one.gives])

    @property
    def said(self) -> tuple[Verdict, bool, str]:
        """What the learner is told."""
        return self.verdict, self.gives, self.most

    def differing(self, other: _Side) -> set[tuple[Key, int]]:
        """Return the rule versions that the two judge differently."""
        rows = self._judged.keys() | other._judged.keys()
        return {row[:2] for row in rows if said(self._judged.get(row)) != said(other._judged.get(row))}


def _targets(answer: Answer) -> set[Target]:
    return {one.target for one in answer.targets}


def _most(giving: list[Judged]) -> str:
    """Return the most credit given, by scheme, in text."""
    most: dict[str, Decimal] = {}
    for one in giving:
        if one.credit is not None:
            most[one.scheme] = max(one.credit, most.get(one.scheme, one.credit))
    return " ".join(f"{amount} {scheme}" for scheme, amount in sorted(most.items()))


def _kind(one: _Side, other: _Side) -> Kind:
    if one.gives == other.gives:
        return Kind.CHANGE
    return Kind.GAIN if other.gives else Kind.LOSS
