"""Rooms: what each block of a programme can still use, and how much of some grants it does use (R19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.outcomes import Block, RequirementKind
from graph.model.rules import TargetState
from graph.model.verdicts import Target, TargetKind
from graph.recognition.amounts import units
from graph.recognition.clashes import here
from graph.recognition.question import Question
from graph.recognition.targets import catalogue, path_of, paths, target_of


class Settled(NamedTuple):
    """A target held, or granted by a past application, with its credit in 1/10,000 of the plan's scheme.

    ``grants`` is how many past grants it stands for: elective credit may come more than once.
    """

    target: Target
    credit: Ratio
    grants: int


class Room(NamedTuple):
    """A block with what it can still use; None: no limit. ``credit`` in 1/10,000, ``courses`` in grants."""

    block: Block
    credit: Ratio | None
    courses: int | None


def scheme_of(question: Question) -> str:
    """Return the credit scheme that a plan counts in."""
    programme = question.programme
    return programme.credit_scheme if programme else question.context.credit_scheme or ""


def settled(question: Question) -> tuple[Settled, ...]:
    """Return what is held (at catalogue value) or consumed (as granted, the larger of several), each once."""
    found: dict[Target, Settled] = {}
    for target, credit in _consumed(question):
        before = found.get(target, Settled(target, Ratio(0), 0))
        if target.kind is TargetKind.ELECTIVE:
            found[target] = Settled(target, before.credit + credit, before.grants + 1)
        else:
            found[target] = Settled(target, max(before.credit, credit), 1)
    for row in question.context.targets:
        if row.state is TargetState.HELD:
            target = Target(kind=TargetKind.OUTCOME, key=row.outcome)
            worth = catalogue(question, target)
            credit = _counted(question, units(worth.amount), worth.scheme) if worth else Ratio(0)
            found[target] = Settled(target, credit, 1)
    return tuple(found.values())


def _consumed(question: Question) -> Iterator[tuple[Target, Ratio]]:
    for row in here(question):
        for one in row.targets:
            credit = one.credit
            amount = _counted(question, units(credit.amount), credit.scheme) if credit else Ratio(0)
            yield target_of(one), amount


def _counted(question: Question, amount: int, scheme: str) -> Ratio:
    return amount * (question.factor(scheme, scheme_of(question)) or Ratio(0))


def inside(question: Question, target: Target, block: Block) -> bool:
    """Tell whether a target stands in a block or below it."""
    return any(above.code == block.code for above in path_of(question, target))


def rooms(question: Question) -> tuple[Room, ...]:
    """Return every block of the programme in tree order, with what it can still use."""
    have = settled(question)
    return tuple(_room(question, path[-1], have) for path in paths(question).values())


def _room(question: Question, block: Block, have: tuple[Settled, ...]) -> Room:
    kind, n = block.requirement.kind, block.requirement.n
    own = [one for one in have if inside(question, one.target, block)]
    if kind is RequirementKind.CREDITS and n is not None:
        return Room(block, max(units(n) - sum((one.credit for one in own), Ratio(0)), Ratio(0)), None)
    if kind is RequirementKind.COURSES and n is not None:
        return Room(block, None, max(int(n) - sum(one.grants for one in own), 0))
    return Room(block, None, None)


Amounts = Iterable[tuple[Target, Ratio]]
"""Targets with the credit that is given for them, in 1/10,000 of the plan's scheme."""


def usable(question: Question, given: Amounts) -> Ratio:
    """Return the most credit that the blocks can use of what is given; without a programme, all of it."""
    if not question.context.programme:
        return sum((amount for _, amount in given), Ratio(0))
    counted, programme = used(question, given), question.programme
    return sum((counted[block.code] for block in (programme.blocks if programme else ())), Ratio(0))


def used(question: Question, given: Amounts) -> dict[str, Ratio]:
    """Return the most that each block, with those below it, can use of what is given."""
    by_block: dict[str, list[Ratio]] = {}
    for target, amount in given:
        path = path_of(question, target)
        if path and amount > 0:
            by_block.setdefault(path[-1].code, []).append(amount)
    found = {one.block.code: one for one in rooms(question)}
    return {code: _most(one.block, by_block, found)[-1] for code, one in found.items()}


def _most(block: Block, given: dict[str, list[Ratio]], found: dict[str, Room]) -> list[Ratio]:
    """Return the most that a block and those below it use of at most 0, 1, 2 ... grants."""
    best = [Ratio(0)]
    for amount in sorted(given.get(block.code, ()), reverse=True):
        best.append(best[-1] + amount)
    for below in block.blocks:
        best = _beside(best, _most(below, given, found))
    room = found[block.code]
    if room.courses is not None:
        best = best[: room.courses + 1]
    return best if room.credit is None else [min(one, room.credit) for one in best]


def _beside(one: list[Ratio], other: list[Ratio]) -> list[Ratio]:
    """Return the most that two parts use together of at most so many grants."""
    every = range(len(one) + len(other) - 1)
    return [
        max(one[k] + other[count - k] for k in range(len(one)) if 0 <= count - k < len(other))
        for count in every
    ]
