"""Conversion rules: alternatives of clauses, grants, caps, exclusions. Meaning: docs/recognition.md."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Annotated

from msgspec import Meta

from graph.model.outcomes import Tags
from graph.model.values import (
    Code,
    Credit,
    Fraction,
    Grade,
    Key,
    Line,
    LongText,
    Period,
    Stage,
    Text,
    Value,
    Versioned,
    Window,
    settle_amounts,
)


class Basis(Enum):
    """Which day a rule version's window is tested on."""

    COMPLETION = "COMPLETION"
    APPLICATION = "APPLICATION"


class TargetState(Enum):
    """How the learner stands to a target in the receiving institution."""

    HELD = "HELD"
    FAILED = "FAILED"
    REGISTERED = "REGISTERED"


class Tests(Value, frozen=True):
    """What a clause asks of each result it takes."""

    minimum_grade: Grade | None = None
    maximum_age: Period | None = None
    issuers: Annotated[tuple[Key, ...], Meta(max_length=100)] = ()
    attempts_at_most: Annotated[int, Meta(ge=1, le=1000)] | None = None
    stage_not_below: Stage | None = None
    tags: Tags = ()


class OutcomeClause(Value, frozen=True, tag_field="kind", tag="OUTCOME"):
    """A result of this outcome; edition ``any`` in the key takes every edition."""

    outcome: Key
    or_higher: bool = False
    tests: Tests = Tests()


class UnitClause(Value, frozen=True, tag_field="kind", tag="UNIT"):
    """The whole of a unit, by one result or by several that cover it together."""

    unit: Key
    tests: Tests = Tests()


class PoolClause(Value, frozen=True, tag_field="kind", tag="POOL"):
    """``credit`` worth of results out of a set of outcomes; whole results, surplus lost."""

    credit: Credit
    outcomes: Annotated[tuple[Key, ...], Meta(min_length=1, max_length=2000)]
    tests: Tests = Tests()


class TextClause(Value, frozen=True, tag_field="kind", tag="TEXT"):
    """Free text that a person checks."""

    text: LongText


Clause = OutcomeClause | UnitClause | PoolClause | TextClause


class Alternative(Value, frozen=True):
    """One of a rule's ways: all its clauses, and two tests on the whole of it."""

    clauses: Annotated[tuple[Clause, ...], Meta(max_length=60)] = ()
    one_issuer: bool = False
    credit_not_below: bool = False


class WaiverMode(Enum):
    """What is waived. Only a full waiver with credit counts credit."""

    FULL = "FULL"
    ATTENDANCE = "ATTENDANCE"
    EXAM = "EXAM"


class GradeTreatment(Enum):
    """What is recorded as the grade: the pass word, the carried grade, one capped at x, or a fixed x."""

    PASS_WORD = "PASS_WORD"  # noqa: S105 - a mark, no secret
    CARRIED = "CARRIED"
    CAPPED = "CAPPED"
    FIXED = "FIXED"


class CreditRule(Enum):
    """Where a grant's credit comes from."""

    CATALOGUE = "CATALOGUE"
    FIXED = "FIXED"
    RATIO = "RATIO"


class Worth(Value, frozen=True):
    """A grant's credit: catalogue value, a fixed credit, or a ratio of the evidence; then a maximum."""

    rule: CreditRule = CreditRule.CATALOGUE
    fixed: Credit | None = None
    ratio: Fraction | None = None
    scheme: Code | None = None
    maximum: Credit | None = None

    def __post_init__(self) -> None:
        if (self.rule is CreditRule.FIXED) != (self.fixed is not None):
            raise ValueError("a fixed credit belongs to the rule FIXED, and to it only")
        if (self.rule is CreditRule.RATIO) != (self.ratio is not None and self.scheme is not None):
            raise ValueError("ratio and scheme belong to the rule RATIO, and to it only")


