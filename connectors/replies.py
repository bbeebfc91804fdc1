"""Replies: what came of asking each source, and how far the whole answer reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from connectors.notices import Notice, NoticeCode, Status, notice
from connectors.records import Freshness, LearnerKey, Personal, Record

MOST_NOTICES = 20

T = TypeVar("T")

_OUTSIDE = frozenset({Status.UNLINKED, Status.NOT_OFFERED})
_ASKED = frozenset(
    {Status.ANSWERED, Status.EMPTY, Status.STALE, Status.SILENT, Status.REFUSED, Status.UNREADABLE}
)
_UNSENT = frozenset(
    {NoticeCode.RESTING, NoticeCode.OPENING, NoticeCode.QUARANTINED, NoticeCode.LINKS_UNKNOWN}
)
_WHOLE = frozenset({Status.ANSWERED, Status.EMPTY})


class Reply(Personal, Generic[T], frozen=True):
    """What came of asking one source: ``elapsed`` in seconds, ``as_of`` the source's own date of its data.

    ``notice`` says what went wrong, ``remarks`` what else the asker should hear about.
    """

    source: str
    status: Status
    member: str = ""
    records: tuple[T, ...] = ()
    notice: Notice | None = None
    remarks: tuple[Notice, ...] = ()
    elapsed: float = 0.0
    fetched: datetime | None = None
    as_of: datetime | None = None
    freshness: Freshness = Freshness.LIVE


class GroupedNotice(Struct, frozen=True):
    """Equal notices, counted, with the sources they are about."""

    notice: Notice
    sources: tuple[str, ...]
    count: int


class Coverage(Struct, frozen=True, kw_only=True):
    """Which sources were asked and answered.

    ``missing`` are the linked sources whose knowledge is not in the answer. ``refused`` tells that
    completeness was demanded and not reached: then no records are given.
    """

    counts: dict[Status, int]
    asked: int
    answered: int
    missing: tuple[str, ...]
    notices: tuple[GroupedNotice, ...] = ()
    refused: bool = False

    @property
    def complete(self) -> bool:
        """Tell whether every linked source's knowledge is in the answer."""
        return not self.missing


class Holdings(Personal, frozen=True):
    """What the sources hold of one learner, in the order of their codes."""

    learner: LearnerKey
    replies: tuple[Reply[Record], ...]
    coverage: Coverage


def silent(source: str, member: str, code: NoticeCode, status: Status) -> Reply[T]:
    """Make the reply of a source that gave nothing."""
    return Reply(source=source, member=member, status=status, notice=notice(code))


def covered(replies: Iterable[Reply[T]], required: Iterable[str] | None = None) -> Coverage:
    """Count replies; ``required`` sources (none of them: no demand) that are missing refuse the answer."""
    told = tuple(replies)
    counts = Counter(each.status for each in told)
    missing = tuple(each.source for each in told if each.status not in _OUTSIDE | _WHOLE)
    absent = set(required or ()) - {each.source for each in told if each.status in _WHOLE}
    return Coverage(
        counts=dict(sorted(counts.items())),
        asked=sum(1 for each in told if _sent(each)),
        answered=sum(counts[status] for status in (Status.ANSWERED, Status.EMPTY, Status.STALE)),
        missing=missing,
        notices=grouped(told),
        refused=bool(absent),
    )


def _sent(reply: Reply[T]) -> bool:
    """Tell whether the source got a question (or its earlier answer was used)."""
    said = reply.notice.code if reply.notice else None
    return reply.status in _ASKED and said not in _UNSENT


def linked(replies: Iterable[Reply[T]]) -> tuple[str, ...]:
    """Name the sources that know the learner and offer what is asked."""
    return tuple(each.source for each in replies if each.status not in _OUTSIDE)


def stripped(replies: Iterable[Reply[T]]) -> tuple[Reply[T], ...]:
    """Take the records out of replies, where an answer is refused as a whole."""
    return tuple(replace(each, records=()) for each in replies)


def grouped(replies: Iterable[Reply[T]], most: int = MOST_NOTICES) -> tuple[GroupedNotice, ...]:
    """Group equal notices and count them, at most ``most``, in the order of replies."""
    found: dict[NoticeCode, list[tuple[str, Notice]]] = {}
    for reply in replies:
        for each in (*([reply.notice] if reply.notice else []), *reply.remarks):
            found.setdefault(each.code, []).append((reply.source, each))
    groups = [_group(members) for members in found.values()]
    return tuple(groups[:most])


def _group(members: list[tuple[str, Notice]]) -> GroupedNotice:
    sources = tuple(dict.fromkeys(source for source, _ in members))
    return GroupedNotice(members[0][1], sources, sum(each.count for _, each in members))
