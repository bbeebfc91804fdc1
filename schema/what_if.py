"""The answer to a question about results in the API, and what past applications take away from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import strawberry
from msgspec.structs import replace
from strawberry.types import Info

from connectors.replies import Coverage
from graph.model.learning import Consumption
from graph.model.trees import Reason
from graph.model.values import Credit
from graph.model.verdicts import Answer, Judged, MightConcern, Rollup, Verdict
from graph.recognition import Index, blocked
from graph.records import Posed, made
from schema.arguments import After, First
from schema.asking import CountedConnection, loaders
from schema.permissions import PERSONAL, PUBLIC, access, decided
from schema.placing import PlacedRecord
from schema.records import RecordType
from schema.replies import SourceCoverageType
from schema.scalars import CodeText, KeyText
from schema.slices import sliced
from schema.targets import TargetType
from schema.texts import CreditType
from schema.verdicts import JudgedType, MightConcernType, RollupType
from schema.weights import costs

HEAVY: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer with the question it is to, for what is only worked out where it is asked for."""

    answer: Answer
    index: Index
    question: Posed
    consumed: tuple[Consumption, ...]
    coverage: Coverage | None = None
    unmapped: tuple[PlacedRecord, ...] = ()

    @property
    def judged(self) -> tuple[Judged, ...]:
        """The verdicts."""
        return self.answer.judged

    @property
    def targets(self) -> tuple[Rollup, ...]:
        """The best verdict of each target."""
        return self.answer.targets

    @property
    def others(self) -> int:
        """How many rule versions are not concerned."""
        return self.answer.others

    @property
    def unevaluated(self) -> tuple[str, ...]:
        """The results that no rule names."""
        return self.answer.unevaluated

    @property
    def might_concern(self) -> tuple[MightConcern, ...]:
        """Rules that only silent sources' outcomes could concern."""
        return self.answer.might_concern

    @property
    def incomplete(self) -> bool:
        """Whether there are any of those."""
        return self.answer.incomplete

    @property
    def hypothetical(self) -> bool:
        """Whether it rests on what was typed, a copied record included."""
        return self.answer.hypothetical

    @property
    def limited(self) -> bool:
        """Whether a search was cut short."""
        return self.answer.limited


@strawberry.type(name="Consumed", description="A past application, as the question told of it.")
@decided(PUBLIC)
class ConsumedType:
    """A past application."""

    place: int = strawberry.field(name="consumedPlace", description="Its place in `consumed`, from 0.")
    rule: CodeText = strawberry.field(name="ruleCode", description="The rule it was granted by.")
    version: int = strawberry.field(description="The rule version's number.")
    institution: KeyText = strawberry.field(
        name="institutionKey", description="The institution that granted it."
    )
    programme: KeyText | None = strawberry.field(
        name="programmeKey", description="The programme version it was granted in."
    )
    results: list[str] = strawberry.field(name="usedResults", description="The `resultId`s it used.")


@dataclass(frozen=True, slots=True)
class _Consumed:
    place: int
    rule: str
    version: int
    institution: str
    programme: str | None
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Blocked:
    rule: str
    version: int
    target: Any
    verdict: Verdict
    otherwise: Verdict
    lost: Credit | None
    reason: Reason | None
    by: tuple[_Consumed, ...]


@strawberry.type(name="BlockedRule", description="A rule version that past applications take from.")
@decided(PUBLIC)
class BlockedType:
    """A rule version and target that gives less than it would, had nothing been consumed."""

    rule: CodeText = strawberry.field(name="ruleCode", description="The rule's code.")
    version: int = strawberry.field(description="The rule version's number.")
    target: TargetType = strawberry.field(description="What the grant is of.")
    verdict: Verdict = strawberry.field(description="What is said, silent sources aside.")
    otherwise: Verdict = strawberry.field(description="What would be said, had nothing been consumed.")
    lost: CreditType | None = strawberry.field(description="The credit that goes with it, if any.")
    reason: Reason | None = strawberry.field(name="why", description="The reason of the first obstacle.")
    by: list[ConsumedType] = strawberry.field(
        name="blockedBy",
        metadata=costs(size=5),
        description="The past applications that block it each by itself; none: only several together.",
    )


def _judged(root: Any, first: First = 20, after: After = None) -> Any:
    return sliced(root.judged, first, after)


def _targets(root: Any, first: First = 20, after: After = None) -> Any:
    return sliced(root.targets, first, after)


async def _blocked(root: Told, info: Info, first: First = 20, after: After = None) -> Any:
    desk, deadline = loaders(info).desk, info.context.deadline
    question = root.question
    context = replace(question.context, consumed=root.consumed)  # by their places as typed
    work = desk.work(HEAVY, deadline, blocked, root.index, question.results, context, question.names)
    rows = [
        _Consumed(place, row.rule, row.rule_version, row.institution, row.programme, row.results)
        for place, row in enumerate(root.consumed)
    ]
    found = [
        _Blocked(
            one.rule,
            one.version,
            one.target,
            one.verdict,
            one.otherwise,
            Credit(amount=one.lost, scheme=one.scheme) if one.lost else None,
            one.reason,
            tuple(rows[place] for place in one.by),
        )
        for one in await work
    ]
    return sliced(found, first, after)


async def _record(root: Told, info: Info) -> Any:
    desk, deadline = loaders(info).desk, info.context.deadline
    return (await desk.work(HEAVY, deadline, made, root.index, root.question)).decode()


@strawberry.type(name="WhatIf", description="What a rule book makes of results: each rule judged by itself.")
@decided(PUBLIC)
class WhatIfType:
    """The answer to a question about results."""

    judged: CountedConnection[JudgedType] = strawberry.field(
        resolver=_judged, description="Every rule version concerned, each with its verdict per target."
    )
    targets: CountedConnection[RollupType] = strawberry.field(
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
    blocked: CountedConnection[BlockedType] = strawberry.field(
        resolver=_blocked,
        metadata=costs(100),
        description="Double use 重复使用: rules that would give, or give more, had nothing been consumed.",
    )
    record: str = strawberry.field(
        resolver=_record,
        metadata=costs(200),
        description="The recognition record 认定存证: question, all that was used of the graph, and answer, "
        "in canonical JSON (RFC 8785) with its SHA-256. Not kept here; `alliance-hub replay` checks it.",
    )
    coverage: SourceCoverageType | None = strawberry.field(
        metadata=access(PERSONAL), description="For a `learner`: which sources were asked and answered."
    )
    unmapped: list[RecordType | None] | None = strawberry.field(
        metadata=access(PERSONAL) | costs(size=10),
        description="For a `learner`: the records that no tie could place, which count for nothing yet.",
    )
