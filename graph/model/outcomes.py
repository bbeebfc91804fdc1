"""What can be earned and what it is made of: units, outcomes, programme versions, mappings."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Annotated

from msgspec import Meta

from graph.model.framework import LevelRef
from graph.model.values import (
    Code,
    Credit,
    Grade,
    Key,
    Line,
    LongText,
    Period,
    Stage,
    Text,
    Value,
    Versioned,
    settle_amounts,
)

DEEPEST = 20
"""How many levels of blocks a programme may have."""

Keys = Annotated[tuple[Key, ...], Meta(max_length=500)]
Tags = Annotated[tuple[Code, ...], Meta(max_length=40)]


class Criterion(Value, frozen=True):
    """An assessment criterion 评价标准 of a statement."""

    code: Code
    text: LongText


class Statement(Value, frozen=True):
    """A "can do / knows / is able to" line of a unit 学习成果描述."""

    code: Code
    dimension: Code
    text: LongText
    criteria: Annotated[tuple[Criterion, ...], Meta(max_length=40)] = ()


class Unit(Versioned, frozen=True):
    """An accreditation unit 认证单元, the framework's currency."""

    title: Text
    credit: Credit | None = None
    level: LevelRef | None = None
    hours: Decimal | None = None
    owner: Key | None = None
    industries: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    position: Key | None = None
    direction: Text = Text()
    statements: Annotated[tuple[Statement, ...], Meta(max_length=200)] = ()
    succeeded_by: Keys = ()
    decision: Code | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        codes = [statement.code for statement in self.statements]
        if len(codes) != len(set(codes)):
            raise ValueError("two statements of one unit share a code")
        settle_amounts(self, "hours")
        if self.hours is not None and self.hours < 0:
            raise ValueError("hours are never negative")


class OutcomeKind(Enum):
    """What an outcome is."""

    COURSE = "COURSE"
    CERTIFICATE = "CERTIFICATE"
    PROGRAMME = "PROGRAMME"
    EXAM = "EXAM"
    EXPERIENCE = "EXPERIENCE"


class OutcomeClass(Enum):
    """The framework's three classes: degree, non-degree, and results of no fixed form 无一定形式."""

    DEGREE = "DEGREE"
    NON_DEGREE = "NON_DEGREE"
    NO_FIXED_FORM = "NO_FIXED_FORM"


class Tier(Enum):
    """A certificate's tier 级别, lowest first."""

    ELEMENTARY = "ELEMENTARY"
    INTERMEDIATE = "INTERMEDIATE"
    ADVANCED = "ADVANCED"


class Outcome(Versioned, frozen=True):
    """A catalogue item that can be earned 成果目录项.

    ``higher_than`` links a tier to the one below it in its series; ``awards_for`` is how long what it
    awards stays valid; ``repeatable`` outcomes (yearly training, say) do not clash with themselves.
    """

    title: Text
    issuer: Key
    kind: OutcomeKind
    outcome_class: OutcomeClass
    credit: Credit | None = None
    level: LevelRef | None = None
    stage: Stage | None = None
    series: Line = ""
    tier: Tier | None = None
    higher_than: Key | None = None
    parts: Keys = ()
    prerequisites: Keys = ()
    tags: Tags = ()
    industries: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    position: Key | None = None
    succeeded_by: Keys = ()
    awards_for: Period | None = None
    repeatable: bool = False


class RequirementKind(Enum):
    """What a block asks for."""

    ALL_OF = "ALL_OF"
    CREDITS = "CREDITS"
    COURSES = "COURSES"


class Requirement(Value, frozen=True):
    """All of a block's outcomes, or ``n`` credits of them, or ``n`` courses of them."""

    kind: RequirementKind = RequirementKind.ALL_OF
    n: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.kind is RequirementKind.ALL_OF) != (self.n is None):
            raise ValueError("n belongs to CREDITS and COURSES, and to them only")
        settle_amounts(self, "n")
        if self.n is not None and self.n < 0:
            raise ValueError("n is never negative")


class Block(Value, frozen=True):
    """A block 模块 of a programme version; blocks make a tree. Amounts are in the programme's scheme."""

    code: Code
    title: Text = Text()
    tags: Tags = ()
    requirement: Requirement = Requirement()
    credit: Decimal | None = None
    courses: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    outcomes: Keys = ()
    non_exemptible: Keys = ()
    minimum_grade: Grade | None = None
    residency: Decimal | None = None
    blocks: Annotated[tuple[Block, ...], Meta(max_length=60)] = ()

    def __post_init__(self) -> None:
        settle_amounts(self, "credit", "residency")
        for amount in (self.credit, self.residency):
            if amount is not None and amount < 0:
                raise ValueError("credit is never negative")


class Programme(Versioned, frozen=True):
    """A programme version 培养方案: the blocks and requirements of one intake."""

    institution: Key
    title: Text
    major: Code
    intake: Annotated[int, Meta(ge=1949, le=2200)]
    stage: Stage
    credit_scheme: Code
    credit: Decimal | None = None
    courses: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    minimum_level: LevelRef | None = None
    awards: Key | None = None
    blocks: Annotated[tuple[Block, ...], Meta(max_length=60)] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        settle_amounts(self, "credit")
        if self.credit is not None and self.credit < 0:
            raise ValueError("credit is never negative")
        if _depth(self.blocks) > DEEPEST:
            raise ValueError("blocks are nested too deeply")
        codes = [block.code for block in walk_blocks(self.blocks)]
        if len(codes) != len(set(codes)):
            raise ValueError("two blocks of one programme share a code")


def _depth(blocks: tuple[Block, ...]) -> int:
    """Return how many levels of blocks there are, without going deeper than it matters."""
    depth, level = 0, blocks
    while level and depth <= DEEPEST:
        depth, level = depth + 1, tuple(inner for block in level for inner in block.blocks)
    return depth


def walk_blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks and all below them in tree order (a block before its own blocks)."""
    found: list[Block] = []
    for block in blocks:
        found.append(block)
        found.extend(walk_blocks(block.blocks))
    return tuple(found)


class Mapping(Versioned, frozen=True):
    """An outcome mapped to a unit 成果-单元对应, with the statements covered; ``whole`` covers them all."""

    outcome: Key
    unit: Key
    statements: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()
    whole: bool = False
    evidence: Text = Text()
    decision: Code | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.whole == bool(self.statements):
            raise ValueError("a mapping lists the statements covered, or is whole")
