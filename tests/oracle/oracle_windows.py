"""R3 to R5: on which date each object is tested, and what a date outside its windows means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from oracle_values import Question, published, result_of

from graph.model.institutions import Agreement
from graph.model.learning import Completion
from graph.model.rules import Basis, Rule
from graph.model.values import FIRST_DAY, Versioned


class Where(Enum):
    """Where a date lies: inside, across an edge (or unknown), out for good, or before an opening."""

    PASS = "PASS"
    OPEN = "OPEN"
    OUT = "OUT"
    LATER = "LATER"


FAILURES = (Where.OUT, Where.LATER)


@dataclass(frozen=True)
class BasisDate:
    """The day a rule version is tested on: an interval, or None where it is missing."""

    span: Completion | None
    by_application: bool


@dataclass(frozen=True)
class Timing:
    """What the dates say of one rule version: its window, and agreement, memberships and periods."""

    window: Where
    others: tuple[Where, ...]
    holders: frozenset[int] = frozenset()
    """The other versions whose window holds the date, wholly or across its edge."""

    @property
    def whole(self) -> Where:
        """R5: "If several fail, OUT_OF_WINDOW names the verdict before NOT_YET_VALID"."""
        found = (self.window, *self.others)
        return next((where for where in (Where.OUT, Where.LATER, Where.OPEN) if where in found), Where.PASS)

    @property
    def replaced(self) -> bool:
        """R5: "A version whose one failure among them is its window, where another version's window holds
        the date wholly or across its edge, is left out"."""
        alone = self.window in FAILURES and not any(where in FAILURES for where in self.others)
        return alone and bool(self.holders)


def basis_date(q: Question, rule: Rule, evidence: Iterable[str], *, empty_denial: bool = False) -> BasisDate:
    """R4: "Basis COMPLETION is the latest completion among the evidence. Missing: CONDITIONAL". R13: a denial
    with an empty alternative "needs no completion, and is tested on the application date"."""
    if rule.basis is Basis.APPLICATION or empty_denial:
        return BasisDate(Completion(first=q.today, last=q.today), True)
    return BasisDate(latest_completion(q, evidence), False)


def latest_completion(q: Question, evidence: Iterable[str]) -> Completion | None:
    """The latest of several intervals: from the latest first day to the latest last day."""
    spans = [result_of(q, result_id).completion for result_id in evidence]
    known = [span for span in spans if span is not None]
    if not known or len(known) < len(spans):
        return None
    return Completion(first=max(span.first for span in known), last=max(span.last for span in known))


def days_that_differ(span: Completion, things: Iterable[Versioned]) -> list[date]:
    """The days of ``span`` on which anything can change: its ends, and every edge of a window inside it."""
    edges = {edge for thing in things for edge in (thing.valid_from, thing.valid_to) if edge}
    return sorted({span.first, span.last} | {edge for edge in edges if span.first <= edge <= span.last})


def where(versions: Sequence[Versioned], at: BasisDate) -> Where:
    """R4: "wholly inside a window passes, wholly outside fails, across its edge is CONDITIONAL". R5: "none at
    all: AFTER"; with basis APPLICATION before a later window NOT_YET_VALID, else OUT_OF_WINDOW."""
    if not versions:
        return Where.OUT
    if at.span is None:
        return Where.OPEN
    inside = [
        any(version.holds_on(day) for version in versions) for day in days_that_differ(at.span, versions)
    ]
    if any(inside):
        return Where.PASS if all(inside) else Where.OPEN
    opens_later = any((version.valid_from or FIRST_DAY) > at.span.first for version in versions)
    return Where.LATER if at.by_application and opens_later else Where.OUT


def timing(q: Question, rule: Rule, at: BasisDate) -> Timing:
    """R3: "rule, agreement and its parties' memberships (one by one) on the basis date; application
    periods on the application date"."""
    others = [version for version in versions_of(q, rule) if version.version != rule.version]
    holders = {other.version for other in others if where([other], at) in (Where.PASS, Where.OPEN)}
    tested = (*_agreement(q, rule, at), _periods(q, rule))
    return Timing(where([rule], at), tested, frozenset(holders))


def versions_of(q: Question, rule: Rule) -> list[Rule]:
    """All published versions of a rule."""
    return [other for other in published(q.book.rules) if other.key == rule.key]


def agreements_on(q: Question, rule: Rule, at: BasisDate) -> list[Agreement]:
    """The versions of a rule's agreement on the days of the basis date."""
    versions = _agreement_versions(q, rule)
    return _on_each_day(versions, at) if versions else []


def _agreement_versions(q: Question, rule: Rule) -> list[Agreement]:
    return [agreement for agreement in published(q.book.agreements) if agreement.key == rule.agreement]


def _agreement(q: Question, rule: Rule, at: BasisDate) -> list[Where]:
    if rule.agreement is None:
        return []
    versions = _agreement_versions(q, rule)
    if not versions:
        return [Where.OUT]
    on_days = _on_each_day(versions, at)
    return [where(versions, at), _signed(on_days), *_memberships(q, on_days, at)]


def _on_each_day(versions: list[Agreement], at: BasisDate) -> list[Agreement]:
    """The version live on each day of the basis date; on none, the highest; without a date, all."""
    if at.span is None:
        return versions
    found = []
    for day in days_that_differ(at.span, versions):
        holding = [version for version in versions if version.holds_on(day)]
        found += [max(holding, key=lambda version: version.version)] if holding else []
    return found or [max(versions, key=lambda version: version.version)]


def _signed(on_days: list[Agreement]) -> Where:
    """R5: "Unsigned agreement: NOT_YET_VALID"; signed is what every party signed."""
    signed = [
        set(agreement.parties) <= {signature.party for signature in agreement.signatures}
        for agreement in on_days
    ]
    if any(signed):
        return Where.PASS if all(signed) else Where.OPEN
    return Where.LATER


def _memberships(q: Question, on_days: list[Agreement], at: BasisDate) -> list[Where]:
    """R3: the memberships of the agreement's parties, one by one, in the alliance of the agreement."""
    pairs = {(agreement.alliance, party) for agreement in on_days for party in agreement.parties}
    found = []
    for pair in sorted(pairs, key=str):
        if pair[0] is not None:
            held = [m for m in published(q.book.memberships) if (m.alliance, m.institution) == pair]
            always = all(pair[0] == one.alliance and pair[1] in one.parties for one in on_days)
            there = where(held, at)
            found.append(there if always or there is Where.PASS else Where.OPEN)
    return found


def _periods(q: Question, rule: Rule) -> Where:
    """R5: "Application periods bind under either basis: before or between them NOT_YET_VALID naming the next,
    after the last OUT_OF_WINDOW"."""
    if not rule.periods:
        return Where.PASS
    for period in rule.periods:
        if (period.start is None or period.start <= q.today) and (period.end is None or q.today < period.end):
            return Where.PASS
    opens_later = any(period.start is not None and period.start > q.today for period in rule.periods)
    return Where.LATER if opens_later else Where.OUT
