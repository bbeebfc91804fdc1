"""Many questions at once: sets of results, each answered for itself, so that a bad one spoils no other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import strawberry
from msgspec.structs import replace
from strawberry.types import Info

from graph.model.learning import Consumption, HeldTarget, Result
from graph.model.values import Text
from graph.model.verdicts import Named
from graph.moment import Moment
from graph.records import Posed, answered, posed
from schema.asking import loaders
from schema.consumption import ConsumedInput, read_consumed
from schema.context import Deadline
from schema.errors import Refusal
from schema.known import Known
from schema.permissions import PUBLIC, decided
from schema.prompt import promptly
from schema.recognition import (
    As,
    InScheme,
    OfInstitution,
    OfProgramme,
    Place,
    bounded,
    open_place,
    read_names,
)
from schema.results import ResultInput, demand_parts, read_results
from schema.scalars import CodeText
from schema.targets import HeldInput, TargetInput, read_held
from schema.texts import TextType
from schema.weights import costs
from schema.what_if import HEAVY, Told, WhatIfType

MOST: Final = 200
"""Sets of one question."""
MOST_STREAMED: Final = 5_000
"""Sets of one subscription; the body's bytes bind before."""
MOST_EACH: Final = 100
"""Results of one set."""
CHUNK: Final = 50
"""Sets that a subscription answers at a time."""
SECONDS: Final = 15.0
"""How long they may take."""


@promptly
@strawberry.input(description="What one person holds: a set of results, judged by itself.")
class ResultSetInput:
    """A set of results."""

    name: str = strawberry.field(name="setName", description="A name of your own for it, told back.")
    results: list[ResultInput] = strawberry.field(description="What the person holds; at most 100.")
    held: list[HeldInput] = strawberry.field(
        default_factory=list, description="How the person stands to targets."
    )
    consumed: list[ConsumedInput] = strawberry.field(
        default_factory=list, description="The person's past applications."
    )


@strawberry.type(name="SetRefusal", description="Why a set was not judged; the others were.")
@decided(PUBLIC)
class SetRefusalType:
    """A refusal of one set."""

    code: str = strawberry.field(description="The stable code.")
    reason: TextType = strawberry.field(name="explanation", description="What is wrong.")
    remedy: TextType = strawberry.field(description="What to do.")
    place: int | None = strawberry.field(
        name="resultPlace", description="The place, from 0, of the result or past application it is about."
    )
    field: str | None = strawberry.field(name="fieldName", description="In which field.")


def _told(root: Any, info: Info) -> Any:
    loaders(info).fix(info, root.at)
    return root.answer


@strawberry.type(name="SetAnswer", description="What a rule book makes of one set, or why it was not asked.")
@decided(PUBLIC)
class SetAnswerType:
    """The answer to one set."""

    name: str = strawberry.field(name="setName", description="The set's name.")
    answer: WhatIfType | None = strawberry.field(
        resolver=_told, description="The answer; none where the set is refused."
    )
    refusal: SetRefusalType | None = strawberry.field(description="Why it was refused.")


@dataclass(frozen=True, slots=True)
class _Refused:
    code: str
    reason: Text
    remedy: Text
    place: int | None
    field: str | None


@dataclass(frozen=True, slots=True)
class _Answer:
    name: str
    at: Moment
    answer: Told | None
    refusal: _Refused | None


@dataclass(frozen=True, slots=True)
class _Read:
    """A set as read, or why it will not do."""

    name: str
    results: tuple[Result, ...] = ()
    held: tuple[HeldTarget, ...] = ()
    consumed: tuple[Consumption, ...] = ()
    refusal: Refusal | None = None


Sets = Annotated[
    list[ResultSetInput],
    strawberry.argument(description="The sets: at most 200 in a question, 5,000 in a subscription."),
]
OfRules = Annotated[
    Sequence[CodeText], strawberry.argument(description="Rules to judge whatever the results; at most 200.")
]
OfTargets = Annotated[Sequence[TargetInput], strawberry.argument(description="Targets to judge likewise.")]


