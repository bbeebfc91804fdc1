"""Caps and exclusions: what rules may grant together. Meaning: docs/recognition.md."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Meta

from graph.model.outcomes import Keys, OutcomeClass
from graph.model.values import (
    Code,
    Credit,
    Fraction,
    Key,
    Line,
    LongText,
    Versioned,
)


class CapScope(Enum):
    """What a cap is counted over."""

    PROGRAMME = "PROGRAMME"
    BLOCK = "BLOCK"
    TAG = "TAG"
    AGREEMENT = "AGREEMENT"
    YEAR = "YEAR"
    SOURCE_CLASS = "SOURCE_CLASS"


class CapMeasure(Enum):
    """What a cap counts."""

    CREDIT = "CREDIT"
    COUNT = "COUNT"


class Overflow(Enum):
    """What becomes of a grant over the cap; a cap by count always refuses."""

    REFUSE = "REFUSE"
    WAIVE_WITHOUT_CREDIT = "WAIVE_WITHOUT_CREDIT"


class Cap(Versioned, frozen=True, kw_only=True):
    """An upper limit 上限: absolute (``credit`` or ``count``) or a ``share`` of a declared total."""

    institution: Key
    programme: Key | None = None
    scope: CapScope
    block: Code | None = None
    tag: Code | None = None
    agreement: Key | None = None
    source_class: OutcomeClass | None = None
    measure: CapMeasure = CapMeasure.CREDIT
    credit: Credit | None = None
    count: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    share: Fraction | None = None
    overflow: Overflow = Overflow.REFUSE
    method: Key | None = None
    article: Line = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        named = {
            CapScope.BLOCK: self.block,
            CapScope.TAG: self.tag,
            CapScope.AGREEMENT: self.agreement,
            CapScope.SOURCE_CLASS: self.source_class,
        }
        for scope, name in named.items():
            if (self.scope is scope) != (name is not None):
                raise ValueError("a cap names just what its scope is counted over")
        self._check_limit()

    def _check_limit(self) -> None:
        if sum(limit is not None for limit in (self.credit, self.count, self.share)) != 1:
            raise ValueError("a cap has one limit: credit, count or share")
        wrong = self.count if self.measure is CapMeasure.CREDIT else self.credit
        if wrong is not None:
            raise ValueError("a cap's limit is of its measure")
        if self.measure is CapMeasure.COUNT and self.overflow is not Overflow.REFUSE:
            raise ValueError("a cap by count always refuses")
        if self.share is not None and self.share.numerator > self.share.denominator:
            raise ValueError("a share is at most the whole")


class Exclusion(Versioned, frozen=True):
    """A set of outcomes of which one may count 互斥; without institution it holds for every receiver."""

    outcomes: Annotated[Keys, Meta(min_length=2)]
    institution: Key | None = None
    reason: LongText = LongText()
