"""Questions of recognition: what results would count for, what is accepted, what an outcome is good for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import strawberry
from msgspec.structs import replace
from strawberry.types import Info

from graph.library import Volume
from graph.model.institutions import Institution
from graph.model.learning import Context, Result, SilentSource
from graph.model.outcomes import Unit
from graph.model.values import Key
from graph.model.verdicts import Accepted, Answer, Equivalents, Named
from graph.moment import Moment
from graph.recognition import accepted_for, equivalents, evaluate
from schema.arguments import After, First
from schema.asking import Connection, loaders
from schema.errors import Refusal
from schema.loaders import AsOf, Loaders
from schema.permissions import PUBLIC, decided
from schema.results import ResultInput, named, read_results
from schema.scalars import CodeText, KeyText, read_code, read_key
from schema.sets import AcceptedType, EquivalentsType
from schema.slices import sliced
from schema.targets import HeldInput, TargetInput, read_held, read_target
from schema.verdicts import JudgedType, MightConcernType, RollupType
from schema.weights import costs

MOST: Final = 200
"""Rules, targets, states and silent sources one question may name."""
HEAVY: Final = 1_000_000


@strawberry.input(description="A source to be taken as silent: what could its data change?")
class SilentInput:
    """A silent source."""

    code: CodeText = strawberry.field(name="source", description="The source's code.")
    issuers: list[KeyText] = strawberry.field(default_factory=list, description="The issuers it speaks for.")
    keeps: list[KeyText] = strawberry.field(
        name="keepsConsumptionOf",
        default_factory=list,
        description="The institutions whose past applications it keeps.",
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked: the rule book, the day, and the programme version if there is one."""

    volume: Volume
    context: Context
    at: Moment


def _argument(description: str) -> Any:
    return strawberry.argument(description=description)


As = Annotated[AsOf | None, _argument("As of when; `validOn` is the application date. Default: today.")]
OfInstitution = Annotated[KeyText, _argument("The receiving institution.")]
OfProgramme = Annotated[KeyText | None, _argument("The programme version; none: no programme in mind.")]
InScheme = Annotated[CodeText | None, _argument("The credit scheme, where no programme names it.")]


async def open_place(
    info: Info, institution: str, programme: str | None, scheme: str | None, as_of: AsOf | None
) -> Place:
    """Find the rule book of a question; `Refusal` where a code is unknown."""
    at = await loaders(info).moment(info, as_of)
    key = Key(read_key(institution))
    if await loaders(info).thing(Institution, key, at) is None:
        raise Refusal("INSTITUTION_UNKNOWN")
    volume = await loaders(info).desk.library.volume(key, at)
    context = Context(
        institution=key,
        programme=_programme(volume, programme),
        credit_scheme=_scheme(volume, scheme),
        applied_on=date.fromisoformat(at.valid_on),
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


async def check_results(found: Loaders, place: Place, results: Sequence[Result]) -> Volume:
    """Add what results are of to the rule book; `Refusal` RESULT_UNKNOWN_CODE for a code nobody knows."""
    keys = {one.outcome for one in results if one.outcome}
    volume = await found.desk.library.knowing(place.volume, keys, place.at)
    index = volume.index
    units = {one.unit for one in results if one.unit} - set(index.units)
    seen = await found.many(Unit, tuple(sorted(units)), place.at)
    known = {
        "outcome": volume.outcomes,
        "unit": {*index.units, *(unit.key for unit in seen if unit)},
        "creditScheme": set(index.credit_schemes),
        "gradingScheme": set(index.grading_schemes),
    }
    for row, field, concept, key in named(results):
        if key not in known[concept]:
            raise Refusal("RESULT_UNKNOWN_CODE", place=row, field=field)
    return volume


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
        issuers=tuple(Key(read_key(key)) for key in bounded(given.issuers)),
        keeps_consumption_of=tuple(Key(read_key(key)) for key in bounded(given.keeps)),
    )


def _judged(root: Any, first: First = 20, after: After = None) -> Any:
    return sliced(root.judged, first, after)


def _targets(root: Any, first: First = 20, after: After = None) -> Any:
    return sliced(root.targets, first, after)


