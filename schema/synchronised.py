"""The last synchronisation of a source's catalogue in the API: when it was, and what came of it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Final

import strawberry
from msgspec import Struct
from strawberry.types import Info

from connectors.catalogues.runs import Refusal, Run, SyncOutcome
from connectors.catalogues.staging import Staging, StagingAway
from connectors.notices import Notice, NoticeCode, notice
from graph.errors import GraphError
from schema.enums import tell
from schema.permissions import GOVERNING, OPEN, access, decided
from schema.replies import NoticeType
from schema.switchboard import line
from schema.weights import costs

SHOWN: Final = 50
"""Refused items that are named."""

tell(
    SyncOutcome,
    "What a synchronisation came to.",
    FINISHED="The catalogue is kept for review 已完成.",
    HELD="It is kept, and so many items were gone that their removal waits to be released 移除暂缓.",
    FAILED="Nothing was kept 失败.",
)


class Failure(Struct, frozen=True):
    """A run that failed after the last finished one."""

    failed_at: datetime
    notice: Notice


class LastSync(Struct, frozen=True):
    """What is known of a source's synchronisation, flat."""

    finished_at: datetime | None = None
    outcome: SyncOutcome | None = None
    full: bool | None = None
    read: int | None = None
    new: int | None = None
    changed: int | None = None
    gone: int | None = None
    unchanged: int | None = None
    held: int | None = None
    refused: int | None = None
    refusals: tuple[Refusal, ...] = ()
    failure: Failure | None = None
    published_at: datetime | None = None


@strawberry.type(name="RefusedItem", description="An item of a catalogue that was not taken 被拒目录项.")
@decided(GOVERNING)
class RefusedType:
    """A refused item."""

    place: int = strawberry.field(description="Which of the answer's items it was, from 1.")
    key: str = strawberry.field(name="item", description="Its key, as the source gives it.")
    code: NoticeCode = strawberry.field(name="refusedFor", description="Why.")


@strawberry.type(name="SyncFailure", description="A failed synchronisation; what is kept stays 同步失败.")
@decided(OPEN)
class FailureType:
    """A failure."""

    failed_at: datetime = strawberry.field(description="When.")
    notice: NoticeType = strawberry.field(description="Why, and what to do.")


@strawberry.type(
    name="LastSync",
    description="The last finished synchronisation of a source's catalogue 最近同步, in items.",
)
@decided(OPEN)
class LastSyncType:
    """The last synchronisation."""

    finished_at: datetime | None = strawberry.field(description="When it ended; none: none ever did.")
    outcome: SyncOutcome | None = strawberry.field(name="syncOutcome", description="What it came to.")
    full: bool | None = strawberry.field(description="Whether it read all, not only what changed.")
    read: int | None = strawberry.field(name="itemsRead", description="How many the source sent.")
    new: int | None = strawberry.field(name="itemsNew", description="How many were not there before.")
    changed: int | None = strawberry.field(name="itemsChanged", description="How many were different.")
    gone: int | None = strawberry.field(name="itemsGone", description="How many are there no more.")
    unchanged: int | None = strawberry.field(name="itemsUnchanged", description="How many were the same.")
    held: int | None = strawberry.field(
        name="itemsHeld", description="How many removals wait to be released, since so many went at once."
    )
    refused: int | None = strawberry.field(name="itemsRefused", description="How many were refused.")
    refusals: list[RefusedType] = strawberry.field(
        metadata=access(GOVERNING) | costs(size=10), description="The first fifty that were refused."
    )
    failure: FailureType | None = strawberry.field(
        name="syncFailure", description="The last one, where it failed after that."
    )
    published_at: datetime | None = strawberry.field(
        name="lastPublishedAt", description="When knowledge of this source was last published."
    )


async def last_sync(root: Any, info: Info) -> Any:
    """Tell what is known of a source's synchronisation; none where nothing ever was."""
    way = line(info)
    try:
        published = await way.last_loaded(root.source)
    except GraphError:  # what was synchronised is known without the graph
        published = None
    staging = way.board.staging
    finished, failed = await asyncio.to_thread(_told, staging, root.source) if staging else (None, None)
    if not (finished or failed or published):
        return None
    return _shown(finished, failed, published)


def _told(staging: Staging, source: str) -> tuple[Run | None, Run | None]:
    try:
        return staging.told(source)
    except StagingAway:
        return None, None


def _shown(finished: Run | None, failed: Run | None, published: datetime | None) -> LastSync:
    failure = Failure(failed.ended, notice(failed.notice)) if failed and failed.notice else None
    if finished is None:
        return LastSync(failure=failure, published_at=published)
    return LastSync(
        finished_at=finished.ended,
        outcome=finished.outcome,
        full=finished.full,
        read=finished.read,
        new=finished.new,
        changed=finished.changed,
        gone=finished.gone,
        unchanged=finished.unchanged,
        held=finished.held,
        refused=finished.refused,
        refusals=finished.refusals[:SHOWN],
        failure=failure,
        published_at=published,
    )
