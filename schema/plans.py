"""Plans in the API: their numbers, applications and what they leave aside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import strawberry
from msgspec.structs import asdict

from connectors.replies import Coverage
from graph.model.rules import WaiverMode
from graph.model.trees import Reason
from graph.model.values import Credit, Key, one_spelling
from graph.model.verdicts import Verdict
from graph.planning import Objective, Plan, Why
from schema.arguments import After, First
from schema.asking import CountedConnection
from schema.enums import tell
from schema.permissions import PERSONAL, PUBLIC, access, decided
from schema.placing import PlacedRecord
from schema.records import RecordType
from schema.replies import SourceCoverageType
from schema.scalars import CodeText
from schema.slices import sliced
from schema.targets import TargetType
from schema.texts import CreditType
from schema.weights import costs

tell(
    Objective,
    "What a plan is best at, after the most credit and the most waivers.",
    MOST_CREDIT="Then the fewest results, the smallest sums of priorities and of ranks 学分最多.",
    LEAST_COST="Then the smallest sum of the rules' fees, and so on as before 费用最低.",
)
tell(
    Why,
    "Why a plan does not use a result.",
    NOT_NAMED="No rule names it 无规则涉及.",
    NOT_OPEN="Only rules that give nothing name it; the verdict says why 相关规则均不予认定.",
    NOT_NEEDED="A rule that names it is met without it 规则无需此成果.",
    CONFLICT="Its use conflicts with one chosen 与已选用途冲突.",
    REPEAT="Its rule is applied as often as it may be 规则次数已满.",
    TARGET_COUNTED="What it would give is given already 目标已认定.",
    CAP_FULL="A cap leaves no room for it 已达上限.",
    COUNTS_NOTHING="Its credit would not count: block full, below the level, or no factor 不计学分.",
    OUTWEIGHED="Another use was found better 另有更优用途.",
)


def _in_scheme(amount: Decimal | None, scheme: str) -> Any:
    """Give an amount as credit, to 4 places: what a third of a factor leaves is cut off."""
    if amount is None:
        return None
    return Credit(amount=amount.quantize(Decimal("0.0001")), scheme=scheme)


@strawberry.type(name="PlanNumbers", description="The five numbers of a plan, in the order of their weight.")
@decided(PUBLIC)
class PlanNumbersType:
    """The five numbers."""

    credit: CreditType = strawberry.field(description="Credit that counts, in the plan's scheme.")
    waivers: int = strawberry.field(description="Targets waived without credit.")
    results: int = strawberry.field(name="resultCount", description="How many results are used.")
    priorities: int = strawberry.field(name="prioritySum", description="The sum of the rules' priorities.")
    ranks: int = strawberry.field(name="rankSum", description="The sum of ranks, which settles the rest.")


@strawberry.type(name="Cost", description="What the learner pays for all applications, in one currency.")
@decided(PUBLIC)
class CostType:
    """A sum of fees."""

    amount: str = strawberry.field(
        resolver=lambda root: str(one_spelling(root.amount)), description="The amount, exact, as text."
    )
    currency: str = strawberry.field(description="The currency.")


@strawberry.type(name="PlannedGrant", description="One grant as a plan gives it.")
@decided(PUBLIC)
class PlannedType:
    """A grant of a plan."""

    target: TargetType = strawberry.field(
        resolver=lambda root: root.granted.target, description="What is granted."
    )
    verdict: Verdict = strawberry.field(
        resolver=lambda root: root.granted.verdict, description="Its verdict by itself."
    )
    mode: WaiverMode = strawberry.field(
        resolver=lambda root: root.granted.mode, description="What is waived."
    )
    credit: CreditType | None = strawberry.field(
        resolver=lambda root: _in_scheme(root.credit, root.granted.scheme),
        description="Its credit after caps; none: it gives none, or of unknown amount.",
    )
    waived: bool = strawberry.field(
        name="isWaivedByCap", description="Whether a cap turned its credit into a waiver without credit."
    )


@strawberry.type(name="PlannedApplication", description="One application of a rule that a plan chooses.")
@decided(PUBLIC)
class ApplicationType:
    """An application of a plan."""

    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    version: int = strawberry.field(description="The rule version's number.")
    alternative: int = strawberry.field(
        name="alternativePlace", description="The alternative's place, from 0."
    )
    evidence: list[str] = strawberry.field(name="evidenceIds", description="The `resultId`s it uses.")
    priority: int = strawberry.field(description="The rule's preference; smaller is first.")
    gives: list[PlannedType] = strawberry.field(
        name="grants", metadata=costs(size=4), description="What it gives."
    )


@strawberry.type(name="UnusedResult", description="A result that the plan leaves aside, and why.")
@decided(PUBLIC)
class UnusedType:
    """An unused result."""

    result: str = strawberry.field(name="resultId", description="The result.")
    why: Why = strawberry.field(name="unusedBecause", description="Why it is not used.")
    rule: CodeText | None = strawberry.field(name="ruleCode", description="The rule that came nearest.")
    version: int | None = strawberry.field(description="The version of that rule.")
    verdict: Verdict | None = strawberry.field(description="What that rule says, for NOT_OPEN.")
    reason: Reason | None = strawberry.field(name="why", description="The reason of its first obstacle.")
    beside: str = strawberry.field(description="What stands in the way: a rule of the plan, a cap, a block.")


@dataclass(frozen=True, slots=True)
class _Used:
    """An application with what it gives."""

    rule: Key
    version: int
    alternative: int
    evidence: tuple[str, ...]
    priority: int
    gives: list[Any]


def _applications(root: Plan, first: First = 20, after: After = None) -> Any:
    gives: dict[int, list[Any]] = {}
    for one in root.planned:
        gives.setdefault(one.application, []).append(one)
    made = [
        _Used(one.rule, one.version, one.alternative, one.evidence, one.priority, gives.get(place, []))
        for place, one in enumerate(root.applications)
    ]
    return sliced(made, first, after)


def _unused(root: Plan, first: First = 20, after: After = None) -> Any:
    return sliced(root.unused, first, after)


@dataclass(frozen=True, slots=True)
class _Numbers:
    credit: Any
    waivers: int
    results: int
    priorities: int
    ranks: int


def _numbers(root: Plan) -> Any:
    n = root.numbers
    return _Numbers(_in_scheme(n.credit, root.scheme), n.waivers, n.results, n.priorities, n.ranks)


def _bound(root: Plan) -> str | None:
    return None if root.bound is None else str(one_spelling(root.bound))


class Told(Plan, frozen=True, kw_only=True):
    """A plan, with how far the asking of a learner's sources reached, if any were asked."""

    coverage: Coverage | None = None
    unmapped: tuple[PlacedRecord, ...] = ()


