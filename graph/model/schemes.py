"""Schemes: how codes, credits, grades and terms are written and counted; sources and licences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated

from msgspec import Meta

from graph.model.values import Code, Fraction, Key, Line, Text, Value, Versioned, settle_amounts


class Case(Enum):
    """How letters of a scheme's codes are folded at the border."""

    KEEP = "KEEP"
    UPPER = "UPPER"
    LOWER = "LOWER"


class Edition(Value, frozen=True):
    """One edition of a code scheme; ``totals`` are its declared counts per rank, topmost first."""

    code: Code
    title: Text = Text()
    issued: date | None = None
    totals: tuple[Annotated[int, Meta(ge=0)], ...] = ()


class Scheme(Versioned, frozen=True):
    """A code scheme 编码体系: who numbers what, in which editions. ``key`` is its bare code."""

    title: Text
    concept: Code
    case: Case = Case.KEEP
    editions: tuple[Edition, ...] = ()


class Rounding(Enum):
    """What becomes of a fraction below a scheme's step."""

    HALF_UP = "HALF_UP"
    HALF_EVEN = "HALF_EVEN"
    DOWN = "DOWN"
    UP = "UP"


class CreditScheme(Versioned, frozen=True):
    """A credit scheme 学分制: its step and rounding mode are mandatory data. ``key`` is its bare code."""

    title: Text
    step: Decimal
    rounding: Rounding
    class_hours: Decimal | None = None
    notional_hours: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        settle_amounts(self, "step", "class_hours", "notional_hours")
        if self.step <= 0:
            raise ValueError("a credit scheme's step is positive")
        for hours in (self.class_hours, self.notional_hours):
            if hours is not None and hours < 0:
                raise ValueError("hours are never negative")


class Factor(Versioned, frozen=True):
    """A declared conversion between credit schemes 折算系数: one way, never inverted, never chained."""

    from_scheme: Code
    to_scheme: Code
    factor: Fraction
    decision: Code | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.factor.numerator == 0:
            raise ValueError("a factor is positive")


class GradeStep(Value, frozen=True):
    """One word of an ordered grading scheme."""

    value: Annotated[str, Meta(min_length=1, max_length=40)]
    title: Text = Text()


class GradingScheme(Versioned, frozen=True):
    """A grading scheme 成绩制: words from worst to best, or numbers from ``lowest`` to ``highest``."""

    title: Text
    pass_mark: str
    grades: Annotated[tuple[GradeStep, ...], Meta(max_length=200)] = ()
    lowest: Decimal | None = None
    highest: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        settle_amounts(self, "lowest", "highest")
        if bool(self.grades) == (self.lowest is not None and self.highest is not None):
            raise ValueError("a grading scheme has either ordered grades or a lowest and a highest number")
        if self.place(self.pass_mark) is None:
            raise ValueError("the pass mark is not a grade of the scheme")

    def place(self, value: str) -> Decimal | None:
        """Return where ``value`` stands in the scheme (larger is better), or None if unknown there."""
        if self.grades:
            words = [step.value for step in self.grades]
            return Decimal(words.index(value)) if value in words else None
        return _number_between(value, self.lowest, self.highest)


def _number_between(value: str, lowest: Decimal | None, highest: Decimal | None) -> Decimal | None:
    plain = value.isascii() and len(value) <= 12 and value.replace(".", "", 1).isdigit()
    if not plain or lowest is None or highest is None:
        return None
    number = Decimal(value)
    return number if lowest <= number <= highest else None


class Term(Value, frozen=True):
    """One term as half-open days."""

    code: Code
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a term's end must be after its start")


class TermCalendar(Versioned, frozen=True):
    """An institution's calendar 校历: its terms as day intervals."""

    institution: Key
    terms: Annotated[tuple[Term, ...], Meta(max_length=400)]


class Licence(Versioned, frozen=True):
    """A licence 许可 under which data may be used. ``key`` is its bare code."""

    title: Text
    url: Line = ""


class Source(Versioned, frozen=True):
    """Where facts come from 来源. ``key`` is its bare code."""

    title: Text
    url: Line = ""
    retrieved: date | None = None
