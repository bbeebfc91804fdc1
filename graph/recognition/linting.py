"""Lint: rule versions suspect by their text: dead, needless, contradictory, or naming what is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from graph.model.book import RuleBook
from graph.model.framework import LevelRef
from graph.model.outcomes import walk_blocks
from graph.model.rules import (
    BlockGrant,
    Clause,
    CreditRule,
    ElectiveGrant,
    Grant,
    OutcomeGrant,
    PoolClause,
    Rule,
    UnitClause,
    UnitGrant,
)
from graph.model.values import Key
from graph.model.warnings import Suspect, Warned
from graph.recognition.days import window_of
from graph.recognition.entries import Entry, Way, any_edition, outcomes_of
from graph.recognition.firing import ends_within, never_fires
from graph.recognition.index import Index, compiled

MOST_BESIDE: Final = 200
"""Rule versions of one target that are compared with each other."""

Aimed = tuple[str, str]
Clauses = frozenset[Clause]


def lint(book: RuleBook | Index, day: date, within: int = 90) -> tuple[Warned, ...]:
    """List what is suspect of an institution's published rule versions, by rule, version and kind.

    ``within`` is the number of days, from ``day``, in which an end of a window is told.
    """
    index = compiled(book)
    last = day + timedelta(days=min(within, (date.max - day).days))
    found = [one for entry in index.entries for one in _of_one(index, entry, day, last)]
    found += _of_pairs(index)
    return tuple(sorted(dict.fromkeys(found), key=_order))


def _order(one: Warned) -> tuple[bytes, int, str, int, str]:
    place = -1 if one.alternative is None else one.alternative
    return one.rule.encode(), one.version, one.suspect.value, place, one.subject


def _warned(entry: Entry, suspect: Suspect, subject: str, alternative: int | None = None) -> Warned:
    rule = entry.rule
    return Warned(
        suspect=suspect, rule=rule.key, version=rule.version, alternative=alternative, subject=subject
    )


def _of_one(index: Index, entry: Entry, day: date, last: date) -> Iterator[Warned]:
    yield from never_fires(index, entry)
    yield from _level_lifts(index, entry)
    yield from _no_factors(index, entry)
    yield from (_warned(entry, Suspect.DANGLING, key) for key in dict.fromkeys(_dangling(index, entry.rule)))
    if ends_within(entry, day, last):
        yield _warned(entry, Suspect.EXPIRES, str(entry.rule.valid_to))
    if entry.rule.repeatable > 1 and not entry.denies:
        keys = [grant.outcome for grant in entry.rule.grants if isinstance(grant, OutcomeGrant)]
        yield from (_warned(entry, Suspect.REPEATABLE_TARGET, key) for key in dict.fromkeys(keys))


def _level_lifts(index: Index, entry: Entry) -> Iterator[Warned]:
    """Name targets above every level that an alternative's outcomes have in the target's framework."""
    agreements = index.agreements.of(entry.rule.agreement or "")
    if entry.rule.articulation or (agreements and all(one.articulation for one in agreements)):
        return
    for key in _granted(entry.rule):
        wanted = _level(index, key)
        for way in entry.ways if wanted else ():
            levels = [_level(index, key) for ask in way.asks for key in _named(ask.clause)]
            same = [one for one in levels if one and wanted and one.framework == wanted.framework]
            lifts = same and wanted and max(one.ordinal for one in same) < wanted.ordinal
            if lifts and all(levels):
                yield _warned(entry, Suspect.LEVEL_LIFT, key, way.place)


def _granted(rule: Rule) -> list[str]:
    keys = [grant.outcome for grant in rule.grants if isinstance(grant, OutcomeGrant)]
    return [*keys, *(grant.unit for grant in rule.grants if isinstance(grant, UnitGrant))]


def _named(clause: Clause) -> tuple[str, ...]:
    return (clause.unit,) if isinstance(clause, UnitClause) else outcomes_of(clause)


def _level(index: Index, key: str) -> LevelRef | None:
    versions = index.outcomes.of(key)[:1] or index.units.of(key)[:1]
    return versions[0].level if versions else None


def _no_factors(index: Index, entry: Entry) -> Iterator[Warned]:
    """Name schemes of an alternative's outcomes, and those they are counted in, with no factor between."""
    factors = {(one.from_scheme, one.to_scheme) for one in index.factors.all()}
    for way in entry.ways:
        for origin, scheme in dict.fromkeys(_conversions(index, entry.rule, way)):
            if origin != scheme and (origin, scheme) not in factors:
                yield _warned(entry, Suspect.NO_FACTOR, f"{origin} {scheme}", way.place)