def told(found: Plan, coverage: Coverage | None, unmapped: tuple[PlacedRecord, ...]) -> Told:
    """Put a plan beside what was learned of the sources."""
    return Told(**asdict(found), coverage=coverage, unmapped=unmapped)


@strawberry.type(
    name="Plan", description="The best use of results 认定方案. It is no grant: the institution decides."
)
@decided(PUBLIC)
class PlanType:
    """A plan."""

    numbers: PlanNumbersType = strawberry.field(resolver=_numbers, description="Its five numbers.")
    objective: Objective = strawberry.field(description="What it is best at.")
    fees: list[CostType] = strawberry.field(metadata=costs(size=3), description="What it costs the learner.")
    applications: CountedConnection[ApplicationType] = strawberry.field(
        resolver=_applications, description="The applications, by rule."
    )
    unused: CountedConnection[UnusedType] = strawberry.field(
        resolver=_unused, description="What it leaves aside."
    )
    candidates: int = strawberry.field(
        name="candidateCount", description="How many applications there were to choose from."
    )
    optimal: bool = strawberry.field(name="isOptimal", description="Whether every number is proved.")
    proved: int = strawberry.field(
        name="provedNumbers", description="How many numbers are proved, from the first on."
    )
    bound: str | None = strawberry.field(
        resolver=_bound, description="How good the first unproved number could still be."
    )
    ties: bool | None = strawberry.field(
        name="hasTies", description="Whether other applications have the same numbers; null: not sought."
    )
    worst_world: bool = strawberry.field(
        description="Whether it is made in the worst world of silent sources."
    )
    limited: bool = strawberry.field(description="Whether not every application was sought.")
    coverage: SourceCoverageType | None = strawberry.field(
        metadata=access(PERSONAL), description="For a `learner`: which sources were asked and answered."
    )
    unmapped: list[RecordType | None] | None = strawberry.field(
        metadata=access(PERSONAL) | costs(size=10),
        description="For a `learner`: the records that no tie could place, which count for nothing yet.",
    )
