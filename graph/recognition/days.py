"""Days: spans of days against windows, ages, and where a span stands to all windows of a thing."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from graph.model.trees import Finding, Reason
from graph.model.values import FIRST_DAY, NEVER, Period, Versioned, Window


class Span(NamedTuple):
    """The days on which something happened: from ``first`` to ``last``, both included."""

    first: date
    last: date


Stretch = tuple[date, date]
"""A half-open stretch of days."""

Stretches = tuple[Stretch, ...]
"""Stretches in order, apart from each other."""


def stretches(windows: Iterable[Stretch]) -> Stretches:
    """Join windows that touch or overlap."""
    joined: list[Stretch] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def window_of(thing: Versioned) -> Stretch:
    """Return the valid window of a version."""
    return (thing.valid_from or FIRST_DAY, thing.valid_to or NEVER)


def period_of(window: Window) -> Stretch:
    """Return an application period as a stretch."""
    return (window.start or FIRST_DAY, window.end or NEVER)


def holds(span: Span, windows: Stretches) -> Finding:
    """Wholly inside passes, wholly outside fails, across an edge stays open (R4)."""
    touched = [(start, end) for start, end in windows if span.first < end and start <= span.last]
    if not touched:
        return Finding.FAIL
    start, end = touched[0]
    return Finding.PASS if start <= span.first and span.last < end else Finding.OPEN


def place(span: Span, windows: Stretches) -> Reason:
    """Say where a span outside all windows stands to them (R5); where there are none, AFTER."""
    if windows and span.last < windows[0][0]:
        return Reason.BEFORE
    if not windows or span.first >= windows[-1][1]:
        return Reason.AFTER
    return Reason.GAP


def opening(day: date, windows: Stretches) -> date | None:
    """Return the next opening after ``day``, if there is one."""
    return next((start for start, _ in windows if start > day), None)


def plus(day: date, period: Period) -> date:
    """Add a calendar length; month ends clamp, and nothing passes the last day there is."""
    months = day.month - 1 + period.months + 12 * period.years
    year, month = day.year + months // 12, months % 12 + 1
    if year > NEVER.year:
        return NEVER
    start = date(year, month, min(day.day, monthrange(year, month)[1]))
    return start + timedelta(days=min(period.days, (NEVER - start).days))


def aged(span: Span, period: Period, day: date) -> Finding:
    """Tell whether a completion is young enough on ``day``."""
    if plus(span.first, period) >= day:
        return Finding.PASS
    return Finding.OPEN if plus(span.last, period) >= day else Finding.FAIL
