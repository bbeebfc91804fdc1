"""The small values everything else is made of: keys, texts, credits, grades, periods, times."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, NewType

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

Key = NewType("Key", str)
"""Names a thing for ever. Coded things are ``scheme:edition:code``; a few small ones are a bare code."""

Code = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^\S(.*\S)?$")]
Line = Annotated[str, Meta(max_length=400)]
Prose = Annotated[str, Meta(max_length=20_000)]

ANY_EDITION = "any"
"""In a clause's outcome key: the outcome of whatever edition (R7)."""

PLACES = 4
"""Decimal places an amount may have; the graph stores integers of 1/10,000."""

LARGEST = Decimal(10) ** 9

FIRST_DAY = date.min
"""Stands for "always was" where a window has no beginning."""

NEVER = date.max
"""Stands for "no end" where a window has none."""


class Value(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    rename="camel",
    gc=False,
):
    """A canonical value: immutable, compared by content, decoded strictly, encoded without its defaults.

    Built from the inside out it can hold no cycle, so the garbage collector need not look at it (``gc``).
    """


class Text(Value, frozen=True):
    """A localised text. At least one language; readers fall back to the other."""

    zh: Line = ""
    en: Line = ""


class LongText(Value, frozen=True):
    """Localised prose: descriptors, articles, statements."""

    zh: Prose = ""
    en: Prose = ""


def exact(amount: Decimal) -> Decimal:
    """Return ``amount``, or raise ``ValueError`` if it is not finite, has over 4 places, or is absurd."""
    if not amount.is_finite() or amount.adjusted() > LARGEST.adjusted() or abs(amount) > LARGEST:
        raise ValueError("an amount is a finite decimal of at most 1,000,000,000")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -PLACES:
        raise ValueError(f"an amount has at most {PLACES} decimal places")
    return amount


def settle_amounts(value: Value, *fields: str) -> None:
    """Check the amounts of a value as it is made, and write each in its one spelling: 1.5, never 1.50.

    Raises ``ValueError`` as `exact` does. So equal amounts are equal content, whoever wrote them.
    """
    for field in fields:
        amount = getattr(value, field)
        if amount is not None and (spelled := one_spelling(exact(amount))) is not amount:
            force_setattr(value, field, spelled)


def one_spelling(amount: Decimal) -> Decimal:
    """Return an amount without trailing zeros after its point, exponent or sign of zero.

    >>> str(one_spelling(Decimal("1.50"))), str(one_spelling(Decimal("1E+1")))
    ('1.5', '10')
    """
    sign, digits, exponent = amount.as_tuple()
    if not amount:
        return amount if exponent == 0 and not sign else Decimal(0)
    if exponent == 0 or (isinstance(exponent, int) and exponent < 0 and digits[-1]):
        return amount
    short = amount.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


class Credit(Value, frozen=True):
    """An amount of credit and the credit scheme it is counted in; never negative."""

    amount: Decimal
    scheme: Code

    def __post_init__(self) -> None:
        settle_amounts(self, "amount")
        if self.amount < 0:
            raise ValueError("credit is never negative")


class Grade(Value, frozen=True):
    """A mark in a grading scheme; ``value`` is one of the scheme's own words or a number in its range."""

    scheme: Code
    value: Annotated[str, Meta(min_length=1, max_length=40)]


class Fraction(Value, frozen=True):
    """An exact share or factor: two positive integers (a share may be 0)."""

    numerator: Annotated[int, Meta(ge=0, le=10**9)]
    denominator: Annotated[int, Meta(ge=1, le=10**9)] = 1


class Period(Value, frozen=True):
    """A calendar length: years, months and days; month ends clamp when it is added to a day."""

    years: Annotated[int, Meta(ge=0, le=200)] = 0
    months: Annotated[int, Meta(ge=0, le=2400)] = 0
    days: Annotated[int, Meta(ge=0, le=73_000)] = 0


class Window(Value, frozen=True):
    """Half-open days: ``start`` belongs to it, ``end`` does not; none means unbounded."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start >= self.end:
            raise ValueError("a window's end must be after its start")


class Status(Enum):
    """Where a governed thing stands in its life."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    SUSPENDED = "SUSPENDED"
    RETIRED = "RETIRED"


IN_FORCE = (Status.PUBLISHED.value,)
"""What lists and counts are of, unless another status is asked for: as a sketch and a row hold it."""

APPROVED = (Status.APPROVED.value, Status.PUBLISHED.value)
"""The mappings that count: approved is enough, for they are decided and never published by themselves."""

ANY_STATUS = tuple(status.value for status in Status)


class Stage(Enum):
    """Educational stages, lowest first; "not below" compares their order here."""

    SECONDARY = "SECONDARY"
    HIGHER_VOCATIONAL = "HIGHER_VOCATIONAL"
    UNDERGRADUATE = "UNDERGRADUATE"
    POSTGRADUATE = "POSTGRADUATE"


STAGE_ORDER = {stage: place for place, stage in enumerate(Stage)}


class Versioned(Value, frozen=True, kw_only=True):
    """What every public thing carries besides its own fields.

    ``version`` 0 asks the import to give the next number. The valid window is half open, in days of
    Asia/Shanghai. ``recorded_at`` and ``retracted_at`` are given by the import, never by a file;
    nor is ``loaded_by``, the source whose import recorded this version where it is not the version's own.
    """

    key: Key
    version: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    valid_from: date | None = None
    valid_to: date | None = None
    status: Status = Status.PUBLISHED
    source: str = ""
    licence: str = ""
    synthetic: bool = False
    stub: bool = False
    recorded_at: datetime | None = None
    retracted_at: datetime | None = None
    loaded_by: str = ""

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("validTo must be after validFrom")

    def holds_on(self, day: date) -> bool:
        """Tell whether ``day`` lies in the valid window."""
        return (self.valid_from or FIRST_DAY) <= day < (self.valid_to or NEVER)


_PART = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$|^-$")


def key_of(scheme: str, edition: str, code: str) -> Key:
    """Join a triple into a key; ``ValueError`` where a part is empty or could be misread.

    >>> key_of("gbt4754", "2017", "0111")
    'gbt4754:2017:0111'
    """
    if not _PART.match(scheme) or not _PART.match(edition):
        raise ValueError("scheme and edition are letters, digits, dots, dashes; '-' is 'no edition'")
    if not code or code != code.strip() or len(code) > 120 or "|" in code or not code.isprintable():
        raise ValueError("a code is 1 to 120 printable characters without | and without blanks around it")
    return Key(f"{scheme}:{edition}:{code}")


def parts_of(key: str) -> tuple[str, str, str]:
    """Split a key into (scheme, edition, code); ``ValueError`` if it is no triple."""
    scheme, first, rest = key.partition(":")
    edition, second, code = rest.partition(":")
    if not first or not second:
        raise ValueError(f"not a key of the form scheme:edition:code: {key[:80]!r}")
    key_of(scheme, edition, code)
    return scheme, edition, code


def normalised(code: str) -> str:
    """Fold a code as the border does: NFKC, trimmed (full-width digits become plain ones)."""
    return unicodedata.normalize("NFKC", code).strip()
