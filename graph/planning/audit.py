"""The audit of a programme: per block what is done, what a plan waives, and what remains (question 4)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction as Ratio

from graph.model.book import RuleBook
from graph.model.learning import Context, Result
from graph.model.outcomes import Block, RequirementKind
from graph.model.rules import WaiverMode
from graph.model.values import Key, Text, Value
from graph.model.verdicts import Target, TargetKind
from graph.planning.plans import decimal, plan, worst_question
from graph.planning.rooms import Settled, inside, scheme_of, settled, used
from graph.planning.told import Plan, Planned
from graph.planning.wishes import DEFAULT, Wishes
from graph.recognition.amounts import SCALE, units
from graph.recognition.index import Index, compiled
from graph.recognition.question import Question
from graph.recognition.results import QuestionError
from graph.recognition.targets import paths


class BlockAudit(Value, frozen=True, kw_only=True):
    """Where a learner stands in a block and those below it; amounts in the programme's scheme.

    ``done`` is held, or was granted by a past application; ``waived`` is what the plan waives in full, and
    ``counted`` the credit that the block can use of it; ``partly`` is waived of attendance or exam alone and
    so remains. ``remaining`` are own outcomes neither done nor waived; for a block of n credits or n courses
    ``missing`` says how much of n is not reached, and ``remaining`` what there is to choose from.
    """

    code: str
    title: Text = Text()
    depth: int
    requirement: RequirementKind
    n: Decimal | None = None
    done_credit: Decimal
    done: tuple[Target, ...] = ()
    counted: Decimal
    waived: tuple[Target, ...] = ()
    partly: tuple[Target, ...] = ()
    remaining: tuple[Key, ...] = ()
    missing: Decimal

    @property
    def complete(self) -> bool:
        """Tell whether nothing is missing from what the block itself asks for."""
        return not self.missing


class Audit(Value, frozen=True, kw_only=True):
    """A plan put to its programme, block by block in tree order."""

    plan: Plan
    blocks: tuple[BlockAudit, ...]


def audit(
    book: RuleBook | Index, results: Iterable[Result], context: Context, wishes: Wishes = DEFAULT
) -> Audit:
    """Plan, and say per block what is done, waived and remaining; errors as `plan`.

    `QuestionError` NO_PROGRAMME where the question has none.
    """
    if not context.programme:
        raise QuestionError("NO_PROGRAMME", context.institution)
    index, given = compiled(book), tuple(results)
    return _Audit(worst_question(index, given, context), plan(index, given, context, wishes)).made()


class _Audit:
    def __init__(self, question: Question, found: Plan) -> None:
        self.question = question
        self.plan = found
        self.settled = settled(question)
        amounts = ((one.granted.target, self._amount(one)) for one in found.planned)
        self.counted = used(question, amounts)

    def made(self) -> Audit:
        """Go through the blocks in tree order."""
        every = paths(self.question).values()
        return Audit(plan=self.plan, blocks=tuple(self._block(path[-1], len(path) - 1) for path in every))

    def _amount(self, one: Planned) -> Ratio:
        factor = self.question.factor(one.granted.scheme, scheme_of(self.question)) or Ratio(0)
        return units(one.credit) * factor if one.credit is not None else Ratio(0)

    def _block(self, block: Block, depth: int) -> BlockAudit:
        own = [one for one in self.settled if inside(self.question, one.target, block)]
        planned = [one for one in self.plan.planned if inside(self.question, one.granted.target, block)]
        full = _targets(one for one in planned if one.granted.mode is WaiverMode.FULL)
        partly = _targets(one for one in planned if one.granted.mode is not WaiverMode.FULL)
        gone = {target.key for target in (*(one.target for one in own), *full)}
        remaining = tuple(key for key in dict.fromkeys(block.outcomes) if key not in gone)
        return BlockAudit(
            code=block.code,
            title=block.title,
            depth=depth,
            requirement=block.requirement.kind,
            n=block.requirement.n,
            done_credit=decimal(sum((one.credit for one in own), Ratio(0)) / SCALE),
            done=tuple(one.target for one in own),
            counted=decimal(self.counted[block.code] / SCALE),
            waived=full,
            partly=partly,
            remaining=remaining,
            missing=decimal(self._missing(block, own, planned, len(remaining))),
        )

    def _missing(self, block: Block, own: list[Settled], planned: list[Planned], open_ones: int) -> Ratio:
        """Return what is missing: credit, courses, or for all of them the number of outcomes that remain."""
        kind, n = block.requirement.kind, block.requirement.n
        if kind is RequirementKind.CREDITS and n is not None:
            have = (sum((one.credit for one in own), Ratio(0)) + self.counted[block.code]) / SCALE
            short: Ratio = Ratio(n) - have
            return max(short, Ratio(0))
        if kind is RequirementKind.COURSES and n is not None:
            full = [one for one in planned if one.granted.mode is WaiverMode.FULL]
            return max(Ratio(int(n) - sum(one.grants for one in own) - len(full)), Ratio(0))
        return Ratio(open_ones)


def _targets(planned: Iterable[Planned]) -> tuple[Target, ...]:
    stand = (TargetKind.OUTCOME, TargetKind.ELECTIVE)
    every = (one.granted.target for one in planned if one.granted.target.kind in stand)
    return tuple(dict.fromkeys(every))
