"""Cutting a rule book down to what one answer rests on: the things that were read, in every version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.learning import ConsumedTarget
from graph.model.outcomes import Outcome
from graph.model.references import references
from graph.model.rules import Rule, UnitClause
from graph.model.values import Credit, Versioned
from graph.model.verdicts import TargetKind
from graph.recognition.index import Index
from graph.recognition.question import Question, asked
from graph.recognition.scope import belongs, concerned, denials, named
from graph.recognition.targets import aims
from graph.recognition.versions import APPROVED, IN_FORCE
from graph.records.posing import Posed

T = TypeVar("T", bound=Versioned)


def cut(index: Index, posed: Posed) -> RuleBook:
    """Return the rule book of a question: it gives the same answer, but for rules that are only counted."""
    return _Cut(index, posed).book()


class _Cut:
    """What a question touches, gathered from rules outwards."""

    def __init__(self, index: Index, posed: Posed) -> None:
        self._index, self._posed = index, posed
        self._context = posed.context
        self._question: Question = asked(index, posed.results, posed.context)
        self._imagined = set(self._silent())
        self._entries = [index.entries[place] for place in sorted(self._places())]
        self._rules = self._kept(index.book.rules, {one.rule.key for one in self._entries})
        self._held = {one.outcome for one in posed.results if one.outcome} | self._imagined
        aimed = [aim.target for entry in self._entries for aim in aims(self._question, entry)]
        self._outcomes = {target.key for target in aimed if target.kind is TargetKind.OUTCOME}
        self._units = {target.key for target in aimed if target.kind is TargetKind.UNIT}
        self._units |= {one.unit for one in posed.results if one.unit} | set(_units(self._rules))

    def _silent(self) -> Iterator[str]:
        """Yield the outcomes that silent sources could add."""
        sources = self._context.silent
        for key in self._index.outcomes if sources else ():
            issuers = {version.issuer for version in self._index.outcomes.of(key)}
            if any(source.speaks_for(issuer) for source in sources for issuer in issuers):
                yield key

    def _places(self) -> set[int]:
        """Return the places of rule versions judged, of denials that could bar, and of what silence adds."""
        question = self._question
        found = concerned(question) | named(question, self._posed.names)
        found |= {entry.place for entry in denials(question)}
        for key in self._imagined:
            found |= self._mine(self._index.concerned(key))
        if self._imagined:  # the windows of every denial are days on which a result could help (R20)
            found |= self._mine(entry.place for entry in self._index.denials)
        return found

    def _mine(self, places: Iterable[int]) -> set[int]:
        return {place for place in places if belongs(self._question, self._index.entries[place])}

    def book(self) -> RuleBook:
        """Return the book."""
        book = self._index.book
        agreements = self._kept(book.agreements, {one.agreement for one in self._rules if one.agreement})
        parties = {(one.alliance, party) for one in agreements for party in one.parties}
        found = RuleBook(
            institution=book.institution,
            rules=self._rules,
            programmes=self._kept(book.programmes, {self._context.programme}),
            outcomes=self._kept(book.outcomes, set(self._reached())),
            units=self._kept(book.units, self._units),
            mappings=self._whole(book.mappings, self._maps, APPROVED),
            caps=self._whole(book.caps, self._caps),
            exclusions=self._whole(book.exclusions, self._excludes),
            agreements=agreements,
            memberships=self._whole(book.memberships, lambda one: (one.alliance, one.institution) in parties),
        )
        return self._measured(found)

    def _reached(self) -> Iterator[str]:
        """Yield outcomes of results and targets, their parts and what they are higher than, at any depth."""
        seen: set[str] = set()
        ahead = self._held | self._outcomes
        while ahead:
            yield from ahead
            seen |= ahead
            versions = (one for key in ahead for one in self._index.outcomes.of(key))
            ahead = {key for one in versions for key in _below(one)} - seen

    def _maps(self, one: Any) -> bool:
        return one.unit in self._units and one.outcome in self._held

    def _caps(self, one: Any) -> bool:
        return one.programme in (None, self._context.programme)

    def _excludes(self, one: Any) -> bool:
        mine = one.institution in (None, self._context.institution)
        return mine and not self._excludable().isdisjoint(one.outcomes)

    def _excludable(self) -> set[str]:
        return self._held | self._outcomes

    def _measured(self, book: RuleBook) -> RuleBook:
        """Add the schemes and factors in which all this counts, and how its levels compare."""
        things = (*book.rules, *book.programmes, *book.outcomes, *book.units, *book.caps)
        named_things = [one for thing in things for one in references(thing)]
        credit = {one.key for one in named_things if one.concept == "creditScheme"} | set(self._schemes())
        grades = {one.key for one in named_things if one.concept == "gradingScheme"}
        grades |= {one.grade.scheme for one in self._posed.results if one.grade}
        frameworks = {one.key for one in named_things if one.concept == "framework"}
        whole = self._index.book
        return replace(
            book,
            factors=self._whole(whole.factors, lambda one: {one.from_scheme, one.to_scheme} <= credit),
            credit_schemes=self._kept(whole.credit_schemes, credit),
            grading_schemes=self._kept(whole.grading_schemes, grades),
            referencings=self._whole(
                whole.referencings, lambda one: {one.level.framework, one.other.framework} <= frameworks
            ),
        )

    def _schemes(self) -> Iterator[str]:
        """Yield the credit schemes of the question itself."""
        if self._context.credit_scheme:
            yield self._context.credit_scheme
        counted: list[Credit | None] = [one.earned for one in self._posed.results]
        counted += [one.available for one in self._posed.results]
        rows: Iterable[ConsumedTarget] = (one for row in self._context.consumed for one in row.targets)
        counted += [one.credit for one in rows]
        yield from (one.scheme for one in counted if one)

    def _kept(self, things: Iterable[T], keys: set[Any]) -> tuple[T, ...]:
        return self._whole(things, lambda one: one.key in keys)

    def _whole(
        self, things: Iterable[T], wanted: Callable[[T], bool], in_force: tuple[Any, ...] = IN_FORCE
    ) -> tuple[T, ...]:
        """Keep every version in force of each thing of which one version is wanted, in order."""
        standing = [one for one in things if one.status in in_force]
        keys = {one.key for one in standing if wanted(one)}
        return tuple(sorted((one for one in standing if one.key in keys), key=_place))


def _place(thing: Versioned) -> tuple[bytes, int]:
    return thing.key.encode(), thing.version


def _below(outcome: Outcome) -> Iterator[str]:
    yield from outcome.parts
    if outcome.higher_than:
        yield outcome.higher_than


def _units(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        for way in rule.alternatives:
            yield from (clause.unit for clause in way.clauses if isinstance(clause, UnitClause))
