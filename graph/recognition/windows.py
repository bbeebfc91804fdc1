"""Windows: a rule version, its agreement, memberships and application periods, on their days (R3 to R5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from graph.model.institutions import Agreement
from graph.model.rules import Basis
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.model.verdicts import Verdict
from graph.recognition.days import Span, Stretches, holds, opening, period_of, place, stretches, window_of
from graph.recognition.entries import Entry
from graph.recognition.nodes import Facts, Opens, node, opens
from graph.recognition.question import Question


class Windows(NamedTuple):
    """What the windows say: the verdict they name if one fails, the conditions left open, the tests.

    ``later`` tells, for SUPERSEDED, whether a later version is the one that holds the day; ``agreements``
    are the versions of the rule's agreement that live on the days tested.
    """

    verdict: Verdict | None
    reason: Reason | None
    opens: Opens
    nodes: tuple[Node, ...]
    later: bool = False
    agreements: tuple[Agreement, ...] = ()


class Test(NamedTuple):
    """One window tested: the node, and the verdict it names if it fails."""

    node: Node
    verdict: Verdict | None


def windows(question: Question, entry: Entry, latest: Span | None, *, empty: bool = False) -> Windows:
    """Test all windows of a rule version; ``latest`` is the latest completion among the evidence.

    ``empty`` marks an empty alternative of a denial, which is tested on the application date (R13).
    """
    by_application = empty or entry.rule.basis is Basis.APPLICATION
    span = question.today if by_application else latest
    key = ("windows", entry.place, span, by_application)
    found = question.memo.get(key)
    if not isinstance(found, Windows):
        found = question.memo[key] = _windows(question, entry, span, by_application)
    return found


def _windows(question: Question, entry: Entry, span: Span | None, by_application: bool) -> Windows:
    day = Day(question, span, by_application)
    own = day.test(NodeKind.WINDOW, entry.name, (window_of(entry.rule),), _all(question, entry))
    others = [*_agreement(day, entry), *_periods(question, entry)]
    nodes = tuple(test.node for test in (own, *others))
    left = opens(nodes, entry.name)
    agreed = tuple(_on_day(day, entry.rule.agreement)) if entry.rule.agreement else ()
    if own.verdict and span and not any(test.verdict for test in others):
        holding = _holding(question, entry, span)
        if holding:
            later = max(holding) > entry.rule.version
            return Windows(Verdict.SUPERSEDED, Reason.SUPERSEDED, left, nodes, later, agreed)
    verdict, reason = _first([own, *others])
    return Windows(verdict, reason, left, nodes, agreements=agreed)


def _all(question: Question, entry: Entry) -> Stretches:
    return question.index.rules.windows(entry.rule.key)


def _holding(question: Question, entry: Entry, span: Span) -> list[int]:
    versions = (one for one in question.index.rules.of(entry.rule.key) if one.version != entry.rule.version)
    return [one.version for one in versions if holds(span, (window_of(one),)) is not Finding.FAIL]


def _first(tests: list[Test]) -> tuple[Verdict | None, Reason | None]:
    for verdict in (Verdict.OUT_OF_WINDOW, Verdict.NOT_YET_VALID):
        for test in tests:
            if test.verdict is verdict:
                return verdict, test.node.reason
    return None, None


class Day(NamedTuple):
    """The day windows are tested on: a span, None if a completion is missing, and which basis it has."""

    question: Question
    span: Span | None
    by_application: bool

    def test(self, kind: NodeKind, subject: str, own: Stretches, every: Stretches | None = None) -> Test:
        """Test the day against windows; ``every`` are those of all versions, where ``own`` is of one."""
        every = own if every is None else every
        facts = (*_day_facts(self.span), *_window_facts(own))
        if self.span is None:
            return _undated(kind, subject, own, facts)
        finding = holds(self.span, own)
        if finding is not Finding.FAIL:
            return Test(node(kind, finding, Reason.COMPLETION_IMPRECISE, subject, facts), None)
        next_day = opening(self.span.first, own) if self.by_application else None
        if next_day:
            facts = (*facts, ("opens", next_day.isoformat()))
            return Test(node(kind, finding, Reason.NOT_OPEN, subject, facts), Verdict.NOT_YET_VALID)
        return Test(node(kind, finding, place(self.span, every), subject, facts), Verdict.OUT_OF_WINDOW)


def _undated(kind: NodeKind, subject: str, own: Stretches, facts: Facts) -> Test:
    """A missing completion leaves windows open (R4); where there are none, no day could lie in them."""
    if own:
        return Test(node(kind, Finding.OPEN, Reason.COMPLETION_UNKNOWN, subject, facts), None)
    return Test(node(kind, Finding.FAIL, Reason.AFTER, subject, facts), Verdict.OUT_OF_WINDOW)


def _day_facts(span: Span | None) -> tuple[tuple[str, str], ...]:
    return (("first", span.first.isoformat()), ("last", span.last.isoformat())) if span else ()


def _window_facts(windows: Stretches) -> tuple[tuple[str, str], ...]:
    return tuple(("window", f"{start.isoformat()}/{end.isoformat()}") for start, end in windows)


def _agreement(day: Day, entry: Entry) -> Iterator[Test]:
    key = entry.rule.agreement
    if key is None:
        return
    index = day.question.index
    held = day.test(NodeKind.AGREEMENT, key, index.agreements.windows(key))
    yield held
    on_day = _on_day(day, key)
    if on_day:
        yield _signed(on_day)
        yield from _memberships(day, on_day)


def _on_day(day: Day, key: str) -> list[Agreement]:
    """Return the agreement's versions that live on the days; if none, the highest; without days, all."""
    every = day.question.index.agreements.of(key)
    if day.span is None:
        return list(every)
    edges = {edge for one in every for edge in window_of(one) if day.span.first < edge <= day.span.last}
    days = sorted({day.span.first, *edges})
    live = [next((one for one in every if one.holds_on(on)), None) for on in days]
    return list(dict.fromkeys(one for one in live if one is not None)) or list(every[:1])


