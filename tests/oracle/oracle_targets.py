"""Grants and their targets; where a target stands in the programme; what is held or consumed already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from oracle_values import (
    Question,
    clash,
    converted,
    credit_scheme_of,
    exclusions,
    live,
    outcome_of,
    programme_of,
    unit_of,
)
from oracle_windows import agreements_on, basis_date

from graph.model.framework import LevelRef
from graph.model.learning import ConsumedTarget, Consumption, Result
from graph.model.outcomes import Block, Outcome, walk_blocks
from graph.model.rules import (
    BlockGrant,
    Denial,
    ElectiveGrant,
    EntitlementGrant,
    Giving,
    Grant,
    OutcomeGrant,
    Rule,
    TargetState,
    UnitGrant,
    WaiverMode,
)
from graph.model.values import Credit, Grade
from graph.model.verdicts import Target, TargetKind


@dataclass(frozen=True)
class Offer:
    """One grant of a rule with one target; a whole-block grant is several of them."""

    place: int
    target: Target
    giving: Giving | None
    """How it gives; None for an entitlement and for a denial."""

    @property
    def carries_credit(self) -> bool:
        """Values: "Only a full waiver with credit counts credit"."""
        return bool(self.giving and self.giving.mode is WaiverMode.FULL and self.giving.with_credit)

    @property
    def counted_full(self) -> bool:
        """Cap by count: "each target waived in full, with credit or without, elective credit aside"."""
        whole = self.giving is not None and self.giving.mode is WaiverMode.FULL
        return whole and self.target.kind in (TargetKind.OUTCOME, TargetKind.UNIT)


def offers(q: Question, rule: Rule) -> list[Offer]:
    """All grants in the order listed, whole blocks written out."""
    return [offer for place, grant in enumerate(rule.grants) for offer in _offers_of(q, place, grant)]


def _offers_of(q: Question, place: int, grant: Grant) -> Iterator[Offer]:
    if isinstance(grant, OutcomeGrant):
        yield Offer(place, Target(kind=TargetKind.OUTCOME, key=grant.outcome), grant.giving)
    elif isinstance(grant, UnitGrant):
        yield Offer(place, Target(kind=TargetKind.UNIT, key=grant.unit), grant.giving)
    elif isinstance(grant, ElectiveGrant):
        yield Offer(place, Target(kind=TargetKind.ELECTIVE, key=grant.block), grant.giving)
    elif isinstance(grant, EntitlementGrant):
        yield Offer(place, Target(kind=TargetKind.ENTITLEMENT, key=grant.code), None)
    elif isinstance(grant, BlockGrant):
        yield from _written_out(q, place, grant)
    else:
        yield Offer(place, denied_target(q, grant), None)


def _written_out(q: Question, place: int, grant: BlockGrant) -> Iterator[Offer]:
    """Values: "short for one grant, in the same mode and at catalogue value, of each own outcome of the block
    and of the blocks below it"."""
    giving = Giving(
        mode=grant.mode, with_credit=grant.with_credit, grade=grant.grade, grade_at=grant.grade_at
    )
    found = [block for block in all_blocks(q) if block.code == grant.block]
    keys = [key for block in walk_blocks(tuple(found)) for key in block.outcomes]
    for key in dict.fromkeys(keys):
        yield Offer(place, Target(kind=TargetKind.OUTCOME, key=key), giving)


def denied_target(q: Question, denial: Denial) -> Target:
    """What a denial bars: an outcome, a unit, elective credit in a block, or else the programme."""
    if denial.outcome is not None:
        return Target(kind=TargetKind.OUTCOME, key=denial.outcome)
    if denial.unit is not None:
        return Target(kind=TargetKind.UNIT, key=denial.unit)
    if denial.block is not None:
        return Target(kind=TargetKind.ELECTIVE, key=denial.block)
    return Target(kind=TargetKind.PROGRAMME, key=q.context.programme or "")


def outcome_targets(q: Question, rule: Rule) -> list[Outcome | None]:
    """The outcomes a rule grants, in order; None for one that is not in the graph."""
    given = [offer.target for offer in offers(q, rule) if offer.giving is not None]
    keys = [target.key for target in given if target.kind is TargetKind.OUTCOME]
    return [live(q.book.outcomes, key, q.today) for key in dict.fromkeys(keys)]


