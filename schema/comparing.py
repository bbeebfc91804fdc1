"""As of two moments: the same question about results, what differs, and the changes behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import strawberry
from strawberry.types import Info

from graph.model.trees import NodeKind
from graph.model.verdicts import Moved, Side
from graph.recognition import compare_answers, evaluate
from schema.arguments import After, First, argument
from schema.asking import CountedConnection, loaders
from schema.enums import tell
from schema.loaders import AsOf
from schema.permissions import PUBLIC, decided
from schema.recognition import (
    InScheme,
    OfInstitution,
    OfProgramme,
    check_results,
    extended,
    open_place,
)
from schema.results import ResultInput, read_results
from schema.scalars import CodeText
from schema.slices import sliced
from schema.targets import HeldInput, TargetType
from schema.verdicts import JudgedType
from schema.weights import costs

tell(
    Side,
    "At which of the two moments something stands.",
    BEFORE="At the first only 仅在前一时点.",
    AFTER="At the second only 仅在后一时点.",
)


@strawberry.type(
    name="BlamedVersion", description="A versioned thing in exactly one of the two evaluation trees."
)
@decided(PUBLIC)
class BlamedType:
    """A versioned thing that one tree has and the other lacks."""

    kind: NodeKind = strawberry.field(name="nodeKind", description="What it is.")
    key: str = strawberry.field(
        name="blamedKey", description="Its code; of a membership, the alliance and the party."
    )
    version: str = strawberry.field(
        name="blamedVersion", description="The version's number; of a membership, its windows."
    )
    side: Side = strawberry.field(description="At which moment it stands.")


@strawberry.type(name="MovedVerdict", description="A rule's verdict on a target that differs.")
@decided(PUBLIC)
class MovedType:
    """A verdict that differs between two moments."""

    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    target: TargetType = strawberry.field(description="The target.")
    before: JudgedType | None = strawberry.field(
        description="The best verdict of its versions at the first moment; null: not judged there."
    )
    after: JudgedType | None = strawberry.field(description="Likewise at the second moment.")
    blamed: list[BlamedType] = strawberry.field(
        metadata=costs(size=10), description="The changes behind it; none: the day alone made the difference."
    )


def _moved(root: Any, first: First = 20, after: After = None) -> Any:
    return sliced(root.moved, first, after)


@strawberry.type(name="AsOfComparison", description="What a question's answers differ in at two moments.")
@decided(PUBLIC)
class ComparisonType:
    """A comparison of two answers."""

    moved: CountedConnection[MovedType] = strawberry.field(
        resolver=_moved, description="The verdicts that differ, by rule and target."
    )
    unmoved: int = strawberry.field(
        name="unmovedCount", description="How many rules judged at the second moment are not among them."
    )
    limited: bool = strawberry.field(description="Whether a search was cut short somewhere.")


async def compare_as_of(
    info: Info,
    institution: OfInstitution,
    results: Annotated[list[ResultInput], argument("What one holds; at most 10,000.")],
    before: Annotated[AsOf, argument("The first moment.")],
    after: Annotated[AsOf | None, argument("The second moment. Default: today, as known now.")] = None,
    programme: OfProgramme = None,
    credit_scheme: InScheme = None,
    held: Annotated[Sequence[HeldInput], argument("How the learner stands to targets.")] = (),
) -> Any:
    """Ask the same as of two moments, and compare."""
    given, answers = read_results(results), []
    desk, deadline = loaders(info).desk, info.context.deadline
    for moment in (before, after):
        place = await open_place(info, institution, programme, credit_scheme, moment, whole=False)
        context = extended(place.context, held)
        volume = await check_results(loaders(info), place, given, context.targets)
        weight = len(volume.index.entries) * len(given)
        answers.append(await desk.work(weight, deadline, evaluate, volume.index, given, context))
    moved = compare_answers(*answers)
    theirs = {one.rule for one in moved}
    unmoved = len({one.rule for one in answers[1].judged} - theirs)
    return _Comparison(moved, unmoved, any(answer.limited for answer in answers))


class _Comparison(NamedTuple):
    """What is told of a comparison."""

    moved: tuple[Moved, ...]
    unmoved: int
    limited: bool


@strawberry.type
@decided(PUBLIC)
class Comparing:
    """Two moments compared; inherited by the root."""

    compare_as_of: ComparisonType = strawberry.field(
        resolver=compare_as_of,
        metadata=costs(400),
        description="What these results would count for as of two moments: the verdicts that differ, and the "
        "changes of rules, agreements, mappings and caps behind them 时点比较. Nothing is stored.",
    )
