"""R2 and R20: which rules are concerned, and the two worlds that silent sources leave open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, product
from math import ceil

from oracle_evidence import named_by
from oracle_targets import offers
from oracle_values import Question, changed, converted, names, outcome_of, published
from oracle_verdicts import Finding, Row, belongs, judge_world

from graph.model.learning import Completion, Result, ResultStatus, SilentSource, Verification
from graph.model.outcomes import Outcome
from graph.model.rules import Clause, PoolClause, Rule, UnitClause
from graph.model.values import FIRST_DAY, Status, Versioned

# --- R2 Concerned ----------------------------------------------------------------------------------------


def concerned(q: Question) -> list[Rule]:
    """R2: rule versions of the receiving institution (and programme) with a clause naming an outcome of any
    result in whatever state, or which the question names; by key and version."""
    found = [
        rule
        for rule in published(q.book.rules)
        if belongs(q, rule) and (_by_results(q, rule) or _by_question(q, rule))
    ]
    return sorted(found, key=lambda rule: (rule.key, rule.version))


def _by_question(q: Question, rule: Rule) -> bool:
    targets = {offer.target for offer in offers(q, rule)}
    return rule.key in q.named_rules or bool(targets & set(q.named_targets))


def _by_results(q: Question, rule: Rule) -> bool:
    return any(
        mentions(q, clause, result)
        for alternative in rule.alternatives
        for clause in alternative.clauses
        for result in q.results
    )


def mentions(q: Question, clause: Clause, result: Result) -> bool:
    """R2: "naming an outcome (`orHigher` and edition `any` count), a unit it maps to, or a pool holding
    it"."""
    if isinstance(clause, UnitClause):
        return result.unit == clause.unit or maps_to(q, result.outcome, clause.unit)
    return named_by(q, clause, result)


def maps_to(q: Question, outcome: str | None, unit: str) -> bool:
    """An approved mapping of whatever window."""
    return any(
        mapping.outcome == outcome and mapping.unit == unit
        for mapping in q.book.mappings
        if mapping.status in (Status.APPROVED, Status.PUBLISHED)
    )


def might_concern(q: Question) -> dict[str, int]:
    """R2: "With silent sources, rules that only outcomes of theirs could make concerned are counted per
    source"."""
    already = concerned(q)
    others = [rule for rule in published(q.book.rules) if belongs(q, rule) and rule not in already]
    return {
        source.code: sum(bool(named_outcomes(q, [rule], [source])) for rule in others)
        for source in q.context.silent
    }


def spoken_for(sources: Iterable[SilentSource]) -> Callable[[str | None], bool]:
    """R20: "Each source declares the issuers it speaks for"; one that declares none at all may be any's."""
    each = list(sources)
    if any(source.issuers is None for source in each):
        return lambda issuer: True
    issuers = {issuer for source in each for issuer in source.issuers or ()}
    return lambda issuer: issuer in issuers


def named_outcomes(q: Question, rules: Iterable[Rule], sources: Iterable[SilentSource]) -> list[Outcome]:
    """R20: "each outcome of their issuers that a rule concerned names"."""
    theirs = spoken_for(sources)
    keys = sorted({outcome.key for outcome in q.book.outcomes})
    lived = [outcome for outcome in (outcome_of(q, key) for key in keys) if outcome]
    wanted = [outcome for outcome in lived if theirs(outcome.issuer)]
    clauses = [clause for rule in rules for way in rule.alternatives for clause in way.clauses]
    return [
        outcome
        for outcome in wanted
        if any(mentions(q, clause, Result(id="?", outcome=outcome.key)) for clause in clauses)
    ]


# --- R20 The two worlds ----------------------------------------------------------------------------------

World = dict[Row, Finding]


@dataclass(frozen=True)
class Worlds:
    """What gives in the best and in the worst world, of which rows, and who decides."""

    best: frozenset[Row]
    worst: frozenset[Row]
    rows: frozenset[Row]

    @property
    def undecided(self) -> frozenset[Row]:
        """R20: "UNDECIDED iff "MEETS_RULE or CAPPED that gives" differs between them"."""
        return self.best ^ self.worst


def giving(world: World) -> frozenset[Row]:
    """The rows at MEETS_RULE or CAPPED that gives."""
    return frozenset(row for row, finding in world.items() if finding.gives)


def worlds(q: Question, rules: list[Rule], silent: Iterable[SilentSource] | None = None) -> Worlds:
    """The best and the worst world of these silent sources (all, if none are told), the others as known."""
    sources = tuple(q.context.silent if silent is None else silent)
    worst = judge_world(worst_world(q, sources), rules)
    best: set[Row] = set()
    for world in best_worlds(q, rules, sources):
        best |= giving(judge_world(world, rules))
    return Worlds(frozenset(best), giving(worst), frozenset(worst))