def catalogue_credit(q: Question, target: Target) -> Credit | None:
    """R14: "the catalogue value at the application date"."""
    if target.kind is TargetKind.OUTCOME:
        outcome = live(q.book.outcomes, target.key, q.today)
        return outcome.credit if outcome else None
    unit = live(q.book.units, target.key, q.today) if target.kind is TargetKind.UNIT else None
    return unit.credit if unit else None


def level_of_target(q: Question, target: Target) -> LevelRef | None:
    """The level of an outcome or unit; others have none."""
    if target.kind is TargetKind.OUTCOME:
        outcome = outcome_of(q, target.key)
        return outcome.level if outcome else None
    unit = unit_of(q, target.key) if target.kind is TargetKind.UNIT else None
    return unit.level if unit else None


# --- Blocks ----------------------------------------------------------------------------------------------


def top_blocks(q: Question) -> tuple[Block, ...]:
    """The topmost blocks of the programme version; none without a programme."""
    programme = programme_of(q)
    return programme.blocks if programme else ()


def all_blocks(q: Question) -> tuple[Block, ...]:
    """All blocks in tree order."""
    return walk_blocks(top_blocks(q))


@lru_cache(maxsize=4096)
def path_of(q: Question, target: Target) -> tuple[Block, ...]:
    """The block a target belongs to, after every block above it: "A target in several blocks belongs to the
    first in tree order"; elective credit belongs to its own block; empty: to none."""
    for path in _paths(top_blocks(q)):
        block = path[-1]
        own = target.kind is TargetKind.OUTCOME and target.key in block.outcomes
        if own or (target.kind is TargetKind.ELECTIVE and target.key == block.code):
            return path
    return ()


def _paths(blocks: Iterable[Block], above: tuple[Block, ...] = ()) -> Iterator[tuple[Block, ...]]:
    for block in blocks:
        yield (*above, block)
        yield from _paths(block.blocks, (*above, block))


def minimum_grades(q: Question, target: Target) -> list[Grade]:
    """Values: "A target's minimum grade is that of its block and of every block above; entitlements none"."""
    return [block.minimum_grade for block in path_of(q, target) if block.minimum_grade]


def non_exemptible(q: Question, target: Target) -> bool:
    """R11: a target that some block of the programme never exempts from."""
    listed = {key for block in all_blocks(q) for key in block.non_exemptible}
    return target.kind is TargetKind.OUTCOME and target.key in listed


# --- Held and consumed -----------------------------------------------------------------------------------


def states(q: Question, target: Target) -> set[TargetState]:
    """How the learner stands to a target; only outcomes have states."""
    if target.kind is not TargetKind.OUTCOME:
        return set()
    return {held.state for held in q.context.targets if held.outcome == target.key}


def of_this_programme(q: Question) -> list[Consumption]:
    """The applications of this programme; without one, those of this institution."""
    here = [row for row in q.context.consumed if row.institution == q.context.institution]
    return here if q.context.programme is None else [r for r in here if r.programme == q.context.programme]


def consumed_target(target: ConsumedTarget) -> Target:
    """The target of a past application."""
    if target.outcome is not None:
        return Target(kind=TargetKind.OUTCOME, key=target.outcome)
    if target.unit is not None:
        return Target(kind=TargetKind.UNIT, key=target.unit)
    if target.block is not None:
        return Target(kind=TargetKind.ELECTIVE, key=target.block)
    return Target(kind=TargetKind.ENTITLEMENT, key=target.entitlement or "")


def consumed_here(q: Question) -> list[tuple[Target, ConsumedTarget]]:
    """Every target granted by a consumption of this programme."""
    return [(consumed_target(row), row) for use in of_this_programme(q) for row in use.targets]


def held_or_granted(q: Question, target: Target) -> bool:
    """R11: "held, or granted by a consumption of this programme, elective credit apart"."""
    if target.kind is TargetKind.ELECTIVE:
        return False
    granted = any(target == consumed for consumed, _ in consumed_here(q))
    return TargetState.HELD in states(q, target) or granted