def _conversions(index: Index, rule: Rule, way: Way) -> Iterator[tuple[str, str]]:
    givings = [giving for grant in rule.grants if (giving := getattr(grant, "giving", None))]
    ratios = [one.worth.scheme for one in givings if one.worth.rule is CreditRule.RATIO and one.worth.scheme]
    for ask in way.asks:
        schemes = [*ratios, *([ask.clause.credit.scheme] if isinstance(ask.clause, PoolClause) else ())]
        for key in outcomes_of(ask.clause):
            for version in index.outcomes.of(key):
                yield from ((version.credit.scheme, to) for to in schemes if version.credit)


def _dangling(index: Index, rule: Rule) -> Iterator[str]:
    """Yield what a version names and the graph does not have, or only as a stub."""
    keys = [key for way in rule.alternatives for clause in way.clauses for key in _named(clause)]
    for key in (*keys, *_granted(rule)):
        known = index.outcomes.of(key) or index.units.of(key)
        if not any_edition(key) and all(one.stub for one in known):
            yield key
    if rule.agreement and not index.agreements.of(rule.agreement):
        yield rule.agreement
    if rule.programme:
        yield from _dangling_blocks(index, rule, rule.programme)


def _dangling_blocks(index: Index, rule: Rule, programme: Key) -> Iterator[str]:
    versions = index.programmes.of(programme)
    if not versions:
        yield programme
    blocks = {block.code for one in versions for block in walk_blocks(one.blocks)}
    named = [grant.block for grant in rule.grants if isinstance(grant, (BlockGrant, ElectiveGrant))]
    yield from (code for code in (*rule.blocks, *named) if versions and code not in blocks)


# --- Two rule versions beside each other


def _of_pairs(index: Index) -> Iterator[Warned]:
    for entries in _by_target(index).values():
        for entry in entries[:MOST_BESIDE]:
            for other in entries[:MOST_BESIDE]:
                if entry.rule.key != other.rule.key and _together(entry.rule, other.rule):
                    yield from _beside(entry, other)


def _by_target(index: Index) -> dict[Aimed, list[Entry]]:
    """File rule versions by target; a denial of the whole programme under every target there is."""
    found: defaultdict[Aimed, list[Entry]] = defaultdict(list)
    for entry in index.entries:
        for aimed in dict.fromkeys(map(_aimed, entry.rule.grants)):
            found[aimed].append(entry)
    everywhere = found.pop(("", ""), [])
    for entries in found.values():
        entries += [entry for entry in everywhere if entry not in entries]
    return found


def _aimed(grant: Grant) -> Aimed:
    for name in ("outcome", "unit", "block", "code"):
        if value := getattr(grant, name, None):
            return name, value
    return "", ""


def _together(one: Rule, other: Rule) -> bool:
    """Tell whether two versions may bear on one question: by their programmes and windows."""
    same = one.programme is None or other.programme is None or one.programme == other.programme
    (start, end), (begin, stop) = window_of(one), window_of(other)
    return same and max(start, begin) < min(end, stop)


def _beside(entry: Entry, other: Entry) -> Iterator[Warned]:
    own, theirs = _alternatives(entry.rule), _alternatives(other.rule)
    if entry.denies:
        return
    if other.denies:
        inside = any(few <= many for few in theirs for many in own)
        if inside and other.rule.priority == entry.rule.priority:
            yield _warned(entry, Suspect.EQUAL_DENIAL, other.name)
        return
    weaker = own and other.rule.priority < entry.rule.priority
    if weaker and any(few and all(few <= many for many in own) for few in theirs):
        yield _warned(entry, Suspect.SHADOWED, other.name)
    if own and set(own) == set(theirs) and other.rule.priority == entry.rule.priority:
        yield _warned(entry, Suspect.OVERLAP, other.name)


def _alternatives(rule: Rule) -> list[Clauses]:
    return [frozenset(way.clauses) for way in rule.alternatives]
