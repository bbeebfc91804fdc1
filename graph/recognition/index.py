"""The index: one institution's rule book compiled, to be asked many times."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from copy import copy

from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.institutions import Membership
from graph.model.learning import SilentSource
from graph.model.outcomes import Mapping, Outcome
from graph.model.rules import Alternative, Clause, OutcomeClause, Rule, Tests, UnitClause
from graph.model.values import Key
from graph.recognition.days import Stretches, stretches, window_of
from graph.recognition.entries import Ask, Entry, Loose, Way, any_edition, citations, loose, outcomes_of
from graph.recognition.versions import APPROVED, IN_FORCE, Thing, Versions


class Index:
    """A rule book compiled: versions by key, and which rules each outcome and unit may concern."""

    def __init__(self, book: RuleBook) -> None:
        self._book: RuleBook | None = book
        self._stated = book
        self._added: tuple[tuple[Outcome, ...], tuple[Mapping, ...]] = (), ()
        self.institution = book.institution
        self._things(book)
        self._numbers: dict[Tests, int] = {}
        live = (rule for rule in book.rules if rule.status in IN_FORCE)
        ordered = sorted(live, key=lambda rule: (rule.key.encode(), rule.version))
        self.entries = tuple(self._entry(place, rule) for place, rule in enumerate(ordered))
        self.denials = tuple(entry for entry in self.entries if entry.denies)
        own = (entry.rule for entry in self.entries if entry.rule.institution == self.institution)
        self._programmes = Counter(rule.programme for rule in own)
        self._file()
        self._named: dict[int, set[str]] | None = None
        self._walks: dict[str, tuple[str, ...]] = {}

    @property
    def book(self) -> RuleBook:
        """The rule book, with what was added to it; put together where it is asked for."""
        if self._book is None:
            outcomes, mappings = self._added
            self._book = replace(
                self._stated,
                outcomes=_joined(self._stated.outcomes, outcomes),
                mappings=_joined(self._stated.mappings, mappings),
            )
        return self._book

    def _things(self, book: RuleBook) -> None:
        self.rules = Versions(book.rules)
        self.programmes = Versions(book.programmes)
        self.outcomes = Versions(book.outcomes)
        self.units = Versions(book.units)
        self.mappings = Versions(book.mappings, APPROVED)
        self.caps = Versions(book.caps)
        self.exclusions = Versions(book.exclusions)
        self.agreements = Versions(book.agreements)
        self.factors = Versions(book.factors)
        self.credit_schemes = Versions(book.credit_schemes)
        self.grading_schemes = Versions(book.grading_schemes)
        self.referencings = Versions(book.referencings)
        self._memberships(Versions(book.memberships))

    def _memberships(self, memberships: Versions[Membership]) -> None:
        found: defaultdict[tuple[str, str], list[Membership]] = defaultdict(list)
        for membership in memberships.all():
            found[membership.alliance, membership.institution].append(membership)
        self.membership: dict[tuple[str, str], Stretches] = {
            of: stretches(window_of(membership) for membership in ones) for of, ones in found.items()
        }

    def _entry(self, place: int, rule: Rule) -> Entry:
        ways = (self._way(place, alternative) for place, alternative in enumerate(rule.alternatives))
        name = f"{rule.key}@{rule.version}"
        return Entry(place, rule, tuple(ways), rule.denies, name, tuple(citations(rule)))

    def _way(self, place: int, alternative: Alternative) -> Way:
        asks = (self._ask(place, clause) for place, clause in enumerate(alternative.clauses))
        return Way(place, alternative, tuple(asks))

    def _ask(self, place: int, clause: Clause) -> Ask:
        tests = getattr(clause, "tests", Tests())
        number = self._numbers.setdefault(tests, len(self._numbers))
        keys = outcomes_of(clause)
        exact = frozenset(key for key in keys if not any_edition(key))
        editions = frozenset(loose(key) for key in keys if any_edition(key))
        return Ask(place, clause, tests, number, exact, editions)

    def _file(self) -> None:
        self._exact: defaultdict[str, set[int]] = defaultdict(set)
        self._editions: defaultdict[Loose, set[int]] = defaultdict(set)
        self._higher: defaultdict[str, set[int]] = defaultdict(set)
        self._higher_editions: defaultdict[Loose, set[int]] = defaultdict(set)
        self._units: defaultdict[str, set[int]] = defaultdict(set)
        for entry in self.entries:
            for way in entry.ways:
                for ask in way.asks:
                    self._file_one(entry.place, ask)
        self._mapped: dict[str, dict[str, tuple[str, ...]]] = {}
        self._file_mappings(self.mappings)

    def _file_one(self, place: int, ask: Ask) -> None:
        higher = isinstance(ask.clause, OutcomeClause) and ask.clause.or_higher
        if isinstance(ask.clause, UnitClause):
            self._units[ask.clause.unit].add(place)
        for key in ask.exact:
            (self._higher if higher else self._exact)[key].add(place)
        for edition in ask.editions:
            (self._higher_editions if higher else self._editions)[edition].add(place)

    def _file_mappings(self, mappings: Versions[Mapping]) -> None:
        """File mappings beside those filed already; what other indices share with this one stays."""
        filed: dict[str, dict[str, tuple[str, ...]]] = {}
        for one in mappings.all():
            if one.outcome not in filed:
                filed[one.outcome] = dict(self._mapped.get(one.outcome, {}))
            units = filed[one.outcome]
            keys = units.get(one.unit, ())
            if one.key not in keys:
                units[one.unit] = (*keys, one.key)
        self._mapped = self._mapped | filed

    def knowing(self, outcomes: Iterable[Outcome], mappings: Iterable[Mapping]) -> Index:
        """Return this index with outcomes and mappings it lacks, each in all its versions.

        Nothing is compiled again: it takes as long as what is added, but for copies of some references.
        """
        added, mapped = tuple(outcomes), tuple(mappings)
        more = copy(self)
        more._book = None
        more._added = (*self._added[0], *added), (*self._added[1], *mapped)
        more.outcomes = self.outcomes.and_also(added)
        more.mappings = self.mappings.and_also(mapped)
        more._file_mappings(Versions(mapped, APPROVED))
        more._named, more._walks = None, {}
        return more

    def belonging(self, programme: Key | None) -> int:
        """Count the rule versions of the institution that are for a programme, or for every one."""
        return sum(self._programmes[one] for one in {None, programme})

    def asks_unit(self, unit: str) -> bool:
        """Tell whether a clause asks for a unit."""
        return unit in self._units

    def units_of(self, outcome: str) -> tuple[str, ...]:
        """Return the units an outcome maps to, whenever."""
        return tuple(self._mapped.get(outcome, ()))

    def mappings_of(self, outcome: str, unit: str) -> tuple[tuple[Mapping, ...], ...]:
        """Return the mappings of an outcome to a unit, each as its versions, the highest first."""
        keys = self._mapped.get(outcome, {}).get(unit, ())
        return tuple(self._versions_between(key, outcome, unit) for key in keys)

    def _versions_between(self, key: str, outcome: str, unit: str) -> tuple[Mapping, ...]:
        return tuple(m for m in self.mappings.of(key) if m.outcome == outcome and m.unit == unit)

    def walk_down(self, outcome: str) -> tuple[str, ...]:
        """Return the outcome and those it is higher than in its series, the next first."""
        found = self._walks.get(outcome)
        if found is None:
            found = self._walks[outcome] = self._walk(outcome)
        return found

    def _walk(self, outcome: str) -> tuple[str, ...]:
        steps: list[str] = []
        step: str | None = outcome
        while step is not None and step not in steps:
            steps.append(step)
            step = self._below(step)
        return tuple(steps)

    def _below(self, outcome: str) -> Key | None:
        links = (version.higher_than for version in self.outcomes.of(outcome))
        return next((link for link in links if link is not None), None)

    def concerned(self, outcome: str) -> set[int]:
        """Return the places of rule versions with a clause that a result of this outcome concerns (R2)."""
        found = set(self._exact.get(outcome, ()))
        found |= self._editions.get(loose(outcome), set())
        for step in self.walk_down(outcome):
            found |= self._higher.get(step, set())
            found |= self._higher_editions.get(loose(step), set())
        for unit in self.units_of(outcome):
            found |= self._units.get(unit, set())
        return found

    def concerned_by_unit(self, unit: str) -> set[int]:
        """Return the places of rule versions with a clause of this unit."""
        return self._units.get(unit, set())

    def named_by(self, place: int) -> tuple[str, ...]:
        """Return the outcome keys that concern a rule version: those it names, and those of the book."""
        if self._named is None:
            self._named = self._names()
        return tuple(sorted(self._named.get(place, ())))

    def _names(self) -> dict[int, set[str]]:
        found: defaultdict[int, set[str]] = defaultdict(set)
        for key in {*self.outcomes, *self._exact, *self._higher, *self._mapped}:
            for place in self.concerned(key):
                found[place].add(key)
        return found

    def outcomes_by(self, source: SilentSource) -> tuple[Outcome, ...]:
        """Return the outcomes a source could speak of, each in its highest version."""
        versions = (self.outcomes.of(key)[0] for key in self.outcomes)
        return tuple(outcome for outcome in versions if source.speaks_for(outcome.issuer))


def _joined(stated: Iterable[Thing], added: Iterable[Thing]) -> tuple[Thing, ...]:
    """Join, by key and number, so that equal books are equal values; what was added twice stands once."""
    found = {(thing.key, thing.version): thing for thing in (*stated, *added)}
    return tuple(sorted(found.values(), key=lambda thing: (thing.key.encode(), thing.version)))


def compiled(book: RuleBook | Index) -> Index:
    """Compile a rule book; an index stays itself."""
    return book if isinstance(book, Index) else Index(book)
