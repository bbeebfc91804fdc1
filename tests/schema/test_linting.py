"""Question 13: the suspect rules of an institution, as a pure reading of the bundle's own book has them."""

from __future__ import annotations

from datetime import date

from graph.recognition import lint
from tests.alliance_in_a_box import code, data
from tests.graph.demo_books import book_of, things

QUERY = """query($institution: Key!, $agreement: Code, $within: Int! = 90, $first: Int! = 200,
  $after: String) { lint(institution: $institution, agreement: $agreement, withinDays: $within,
    first: $first, after: $after,
    asOf: {validOn: "2024-03-01"}) { nodes { ruleCode version suspect cause alternativePlace about }
    pageInfo { hasNextPage endCursor } } }"""
RECEIVERS = sorted({rule.institution for rule in things()["rules"]})


def row(one):
    cause = one.cause and one.cause.value
    return one.rule, one.version, one.suspect.value, cause, one.alternative, one.subject


async def told(demo, **variables):
    found = (await data(demo, QUERY, **variables))["lint"]
    rows = [tuple(one.values()) for one in found["nodes"]]
    return rows, found["pageInfo"]


async def test_what_is_told_of_every_institution_is_what_its_book_has(demo):
    every = []
    for institution in RECEIVERS:
        rows, page = await told(demo, institution=institution, within=3650)
        assert not page["hasNextPage"]
        assert rows == [row(one) for one in lint(book_of(institution), date(2024, 3, 1), 3650)]
        every += rows
    assert every


async def test_pages_make_the_list_and_an_agreement_narrows_it(demo):
    institution = "alliance:-:OUC"
    whole, _ = await told(demo, institution=institution, within=3650)
    found, after = [], None
    while True:
        part, page = await told(demo, institution=institution, within=3650, first=2, after=after)
        found, after = found + part, page["endCursor"]
        if not page["hasNextPage"]:
            break
    assert found == whole
    of = {(one.key, one.version): one.agreement for one in things()["rules"]}
    for agreement in {of[one[0], one[1]] for one in whole} - {None}:
        narrowed, _ = await told(demo, institution=institution, within=3650, agreement=agreement)
        assert narrowed == [one for one in whole if of[one[0], one[1]] == agreement]


async def test_bad_questions_are_refused(demo):
    assert await code(demo, QUERY, institution="none:-:none") == "INSTITUTION_UNKNOWN"
    assert await code(demo, QUERY, institution="alliance:-:OUC", within=-1) == "BAD_PAGE"
