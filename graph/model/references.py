"""Which other things a thing names: what an import checks, and which edges the graph draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from graph.model.caps import Cap, Exclusion
from graph.model.framework import (
    Association,
    Class,
    Framework,
    FrameworkItem,
    Industry,
    LevelRef,
    Position,
    Referencing,
    Region,
)
from graph.model.institutions import Agreement, Decision, Institution, Membership, Method
from graph.model.outcomes import Block, Mapping, Outcome, Programme, Unit, walk_blocks
from graph.model.rules import (
    BlockGrant,
    Clause,
    Denial,
    ElectiveGrant,
    Giving,
    Grant,
    OutcomeClause,
    OutcomeGrant,
    PoolClause,
    Rule,
    TextClause,
    UnitClause,
    UnitGrant,
)
from graph.model.schemes import Factor, TermCalendar
from graph.model.values import Credit, Grade, Versioned


class Reference(NamedTuple):
    """One thing named by another: in which field, which concept, which key, and the edge drawn (if any)."""

    field: str
    concept: str
    key: str
    edge: str = ""


def references(thing: Versioned) -> Iterator[Reference]:
    """Yield every reference of ``thing``, in the order of its fields; the same key may come twice."""
    if thing.source:
        yield Reference("source", "source", thing.source)
    if thing.licence:
        yield Reference("licence", "licence", thing.licence)
    finder = _FINDERS.get(type(thing))
    if finder:
        yield from finder(thing)


def _level(field: str, level: LevelRef | None) -> Iterator[Reference]:
    if level:
        yield Reference(f"{field}.framework", "framework", level.framework, "AT_LEVEL")


def _credit(field: str, credit: Credit | None) -> Iterator[Reference]:
    if credit:
        yield Reference(f"{field}.scheme", "creditScheme", credit.scheme)


def _grade(field: str, grade: Grade | None) -> Iterator[Reference]:
    if grade:
        yield Reference(f"{field}.scheme", "gradingScheme", grade.scheme)


def _one(field: str, concept: str, key: str | None, edge: str = "") -> Iterator[Reference]:
    if key:
        yield Reference(field, concept, key, edge)


def _many(field: str, concept: str, keys: tuple[str, ...], edge: str) -> Iterator[Reference]:
    for place, key in enumerate(keys):
        yield Reference(f"{field}[{place}]", concept, key, edge)


def _factor(thing: Factor) -> Iterator[Reference]:
    yield Reference("fromScheme", "creditScheme", thing.from_scheme, "FROM_SCHEME")
    yield Reference("toScheme", "creditScheme", thing.to_scheme, "TO_SCHEME")
    yield from _one("decision", "decision", thing.decision, "DECIDED_BY")


def _calendar(thing: TermCalendar) -> Iterator[Reference]:
    yield Reference("institution", "institution", thing.institution, "OF_INSTITUTION")


def _framework(thing: Framework) -> Iterator[Reference]:
    yield from _one("issuer", "institution", thing.issuer, "ISSUED_BY")
    yield from _one("creditScheme", "creditScheme", thing.credit_scheme, "COUNTED_IN")


def _item(thing: FrameworkItem) -> Iterator[Reference]:
    yield Reference("framework", "framework", thing.framework, "IN_FRAMEWORK")
    yield from _level("level", thing.level)


def _association(thing: Association) -> Iterator[Reference]:
    yield Reference("framework", "framework", thing.framework, "IN_FRAMEWORK")
    if not thing.origin_external:
        yield Reference("origin", _end(thing, thing.origin), thing.origin, "ORIGIN")
    if not thing.external:
        yield Reference("target", _end(thing, thing.target), thing.target, "TARGET")


def _end(thing: Association, key: str) -> str:
    """Return what an end of an association is: an item, or the framework itself as the root of its items."""
    return "framework" if key == thing.framework else "frameworkItem"


def _referencing(thing: Referencing) -> Iterator[Reference]:
    yield Reference("level.framework", "framework", thing.level.framework, "LEVEL")
    yield Reference("other.framework", "framework", thing.other.framework, "OTHER_LEVEL")
    yield from _one("decision", "decision", thing.decision, "DECIDED_BY")


def _class(thing: Class) -> Iterator[Reference]:
    own = type(thing).__name__.lower()
    yield from _many("broader", own, thing.broader, "BROADER")
    for place, succession in enumerate(thing.succeeded_by):
        yield Reference(f"succeededBy[{place}].key", own, succession.key, "SUCCEEDED_BY")
    if isinstance(thing, Position):
        yield from _many("industries", "industry", thing.industries, "IN_INDUSTRY")


def _institution(thing: Institution) -> Iterator[Reference]:
    yield from _one("parent", "institution", thing.parent, "PART_OF")
    yield from _one("region", "region", thing.region, "IN_REGION")
    yield from _many("industries", "industry", thing.industries, "IN_INDUSTRY")
    yield from _one("creditScheme", "creditScheme", thing.credit_scheme, "COUNTED_IN")
    for place, mandate in enumerate(thing.mandates):
        yield from _many(f"mandates[{place}].regions", "region", mandate.regions, "MANDATED_IN")
        yield from _many(f"mandates[{place}].industries", "industry", mandate.industries, "MANDATED_FOR")


def _membership(thing: Membership) -> Iterator[Reference]:
    yield Reference("alliance", "alliance", thing.alliance, "OF_ALLIANCE")
    yield Reference("institution", "institution", thing.institution, "MEMBER")


def _agreement(thing: Agreement) -> Iterator[Reference]:
    yield from _many("parties", "institution", thing.parties, "PARTY")
    yield from _one("alliance", "alliance", thing.alliance, "OF_ALLIANCE")
    for place, signature in enumerate(thing.signatures):
        yield Reference(f"signatures[{place}].party", "institution", signature.party)
    yield from _one("supersedes", "agreement", thing.supersedes, "SUPERSEDES")


def _method(thing: Method) -> Iterator[Reference]:
    yield Reference("institution", "institution", thing.institution, "OF_INSTITUTION")


def _decision(thing: Decision) -> Iterator[Reference]:
    yield Reference("body", "institution", thing.body, "DECIDED_AT")


def _unit(thing: Unit) -> Iterator[Reference]:
    yield from _credit("credit", thing.credit)
    yield from _level("level", thing.level)
    yield from _one("owner", "institution", thing.owner, "OWNED_BY")
    yield from _many("industries", "industry", thing.industries, "IN_INDUSTRY")
    yield from _one("position", "position", thing.position, "FOR_POSITION")
    yield from _many("succeededBy", "unit", thing.succeeded_by, "SUCCEEDED_BY")
    yield from _one("decision", "decision", thing.decision, "DECIDED_BY")


def _outcome(thing: Outcome) -> Iterator[Reference]:
    yield Reference("issuer", "institution", thing.issuer, "ISSUED_BY")
    yield from _credit("credit", thing.credit)
    yield from _level("level", thing.level)
    yield from _one("higherThan", "outcome", thing.higher_than, "HIGHER_THAN")
    yield from _many("parts", "outcome", thing.parts, "HAS_PART")
    yield from _many("prerequisites", "outcome", thing.prerequisites, "REQUIRES")
    yield from _many("industries", "industry", thing.industries, "IN_INDUSTRY")
    yield from _one("position", "position", thing.position, "FOR_POSITION")
    yield from _many("succeededBy", "outcome", thing.succeeded_by, "SUCCEEDED_BY")


def _mapping(thing: Mapping) -> Iterator[Reference]:
    # The mapping is itself the edge between the two, so neither reference draws one.
    yield Reference("outcome", "outcome", thing.outcome)
    yield Reference("unit", "unit", thing.unit)
    yield from _one("decision", "decision", thing.decision)


def _programme(thing: Programme) -> Iterator[Reference]:
    yield Reference("institution", "institution", thing.institution, "OF_INSTITUTION")
    yield Reference("creditScheme", "creditScheme", thing.credit_scheme, "COUNTED_IN")
    yield from _level("minimumLevel", thing.minimum_level)
    yield from _one("awards", "outcome", thing.awards, "AWARDS")
    for block in walk_blocks(thing.blocks):
        yield from _block(f"blocks.{block.code}", block)


def _block(field: str, block: Block) -> Iterator[Reference]:
    yield from _many(f"{field}.outcomes", "outcome", block.outcomes, "HAS_OUTCOME")
    yield from _many(f"{field}.nonExemptible", "outcome", block.non_exemptible, "NEVER_EXEMPTS")
    yield from _grade(f"{field}.minimumGrade", block.minimum_grade)


def _rule(thing: Rule) -> Iterator[Reference]:
    yield Reference("institution", "institution", thing.institution, "RECEIVED_BY")
    yield from _one("programme", "programme", thing.programme, "INTO")
    yield from _one("agreement", "agreement", thing.agreement, "UNDER")
    yield from _one("method", "method", thing.method, "BY_METHOD")
    yield from _one("decision", "decision", thing.decision, "DECIDED_BY")
    for a, alternative in enumerate(thing.alternatives):
        for c, clause in enumerate(alternative.clauses):
            yield from _clause(f"alternatives[{a}].clauses[{c}]", clause)
    for g, grant in enumerate(thing.grants):
        yield from _grant(f"grants[{g}]", grant)


def _clause(field: str, clause: Clause) -> Iterator[Reference]:
    if isinstance(clause, OutcomeClause):
        yield Reference(f"{field}.outcome", "outcome", clause.outcome, "ASKS")
    elif isinstance(clause, UnitClause):
        yield Reference(f"{field}.unit", "unit", clause.unit, "ASKS_UNIT")
    elif isinstance(clause, PoolClause):
        yield from _credit(f"{field}.credit", clause.credit)
        yield from _many(f"{field}.outcomes", "outcome", clause.outcomes, "ASKS")
    if not isinstance(clause, TextClause):
        yield from _grade(f"{field}.tests.minimumGrade", clause.tests.minimum_grade)
        yield from _many(f"{field}.tests.issuers", "institution", clause.tests.issuers, "ACCEPTS_ISSUER")


def _grant(field: str, grant: Grant) -> Iterator[Reference]:
    if isinstance(grant, Denial):
        yield from _one(f"{field}.outcome", "outcome", grant.outcome, "DENIES")
        yield from _one(f"{field}.unit", "unit", grant.unit, "DENIES_UNIT")
    elif isinstance(grant, OutcomeGrant):
        yield Reference(f"{field}.outcome", "outcome", grant.outcome, "GRANTS")
    elif isinstance(grant, UnitGrant):
        yield Reference(f"{field}.unit", "unit", grant.unit, "GRANTS_UNIT")
    elif isinstance(grant, BlockGrant):
        yield from _grade(f"{field}.gradeAt", grant.grade_at)
    if isinstance(grant, (OutcomeGrant, UnitGrant, ElectiveGrant)):
        yield from _giving(f"{field}.giving", grant.giving)


def _giving(field: str, giving: Giving) -> Iterator[Reference]:
    yield from _grade(f"{field}.gradeAt", giving.grade_at)
    yield from _credit(f"{field}.worth.fixed", giving.worth.fixed)
    yield from _one(f"{field}.worth.scheme", "creditScheme", giving.worth.scheme)
    yield from _credit(f"{field}.worth.maximum", giving.worth.maximum)


def _cap(thing: Cap) -> Iterator[Reference]:
    yield Reference("institution", "institution", thing.institution, "RECEIVED_BY")
    yield from _one("programme", "programme", thing.programme, "INTO")
    yield from _one("agreement", "agreement", thing.agreement, "UNDER")
    yield from _one("method", "method", thing.method, "BY_METHOD")
    yield from _credit("credit", thing.credit)


def _exclusion(thing: Exclusion) -> Iterator[Reference]:
    yield from _many("outcomes", "outcome", thing.outcomes, "EXCLUDES")
    yield from _one("institution", "institution", thing.institution, "RECEIVED_BY")


_FINDERS: dict[type[Versioned], Callable[[Any], Iterator[Reference]]] = {
    Factor: _factor,
    TermCalendar: _calendar,
    Framework: _framework,
    FrameworkItem: _item,
    Association: _association,
    Referencing: _referencing,
    Industry: _class,
    Region: _class,
    Position: _class,
    Institution: _institution,
    Membership: _membership,
    Agreement: _agreement,
    Method: _method,
    Decision: _decision,
    Unit: _unit,
    Outcome: _outcome,
    Mapping: _mapping,
    Programme: _programme,
    Rule: _rule,
    Cap: _cap,
    Exclusion: _exclusion,
}
