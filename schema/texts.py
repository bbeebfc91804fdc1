"""The small values of the API: localised texts, credits, grades, periods, windows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry

from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText


@strawberry.enum(description="A language of the hub's texts.")
class Language(Enum):
    """A language of the hub's texts."""

    ZH = strawberry.enum_value("zh", description="Chinese 中文")
    EN = strawberry.enum_value("en", description="English 英文")


Wanted = Annotated[Language, strawberry.argument(description="The language that is preferred.")]


def _preferred(root: Any, language: Wanted = Language.ZH) -> str:
    first, second = (root.zh, root.en) if language is Language.ZH else (root.en, root.zh)
    return str(first or second)


@strawberry.type(name="Text", description="A text in Chinese and English. Empty where a language is missing.")
@decided(PUBLIC)
class TextType:
    """A localised text."""

    zh: str = strawberry.field(description="In Chinese 中文.")
    en: str = strawberry.field(description="In English.")

    preferred: str = strawberry.field(
        resolver=_preferred, description="In one language, or in the other where that one is missing."
    )


@strawberry.type(name="Credit", description="An amount of credit 学分 in a credit scheme.")
@decided(PUBLIC)
class CreditType:
    """An amount of credit."""

    amount: Decimal = strawberry.field(description="Exact, with at most four decimals, as text.")
    scheme: CodeText = strawberry.field(description="The credit scheme 学分制 it is counted in.")


@strawberry.type(name="Grade", description="A mark 成绩 in a grading scheme.")
@decided(PUBLIC)
class GradeType:
    """A mark."""

    scheme: CodeText = strawberry.field(description="The grading scheme 成绩制.")
    value: str = strawberry.field(description="One of the scheme's words, or a number in its range.")


@strawberry.type(name="Fraction", description="An exact share or factor.")
@decided(PUBLIC)
class FractionType:
    """An exact share or factor."""

    numerator: int = strawberry.field(description="Above the line.")
    denominator: int = strawberry.field(description="Below the line.")


@strawberry.type(name="Period", description="A calendar length; month ends clamp when it is added to a day.")
@decided(PUBLIC)
class PeriodType:
    """A calendar length."""

    years: int = strawberry.field(description="Calendar years.")
    months: int = strawberry.field(description="Calendar months.")
    days: int = strawberry.field(description="Days.")


@strawberry.type(name="Window", description="Half-open days: the start belongs to it, the end does not.")
@decided(PUBLIC)
class WindowType:
    """Half-open days."""

    start: date | None = strawberry.field(description="The first day; none: always was.")
    end: date | None = strawberry.field(description="The first day after it; none: open.")