def worst_world(q: Question, sources: Iterable[SilentSource]) -> Question:
    """R20: "nothing added; every result of their issuers revoked, except those typed into the question;
    consumption full where one keeps that of the receiving institution"."""
    theirs = spoken_for(sources)
    results = tuple(
        changed(result, status=ResultStatus.REVOKED)
        if theirs(result.issuer) and not result.hypothetical
        else result
        for result in q.results
    )
    keepers = [source.keeps_consumption_of for source in sources]
    full = any(kept is None or q.context.institution in kept for kept in keepers)
    return replace(q, results=results, full=full)


def best_worlds(q: Question, rules: list[Rule], sources: Iterable[SilentSource]) -> Iterator[Question]:
    """R20: everything the sources could add, on every combination of the candidate days: "whichever
    helps"."""
    slots = [slot for outcome in named_outcomes(q, rules, sources) for slot in slots_of(q, rules, outcome)]
    days = telling_days(q, rules)
    for choice in product(days, repeat=len(slots)):
        added = [result for slot, day in zip(slots, choice, strict=True) for result in slot.results(q, day)]
        ids = frozenset(result.id for result in added)
        yield replace(q, results=(*q.results, *added), perfect=q.perfect | ids)


def number_of_best_worlds(q: Question) -> int:
    """How many worlds ``best_worlds`` would try for all silent sources."""
    rules = concerned(q)
    named = named_outcomes(q, rules, q.context.silent)
    slots = [slot for outcome in named for slot in slots_of(q, rules, outcome)]
    return int(len(telling_days(q, rules)) ** len(slots))


@dataclass(frozen=True)
class Slot:
    """Results of one outcome that are added on one day; a repeatable outcome has two slots."""

    outcome: Outcome
    first: int
    copies: int

    def results(self, q: Question, day: date) -> list[Result]:
        """R20: "verified, best grade, catalogue credit, completed on" that day."""
        return [
            Result(
                id=f"~{self.outcome.key}#{self.first + copy}",
                outcome=self.outcome.key,
                issuer=self.outcome.issuer,
                earned=self.outcome.credit,
                completion=Completion(first=day, last=day),
                verification=Verification.VERIFIED,
            )
            for copy in range(self.copies)
        ]


def slots_of(q: Question, rules: list[Rule], outcome: Outcome) -> list[Slot]:
    """One result; "of a `repeatable` outcome as many as a pool needs". A pool's results may as well all be
    completed on the same day, so that the copies after the first share one."""
    needed = max([1, *(_needed(q, clause, outcome) for clause in _pools(rules))]) if outcome.repeatable else 1
    first = Slot(outcome, 0, 1)
    return [first] if needed == 1 else [first, Slot(outcome, 1, needed - 1)]


def _pools(rules: list[Rule]) -> list[PoolClause]:
    clauses = [clause for rule in rules for way in rule.alternatives for clause in way.clauses]
    return [clause for clause in clauses if isinstance(clause, PoolClause)]


def _needed(q: Question, pool: PoolClause, outcome: Outcome) -> int:
    each = converted(q, outcome.credit, pool.credit.scheme)
    if not each or not any(names(key, outcome.key) for key in pool.outcomes):
        return 1
    return ceil(Fraction(pool.credit.amount) / each)


def telling_days(q: Question, rules: list[Rule]) -> list[date]:
    """R20: the application date, and "the first day, the last day, the day before or the day after any window
    concerned (rules, denials, mappings, agreements, memberships) if not later than the application date".

    Of days between the same two edges of windows, the latest stands for all: it lies in the same windows, and
    it passes every maximum age that the others pass."""
    edges = sorted(_edges(q, rules))
    days = {q.today}
    for edge in edges:
        days |= {edge, edge - timedelta(days=1)} if edge > FIRST_DAY else set()
    days = {day for day in days if day <= q.today}
    latest: dict[int, date] = {}
    for day in sorted(days):
        latest[sum(edge <= day for edge in edges)] = day
    return sorted(latest.values())


def _edges(q: Question, rules: list[Rule]) -> set[date]:
    """The first day, and the day after the last, of every window concerned."""
    denials = [rule for rule in published(q.book.rules) if rule.denies]
    things: list[Versioned] = [*rules, *denials, *q.book.mappings, *q.book.agreements, *q.book.memberships]
    return {edge for thing in things for edge in (thing.valid_from, thing.valid_to) if edge is not None}


def deciding(q: Question, rules: list[Rule]) -> dict[Row, frozenset[str]]:
    """R20: "A set of sources decides if its worlds alone, the others as known, change the answer; all
    members of all smallest such sets (fewest sources) are named"."""
    found: dict[Row, frozenset[str]] = {}
    for row in worlds(q, rules).undecided:
        for size in range(1, len(q.context.silent) + 1):
            sets = [s for s in combinations(q.context.silent, size) if row in worlds(q, rules, s).undecided]
            if sets:
                found[row] = frozenset(source.code for chosen in sets for source in chosen)
                break
    return found
