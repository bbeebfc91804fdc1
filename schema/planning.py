"""Questions for a plan: the best use of results, and a programme's audit by it (question 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import strawberry
from msgspec.structs import replace
from strawberry.types import Info

from graph.model.learning import Context, Result
from graph.model.outcomes import RequirementKind
from graph.model.values import one_spelling
from graph.planning import Audit, ImpossibleError, Objective, Plan, TooLargeError, Wishes, audit, plan
from graph.recognition import QuestionError
from graph.recognition.index import Index
from schema.arguments import argument
from schema.asking import loaders
from schema.consumption import ConsumedInput
from schema.errors import Refusal
from schema.permissions import PUBLIC, decided
from schema.plans import PlanType, told
from schema.recognition import (
    As,
    Holding,
    InScheme,
    OfInstitution,
    OfLearner,
    OfProgramme,
    Place,
    SilentInput,
    bounded,
    open_place,
    read_names,
    weighed,
)
from schema.results import ResultInput
from schema.scalars import CodeText, KeyText
from schema.targets import HeldInput, TargetType
from schema.texts import TextType
from schema.weights import costs

SECONDS: Final = 8.0
"""How long the solver may seek; the workroom's hard limit is longer, so that what it found is answered."""
HEAVY: Final = 1_000_000


@strawberry.type(name="BlockAudit", description="Where a learner stands in a block and those below it.")
@decided(PUBLIC)
class BlockAuditType:
    """A block's audit."""

    code: CodeText = strawberry.field(description="The block.")
    title: TextType = strawberry.field(description="Its title.")
    depth: int = strawberry.field(description="Blocks above it.")
    requirement: RequirementKind = strawberry.field(name="kind", description="What it asks for.")
    n: str | None = strawberry.field(
        resolver=lambda root: None if root.n is None else str(one_spelling(root.n)),
        description="How much of it.",
    )
    done_credit: str = strawberry.field(
        resolver=lambda root: str(one_spelling(root.done_credit)),
        description="Credit held or granted before, in the programme's scheme.",
    )
    done: list[TargetType] = strawberry.field(
        metadata=costs(size=10), description="What is held or was granted before."
    )
    counted: str = strawberry.field(
        name="countedCredit",
        resolver=lambda root: str(one_spelling(root.counted)),
        description="Credit of the plan that it can use, in the programme's scheme.",
    )
    waived: list[TargetType] = strawberry.field(
        name="waivedTargets", metadata=costs(size=10), description="What the plan waives in full."
    )
    partly: list[TargetType] = strawberry.field(
        name="partlyWaived", metadata=costs(size=5), description="Waived of attendance or exam alone."
    )
    remaining: list[KeyText] = strawberry.field(
        name="remainingKeys", description="Own outcomes neither done nor waived in full."
    )
    missing: str = strawberry.field(
        name="missingAmount",
        resolver=lambda root: str(one_spelling(root.missing)),
        description="How much of what it asks for is missing: credits, courses, or outcomes.",
    )
    complete: bool = strawberry.field(name="isComplete", description="Whether nothing is missing.")


@strawberry.type(name="ProgrammeAudit", description="A plan put to its programme, block by block.")
@decided(PUBLIC)
class ProgrammeAuditType:
    """A programme's audit."""

    plan: PlanType = strawberry.field(description="The plan it rests on.")
    blocks: list[BlockAuditType] = strawberry.field(
        metadata=costs(size=12), description="Every block in tree order."
    )


Results = Annotated[Sequence[ResultInput], argument("What one holds; at most 10,000.")]
Held = Annotated[Sequence[HeldInput], argument("How the learner stands to targets.")]
Past = Annotated[Sequence[ConsumedInput], argument("Past applications 已使用; at most 100.")]
Silent = Annotated[Sequence[SilentInput], argument("Sources to be taken as silent.")]
Conditional = Annotated[bool, argument("Whether CONDITIONAL applications may be used too.")]
Best = Annotated[Objective, argument("What the plan is to be best at.")]
Include = Annotated[Sequence[CodeText], argument("Rules of which an application must be used; at most 200.")]


def _wishes(place: Place, conditional: bool, objective: Objective, include: Sequence[str]) -> Wishes:
    names = read_names(place.volume, bounded(include), ())
    rules = tuple(one.rule for one in names if one.rule)
    return Wishes(conditional=conditional, objective=objective, include=rules, seconds=SECONDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for a plan, read and checked: the same whoever's results they are."""

    index: Index
    results: tuple[Result, ...]
    context: Context
    wishes: Wishes


async def _work(info: Info, work: Any, asked: Asked) -> Any:
    """Do it in the workroom; what has no answer is refused in words."""

    def done() -> Any:
        try:
            return work(asked.index, asked.results, asked.context, asked.wishes)
        except ImpossibleError:
            raise Refusal("PLAN_IMPOSSIBLE") from None
        except TooLargeError:
            raise Refusal("PLAN_TOO_LARGE") from None
        except QuestionError as error:
            if error.code != "CURRENCIES":
                raise
            raise Refusal("PLAN_CURRENCIES") from None

    return await loaders(info).desk.work(HEAVY, info.context.deadline, done)


async def best_plan(
    info: Info,
    institution: OfInstitution,
    results: Results,
    programme: OfProgramme = None,
    credit_scheme: InScheme = None,
    as_of: As = None,
    held: Held = (),
    silent: Silent = (),
    consumed: Past = (),
    learner: OfLearner = None,
    conditional: Conditional = False,
    objective: Best = Objective.MOST_CREDIT,
    include: Include = (),
) -> Any:
    """Find the best plan."""
    place = await open_place(info, institution, programme, credit_scheme, as_of, whole=bool(silent))
    wishes = _wishes(place, conditional, objective, include)
    known = await weighed(info, place, Holding(results, held, silent, consumed, learner, as_of))
    found: Plan = await _work(info, plan, Asked(known.volume.index, known.results, known.context, wishes))
    return told(found, known.coverage, known.unmapped)


async def programme_audit(
    info: Info,
    institution: OfInstitution,
    programme: Annotated[KeyText, argument("The programme version.")],
    results: Results = (),
    as_of: As = None,
    held: Held = (),
    silent: Silent = (),
    consumed: Past = (),
    learner: OfLearner = None,
    conditional: Conditional = False,
    objective: Best = Objective.MOST_CREDIT,
    include: Include = (),
) -> Any:
    """Put the best plan to the programme."""
    place = await open_place(info, institution, programme, None, as_of, whole=bool(silent))
    wishes = _wishes(place, conditional, objective, include)
    known = await weighed(info, place, Holding(results, held, silent, consumed, learner, as_of))
    found: Audit = await _work(info, audit, Asked(known.volume.index, known.results, known.context, wishes))
    return replace(found, plan=told(found.plan, known.coverage, known.unmapped))


@strawberry.type
@decided(PUBLIC)
class Planning:
    """The questions for a plan; inherited by the root."""

    plan: PlanType = strawberry.field(
        resolver=best_plan,
        metadata=costs(400),
        description="The best use of these results for a programme version 认定方案, proved. "
        "Nothing is stored.",
    )
    programme_audit: ProgrammeAuditType = strawberry.field(
        resolver=programme_audit,
        metadata=costs(400),
        description="Per block what is done, what the best plan waives, and what remains 培养方案审核.",
    )
