"""Clashes: results that are never used together, and evidence that is already used (R17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.model.caps import Exclusion
from graph.model.learning import Consumption
from graph.recognition.entries import loose
from graph.recognition.question import Held, Question, places


def clashing(question: Question, held: Held) -> int:
    """Return the set of results that clash with this one."""
    found = question.memo.get(("clash", held.place))
    if not isinstance(found, int):
        found = _same(question, held) | _parts(question, held) | _excluded(question, held)
        found = question.memo["clash", held.place] = found & ~held.bit
    return found


def clash_within(question: Question, mask: int) -> int:
    """Return the results of an evidence set that clash with another of it."""
    return _union(held.bit for held in question.chosen(mask) if clashing(question, held) & mask)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _of(question: Question, outcome: str) -> int:
    return _union(held.bit for held in question.by_outcome.get(outcome, ()))


def _same(question: Question, held: Held) -> int:
    """Return the results of the same outcome in any edition, unless it is repeatable in both."""
    if not held.result.outcome:
        return 0
    others = question.by_edition[loose(held.result.outcome)]
    return _union(other.bit for other in others if _once(held, other))


def _once(held: Held, other: Held) -> bool:
    """Tell whether one of the two may count: also of one imagined result on different days (R20)."""
    print_of = held.result.fingerprint
    imagined = bool(print_of) and print_of == other.result.fingerprint
    return imagined or not (_repeatable(held) and _repeatable(other))


def _repeatable(held: Held) -> bool:
    return bool(held.outcome and held.outcome.repeatable)


def _parts(question: Question, held: Held) -> int:
    wholes, parts = _relations(question)
    return _reach(held.place, wholes) | _reach(held.place, parts)


Steps = dict[int, int]
"""From a result to the set of those one step away."""


def _reach(start: int, steps: Steps) -> int:
    found, ahead = 0, steps.get(start, 0)
    while ahead:
        found |= ahead
        ahead = _union(steps.get(place, 0) for place in places(ahead)) & ~found
    return found


def _relations(question: Question) -> tuple[Steps, Steps]:
    """Return the steps from parts to wholes, by record or graph, and those back."""
    found = question.memo.get("relations")
    if not isinstance(found, tuple):
        wholes: Steps = {}
        parts: Steps = {}
        for whole, part in (*_by_record(question), *_by_graph(question)):
            wholes[part] = wholes.get(part, 0) | 1 << whole
            parts[whole] = parts.get(whole, 0) | 1 << part
        found = question.memo["relations"] = (wholes, parts)
    return found


def _by_record(question: Question) -> Iterator[tuple[int, int]]:
    for held in question.helds:
        whole = question.by_id.get(held.result.part_of or "")
        if whole:
            yield whole.place, held.place


def _by_graph(question: Question) -> Iterator[tuple[int, int]]:
    for outcome, wholes in question.by_outcome.items():
        for part in parts_of_outcome(question, outcome):
            for one in question.by_outcome.get(part, ()):
                yield from ((whole.place, one.place) for whole in wholes if whole is not one)


def parts_of_outcome(question: Question, outcome: str) -> tuple[str, ...]:
    """Return the parts of an outcome at any depth, by the graph."""
    found: dict[str, None] = {}
    ahead = [outcome]
    while ahead:
        known = question.index.outcomes.known(ahead.pop(), question.day)
        fresh = [part for part in (known.parts if known else ()) if part not in found]
        found |= dict.fromkeys(fresh)
        ahead += fresh
    return tuple(found)


def exclusions(question: Question) -> tuple[Exclusion, ...]:
    """Return the exclusions that hold for the receiving institution on the application date."""
    found = question.memo.get("exclusions")
    if not isinstance(found, tuple):
        mine = (None, question.context.institution)
        live = question.index.exclusions.all_live(question.day)
        found = question.memo["exclusions"] = tuple(one for one in live if one.institution in mine)
    return found


def _excluded(question: Question, held: Held) -> int:
    own = held.result.outcome
    sets = (one.outcomes for one in exclusions(question) if own in one.outcomes)
    return _union(_of(question, key) for keys in sets for key in keys if key != own)


def here(question: Question) -> tuple[Consumption, ...]:
    """Return past applications in this programme; without one, at this institution."""
    context = question.context
    rows = (row for row in context.consumed if row.institution == context.institution)
    return tuple(row for row in rows if context.programme in (None, row.programme))


def used(question: Question, rows: Iterable[Consumption], sharable: bool) -> int:
    """Return the results that cannot be used beside those rows: used up there, or clashing with what was."""
    found = 0
    for row in rows:
        held = [question.by_id[name] for name in row.results if name in question.by_id]
        found |= _union(clashing(question, one) for one in held)
        if not (sharable and row.sharable):
            found |= _union(one.bit for one in held)
    return found
