"""Worlds: what silent sources could change (R20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations
from math import ceil
from typing import NamedTuple

from msgspec.structs import replace

from graph.model.learning import Completion, Result, ResultStatus, SilentSource
from graph.model.outcomes import Outcome
from graph.model.rules import Basis, PoolClause, UnitClause
from graph.model.values import FIRST_DAY, NEVER, Credit
from graph.recognition.amounts import units
from graph.recognition.days import Stretch, window_of
from graph.recognition.entries import Entry
from graph.recognition.judging import Ruling, judge
from graph.recognition.limits import COPIES, SILENT_SETS, WORLD_STEPS, Budget
from graph.recognition.question import Question
from graph.recognition.results import Merged
from graph.recognition.scope import belongs

Sources = tuple[SilentSource, ...]


class Silence(NamedTuple):
    """Which silent sources decide a verdict (none: it is decided), and whether a search was cut short."""

    deciding: tuple[str, ...] = ()
    limited: bool = False


class Worlds:
    """The best and the worst world of any set of silent sources, beside the known one."""

    def __init__(self, known: Question, results: tuple[Merged, ...]) -> None:
        self.known = known
        self.results = results
        self.sources = tuple(sorted(known.context.silent, key=lambda source: source.code))
        self.budget = Budget(rule_steps=WORLD_STEPS)
        self._limited = False
        self._worst: dict[tuple[str, ...], Question] = {}

    def silence(self, entry: Entry, rulings: list[Ruling]) -> list[Silence]:
        """Tell, for each target of a rule version, whether silent sources decide it, and which.

        What gives as known gives in the best world too, and only the worst may change it; and the reverse.
        """
        if entry.denies or not self.sources:
            return [Silence()] * len(rulings)
        self._limited = False
        known = [ruling.gives for ruling in rulings]
        takers = tuple(source for source in self.sources if self._takes(source)) if any(known) else ()
        adders = () if all(known) else self._adders(entry)
        least = self._gives(self._worst_world(takers), entry) if takers else known
        most = self._gives(self._best_world(entry, adders), entry) if adders else known
        found: list[tuple[str, ...]] = []
        for place, one in enumerate(known):
            changed = not least[place] if one else most[place]
            found.append(
                self._deciding(entry, place, takers if one else adders, most=not one) if changed else ()
            )
        return [Silence(deciding, self._limited) for deciding in found]

    def worst(self) -> Question:
        """Return the worst world of all silent sources; without any, the known one."""
        return self._worst_world(self.sources) if self.sources else self.known

    def _adders(self, entry: Entry) -> Sources:
        return tuple(source for source in self.sources if any(_imaginable(self.known, entry, (source,))))

    def _takes(self, source: SilentSource) -> bool:
        return self._full((source,)) or any(_theirs(result, (source,)) for result, _ in self.results)

    def _full(self, sources: Sources) -> bool:
        mine = self.known.context.institution
        return any(source.keeps(mine) for source in sources)

    def _gives(self, world: Question, entry: Entry) -> list[bool]:
        rulings = judge(world, entry)
        self._limited = self._limited or any(ruling.limited for ruling in rulings)
        return [ruling.gives for ruling in rulings]

    def _deciding(self, entry: Entry, place: int, sources: Sources, *, most: bool) -> tuple[str, ...]:
        """Return all members of all smallest sets of sources that decide, in their best or worst worlds."""
        tried = 0
        for size in range(1, len(sources)):
            found: set[str] = set()
            for some in combinations(sources, size):
                tried += 1
                if tried > SILENT_SETS or self.budget.exhausted:
                    self._limited = True
                    return tuple(source.code for source in sources)
                world = self._best_world(entry, some) if most else self._worst_world(some)
                if self._gives(world, entry)[place] is most:
                    found.update(source.code for source in some)
            if found:
                return tuple(sorted(found))
        return tuple(source.code for source in sources)

    def _worst_world(self, sources: Sources) -> Question:
        key = tuple(source.code for source in sources)
        if key not in self._worst:
            results = tuple((_revoked(result, sources), ids) for result, ids in self.results)
            full = self._full(sources)
            self._worst[key] = Question(self.known.index, self.known.context, results, self.budget, full=full)
        return self._worst[key]

    def _best_world(self, entry: Entry, sources: Sources) -> Question:
        imagined = tuple(_imagine(self.known, entry, sources))
        return Question(self.known.index, self.known.context, self.results, self.budget, imagined=imagined)


def _theirs(result: Result, sources: Sources) -> bool:
    """Tell whether silent sources speak for a result: by its issuer, unless typed into the question."""
    return not result.hypothetical and any(source.speaks_for(result.issuer) for source in sources)


def _revoked(result: Result, sources: Sources) -> Result:
    return replace(result, status=ResultStatus.REVOKED) if _theirs(result, sources) else result


def _imaginable(question: Question, entry: Entry, sources: Sources) -> Iterator[Outcome]:
    """Yield the outcomes of the sources' issuers that a rule version names."""
    for key in question.index.named_by(entry.place):
        outcome = question.index.outcomes.known(key, question.day)
        if outcome and any(source.speaks_for(outcome.issuer) for source in sources):
            yield outcome


