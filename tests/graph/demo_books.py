"""Rule books of the demo alliance, made of the bundle's files by saying everything until nothing is new."""

from functools import cache

from msgspec.structs import replace

from graph.model.book import RuleBook
from graph.model.concepts import CONCEPTS
from graph.model.references import references
from tests.hub.demo.test_alliance import THINGS

OUC = "alliance:-:OUC"


@cache
def things() -> dict[str, tuple]:
    """Every thing of the bundle by file, numbered and sourced as an import does."""
    return {concept.file: _as_imported(THINGS[concept.name]) for concept in CONCEPTS}


def _as_imported(ones) -> tuple:
    given = (
        replace(
            one, version=one.version or 1, source=one.source or "demo", licence=one.licence or "apache-2.0"
        )
        for one in ones
    )
    return tuple(sorted(given, key=lambda one: (one.key.encode(), one.version)))


def book_of(institution: str) -> RuleBook:
    every = things()
    rules, caps, programmes = (
        tuple(one for one in every[file] if one.institution == institution)
        for file in ("rules", "caps", "programmes")
    )
    clauses = [c for rule in rules for way in rule.alternatives for c in way.clauses]
    named = {(r.concept, r.key) for one in (*rules, *caps, *programmes) for r in references(one)}
    asked = {clause.unit for clause in clauses if hasattr(clause, "unit")}
    mappings = tuple(one for one in every["mappings"] if one.unit in asked)
    agreements = tuple(one for one in every["agreements"] if ("agreement", one.key) in named)
    sides = {(one.alliance, party) for one in agreements for party in one.parties}
    higher = {clause.outcome for clause in clauses if getattr(clause, "or_higher", False)}
    outcomes = {key for concept, key in named if concept == "outcome"} | {one.outcome for one in mappings}
    return RuleBook(
        institution=institution,
        rules=rules,
        programmes=programmes,
        outcomes=_closed(every["outcomes"], outcomes, higher),
        units=tuple(one for one in every["units"] if ("unit", one.key) in named),
        mappings=mappings,
        caps=caps,
        exclusions=tuple(one for one in every["exclusions"] if one.institution in (None, institution)),
        agreements=agreements,
        memberships=tuple(o for o in every["memberships"] if (o.alliance, o.institution) in sides),
        factors=every["factors"],
        credit_schemes=every["credit-schemes"],
        grading_schemes=every["grading-schemes"],
        frameworks=every["frameworks"],
        referencings=every["referencings"],
    )


def _closed(every, keys, higher):
    def named(outcome, among):
        scheme, _, code = outcome.key.split(":", 2)
        return outcome.key in among or f"{scheme}:any:{code}" in among

    above, inside = set(higher), set(keys)
    while more := {o.key for o in every if o.key not in above and o.higher_than and _of(o, above, every)}:
        above |= more
    inside |= above
    inside |= {one.key for one in every if named(one, inside)}
    while more := {k for o in every if o.key in inside for k in (*o.parts, o.higher_than) if k} - inside:
        inside |= more
    return tuple(one for one in every if one.key in inside)


def _of(outcome, above, every):
    scheme, _, code = outcome.higher_than.split(":", 2)
    return outcome.higher_than in above or f"{scheme}:any:{code}" in above
