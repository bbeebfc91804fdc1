"""Questions of recognition: what results would count for, what is accepted, what an outcome is good for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import strawberry
from strawberry.types import Info

import schema.enums
import schema.reasons
import schema.steps  # noqa: F401 - these tell the closed lists before any type uses one
from connectors.replies import Coverage
from graph.library import Volume
from graph.model.institutions import Institution
from graph.model.learning import Consumption, Context, HeldTarget, Result, SilentSource
from graph.model.values import Key
from graph.model.verdicts import Accepted, Named
from graph.moment import Moment, unstamp
from graph.recognition import accepted_for
from graph.records import answered, posed
from schema.arguments import argument
from schema.asking import loaders
from schema.consumption import ConsumedInput, read_consumed
from schema.equivalents import EquivalentsType, equivalent
from schema.errors import Refusal
from schema.known import Known
from schema.learned import LearnerInput, learned
from schema.loaders import AsOf, Loaders
from schema.permissions import PERSONAL, PUBLIC, access, decided
from schema.placing import PlacedRecord
from schema.results import ResultInput, demand_parts, read_results
from schema.scalars import CodeText, KeyText, read_code, read_key
from schema.sets import AcceptedType
from schema.targets import HeldInput, TargetInput, read_held, read_target
from schema.weights import costs
from schema.what_if import HEAVY, Told, WhatIfType

MOST: Final = 200
"""Rules, targets, states and silent sources one question may name."""


@strawberry.input(description="A source to be taken as silent: what could its data change?")
class SilentInput:
    """A silent source."""

    code: CodeText = strawberry.field(name="source", description="The source's code.")
    issuers: list[KeyText] | None = strawberry.field(
        default_factory=list, description="The issuers it speaks for; null: unknown, so any."
    )
    keeps: list[KeyText] | None = strawberry.field(
        name="keepsConsumptionOf",
        default_factory=list,
        description="The institutions whose past applications it keeps; null: unknown, so any.",
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked: the rule book, the day, and the programme version if there is one."""

    volume: Volume
    context: Context
    at: Moment


OfLearner = Annotated[
    LearnerInput | None,
    strawberry.argument(
        description="In place of results, or beside them: a learner, whose linked sources are asked. Those "
        "that do not answer are taken as silent.",
        metadata=access(PERSONAL),
    ),
]
As = Annotated[AsOf | None, argument("As of when; `validOn` is the application date. Default: today.")]
OfInstitution = Annotated[KeyText, argument("The receiving institution.")]
OfProgramme = Annotated[KeyText | None, argument("The programme version; none: no programme in mind.")]
InScheme = Annotated[CodeText | None, argument("The credit scheme, where no programme names it.")]


async def open_place(
    info: Info,
    institution: str,
    programme: str | None,
    scheme: str | None,
    as_of: AsOf | None,
    *,
    whole: bool = True,
) -> Place:
    """Find the rule book of a question, or its own part of it; `Refusal` where a code is unknown."""
    at = await loaders(info).moment(info, as_of)
    key = Key(read_key(institution))
    if await loaders(info).thing(Institution, key, at) is None:
        raise Refusal("INSTITUTION_UNKNOWN")
    return placed(await loaders(info).desk.library.volume(key, at, whole=whole), programme, scheme, at)


def placed(volume: Volume, programme: str | None, scheme: str | None, at: Moment) -> Place:
    """Ask a rule book on a day, for a programme version or in a credit scheme; `Refusal` where unknown."""
    context = Context(
        institution=volume.index.institution,
        programme=_programme(volume, programme),
        credit_scheme=_scheme(volume, scheme),
        applied_on=date.fromisoformat(at.valid_on),
        known_at=unstamp(at.known_at),
    )
    return Place(volume, context, at)


def _programme(volume: Volume, programme: str | None) -> Key | None:
    key = Key(read_key(programme)) if programme else None
    if key and not volume.index.programmes.of(key):
        raise Refusal("PROGRAMME_UNKNOWN")
    return key


def _scheme(volume: Volume, scheme: str | None) -> str | None:
    code = read_code(scheme) if scheme else None
    if code and not volume.index.credit_schemes.of(code):
        raise Refusal("CREDIT_SCHEME_UNKNOWN")
    return code


async def check_results(
    found: Loaders, place: Place, results: Sequence[Result], held: Sequence[HeldTarget] = ()
) -> Volume:
    """Add what results are of to the rule book; `Refusal` for a code that nobody knows."""
    known = await Known.of(found.desk.library, place.volume, place.at, results, held=held)
    known.demand(results)
    known.demand_held(held)
    demand_parts(results)
    return known.volume


def bounded(given: Sequence[Any]) -> Sequence[Any]:
    """Refuse more of anything than one question may name."""
    if len(given) > MOST:
        raise Refusal("TOO_MANY_KEYS", value=len(given), limit=MOST)
    return given


def read_names(volume: Volume, rules: Sequence[str], targets: Sequence[TargetInput]) -> tuple[Named, ...]:
    """Read which rules and targets a question names; `Refusal` RULE_UNKNOWN for a rule not theirs."""
    codes = [Key(read_code(rule)) for rule in bounded(rules)]
    for code in codes:
        if not volume.index.rules.of(code):
            raise Refusal("RULE_UNKNOWN")
    by_target = [Named(target=read_target(target)) for target in bounded(targets)]
    return (*(Named(rule=code) for code in codes), *by_target)


def read_silent(given: SilentInput) -> SilentSource:
    """Read a source taken as silent."""
    return SilentSource(
        code=read_code(given.code),
        issuers=_keys(given.issuers),
        keeps_consumption_of=_keys(given.keeps),
    )


