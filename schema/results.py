"""Results as a question types them: read into canonical values, or refused with their place in the list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import strawberry

import schema.enums  # noqa: F401 - tells the closed lists before any type uses one
from graph.model.learning import Completion, Obtained, Result, ResultStatus, Verification
from graph.model.values import Credit, Grade, Key, exact, normalised
from schema.errors import Refusal
from schema.prompt import promptly
from schema.scalars import CodeText, KeyText, read_code, read_key, shown

MOST: Final = 10_000
"""Results one question may hold."""
LARGEST: Final = Decimal(10_000)
"""Credit one result may have; more is a slip of the pen."""
LONGEST: Final = 120
AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@strawberry.input(description="An amount of credit; the amount in text, with at most four decimals.")
class CreditInput:
    """An amount of credit."""

    amount: str = strawberry.field(description='The amount as text, such as "2.5".')
    scheme: CodeText = strawberry.field(description="The credit scheme.")


@strawberry.input(description="A mark in a grading scheme.")
class GradeInput:
    """A mark."""

    scheme: CodeText = strawberry.field(description="The grading scheme.")
    value: str = strawberry.field(description="One of its words, or a number in its range, as text.")


@strawberry.input(description="When a result was completed: from one day to another, both included.")
class CompletionInput:
    """An interval of days."""

    first: date | None = strawberry.field(
        name="firstDay", default=None, description="The earliest day it can be."
    )
    last: date | None = strawberry.field(
        name="lastDay", default=None, description="The latest day it can be."
    )


@promptly
@strawberry.input(description="A result 个人成果 as one types it. Nothing of it is stored or logged.")
class ResultInput:
    """A result."""

    id: str = strawberry.field(
        name="resultId", description="A name of your own for it, told back in answers."
    )
    outcome: KeyText | None = strawberry.field(default=None, description="The outcome it is of.")
    unit: KeyText | None = strawberry.field(default=None, description="The accreditation unit held directly.")
    issuer: KeyText | None = strawberry.field(default=None, description="Who issued it.")
    earned: CreditInput | None = strawberry.field(default=None, description="The credit earned.")
    available: CreditInput | None = strawberry.field(
        default=None, description="What of it is still available."
    )
    grade: GradeInput | None = strawberry.field(default=None, description="Its grade.")
    completion: CompletionInput | None = strawberry.field(
        default=None,
        description="When it was completed. Without it verdicts that need a day are CONDITIONAL.",
    )
    valid_to: date | None = strawberry.field(default=None, description="The first day it is no longer valid.")
    status: ResultStatus = strawberry.field(default=ResultStatus.COMPLETED, description="Where it stands.")
    attempts: int | None = strawberry.field(default=None, description="In how many attempts it was earned.")
    part_of: str | None = strawberry.field(default=None, description="The `resultId` of what it is part of.")
    obtained: Obtained = strawberry.field(default=Obtained.STUDY, description="How it was obtained.")
    verification: Verification | None = strawberry.field(
        default=None,
        description="For a result copied from a record: what the record says. Without it the result is typed "
        "and counts as verified.",
    )


def read_results(given: Sequence[ResultInput]) -> tuple[Result, ...]:
    """Read results; `Refusal` with the place (from 0) of the first that will not do."""
    if len(given) > MOST:
        raise Refusal("TOO_MANY_RESULTS", value=len(given), limit=MOST)
    _distinct(given)
    return tuple(_result(place, one) for place, one in enumerate(given))


def read_amount(text: str) -> Decimal:
    """Read an amount written as digits and a point, such as 2.5; ``ValueError`` where it is none.

    Full-width digits and blanks around are folded, as in keys. ``Decimal`` alone would take `1_0` for ten.
    """
    digits = normalised(text[: LONGEST + 1])
    if not AMOUNT.fullmatch(digits):
        raise ValueError("an amount is digits, with or without a point and decimals")
    return exact(Decimal(digits))


def named(results: Sequence[Result]) -> Iterator[tuple[int, str, str, str]]:
    """Yield what results name: place, field, concept and key."""
    for place, one in enumerate(results):
        for field, concept, key in (("outcome", "outcome", one.outcome), ("unit", "unit", one.unit)):
            if key:
                yield place, field, concept, key
        for field, credit in (("earned", one.earned), ("available", one.available)):
            if credit:
                yield place, field, "creditScheme", credit.scheme
        if one.grade:
            yield place, "grade", "gradingScheme", one.grade.scheme


def demand_parts(results: Sequence[Result]) -> None:
    """Raise `Refusal` RESULT_UNKNOWN_CODE where `partOf` names no other result: the clash would be missed."""
    ids = {one.id for one in results}
    for place, one in enumerate(results):
        if one.part_of is not None and (one.part_of == one.id or one.part_of not in ids):
            raise Refusal("RESULT_UNKNOWN_CODE", place=place, field="partOf")


def _distinct(given: Sequence[ResultInput]) -> None:
    seen: set[str] = set()
    for place, one in enumerate(given):
        if one.id in seen:
            raise Refusal("RESULT_ID_TWICE", place=place)
        seen.add(one.id)


def _result(place: int, one: ResultInput) -> Result:
    _name(place, one)
    return Result(
        id=one.id,
        outcome=_key(place, "outcome", one.outcome),
        unit=_key(place, "unit", one.unit),
        issuer=_key(place, "issuer", one.issuer),
        earned=_credit(place, "earned", one.earned),
        available=_credit(place, "available", one.available),
        grade=_grade(place, one.grade),
        completion=_completion(place, one.completion),
        valid_to=one.valid_to,
        status=one.status,
        attempts=_attempts(place, one.attempts),
        part_of=one.part_of,
        obtained=one.obtained,
        verification=one.verification or Verification.VERIFIED,
        hypothetical=one.verification is None,
    )


def _key(place: int, field: str, given: str | None) -> Key | None:
    try:
        return Key(read_key(given)) if given else None
    except Refusal:
        raise Refusal("MALFORMED_KEY", key=shown(given or ""), place=place, field=field) from None


def _name(place: int, one: ResultInput) -> None:
    if not one.id.strip() or len(one.id) > LONGEST or one.id != one.id.strip():
        raise Refusal("RESULT_MALFORMED", place=place, field="resultId")
    if not one.outcome and not one.unit:
        raise Refusal("RESULT_NAMES_NOTHING", place=place)


def _credit(place: int, field: str, given: CreditInput | None) -> Credit | None:
    if given is None:
        return None
    try:
        amount = read_amount(given.amount)
    except ValueError:
        raise Refusal("RESULT_CREDIT", place=place, field=field, limit=LARGEST) from None
    if not 0 <= amount <= LARGEST:
        raise Refusal("RESULT_CREDIT", place=place, field=field, limit=LARGEST)
    return Credit(amount=amount, scheme=read_code(given.scheme))


def _grade(place: int, given: GradeInput | None) -> Grade | None:
    if given is None:
        return None
    if not 1 <= len(given.value) <= 40:
        raise Refusal("RESULT_MALFORMED", place=place, field="grade")
    return Grade(scheme=read_code(given.scheme), value=given.value)


def _completion(place: int, given: CompletionInput | None) -> Completion | None:
    if given is None:
        return None
    if given.first is None or given.last is None or given.first > given.last:
        raise Refusal("RESULT_DATES", place=place)
    return Completion(first=given.first, last=given.last)


def _attempts(place: int, given: int | None) -> int | None:
    if given is not None and not 1 <= given <= 1000:
        raise Refusal("RESULT_MALFORMED", place=place, field="attempts")
    return given
