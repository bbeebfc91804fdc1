"""What a line says about another that no type can tell: statements, blocks, grades, levels, totals, steps."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from graph.exchange.facts import Facts
from graph.model.caps import Cap, CapMeasure, CapScope
from graph.model.framework import FrameworkItem, LevelRef, Referencing
from graph.model.outcomes import Block, Mapping, Outcome, Programme, Unit, walk_blocks
from graph.model.rules import (
    BlockGrant,
    Denial,
    ElectiveGrant,
    Grant,
    OutcomeGrant,
    Rule,
    TextClause,
    UnitGrant,
)
from graph.model.values import Credit, Grade, Text, Versioned


class Problem(NamedTuple):
    """What is wrong with a line: field, code of the finding, and its facts."""

    field: str
    code: str
    facts: dict[str, object]


Problems = Iterator[Problem]


def doubtful(things: Sequence[Any], facts: Facts) -> Iterable[tuple[int, Versioned]]:
    """Return those things of a batch, with their places, that ``problems`` may have to say something of."""
    if things and isinstance(things[0], Mapping):
        known, none = facts.statements, frozenset[str]()
        return [
            (place, thing)
            for place, thing in enumerate(things)
            if not (thing.whole or known.get(thing.unit, none).issuperset(thing.statements))
        ]
    return enumerate(things)


def problems(thing: Versioned, facts: Facts) -> Problems:
    """Yield what is wrong with ``thing`` given the facts of the things before it."""
    title = getattr(thing, "title", None)
    # A rule may go without a title: it is known by its code.
    if title is not None and not (_visible(title) or thing.stub or isinstance(thing, Rule)):
        yield Problem("title", "TITLE_MISSING", {})
    check = _CHECKS.get(type(thing))
    if check:
        yield from check(thing, facts)


def _visible(title: Text) -> bool:
    """Tell whether a reader sees anything of a title: some letter, digit, sign or symbol."""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in title.zh + title.en)


def _level(field: str, level: LevelRef | None, facts: Facts) -> Problems:
    if level and level.framework in facts.levels and level.ordinal not in facts.levels[level.framework]:
        named = {"framework": level.framework, "ordinal": level.ordinal}
        yield Problem(f"{field}.ordinal", "LEVEL_UNKNOWN", named)


def _grade(field: str, grade: Grade | None, facts: Facts) -> Problems:
    schemes = facts.grading.get(grade.scheme, []) if grade else []
    if grade and schemes and all(scheme.place(grade.value) is None for scheme in schemes):
        yield Problem(f"{field}.value", "GRADE_UNKNOWN", {"scheme": grade.scheme, "value": grade.value})


def _leveled(thing: Unit | Outcome | FrameworkItem, facts: Facts) -> Problems:
    yield from _level("level", thing.level, facts)


def _referencing(thing: Referencing, facts: Facts) -> Problems:
    yield from _level("level", thing.level, facts)
    yield from _level("other", thing.other, facts)


def _mapping(thing: Mapping, facts: Facts) -> Problems:
    known = facts.statements.get(thing.unit)
    if thing.whole or known is None or known.issuperset(thing.statements):
        return
    for place, code in enumerate(thing.statements):
        if code not in known:
            yield Problem(f"statements[{place}]", "STATEMENT_UNKNOWN", {"unit": thing.unit, "code": code})


def _programme(thing: Programme, facts: Facts) -> Problems:
    yield from _level("minimumLevel", thing.minimum_level, facts)
    for block in walk_blocks(thing.blocks):
        yield from _grade(f"blocks.{block.code}.minimumGrade", block.minimum_grade, facts)
        if block.residency is not None and block.credit is None:
            path = f"blocks.{block.code}"
            yield Problem(f"{path}.residency", "TOTAL_UNDECLARED", {"of": f"{path}.credit"})


def _rule(thing: Rule, facts: Facts) -> Problems:
    for place, code in enumerate(thing.blocks):
        yield from _block(f"blocks[{place}]", code, thing.programme, thing.institution, facts)
    for a, alternative in enumerate(thing.alternatives):
        for c, clause in enumerate(alternative.clauses):
            if not isinstance(clause, TextClause) and clause.tests.minimum_grade:
                field = f"alternatives[{a}].clauses[{c}].tests.minimumGrade"
                yield from _grade(field, clause.tests.minimum_grade, facts)
    for g, grant in enumerate(thing.grants):
        yield from _grant(f"grants[{g}]", grant, thing, facts)


def _grant(field: str, grant: Grant, rule: Rule, facts: Facts) -> Problems:
    if isinstance(grant, (ElectiveGrant, BlockGrant, Denial)) and grant.block is not None:
        yield from _block(f"{field}.block", grant.block, rule.programme, rule.institution, facts)
    if isinstance(grant, BlockGrant):
        yield from _grade(f"{field}.gradeAt", grant.grade_at, facts)
    if isinstance(grant, (OutcomeGrant, UnitGrant, ElectiveGrant)):
        yield from _grade(f"{field}.giving.gradeAt", grant.giving.grade_at, facts)
        yield from _step(f"{field}.giving.worth.maximum.amount", grant.giving.worth.maximum, facts)


def _step(field: str, maximum: Credit | None, facts: Facts) -> Problems:
    step = facts.steps.get(maximum.scheme) if maximum else None
    if maximum and step and maximum.amount % step:
        named = {"amount": maximum.amount, "scheme": maximum.scheme, "step": step}
        yield Problem(field, "STEP_WRONG", named)


def _block(field: str, code: str, programme: str | None, institution: str, facts: Facts) -> Problems:
    known = facts.programmes_of(programme, institution)
    codes = {block.code for one in known for block in walk_blocks(one.blocks)}
    if known and code not in codes:
        yield Problem(field, "BLOCK_UNKNOWN", {"programme": programme or institution, "code": code})


def _cap(thing: Cap, facts: Facts) -> Problems:
    if thing.block is not None:
        yield from _block("block", thing.block, thing.programme, thing.institution, facts)
    if thing.share is None:
        return
    for programme in facts.programmes_of(thing.programme, thing.institution):
        for of, total in _totals(thing, programme):
            if total is None:
                yield Problem("share", "TOTAL_UNDECLARED", {"of": f"{programme.key}: {of}"})
                return


Total = Decimal | int | None


def _totals(cap: Cap, programme: Programme) -> list[tuple[str, Total]]:
    """Return the totals a share is of: a block's, the topmost tagged blocks', else the programme's."""
    counted = cap.measure is CapMeasure.COUNT
    if cap.scope is CapScope.BLOCK:
        blocks = [block for block in walk_blocks(programme.blocks) if block.code == cap.block]
    elif cap.scope is CapScope.TAG:
        blocks = list(_topmost(programme.blocks, cap.tag or ""))
    else:
        return [_total("", programme, counted)]
    return [_total(f"blocks.{block.code}.", block, counted) for block in blocks]


def _total(path: str, of: Programme | Block, counted: bool) -> tuple[str, Total]:
    return (f"{path}courses", of.courses) if counted else (f"{path}credit", of.credit)


def _topmost(blocks: tuple[Block, ...], tag: str) -> Iterator[Block]:
    for block in blocks:
        if tag in block.tags:
            yield block
        else:
            yield from _topmost(block.blocks, tag)


_CHECKS: dict[type[Versioned], Callable[[Any, Facts], Problems]] = {
    Unit: _leveled,
    Outcome: _leveled,
    FrameworkItem: _leveled,
    Referencing: _referencing,
    Mapping: _mapping,
    Programme: _programme,
    Rule: _rule,
    Cap: _cap,
}