def _keys(given: Sequence[str] | None) -> tuple[Key, ...] | None:
    return None if given is None else tuple(Key(read_key(key)) for key in bounded(given))


async def what_if(
    info: Info,
    institution: OfInstitution,
    results: Annotated[Sequence[ResultInput], argument("What one holds; at most 10,000.")] = (),
    programme: OfProgramme = None,
    credit_scheme: InScheme = None,
    as_of: As = None,
    rules: Annotated[Sequence[CodeText], argument("Rules to judge whatever the results; at most 200.")] = (),
    targets: Annotated[Sequence[TargetInput], argument("Targets to judge likewise; at most 200.")] = (),
    held: Annotated[Sequence[HeldInput], argument("How the learner stands to targets.")] = (),
    silent: Annotated[Sequence[SilentInput], argument("Sources to be taken as silent.")] = (),
    consumed: Annotated[Sequence[ConsumedInput], argument("Past applications 已使用; at most 100.")] = (),
    learner: OfLearner = None,
) -> Any:
    """Judge every rule concerned by these results."""
    place = await open_place(info, institution, programme, credit_scheme, as_of, whole=bool(silent))
    known = await weighed(info, place, Holding(results, held, silent, consumed, learner, as_of))
    names = read_names(known.volume, rules, targets)
    index, weight = known.volume.index, len(known.results) + len(names)
    heavy = len(known.volume.index.entries) * weight * (20 if known.context.silent else 1)
    question = posed(known.results, known.context, names, typed=bool(results))
    answer = await loaders(info).desk.work(heavy, info.context.deadline, answered, index, question)
    return Told(
        answer=answer,
        index=index,
        question=question,
        consumed=known.context.consumed,
        coverage=known.coverage,
        unmapped=known.unmapped,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Holding:
    """What a question says one holds: results typed, or a learner to be asked about, and all beside it."""

    results: Sequence[ResultInput] = ()
    held: Sequence[HeldInput] = ()
    silent: Sequence[SilentInput] = ()
    consumed: Sequence[ConsumedInput] = ()
    learner: LearnerInput | None = None
    as_of: AsOf | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Weighed:
    """What one holds as the evaluator sees it, and how far the asking of sources reached, if any were."""

    volume: Volume
    results: tuple[Result, ...]
    context: Context
    coverage: Coverage | None = None
    unmapped: tuple[PlacedRecord, ...] = ()


async def weighed(info: Info, place: Place, given: Holding) -> Weighed:
    """Read what one holds, and ask a learner's sources; `Refusal` for what nobody knows."""
    typed = read_results(given.results)
    rows = read_consumed(given.consumed, place.context)
    context = extended(place.context, given.held, given.silent, rows)
    desk, told = loaders(info).desk, (typed, rows, context.targets, context.silent)
    known = await Known.of(desk.library, place.volume, place.at, *told)
    known.demand(typed)
    known.demand_consumed(rows)
    known.demand_held(context.targets)
    known.demand_silent(context.silent)
    if given.learner is None:
        demand_parts(typed)
        return Weighed(known.volume, typed, context)
    asked, library = await learned(info, given.learner, given.as_of), desk.library
    # What silent sources could add may be named anywhere in the book; what is known needs its own part only.
    book = await library.volume(place.context.institution, place.at) if asked.silent else known.volume
    held = {*asked.outcomes, *(one.outcome for one in typed if one.outcome)}
    volume = await library.knowing(book, held, place.at)
    results = asked.known_to(volume.index, typed)
    return Weighed(volume, results, asked.within(context), asked.coverage, asked.unmapped)


def extended(
    context: Context,
    held: Sequence[HeldInput],
    silent: Sequence[SilentInput] = (),
    consumed: tuple[Consumption, ...] = (),
) -> Context:
    """Put what a question says of the learner, and of silent sources, into its context."""
    return Context(
        institution=context.institution,
        programme=context.programme,
        credit_scheme=context.credit_scheme,
        applied_on=context.applied_on,
        known_at=context.known_at,
        targets=tuple(read_held(one) for one in bounded(held)),
        silent=tuple(read_silent(one) for one in bounded(silent)),
        consumed=consumed,
    )


async def accepted(
    info: Info,
    institution: OfInstitution,
    target: Annotated[TargetInput, argument("What one wants.")],
    programme: OfProgramme = None,
    as_of: As = None,
) -> Any:
    """List what is accepted for a target."""
    place = await open_place(info, institution, programme, None, as_of)
    wanted = read_target(target)

    def work() -> Accepted:
        return accepted_for(place.volume.index, wanted, place.context)

    return await loaders(info).desk.work(HEAVY, info.context.deadline, work)


@strawberry.type
@decided(PUBLIC)
class Recognition:
    """The questions of recognition; inherited by the root."""

    what_if: WhatIfType = strawberry.field(
        resolver=what_if,
        metadata=costs(200),
        description="What these results would count for at an institution 如果持有这些成果, "
        "each rule by itself. Nothing is stored.",
    )
    accepted_for: AcceptedType = strawberry.field(
        resolver=accepted,
        metadata=costs(100),
        description="What an institution accepts for a target 可接受的成果.",
    )
    equivalents: EquivalentsType = strawberry.field(
        resolver=equivalent,
        metadata=costs(100),
        description="What an outcome is enough for 等效认定: at one institution, at those of a region "
        "and of all regions below it, or anywhere. A page of the sets, institution by institution.",
    )
