"""Targets: what a rule's grants are of, their blocks, and how the learner stands to them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.learning import ConsumedTarget, Consumption
from graph.model.outcomes import Block, walk_blocks
from graph.model.rules import (
    BlockGrant,
    Denial,
    ElectiveGrant,
    EntitlementGrant,
    Giving,
    Grant,
    OutcomeGrant,
    TargetState,
    UnitGrant,
)
from graph.model.trees import Reason
from graph.model.values import Credit
from graph.model.verdicts import Target, TargetKind
from graph.recognition.amounts import units
from graph.recognition.entries import Entry
from graph.recognition.question import Question


class Aim(NamedTuple):
    """One grant of one target; ``giving`` is None for entitlements and denials."""

    grant: int
    target: Target
    giving: Giving | None


class Sum(NamedTuple):
    """A sum of credit in 1/10,000 of a scheme, or why it is unknown."""

    amount: Ratio | None
    scheme: str
    reason: Reason | None


def aims(question: Question, entry: Entry) -> tuple[Aim, ...]:
    """Return what a rule grants or denies, whole blocks spelt out, in the order listed."""
    found = question.memo.get(("aims", entry.place))
    if not isinstance(found, tuple):
        spelt = (
            aim for place, grant in enumerate(entry.rule.grants) for aim in _spell(question, place, grant)
        )
        found = question.memo["aims", entry.place] = tuple(spelt)
    return found


def _spell(question: Question, place: int, grant: Grant) -> Iterator[Aim]:
    if isinstance(grant, BlockGrant):
        yield from _whole_block(question, place, grant)
    elif isinstance(grant, Denial):
        yield Aim(place, denied(question, grant), None)
    else:
        yield Aim(place, _target(grant), getattr(grant, "giving", None))


def _target(grant: OutcomeGrant | UnitGrant | ElectiveGrant | EntitlementGrant) -> Target:
    if isinstance(grant, OutcomeGrant):
        return Target(kind=TargetKind.OUTCOME, key=grant.outcome)
    if isinstance(grant, UnitGrant):
        return Target(kind=TargetKind.UNIT, key=grant.unit)
    if isinstance(grant, ElectiveGrant):
        return Target(kind=TargetKind.ELECTIVE, key=grant.block)
    return Target(kind=TargetKind.ENTITLEMENT, key=grant.code)


def denied(question: Question, denial: Denial) -> Target:
    """Return what a denial is of; with nothing named, the programme."""
    if denial.outcome is not None:
        return Target(kind=TargetKind.OUTCOME, key=denial.outcome)
    if denial.unit is not None:
        return Target(kind=TargetKind.UNIT, key=denial.unit)
    if denial.block is not None:
        return Target(kind=TargetKind.ELECTIVE, key=denial.block)
    return Target(kind=TargetKind.PROGRAMME, key=question.context.programme or "")


def _whole_block(question: Question, place: int, grant: BlockGrant) -> Iterator[Aim]:
    found = block(question, grant.block)
    giving = Giving(
        mode=grant.mode, with_credit=grant.with_credit, grade=grant.grade, grade_at=grant.grade_at
    )
    keys = (key for one in (walk_blocks((found,)) if found else ()) for key in one.outcomes)
    for key in dict.fromkeys(keys):
        yield Aim(place, Target(kind=TargetKind.OUTCOME, key=key), giving)


Path = tuple[Block, ...]
"""A block and those above it, the topmost first."""


def _paths(blocks: tuple[Block, ...], above: Path = ()) -> Iterator[Path]:
    for one in blocks:
        path = (*above, one)
        yield path
        yield from _paths(one.blocks, path)


def paths(question: Question) -> dict[str, Path]:
    """Return each block of the programme with those above it, in tree order."""
    found = question.memo.get("paths")
    if not isinstance(found, dict):
        blocks = question.programme.blocks if question.programme else ()
        found = question.memo["paths"] = {path[-1].code: path for path in _paths(blocks)}
    return found


def block(question: Question, code: str) -> Block | None:
    """Return a block of the programme."""
    path = paths(question).get(code)
    return path[-1] if path else None


def path_of(question: Question, target: Target) -> Path:
    """Return a target's block and those above it: the first that lists it, in tree order; else nothing."""
    if target.kind is TargetKind.ELECTIVE:
        return paths(question).get(target.key, ())
    return _listed(question).get(target.key, ()) if target.kind is TargetKind.OUTCOME else ()


def _listed(question: Question) -> dict[str, Path]:
    found = question.memo.get("listed")
    if not isinstance(found, dict):
        listed: dict[str, Path] = {}
        for path in paths(question).values():
            for key in path[-1].outcomes:
                listed.setdefault(key, path)
        found = question.memo["listed"] = listed
    return found


def non_exemptible(question: Question, target: Target) -> bool:
    """Tell whether a block of the programme says that the target cannot be waived."""
    if target.kind is not TargetKind.OUTCOME:
        return False
    return any(target.key in path[-1].non_exemptible for path in paths(question).values())


def states(question: Question, target: Target) -> set[TargetState]:
    """Return how the learner stands to a target."""
    if target.kind is not TargetKind.OUTCOME:
        return set()
    return {row.state for row in question.context.targets if row.outcome == target.key}


def target_of(row: ConsumedTarget) -> Target:
    """Return the target of a past grant."""
    if row.outcome is not None:
        return Target(kind=TargetKind.OUTCOME, key=row.outcome)
    if row.unit is not None:
        return Target(kind=TargetKind.UNIT, key=row.unit)
    if row.block is not None:
        return Target(kind=TargetKind.ELECTIVE, key=row.block)
    return Target(kind=TargetKind.ENTITLEMENT, key=row.entitlement or "")


def granted(rows: tuple[Consumption, ...], target: Target) -> tuple[Consumption, ...]:
    """Return the past applications among these that granted the target."""
    return tuple(row for row in rows if any(target_of(one) == target for one in row.targets))


def catalogue(question: Question, target: Target) -> Credit | None:
    """Return the catalogue credit of a target on the application date."""
    index, day = question.index, question.day
    if target.kind is TargetKind.OUTCOME:
        outcome = index.outcomes.live(target.key, day)
        return outcome.credit if outcome else None
    if target.kind is TargetKind.UNIT:
        unit = index.units.live(target.key, day)
        return unit.credit if unit else None
    return None


def catalogue_sum(question: Question, entry: Entry) -> Sum | None:
    """Return the catalogue credit of a rule's outcome targets in the first one's scheme; None without any."""
    targets = dict.fromkeys(aim.target for aim in aims(question, entry) if aim.giving is not None)
    outcomes = [target for target in targets if target.kind is TargetKind.OUTCOME]
    if not outcomes:
        return None
    worths = [catalogue(question, target) for target in outcomes]
    known = [credit for credit in worths if credit is not None]
    if len(known) < len(worths):
        return Sum(None, "", Reason.CREDIT_UNKNOWN)
    return _converted(question, known)


def _converted(question: Question, worths: list[Credit]) -> Sum:
    scheme, total = worths[0].scheme, Ratio(0)
    for credit in worths:
        factor = question.factor(credit.scheme, scheme)
        if factor is None:
            return Sum(None, scheme, Reason.NO_FACTOR)
        total += units(credit.amount) * factor
    return Sum(total, scheme, None)
