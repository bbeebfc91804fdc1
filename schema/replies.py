"""Replies in the API: what came of asking each source, with notices, and how far the whole answer reaches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from connectors.notices import Actor, NoticeCode, Status, notice
from connectors.records import Freshness
from schema.enums import tell
from schema.permissions import OPEN, decided
from schema.scalars import CodeText
from schema.texts import TextType
from schema.weights import costs

tell(
    Status,
    "What came of asking one source.",
    name="ReplyStatus",
    ANSWERED="It answered 已应答.",
    EMPTY="It answered that it holds nothing 无记录.",
    STALE="It answered with data older than it promises, or an earlier answer stands in 数据陈旧.",
    SILENT="It gave no answer 未应答.",
    REFUSED="It refused the hub 被拒绝.",
    UNREADABLE="Its answer could not be read 无法读取.",
    UNLINKED="It has no link to this learner, and was not asked 未关联.",
    NO_CONSENT="The learner did not consent, and it was not asked 未获同意.",
    CONSENT_UNKNOWN="Consent could not be found out, and it was not asked 同意情况不明.",
    NOT_OFFERED="It does not offer this 不提供.",
    SKIPPED_BY_POLICY="It was left out by its traffic policy or by the question 按策略略过.",
)
tell(
    Actor,
    "Who must act on a notice.",
    name="NoticeActor",
    LEARNER="The learner 学习者.",
    MEMBER="The member whose source it is 成员机构.",
    OPERATOR="The hub's operator 运维人员.",
    NOBODY="Nobody 无.",
)
tell(
    Freshness,
    "Whether data was asked for now.",
    LIVE="Asked for now 实时.",
    CACHED="Kept from an earlier answer 缓存.",
    STAGED="Read from an export 导出文件.",
)
tell(
    NoticeCode,
    "Every notice there is.",
    **{code.name: f"{notice(code).text.en} {notice(code).text.zh}" for code in NoticeCode},
)


@strawberry.type(name="Notice", description="What went wrong, who must act, and what to do 提示.")
@decided(OPEN)
class NoticeType:
    """A notice."""

    code: NoticeCode = strawberry.field(description="Which; stable, for programs.")
    text: TextType = strawberry.field(description="What went wrong, in words.")
    actor: Actor = strawberry.field(description="Who must act.")
    action: TextType = strawberry.field(name="remedy", description="What to do.")
    retry: bool = strawberry.field(description="Whether trying again can help.")
    retry_after: float | None = strawberry.field(description="After how many seconds, if that is known.")
    count: int = strawberry.field(description="How often it was met.")


@strawberry.type(name="GroupedNotice", description="Equal notices, counted.")
@decided(OPEN)
class GroupedNoticeType:
    """Equal notices."""

    notice: NoticeType = strawberry.field(description="The notice.")
    sources: list[CodeText] = strawberry.field(
        metadata=costs(size=8), description="The sources it is about, in order."
    )
    count: int = strawberry.field(description="How often it was met at all of them.")


@strawberry.type(description="How many sources came to one status.")
@decided(OPEN)
class StatusCount:
    """How many sources came to a status."""

    status: Status = strawberry.field(description="The status.")
    count: int = strawberry.field(description="How many sources.")


def _counts(root: Any) -> Any:
    return [StatusCount(status=status, count=count) for status, count in root.counts.items()]


@strawberry.type(name="SourceCoverage", description="Which sources were asked and answered 来源覆盖.")
@decided(OPEN)
class SourceCoverageType:
    """How far an answer reaches."""

    asked: int = strawberry.field(description="How many were asked.")
    answered: int = strawberry.field(description="How many answered.")
    complete: bool = strawberry.field(
        description="Whether the knowledge of every linked source is in the answer."
    )
    refused: bool = strawberry.field(
        description="Whether completeness was demanded and not reached: then no records are given."
    )
    missing: list[CodeText] = strawberry.field(
        metadata=costs(size=8), description="The linked sources whose knowledge is not in the answer."
    )
    counts: list[StatusCount] = strawberry.field(
        resolver=_counts, metadata=costs(size=8), description="Per status, how many sources."
    )
    notices: list[GroupedNoticeType] = strawberry.field(
        metadata=costs(size=8), description="What went wrong: equal notices counted, at most 20 of them."
    )


@strawberry.type
@decided(OPEN)
class Replied:
    """What every reply tells besides what was asked for; inherited, never a type of its own."""

    source: CodeText = strawberry.field(description="The source.")
    member: str = strawberry.field(description="The member whose source it is; empty where that is unknown.")
    status: Status = strawberry.field(description="What came of asking it.")
    elapsed: float = strawberry.field(description="Seconds it took.")
    fetched: datetime | None = strawberry.field(name="fetchedAt", description="When it was asked.")
    as_of: datetime | None = strawberry.field(
        name="sourceAsOf", description="The time the source itself gives its data."
    )
    freshness: Freshness = strawberry.field(description="Whether the data was asked for now.")
    notice: NoticeType | None = strawberry.field(description="What went wrong, if anything did.")
    remarks: list[NoticeType] = strawberry.field(
        metadata=costs(size=2), description="What else one should hear about this answer."
    )