class Giving(Value, frozen=True):
    """How a grant gives: waiver mode, with credit or without, grade treatment, worth."""

    mode: WaiverMode = WaiverMode.FULL
    with_credit: bool = True
    grade: GradeTreatment = GradeTreatment.PASS_WORD
    grade_at: Grade | None = None
    worth: Worth = Worth()

    def __post_init__(self) -> None:
        if (self.grade in (GradeTreatment.CAPPED, GradeTreatment.FIXED)) != (self.grade_at is not None):
            raise ValueError("gradeAt belongs to CAPPED and FIXED, and to them only")


class OutcomeGrant(Value, frozen=True, tag_field="kind", tag="OUTCOME"):
    """An outcome of the receiving institution."""

    outcome: Key
    giving: Giving = Giving()


class UnitGrant(Value, frozen=True, tag_field="kind", tag="UNIT"):
    """An accreditation unit."""

    unit: Key
    giving: Giving = Giving()


class ElectiveGrant(Value, frozen=True, tag_field="kind", tag="ELECTIVE"):
    """Elective credit in a block of the programme."""

    block: Code
    giving: Giving = Giving()


class BlockGrant(Value, frozen=True, tag_field="kind", tag="BLOCK"):
    """A whole block: short for one grant of each own outcome of it and of the blocks below it."""

    block: Code
    mode: WaiverMode = WaiverMode.FULL
    with_credit: bool = True
    grade: GradeTreatment = GradeTreatment.PASS_WORD
    grade_at: Grade | None = None


class EntitlementGrant(Value, frozen=True, tag_field="kind", tag="ENTITLEMENT"):
    """A right that is no credit: an interview, an exemption from an entrance exam ..."""

    code: Code
    text: LongText = LongText()


class Denial(Value, frozen=True, tag_field="kind", tag="DENIAL"):
    """Forbids an outcome, a unit, or elective credit in a block; with none of them, the programme."""

    outcome: Key | None = None
    unit: Key | None = None
    block: Code | None = None
    reason: LongText = LongText()

    def __post_init__(self) -> None:
        if sum(target is not None for target in (self.outcome, self.unit, self.block)) > 1:
            raise ValueError("a denial names one target at most")


Grant = OutcomeGrant | UnitGrant | ElectiveGrant | BlockGrant | EntitlementGrant | Denial


class Fee(Value, frozen=True):
    """What the learner pays for one application."""

    amount: Decimal
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"

    def __post_init__(self) -> None:
        settle_amounts(self, "amount")
        if self.amount < 0:
            raise ValueError("a fee is never negative")


class Rule(Versioned, frozen=True, kw_only=True):
    """One published version of a conversion rule 转换规则. Its window is the valid window.

    A rule without alternatives says that nothing articulates; one that grants never has an empty one.
    """

    institution: Key
    title: Text = Text()
    programme: Key | None = None
    blocks: Annotated[tuple[Code, ...], Meta(max_length=60)] = ()
    agreement: Key | None = None
    method: Key | None = None
    article: Line = ""
    basis: Basis = Basis.COMPLETION
    periods: Annotated[tuple[Window, ...], Meta(max_length=60)] = ()
    priority: Annotated[int, Meta(ge=1, le=1_000_000)] = 100
    sharable: bool = False
    repeatable: Annotated[int, Meta(ge=1, le=1000)] = 1
    articulation: bool = False
    required_states: Annotated[tuple[TargetState, ...], Meta(max_length=3)] = ()
    fee: Fee | None = None
    alternatives: Annotated[tuple[Alternative, ...], Meta(max_length=1000)] = ()
    grants: Annotated[tuple[Grant, ...], Meta(min_length=1, max_length=200)]
    decision: Code | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        grants_something = any(not isinstance(grant, Denial) for grant in self.grants)
        denies_something = any(isinstance(grant, Denial) for grant in self.grants)
        if grants_something and denies_something:
            raise ValueError("a rule grants or denies, never both")
        if grants_something and any(not alternative.clauses for alternative in self.alternatives):
            raise ValueError("a rule that grants has no empty alternative")

    @property
    def denies(self) -> bool:
        """Tell whether this is a denial."""
        return isinstance(self.grants[0], Denial)