def settled(q: Question) -> dict[Target, Fraction]:
    """What the blocks already hold: each target held (at catalogue value) or consumed (as it was granted, the
    larger of several), once, in the programme's scheme. Elective credit of one block is summed."""
    scheme = credit_scheme_of(q)
    found: dict[Target, Fraction] = {}
    for target, row in consumed_here(q):
        before, credit = found.get(target, Fraction(0)), converted(q, row.credit, scheme) or Fraction(0)
        elective = target.kind is TargetKind.ELECTIVE
        found[target] = before + credit if elective else max(before, credit)
    for held in q.context.targets:
        if held.state is TargetState.HELD:
            target = Target(kind=TargetKind.OUTCOME, key=held.outcome)
            found[target] = converted(q, catalogue_credit(q, target), scheme) or Fraction(0)
    return found


# --- What bars a target, whatever its evidence -----------------------------------------------------------


def target_excluded(q: Question, target: Target) -> bool:
    """Exclusion: "a target is EXCLUDED if another member is held, or granted by a consumption of this
    programme"."""
    if target.kind is not TargetKind.OUTCOME:
        return False
    others = {
        key for exclusion in exclusions(q) if target.key in exclusion.outcomes for key in exclusion.outcomes
    }
    return any(
        held_or_granted(q, Target(kind=TargetKind.OUTCOME, key=other)) for other in others - {target.key}
    )


def conflicts_with_consumption(q: Question, rule: Rule, target: Target, evidence: frozenset[str]) -> bool:
    """R17: within this programme (without one: institution and target) an application conflicts with a
    past one if they share a result, unless both rules are sharable, or if they use clashing results."""
    for use in of_this_programme(q):
        granted = {consumed_target(row) for row in use.targets}
        if q.context.programme is None and target not in granted:
            continue
        used = {q.renamed.get(result, result) for result in use.results}
        if used & evidence and not (rule.sharable and use.sharable):
            return True
        if any(clash(q, one, other) for one in _held(q, evidence) for other in _held(q, used)):
            return True
    return False


def _held(q: Question, ids: Iterable[str]) -> list[Result]:
    return [result for result in q.results if result.id in set(ids)]


def used_up(q: Question, rule: Rule) -> bool:
    """R17: "At most `repeatable: n` applications of a rule, all versions, consumption in this programme
    (without one: by this institution) included; one more is EXCLUDED, REPEAT"."""
    return past_applications(q, rule) + 1 > rule.repeatable


def past_applications(q: Question, rule: Rule) -> int:
    """The past applications of a rule, all versions, in this programme (without one: by this institution)."""
    return sum(row.rule == rule.key for row in of_this_programme(q))


# --- R18 Levels ------------------------------------------------------------------------------------------


def reaches_level(q: Question, rule: Rule, target: Target, evidence: Iterable[str]) -> bool:
    """R18: "Source level is the highest among the evidence and must reach the target's (all levels it is
    referenced to); not comparable, or above without articulation: CONDITIONAL". False: CONDITIONAL."""
    asked = level_of_target(q, target)
    if asked is None:
        return True
    held = [level_of_result(q, result) for result in _held(q, evidence)]
    compared = [_reaches(q, level, asked) for level in held if level is not None]
    comparable = [found for found in compared if found is not None]
    return any(comparable) or (bool(comparable) and articulated(q, rule, evidence))


def level_of_result(q: Question, result: Result) -> LevelRef | None:
    """The level of a result's outcome; of its unit if it is of a unit."""
    outcome = outcome_of(q, result.outcome)
    if outcome is not None:
        return outcome.level
    unit = unit_of(q, result.unit)
    return unit.level if unit else None


def _reaches(q: Question, level: LevelRef, asked: LevelRef) -> bool | None:
    """Compare in the source's framework; None: not comparable."""
    if level.framework == asked.framework:
        return level.ordinal >= asked.ordinal
    there = [other.ordinal for other in referenced(q, asked) if other.framework == level.framework]
    return level.ordinal >= max(there) if there else None


def referenced(q: Question, level: LevelRef) -> list[LevelRef]:
    """All levels that a level is referenced to on the application date, in either direction."""
    keys = sorted({referencing.key for referencing in q.book.referencings})
    lived = [live(q.book.referencings, key, q.today) for key in keys]
    pairs = [(found.level, found.other) for found in lived if found]
    return [other for one, other in pairs if one == level] + [one for one, other in pairs if other == level]


def articulated(q: Question, rule: Rule, evidence: Iterable[str]) -> bool:
    """The rule, or the agreement it stands under on the basis date (R3), declares articulation."""
    agreements = agreements_on(q, rule, basis_date(q, rule, evidence))
    return rule.articulation or (bool(agreements) and all(one.articulation for one in agreements))
