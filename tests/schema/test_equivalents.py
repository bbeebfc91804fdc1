"""Question 1: every live rule on a day, at institutions in a province, that accepts an outcome."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from graph.model.learning import Context
from graph.recognition import compiled, equivalents
from tests.alliance_in_a_box import code, data
from tests.graph.demo_books import book_of, things

ON = date(2024, 3, 1)
QUERY = """query($outcome: Key!, $institution: Key, $region: Key, $programme: Key,
  $first: Int! = 200, $after: String) {
  equivalents(outcome: $outcome, institution: $institution, region: $region, programme: $programme,
    first: $first, after: $after, asOf: {validOn: "2024-03-01"}) {
    truncated institutionsAsked pageInfo { hasNextPage endCursor }
    suffices { ...one } alsoNeeds { ...one } } }
  fragment one on OutcomeSet { institution { key region { key } } ruleCode version outcomeKeys verdict
    target { targetKind targetKey } credit { amount scheme } agreement { key } }"""
RECEIVERS = sorted({rule.institution for rule in things()["rules"]})
OUTCOMES = sorted({one.key for one in things()["outcomes"]})


def row(institution, one):
    return institution, one["ruleCode"], one["version"], one["target"]["targetKey"], tuple(one["outcomeKeys"])


def expected(outcome, institutions=RECEIVERS):
    """What the pure function says of the bundle's own books, each rule within its own programme."""
    rows = set()
    for institution in institutions:
        index = compiled(book_of(institution))
        for programme in {rule.programme for rule in index.book.rules}:
            context = Context(institution=institution, programme=programme, applied_on=ON)
            found = equivalents(index, outcome, context)
            for one in (*found.suffices, *found.also_needs):
                (rule,) = [
                    each for each in index.book.rules if (each.key, each.version) == (one.rule, one.version)
                ]
                if rule.programme == programme:
                    rows.add((institution, one.rule, one.version, one.target.key, one.outcomes))
    return rows


async def rows(demo, **variables):
    found = (await data(demo, QUERY, **variables))["equivalents"]
    every = [*found["suffices"], *found["alsoNeeds"]]
    return [row(one["institution"]["key"], one) for one in every], found["pageInfo"]


async def test_every_outcome_counts_for_what_the_bundles_own_books_say(demo):
    told = {}
    for outcome in OUTCOMES:
        found, page = await rows(demo, outcome=outcome)
        assert not page["hasNextPage"]
        assert len(found) == len(set(found))
        told[outcome] = set(found)
    assert told == {outcome: expected(outcome) for outcome in OUTCOMES}
    assert sum(map(len, told.values())) > 20


async def test_pages_of_one_make_the_list(demo):
    outcome = max(OUTCOMES, key=lambda one: len(expected(one)))
    whole, _ = await rows(demo, outcome=outcome)
    found, after = [], None
    for _ in range(len(whole) + 40):
        part, page = await rows(demo, outcome=outcome, first=1, after=after)
        assert len(part) <= 1
        found += part
        after = page["endCursor"]
        if not page["hasNextPage"]:
            break
    assert sorted(found) == sorted(whole)
    assert len(whole) > 2


async def test_a_region_holds_the_institutions_of_all_regions_below_it(demo):
    regions = {one.key: one for one in things()["regions"]}
    homes = {one.key: one.region for one in things()["institutions"]}

    def within(key, region):
        steps = [key] if key else []
        while steps:
            step = steps.pop()
            if step == region:
                return True
            steps += regions[step].broader if step in regions else ()
        return False

    for outcome in OUTCOMES[:12]:
        for region in {homes[one] for one in RECEIVERS if homes.get(one)} | {
            above for one in regions.values() for above in one.broader
        }:
            inside = [one for one in RECEIVERS if within(homes.get(one), region)]
            found, _ = await rows(demo, outcome=outcome, region=region)
            assert set(found) == expected(outcome, inside)


async def test_the_couriers_certificate_brings_eight_credits_under_an_agreement(demo):
    found = (await data(demo, QUERY, outcome="postal-cert:2019:COURIER-1", institution="alliance:-:OUC"))[
        "equivalents"
    ]["suffices"]
    mine = [one for one in found if one["ruleCode"] == "OUC-LOG-COURIER"]
    assert sum(Decimal(one["credit"]["amount"]) for one in mine) == 8
    assert {one["institution"]["key"] for one in mine} == {"alliance:-:OUC"}


async def test_each_set_tells_the_article_and_the_regulation_of_its_rule(demo):
    query = QUERY.replace("ruleCode version", "ruleCode version rule { key version article method { key } }")
    bundle = {(rule.key, rule.version): rule for rule in things()["rules"]}
    articles = set()
    for outcome in OUTCOMES:
        found = (await data(demo, query, outcome=outcome))["equivalents"]
        for one in (*found["suffices"], *found["alsoNeeds"]):
            rule = bundle[one["ruleCode"], one["version"]]
            method = one["rule"].pop("method") or {"key": None}
            assert one["rule"] == {"key": rule.key, "version": rule.version, "article": rule.article}
            assert method["key"] == rule.method
            articles.add(rule.article)
    assert len(articles) > 3


@pytest.mark.parametrize(
    ("wanted", "variables"),
    [
        ("OUTCOME_UNKNOWN", {"outcome": "none:-:none"}),
        ("INSTITUTION_UNKNOWN", {"institution": "none:-:none"}),
        ("REGION_UNKNOWN", {"region": "none:-:none"}),
        ("PROGRAMME_UNKNOWN", {"programme": "none:-:none"}),
        ("PROGRAMME_UNKNOWN", {"programme": "none:-:none", "institution": "alliance:-:OUC"}),
        ("BAD_CURSOR", {"after": "x"}),
        ("BAD_CURSOR", {"after": "-1@alliance:-:OUC"}),
        ("MALFORMED_KEY", {"after": "1@"}),
        ("BAD_PAGE", {"first": 0}),
    ],
)
async def test_a_bad_question_is_refused_with_its_code(demo, wanted, variables):
    assert await code(demo, QUERY, **({"outcome": "postal-cert:2019:COURIER-1"} | variables)) == wanted
