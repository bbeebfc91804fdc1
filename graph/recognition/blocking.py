"""Double use: what past applications take away from rules that would give (question 12; R11 to R17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.learning import Consumption, Context, Result
from graph.model.verdicts import Blocked, Named
from graph.recognition.amounts import plain
from graph.recognition.applications import Applied
from graph.recognition.entries import Entry
from graph.recognition.index import Index, compiled
from graph.recognition.judging import judge
from graph.recognition.limits import Budget
from graph.recognition.question import Question
from graph.recognition.results import merged
from graph.recognition.scope import concerned, named

Rows = tuple[Consumption, ...]


def blocked(
    book: RuleBook | Index, results: Iterable[Result], context: Context, names: tuple[Named, ...] = ()
) -> tuple[Blocked, ...]:
    """Return each rule version and target that would give, or give more credit, had nothing been consumed.

    Answered as known, silent sources aside. Ordered by rule and version, then as the rule grants.
    """
    return tuple(_Blocking(compiled(book), tuple(results), context).found(names))


class _Blocking:
    """One question, asked with all that was consumed, with nothing of it, and with each application alone."""

    def __init__(self, index: Index, results: tuple[Result, ...], context: Context) -> None:
        self._index, self._context = index, context
        self._held = merged(results)
        self._rows = context.consumed
        self._now, self._free = self._world(self._rows), self._world(())
        self._alone: dict[int, Question] = {}

    def _world(self, rows: Rows) -> Question:
        return Question(self._index, replace(self._context, consumed=rows, silent=()), self._held, Budget())

    def found(self, names: tuple[Named, ...]) -> Iterator[Blocked]:
        """Yield what is blocked."""
        for place in sorted(concerned(self._now) | named(self._now, names)) if self._rows else ():
            entry = self._index.entries[place]
            pairs = zip(_judged(self._now, entry), _judged(self._free, entry), strict=True)
            for turn, (now, free) in enumerate(pairs):
                if _less(now, free):
                    yield self._blocked(entry, turn, now, free)

    def _blocked(self, entry: Entry, turn: int, now: Applied, free: Applied) -> Blocked:
        by = (place for place in range(len(self._rows)) if _less(self._by(place, entry)[turn], free))
        return Blocked(
            rule=entry.rule.key,
            version=entry.rule.version,
            target=now.aim.target,
            verdict=now.verdict,
            reason=now.reason,
            otherwise=free.verdict,
            lost=plain((free.credit or 0) - (now.credit or 0)),
            scheme=free.whole.scheme if free.whole and free.whole.counts else "",
            by=tuple(by),
        )

    def _by(self, place: int, entry: Entry) -> list[Applied]:
        if place not in self._alone:
            self._alone[place] = self._world((self._rows[place],))
        return _judged(self._alone[place], entry)


def _judged(question: Question, entry: Entry) -> list[Applied]:
    return [ruling.applied for ruling in judge(question, entry)]


def _less(now: Applied, free: Applied) -> bool:
    """Tell whether one gives less than the other."""
    return free.gives and (not now.gives or (now.credit or 0) < (free.credit or 0))