def _imagine(question: Question, entry: Entry, sources: Sources) -> Iterator[Result]:
    days = sorted(_days(question, entry))
    for outcome in _imaginable(question, entry, sources):
        for day in days:
            for copy in range(copies(question, entry, outcome)):
                yield _imagined(outcome, day, copy)


def _imagined(outcome: Outcome, day: date, copy: int) -> Result:
    return Result(
        id=f"~imagined {outcome.key} {day.isoformat()} {copy}",
        outcome=outcome.key,
        issuer=outcome.issuer,
        earned=outcome.credit,
        completion=Completion(first=day, last=day),
        fingerprint=f"~imagined {outcome.key} {copy}",
    )


def copies(question: Question, entry: Entry, outcome: Outcome) -> int:
    """Return how many results of an outcome the one pool that holds it and needs the most may need."""
    if not outcome.repeatable or not outcome.credit:
        return 1
    clauses = (ask.clause for way in entry.ways for ask in way.asks if ask.names(outcome.key))
    pools = (clause for clause in clauses if isinstance(clause, PoolClause))
    return min(COPIES, max((_needed(question, pool.credit, outcome.credit) for pool in pools), default=1))


def _needed(question: Question, whole: Credit, each: Credit) -> int:
    worth = units(each.amount) * (question.factor(each.scheme, whole.scheme) or 0)
    return max(1, ceil(units(whole.amount) / worth)) if worth else 1


def _days(question: Question, entry: Entry) -> set[date]:
    """Return the days on which completing may help: the application date, and the edges of windows."""
    days = {question.day}
    for start, end in set(_windows(question, entry)):
        for edge in (start, end):
            days |= {edge, edge - timedelta(days=1)} if FIRST_DAY < edge < NEVER else set()
    return {day for day in days if day <= question.day}


def _windows(question: Question, entry: Entry) -> Iterator[Stretch]:
    yield window_of(entry.rule)
    yield from _agreed(question, entry)
    yield from _mapped(question, entry)
    for denial in question.index.denials:
        if belongs(question, denial) and denial.rule.basis is Basis.COMPLETION:
            yield window_of(denial.rule)
            yield from _agreed(question, denial)


def _agreed(question: Question, entry: Entry) -> Iterator[Stretch]:
    for agreement in question.index.agreements.of(entry.rule.agreement or ""):
        yield window_of(agreement)
        for party in agreement.parties:
            yield from question.index.membership.get((agreement.alliance or "", party), ())


def _mapped(question: Question, entry: Entry) -> Iterator[Stretch]:
    asked = {ask.clause.unit for way in entry.ways for ask in way.asks if isinstance(ask.clause, UnitClause)}
    yield from _windows_of_units(question, asked)


def _windows_of_units(question: Question, asked: Iterable[str]) -> Iterator[Stretch]:
    wanted = set(asked)
    if wanted:
        yield from (window_of(one) for one in question.index.mappings.all() if one.unit in wanted)