@strawberry.type(name="WhatIf", description="What a rule book makes of results: each rule judged by itself.")
@decided(PUBLIC)
class WhatIfType:
    """The answer to a question about results."""

    judged: Connection[JudgedType] = strawberry.field(
        resolver=_judged, description="Every rule version concerned, each with its verdict per target."
    )
    targets: Connection[RollupType] = strawberry.field(
        resolver=_targets, description="Per target, the best verdict."
    )
    others: int = strawberry.field(description="How many rule versions are not concerned.")
    unevaluated: list[str] = strawberry.field(description="The `resultId`s that no rule names.")
    might_concern: list[MightConcernType] = strawberry.field(
        metadata=costs(size=5), description="Per silent source, rules only its outcomes could concern."
    )
    incomplete: bool = strawberry.field(description="Whether silent sources might concern more rules.")
    hypothetical: bool = strawberry.field(description="Whether it rests on what was typed into the question.")
    limited: bool = strawberry.field(description="Whether a search was cut short somewhere.")


async def what_if(
    info: Info,
    institution: OfInstitution,
    results: Annotated[list[ResultInput], _argument("What one holds; at most 10,000.")],
    programme: OfProgramme = None,
    credit_scheme: InScheme = None,
    as_of: As = None,
    rules: Annotated[list[CodeText], _argument("Rules to judge whatever the results; at most 200.")] = (),  # type: ignore[assignment]
    targets: Annotated[list[TargetInput], _argument("Targets to judge likewise; at most 200.")] = (),  # type: ignore[assignment]
    held: Annotated[list[HeldInput], _argument("How the learner stands to targets.")] = (),  # type: ignore[assignment]
    silent: Annotated[list[SilentInput], _argument("Sources to be taken as silent.")] = (),  # type: ignore[assignment]
) -> Any:
    """Judge every rule concerned by these results."""
    place = await open_place(info, institution, programme, credit_scheme, as_of)
    given = read_results(results)
    volume = await check_results(loaders(info), place, given)
    names = read_names(volume, rules, targets)
    context = _extended(place.context, held, silent)
    weight = len(volume.index.entries) * (len(given) + len(names)) * (20 if silent else 1)
    desk, deadline = loaders(info).desk, info.context.deadline
    answer = await desk.work(weight, deadline, evaluate, volume.index, given, context, names)
    return _as_typed(answer, given)


def _extended(context: Context, held: Sequence[HeldInput], silent: Sequence[SilentInput]) -> Context:
    return Context(
        institution=context.institution,
        programme=context.programme,
        credit_scheme=context.credit_scheme,
        applied_on=context.applied_on,
        targets=tuple(read_held(one) for one in bounded(held)),
        silent=tuple(read_silent(one) for one in bounded(silent)),
    )


def _as_typed(answer: Answer, given: Sequence[Result]) -> Any:
    """Say that an answer rests on what was typed, also where a record was copied."""
    return replace(answer, hypothetical=bool(given))


async def accepted(
    info: Info,
    institution: OfInstitution,
    target: Annotated[TargetInput, _argument("What one wants.")],
    programme: OfProgramme = None,
    as_of: As = None,
) -> Any:
    """List what is accepted for a target."""
    place = await open_place(info, institution, programme, None, as_of)
    wanted = read_target(target)

    def work() -> Accepted:
        return accepted_for(place.volume.index, wanted, place.context)

    return await loaders(info).desk.work(HEAVY, info.context.deadline, work)


async def equivalent(
    info: Info,
    institution: OfInstitution,
    outcome: Annotated[KeyText, _argument("What one holds.")],
    programme: OfProgramme = None,
    as_of: As = None,
) -> Any:
    """List what an outcome is enough for."""
    place = await open_place(info, institution, programme, None, as_of)
    key = Key(read_key(outcome))
    volume = await loaders(info).desk.library.knowing(place.volume, {key}, place.at)
    if key not in volume.outcomes:
        raise Refusal("OUTCOME_UNKNOWN")

    def work() -> Equivalents:
        return equivalents(volume.index, key, place.context)

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
        description="What an outcome is enough for at an institution 等效认定.",
    )