def _signed(versions: list[Agreement]) -> Test:
    name = f"{versions[0].key}@{versions[0].version}"
    missing = [_unsigned(one) for one in versions]
    facts = tuple(("unsigned", party) for party in missing[0])
    if all(missing):
        unsigned = node(NodeKind.AGREEMENT, Finding.FAIL, Reason.UNSIGNED, name, facts)
        return Test(unsigned, Verdict.NOT_YET_VALID)
    finding = Finding.OPEN if any(missing) else Finding.PASS
    return Test(node(NodeKind.AGREEMENT, finding, Reason.UNSIGNED, name, facts), None)


def _unsigned(agreement: Agreement) -> tuple[str, ...]:
    signed = {signature.party for signature in agreement.signatures}
    return tuple(sorted(party for party in agreement.parties if party not in signed))


def _memberships(day: Day, agreements: list[Agreement]) -> Iterator[Test]:
    """Test each party of each version; a party that only some versions ask for leaves at most a condition."""
    asked = [{(one.alliance, party) for party in one.parties} for one in agreements if one.alliance]
    always = set.intersection(*asked) if len(asked) == len(agreements) else set()
    for alliance, party in sorted(set().union(*asked), key=str):
        windows = day.question.index.membership.get((alliance, party), ())
        found = day.test(NodeKind.MEMBERSHIP, f"{alliance} {party}", windows)
        yield found if (alliance, party) in always else _loosened(found)


def _loosened(test: Test) -> Test:
    if test.node.finding is not Finding.FAIL:
        return test
    return Test(replace(test.node, finding=Finding.OPEN), None)


def _periods(question: Question, entry: Entry) -> Iterator[Test]:
    """Test the application periods, which bind under either basis."""
    if entry.rule.periods:
        periods = stretches(period_of(window) for window in entry.rule.periods)
        yield Day(question, question.today, True).test(NodeKind.PERIOD, entry.name, periods)
