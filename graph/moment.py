"""As-of time: which day's validity, and which moment's knowledge, a question is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Days are days of this zone."""


class Moment(NamedTuple):
    """A place in both times, written as the graph stores them so that texts compare as times do.

    ``published`` is the publication it was fixed under: what a reader remembers of the graph holds that long.
    """

    valid_on: str
    known_at: str
    published: str


def moment(published: str, valid_on: date | None = None, known: str | None = None) -> Moment:
    """Give the moment asked for: by default today, and the last published import, which is the latest too.

    The last day of the calendar stands for "no end", so it is asked as the day before.
    """
    day = min(valid_on or today(), date.max - timedelta(days=1))
    return Moment(day.isoformat(), published if known is None else min(published, known), published)


def today() -> date:
    """Return the day it is in Shanghai."""
    return datetime.now(SHANGHAI).date()


def stamp(at: datetime) -> str:
    """Write a moment as the graph stores it: UTC, six decimals, ``Z``.

    >>> stamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000000Z'
    """
    try:
        moment = at.astimezone(UTC)
    except OverflowError:  # within a zone's width of the ends of time
        moment = LAST if at.year > 5000 else FIRST
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def unstamp(text: str) -> datetime:
    """Read what ``stamp`` wrote."""
    return datetime.fromisoformat(text)


FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

FOREVER = "9999-12-31T23:59:59.999999Z"
"""The ``retractedAt`` of what is not retracted."""

NOTHING_YET = "0001-01-01T00:00:00.000000Z"
"""``published`` of a graph nothing was imported into."""
