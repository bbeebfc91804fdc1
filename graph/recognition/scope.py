"""Scope: which rule versions belong to a question, which its results concern, which it names (R2)."""

from __future__ import annotations

from collections.abc import Iterable

from graph.model.learning import SilentSource
from graph.model.rules import TextClause
from graph.model.verdicts import Named
from graph.recognition.entries import Entry, Way
from graph.recognition.question import Held, Question
from graph.recognition.targets import aims


def belongs(question: Question, entry: Entry) -> bool:
    """Tell whether a rule version is of the question's institution, and of its programme or of every one."""
    rule, context = entry.rule, question.context
    return rule.institution == context.institution and rule.programme in (None, context.programme)


def concerned(question: Question) -> set[int]:
    """Return the places of rule versions that a result of the question concerns."""
    found = question.memo.get("concerned")
    if not isinstance(found, set):
        every = (touched(question, held) for held in question.helds)
        found = question.memo["concerned"] = _inside(question, set[int]().union(*every))
    return found


def touched(question: Question, held: Held) -> set[int]:
    """Return the places of rule versions, of whatever programme, that name a result's outcome or unit."""
    found: set[int] = set()
    if held.result.outcome:
        found |= question.index.concerned(held.result.outcome)
    if held.result.unit:
        found |= question.index.concerned_by_unit(held.result.unit)
    return found


def _inside(question: Question, places: Iterable[int]) -> set[int]:
    return {place for place in places if belongs(question, question.index.entries[place])}


def named(question: Question, names: tuple[Named, ...]) -> set[int]:
    """Return the places of rule versions that the question names, by rule or by target."""
    entries = question.index.entries if names else ()
    return {
        entry.place
        for entry in entries
        if belongs(question, entry) and any(_names(question, one, entry) for one in names)
    }


def _names(question: Question, one: Named, entry: Entry) -> bool:
    if one.rule is not None:
        return one.rule == entry.rule.key and one.version in (None, entry.rule.version)
    return any(aim.target == one.target for aim in aims(question, entry))


def names_rule(names: tuple[Named, ...], entry: Entry) -> bool:
    """Tell whether the question names this version itself, not only its target."""
    own = (entry.rule.key, entry.rule.version)
    return any((one.rule, one.version) in ((own[0], None), own) for one in names)


def denials(question: Question) -> tuple[Entry, ...]:
    """Return the denials that could apply: those concerned, and those that ask for no result."""
    touched = concerned(question)
    every = (entry for entry in question.index.denials if belongs(question, entry))
    return tuple(entry for entry in every if entry.place in touched or any(map(_asks_none, entry.ways)))


def _asks_none(way: Way) -> bool:
    return all(isinstance(ask.clause, TextClause) for ask in way.asks)


def unnamed(question: Question) -> tuple[str, ...]:
    """Return the results that no rule of the question names."""
    ones = (held for held in question.helds if not _inside(question, touched(question, held)))
    return tuple(held.result.id for held in ones)


def might_concern(question: Question, source: SilentSource, evaluated: set[int]) -> int:
    """Count the rule versions that only outcomes of a silent source could make concerned."""
    outcomes = question.index.outcomes_by(source)
    touched = (question.index.concerned(outcome.key) for outcome in outcomes)
    return len(_inside(question, set[int]().union(*touched) - evaluated))
