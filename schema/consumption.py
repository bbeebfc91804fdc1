"""Past applications as a question types them: read into canonical values, or refused with their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeVar

import strawberry

import schema.enums
import schema.targets  # noqa: F401 - and these tell the closed lists before any type uses one
from graph.model.institutions import Agreement, Institution
from graph.model.learning import ConsumedTarget, Consumption, Context
from graph.model.outcomes import Outcome, Programme, Unit
from graph.model.rules import Rule, WaiverMode
from graph.model.values import Credit, Key, Versioned
from graph.model.verdicts import TargetKind
from schema.errors import Refusal
from schema.results import LARGEST, LONGEST, CreditInput, read_amount
from schema.scalars import CodeText, KeyText, read_code, read_key

T = TypeVar("T")

MOST: Final = 100
"""Past applications one question may name."""
MOST_EACH: Final = 200
"""Results, and targets, of one past application."""


@strawberry.input(description="One target of a past application, as it was granted.")
class ConsumedTargetInput:
    """A target that was granted."""

    kind: TargetKind = strawberry.field(name="targetKind", description="What it is; never PROGRAMME.")
    key: str = strawberry.field(name="targetKey", description="Its key, or its code.")
    mode: WaiverMode = strawberry.field(default=WaiverMode.FULL, description="What was waived.")
    credit: CreditInput | None = strawberry.field(
        default=None, description="The rounded credit that was given; none: none was."
    )


@strawberry.input(description="A past application: the results it used, and what they were turned into.")
class ConsumedInput:
    """A past application."""

    results: list[str] = strawberry.field(
        name="usedResults", description="The `resultId`s it used; also of results not in this question."
    )
    rule: CodeText = strawberry.field(name="ruleCode", description="The rule it was granted by.")
    version: int = strawberry.field(description="The rule version's number.")
    sharable: bool = strawberry.field(
        default=False, description="Whether its evidence may serve another sharable rule."
    )
    institution: KeyText | None = strawberry.field(
        default=None, description="The institution that granted it; none: the one asked about."
    )
    programme: KeyText | None = strawberry.field(
        default=None,
        description="The programme version it was granted in; none: the one asked about, if that institution "
        "granted it.",
    )
    agreement: CodeText | None = strawberry.field(
        default=None, description="The agreement it was granted under."
    )
    on: date = strawberry.field(name="appliedOn", description="The day of the application.")
    targets: list[ConsumedTargetInput] = strawberry.field(
        default_factory=list, description="What was granted."
    )


class Mention(NamedTuple):
    """A thing that a past application names: its place in the list, in which field, and which key."""

    place: int
    field: str
    struct: type[Versioned]
    key: str


def read_consumed(given: Sequence[ConsumedInput], asked: Context) -> tuple[Consumption, ...]:
    """Read past applications; `Refusal` with the place (from 0) of the first that will not do.

    What a row leaves out is taken from the question: a programme forgotten must not hide a double use.
    """
    if len(given) > MOST:
        raise Refusal("TOO_MANY_CONSUMED", value=len(given), limit=MOST)
    return tuple(_row(place, one, asked) for place, one in enumerate(given))


def mentions(rows: Sequence[Consumption]) -> Iterator[Mention]:
    """Yield the things that past applications name and that the graph should know."""
    for place, row in enumerate(rows):
        yield Mention(place, "ruleCode", Rule, row.rule)
        yield Mention(place, "institution", Institution, row.institution)
        if row.programme:
            yield Mention(place, "programme", Programme, row.programme)
        if row.agreement:
            yield Mention(place, "agreement", Agreement, row.agreement)
        for one in row.targets:
            if one.outcome:
                yield Mention(place, "targetKey", Outcome, one.outcome)
            if one.unit:
                yield Mention(place, "targetKey", Unit, one.unit)


def _row(place: int, one: ConsumedInput, asked: Context) -> Consumption:
    if not 1 <= one.version <= 1_000_000:
        raise Refusal("CONSUMED_MALFORMED", place=place, field="version")
    institution = _key(place, "institution", one.institution) or asked.institution
    here = asked.programme if institution == asked.institution else None
    return Consumption(
        results=_ids(place, one.results),
        rule=Key(_read(place, "ruleCode", read_code, one.rule)),
        rule_version=one.version,
        sharable=one.sharable,
        institution=institution,
        programme=_key(place, "programme", one.programme) or here,
        agreement=Key(_read(place, "agreement", read_code, one.agreement)) if one.agreement else None,
        on=one.on,
        targets=tuple(_target(place, each) for each in _few(place, "targets", one.targets)),
    )


def _ids(place: int, given: Sequence[str]) -> tuple[str, ...]:
    for name in _few(place, "usedResults", given):
        if not 1 <= len(name) <= LONGEST or name != name.strip():
            raise Refusal("CONSUMED_MALFORMED", place=place, field="usedResults")
    return tuple(sorted(set(given)))


def _few(place: int, field: str, given: Sequence[T]) -> Sequence[T]:
    if len(given) > MOST_EACH:
        raise Refusal("CONSUMED_MALFORMED", place=place, field=field)
    return given


def _key(place: int, field: str, given: str | None) -> Key | None:
    return Key(_read(place, field, read_key, given)) if given else None


def _read(place: int, field: str, read: Callable[[str], str], given: str) -> str:
    try:
        return read(given)
    except Refusal:
        raise Refusal("CONSUMED_MALFORMED", place=place, field=field) from None


def _target(place: int, one: ConsumedTargetInput) -> ConsumedTarget:
    credit = _credit(place, one.credit)
    if one.kind in (TargetKind.OUTCOME, TargetKind.UNIT):
        key = Key(_read(place, "targetKey", read_key, one.key))
        if one.kind is TargetKind.OUTCOME:
            return ConsumedTarget(outcome=key, mode=one.mode, credit=credit)
        return ConsumedTarget(unit=key, mode=one.mode, credit=credit)
    code = _read(place, "targetKey", read_code, one.key)
    if one.kind is TargetKind.ELECTIVE:
        return ConsumedTarget(block=code, mode=one.mode, credit=credit)
    if one.kind is TargetKind.ENTITLEMENT:
        return ConsumedTarget(entitlement=code, mode=one.mode, credit=credit)
    raise Refusal("CONSUMED_MALFORMED", place=place, field="targetKind")


def _credit(place: int, given: CreditInput | None) -> Credit | None:
    if given is None:
        return None
    scheme = _read(place, "credit", read_code, given.scheme)
    try:
        amount = read_amount(given.amount)
    except ValueError:
        raise Refusal("CONSUMED_MALFORMED", place=place, field="credit") from None
    if not 0 <= amount <= LARGEST:
        raise Refusal("CONSUMED_MALFORMED", place=place, field="credit")
    return Credit(amount=amount, scheme=scheme)
