"""Records in the API: what a source holds of a learner, as it was given. What a source tells may be null."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from connectors.records import NO_EDITION, Precision, Proof
from graph.model.learning import Obtained, ResultStatus, Verification
from graph.tying import Tying
from schema.enums import tell
from schema.outcomes import OutcomeType
from schema.permissions import OPEN, PERSONAL, decided
from schema.scalars import CodeText, KeyText
from schema.texts import CreditType, GradeType, TextType
from schema.weights import costs

tell(
    Precision,
    "How exactly a completion is known.",
    DAY="To the day 日.",
    MONTH="To the month 月.",
    TERM="To the term 学期.",
    YEAR="To the year 年.",
)
tell(
    Proof,
    "What became of a signature.",
    VALID="It is valid 有效.",
    INVALID="It is not valid 无效.",
    UNRESOLVABLE="The signer's key could not be had 无法取得公钥.",
    WEAK_ALGORITHM="It is made with an algorithm that proves nothing any more 算法过弱.",
    UNSIGNED="There is none 未签名.",
)
tell(
    Tying,
    "How a record came to its outcome, or did not.",
    CONFIRMED="By a tie that people confirmed 人工确认.",
    BY_CODE="By its code alone 按编码.",
    PROPOSED="Not yet: there are several candidates, or one that is only proposed 待确认.",
    UNMAPPED="Not at all: nothing in the graph has its code 未对应.",
)


def _edition(root: Any) -> str | None:
    return None if root.edition == NO_EDITION else root.edition


@strawberry.type(name="Identifier", description="A code as a source gives it, not yet looked up anywhere.")
@decided(OPEN)
class IdentifierType:
    """A code of a source."""

    scheme: str = strawberry.field(description="Who numbers.")
    code: str = strawberry.field(description="The code.")
    edition: str | None = strawberry.field(
        resolver=_edition, description="The scheme's edition; none where the source does not say."
    )


@strawberry.type(name="Completion", description="When something was completed: days, both included.")
@decided(PERSONAL)
class CompletionType:
    """When something was completed."""

    first: date = strawberry.field(name="firstDay", description="The earliest day it can be.")
    last: date = strawberry.field(name="lastDay", description="The latest day it can be.")
    precision: Precision = strawberry.field(description="How exactly it is known.")


@strawberry.type(name="Provenance", description="Where a record comes from.")
@decided(PERSONAL)
class ProvenanceType:
    """Where a record comes from."""

    connector: str = strawberry.field(description="The connector that read it.")
    version: str = strawberry.field(name="connectorVersion", description="The connector's version.")
    record_version: str = strawberry.field(description="The record's version at its source, if it has one.")
    fetched: datetime | None = strawberry.field(name="fetchedAt", description="When it was fetched.")
    mapping: str = strawberry.field(
        name="mappedBy", description="The mapping that read it, if it has a name."
    )


@strawberry.type(name="RecordTie", description="How a record was tied to an outcome 记录关联.")
@decided(PERSONAL)
class RecordTieType:
    """How a record was tied."""

    how: Tying = strawberry.field(name="tying", description="How it came to its outcome, or did not.")
    key: KeyText | None = strawberry.field(name="outcomeKey", description="The outcome, if it has one.")
    candidates: list[KeyText] = strawberry.field(
        metadata=costs(size=2), description="The outcomes it might be of; somebody must say which."
    )


@strawberry.type(name="Record", description="A source's record of a result, as the source gave it 来源记录.")
@decided(PERSONAL)
class RecordType:
    """A record."""

    id: str | None = strawberry.field(name="recordId", description="The source's own name for it.")
    source: CodeText = strawberry.field(description="The source.")
    identifier: IdentifierType | None = strawberry.field(description="What it is of, in the source's code.")
    outcome: OutcomeType | None = strawberry.field(
        description="The outcome it is tied to, in the version valid at its completion."
    )
    tie: RecordTieType | None = strawberry.field(
        description="How it was tied; none while the graph cannot be asked."
    )
    title: TextType | None = strawberry.field(description="Its title.")
    issuer: IdentifierType | None = strawberry.field(description="Who issued it.")
    earned: CreditType | None = strawberry.field(description="The credit earned.")
    available: CreditType | None = strawberry.field(description="What of it is still available.")
    hours: Decimal | None = strawberry.field(description="Hours of learning.")
    grade: GradeType | None = strawberry.field(description="Its grade.")
    completion: CompletionType | None = strawberry.field(description="When it was completed.")
    valid_to: date | None = strawberry.field(description="The first day it is no longer valid.")
    status: ResultStatus | None = strawberry.field(description="Where it stands.")
    attempts: int | None = strawberry.field(description="In how many attempts it was earned.")
    verification: Verification | None = strawberry.field(description="Whether the source confirms it.")
    proof: Proof | None = strawberry.field(description="What became of its signature.")
    obtained: Obtained | None = strawberry.field(description="How it was obtained.")
    part_of: str | None = strawberry.field(description="The `recordId` of what it is part of.")
    parts: list[str] | None = strawberry.field(
        metadata=costs(size=2), description="The `recordId`s of its parts."
    )
    vanished: bool | None = strawberry.field(
        description="Whether the source gave it before and gives it no more."
    )
    provenance: ProvenanceType | None = strawberry.field(description="Where it comes from.")
