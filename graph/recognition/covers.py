"""Covers: a unit's statements covered by mappings of the results, together and minimally (R9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction as Ratio
from typing import NamedTuple

from graph.model.outcomes import Mapping
from graph.model.trees import Finding, Node, NodeKind, Reason
from graph.recognition.days import Span
from graph.recognition.entries import Ask
from graph.recognition.evidence import Fit, fit
from graph.recognition.limits import OPTIONS
from graph.recognition.nodes import NO_OPENS, Opens, node, told
from graph.recognition.options import Met, Option, minimal
from graph.recognition.question import Held, Question


class Part(NamedTuple):
    """What one result contributes to a unit: statements as bits, and under which conditions."""

    mask: int
    statements: int
    opens: Opens


class Statements(NamedTuple):
    """A unit's statements; one without any has a single nameless one, which only the whole covers."""

    codes: tuple[str, ...]

    @property
    def whole(self) -> int:
        """All statements, as bits."""
        return (1 << max(len(self.codes), 1)) - 1

    def bits(self, mapping: Mapping) -> int:
        """Return the statements a mapping covers."""
        if mapping.whole:
            return self.whole
        return sum(1 << place for place, code in enumerate(self.codes) if code in mapping.statements)

    def missing(self, covered: int) -> str:
        """Name what is not covered."""
        return " ".join(code for place, code in enumerate(self.codes) if not covered >> place & 1)


def covers(question: Question, ask: Ask, unit: str) -> Met:
    """Return the minimal covers of a unit."""
    statements = _statements(question, unit)
    fits = [fit(question, held, ask) for held in question.by_unit.get(unit, ())]
    parts: list[Part] = []
    nodes: list[Node] = []
    for one in fits:
        found, mapped = _contribution(question, one, unit, statements)
        nodes.append(one.node)
        nodes += mapped
        parts += found
    return _met(question, parts, statements, nodes)


def _statements(question: Question, unit: str) -> Statements:
    known = question.index.units.known(unit, question.day)
    return Statements(tuple(statement.code for statement in known.statements) if known else ())


def _met(question: Question, parts: list[Part], statements: Statements, nodes: list[Node]) -> Met:
    covered = _union(part.statements for part in parts)
    parts.sort(key=lambda part: _goodness(question, part))
    found = _search(question, parts, statements.whole) if covered == statements.whole else ([], False)
    options, limited = found
    finding = Finding.PASS if covered == statements.whole else Finding.FAIL
    facts = (("missing", statements.missing(covered)),) if statements.missing(covered) else ()
    nodes.append(node(NodeKind.STATEMENTS, finding, Reason.STATEMENTS_MISSING, "", facts))
    share = Ratio(covered.bit_count(), statements.whole.bit_count())
    return Met(tuple(options), told(NodeKind.CLAUSE, "", (), nodes), share, limited)


def _goodness(question: Question, part: Part) -> tuple[bool, bool, int, int]:
    """Order parts so that the best come last, from where the search goes on first."""
    unsure = bool(part.mask & question.unverified)
    return not part.opens, not unsure, part.statements.bit_count(), -part.mask.bit_length()


def _contribution(
    question: Question, one: Fit, unit: str, statements: Statements
) -> tuple[list[Part], list[Node]]:
    if one.finding is Finding.FAIL:
        return [], []
    if one.held.result.unit == unit:
        return [Part(one.held.bit, statements.whole, one.opens)], []
    sure, maybe, nodes = _mapped(question, one.held, unit, statements)
    parts = [Part(one.held.bit, sure, one.opens)] if sure else []
    if maybe != sure:
        unsure = Reason.MAPPING_WINDOW if one.held.span else Reason.COMPLETION_UNKNOWN
        parts.append(Part(one.held.bit, maybe, one.opens | {(unsure, one.held.result.id)}))
    return parts, nodes


def _mapped(question: Question, held: Held, unit: str, statements: Statements) -> tuple[int, int, list[Node]]:
    sure = maybe = 0
    nodes: list[Node] = []
    for versions in question.index.mappings_of(held.result.outcome or "", unit):
        one_sure, one_maybe = _over_span(held.span, versions, statements)
        sure, maybe = sure | one_sure, maybe | one_maybe
        nodes.append(_mapping_node(versions[0], one_sure, one_maybe, held))
    return sure, maybe | sure, nodes


def _over_span(span: Span | None, versions: tuple[Mapping, ...], statements: Statements) -> tuple[int, int]:
    """Return what a mapping covers on every day of the span, and on some (R3: on the result's completion)."""
    if span is None:
        return 0, _union(statements.bits(version) for version in versions)
    sure, maybe = statements.whole, 0
    for day in sorted(_turns(span, versions)):
        live = next((version for version in versions if version.holds_on(day)), None)
        bits = statements.bits(live) if live else 0
        sure, maybe = sure & bits, maybe | bits
    return sure, maybe


def _union(bits: Iterable[int]) -> int:
    found = 0
    for one in bits:
        found |= one
    return found


def _turns(span: Span, versions: tuple[Mapping, ...]) -> set[date]:
    edges = {edge for version in versions for edge in (version.valid_from, version.valid_to)}
    return {span.first} | {edge for edge in edges if edge and span.first < edge <= span.last}


def _mapping_node(mapping: Mapping, sure: int, maybe: int, held: Held) -> Node:
    finding = Finding.PASS if sure and sure == maybe else Finding.OPEN if maybe else Finding.FAIL
    facts = [("result", held.result.id), ("unit", mapping.unit)]
    facts += [("statements", " ".join(mapping.statements) or "whole")]
    facts += [("decision", mapping.decision)] if mapping.decision else []
    name = f"{mapping.key}@{mapping.version}"
    return node(NodeKind.MAPPING, finding, Reason.MAPPING_WINDOW, name, tuple(facts))


def _search(question: Question, parts: list[Part], whole: int) -> tuple[list[Option], bool]:
    """Cover the lowest open statement in every way, and go on; then keep the minimal covers."""
    found: list[Option] = []
    stack = [(0, Option(0, NO_OPENS))]
    seen = set(stack)
    while stack:
        covered, chosen = stack.pop()
        if covered == whole:
            found.append(chosen)
            continue
        if len(found) >= (4 * OPTIONS if question.budget.spend() else 1):
            return minimal(found, question.budget)[0], True
        for step in _steps(parts, covered, chosen):
            if step not in seen:
                seen.add(step)
                stack.append(step)
    return minimal(found, question.budget)


def _steps(parts: list[Part], covered: int, chosen: Option) -> Iterator[tuple[int, Option]]:
    lowest = ~covered & (covered + 1)
    for part in parts:
        if part.statements & lowest:
            yield covered | part.statements, Option(chosen.mask | part.mask, chosen.opens | part.opens)
