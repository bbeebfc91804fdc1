"""Firing: alternatives that nothing can ever meet, by their text and windows alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction as Ratio

from graph.model.rules import Basis, OutcomeClause, PoolClause
from graph.model.warnings import Cause, Suspect, Warned
from graph.recognition.amounts import ratio, units
from graph.recognition.days import Stretch, Stretches, window_of
from graph.recognition.entries import Ask, Entry, any_edition
from graph.recognition.index import Index

Dead = tuple[Cause, str]


def never_fires(index: Index, entry: Entry) -> Iterator[Warned]:
    """Tell a rule version that never fires, or those of its alternatives that are never met."""
    if _empty(index, entry):
        yield _warned(entry, (Cause.EMPTY_WINDOW, entry.rule.agreement or ""), None)
        return
    dead = [
        next((found for ask in way.asks if (found := _dead(index, entry, ask))), None) for way in entry.ways
    ]
    if dead and all(dead):
        yield from (_warned(entry, found, None) for found in dead[:1] if found)
        return
    yield from (_warned(entry, found, place) for place, found in enumerate(dead) if found)


def _warned(entry: Entry, found: Dead, alternative: int | None) -> Warned:
    cause, subject = found
    return Warned(
        suspect=Suspect.NEVER_FIRES,
        rule=entry.rule.key,
        version=entry.rule.version,
        cause=cause,
        alternative=alternative,
        subject=subject,
    )


def _first(found: Iterable[Dead | None]) -> Dead | None:
    return next((one for one in found if one), None)


def _empty(index: Index, entry: Entry) -> bool:
    """Tell whether no day lies in the version's window, its agreement's and its parties' memberships."""
    own = window_of(entry.rule)
    if own[0] >= own[1]:
        return True
    key = entry.rule.agreement
    if key is None:
        return False
    for agreement in index.agreements.of(key):
        days: Stretches = _within((own,), (window_of(agreement),))
        for party in agreement.parties if agreement.alliance else ():
            days = _within(days, index.membership.get((agreement.alliance or "", party), ()))
        if days:
            return False
    return True


def _within(some: Stretches, others: Stretches) -> tuple[Stretch, ...]:
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple((start, end) for start, end in both if start < end)


def _dead(index: Index, entry: Entry, ask: Ask) -> Dead | None:
    least = ask.tests.minimum_grade
    schemes = index.grading_schemes.of(least.scheme) if least else ()
    if least and schemes and all(version.place(least.value) is None for version in schemes):
        return Cause.GRADE_UNREACHABLE, f"{least.scheme} {least.value}"
    if isinstance(ask.clause, OutcomeClause):
        return _retired(index, entry, ask.clause)
    return _too_large(index, ask.clause) if isinstance(ask.clause, PoolClause) else None


def _retired(index: Index, entry: Entry, clause: OutcomeClause) -> Dead | None:
    """By completion, nothing completed in the window can be of an outcome that ended before it."""
    opens = entry.rule.valid_from
    versions = index.outcomes.of(clause.outcome)
    if clause.or_higher or not versions or opens is None or entry.rule.basis is not Basis.COMPLETION:
        return None
    ended = all(version.valid_to is not None and version.valid_to <= opens for version in versions)
    return (Cause.RETIRED_OUTCOME, clause.outcome) if ended else None


def _too_large(index: Index, pool: PoolClause) -> Dead | None:
    """Sum the most that each outcome of the set can bring; unknown if one is repeatable or has no credit."""
    total = Ratio(0)
    for key in pool.outcomes:
        versions = index.outcomes.of(key)
        worth = [_worth(index, version.credit, pool.credit.scheme) for version in versions]
        known = [one for one in worth if one is not None]
        loose = any_edition(key) or any(version.repeatable for version in versions)
        if loose or not known or len(known) < len(worth):
            return None
        total += max(known)
    needed = units(pool.credit.amount)
    return (Cause.POOL_TOO_LARGE, f"{pool.credit.amount} {pool.credit.scheme}") if total < needed else None


def _worth(index: Index, credit: object, scheme: str) -> Ratio | None:
    amount, origin = getattr(credit, "amount", None), getattr(credit, "scheme", "")
    if amount is None:
        return None
    if origin == scheme:
        return Ratio(units(amount))
    rates = [
        ratio(one.factor)
        for one in index.factors.all()
        if (one.from_scheme, one.to_scheme) == (origin, scheme)
    ]
    return units(amount) * max(rates) if rates else None


def ends_within(entry: Entry, day: date, last: date) -> bool:
    """Tell whether a version's window ends after a day, and not after another."""
    end = entry.rule.valid_to
    return end is not None and day < end <= last