async def what_if_many(
    info: Info,
    institution: OfInstitution,
    result_sets: Sets,
    programme: OfProgramme = None,
    credit_scheme: InScheme = None,
    as_of: As = None,
    rules: OfRules = (),
    targets: OfTargets = (),
) -> Any:
    """Judge each set by itself."""
    _few(result_sets, MOST)
    place = await open_place(info, institution, programme, credit_scheme, as_of, whole=False)
    names = read_names(place.volume, rules, targets)
    return await _answers(info, place, names, result_sets, info.context.deadline)


async def what_if_each(
    info: Info,
    institution: OfInstitution,
    result_sets: Sets,
    programme: OfProgramme = None,
    credit_scheme: InScheme = None,
    as_of: As = None,
    rules: OfRules = (),
    targets: OfTargets = (),
) -> AsyncIterator[SetAnswerType]:
    """Judge each set by itself, and tell of each as soon as it is judged."""
    _few(result_sets, MOST_STREAMED)
    place = await open_place(info, institution, programme, credit_scheme, as_of, whole=False)
    names = read_names(place.volume, rules, targets)
    for start in range(0, len(result_sets), CHUNK):
        some = result_sets[start : start + CHUNK]
        for one in await _answers(info, place, names, some, Deadline.after(SECONDS)):
            yield one


def _few(given: Sequence[Any], most: int) -> None:
    if len(given) > most:
        raise Refusal("TOO_MANY_SETS", value=len(given), limit=most)


async def _answers(
    info: Info, place: Place, names: tuple[Named, ...], sets: Sequence[ResultSetInput], deadline: Deadline
) -> list[Any]:
    desk = loaders(info).desk
    read = [_read(one, place) for one in sets]
    results = [result for one in read for result in one.results]
    rows = [row for one in read for row in one.consumed]
    held = [each for one in read for each in one.held]
    known = await Known.of(desk.library, place.volume, place.at, results, rows, held)
    return await desk.work(HEAVY, deadline, lambda: [_answer(one, place, names, known) for one in read])


def _read(one: ResultSetInput, place: Place) -> _Read:
    try:
        if len(one.results) > MOST_EACH:
            raise Refusal("TOO_MANY_RESULTS", value=len(one.results), limit=MOST_EACH)
        return _Read(
            one.name,
            read_results(one.results),
            tuple(read_held(each) for each in bounded(one.held)),
            read_consumed(one.consumed, place.context),
        )
    except Refusal as refusal:
        return _Read(one.name, refusal=refusal)


def _answer(one: _Read, place: Place, names: tuple[Named, ...], known: Known) -> _Answer:
    try:
        if one.refusal:
            raise one.refusal
        known.demand(one.results)
        demand_parts(one.results)
        known.demand_consumed(one.consumed)
        known.demand_held(one.held)
    except Refusal as refusal:
        return _Answer(one.name, place.at, None, _refused(refusal))
    question = _question(one, place, names)
    answer = answered(known.volume.index, question)
    told = Told(answer=answer, index=known.volume.index, question=question, consumed=one.consumed)
    return _Answer(one.name, place.at, told, None)


def _question(one: _Read, place: Place, names: tuple[Named, ...]) -> Posed:
    context = replace(place.context, consumed=one.consumed, targets=one.held)
    return posed(one.results, context, names, typed=True)


def _refused(refusal: Refusal) -> _Refused:
    code, facts = refusal.code, refusal.facts
    place, field = facts.get("place"), facts.get("field")
    return _Refused(
        code.name,
        Text(en=refusal.en, zh=refusal.zh),
        Text(en=code.remedy_en, zh=code.remedy_zh),
        place if isinstance(place, int) else None,
        field if isinstance(field, str) else None,
    )


@strawberry.type
@decided(PUBLIC)
class ManyQuestions:
    """Many questions at once; inherited by the root."""

    what_if_many: list[SetAnswerType] = strawberry.field(
        resolver=what_if_many,
        metadata=costs(200),
        description="What each of several sets of results would count for 批量模拟. Nothing is stored.",
    )


@strawberry.type
@decided(PUBLIC)
class ManyAnswers:
    """Many questions, each told when it is answered; inherited by the root of subscriptions."""

    what_if_many: AsyncIterator[SetAnswerType] = strawberry.subscription(
        resolver=what_if_each,
        metadata=costs(200),
        description="What each of many sets of results would count for 批量模拟, one after another.",
    )
