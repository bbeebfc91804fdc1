"""Question 9: pathways through the demo alliance, as a pure reading of the bundle's own books has them."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from graph.model.learning import Context
from graph.model.outcomes import walk_blocks
from graph.recognition import compiled, pathways, sets_of
from graph.recognition.passages import awarded, goal_of, members, missing, next_tier, ruled
from schema.root import make_schema
from tests.alliance_in_a_box import code, data
from tests.graph.demo_books import book_of, things

DAY = date(2024, 3, 15)
QUERY = """query($holds: [Key!]!, $institution: Key!, $programme: Key!) {
  pathways(holds: $holds, institution: $institution, programme: $programme,
    asOf: {validOn: "2024-03-15"}) { truncated rulebooksAsked caution { zh en }
    pathways { suggestionCount countedCredit { amount scheme } bottleneckPlace
      steps { mark hint ruleCode version alternativePlace institution { key } agreement { key }
        programme { key } takesKeys takes { key }
        gifts { target { targetKind targetKey } credit { amount scheme } conditions }
        passesOn { amount scheme } } } } }"""
CQU, CIVIL = "moe:-:4150010611", "member-programme:2022:CQU-CE"
ASKED = (
    (CQU, CIVIL, ("ccrtvs-course:2019:FIN101",)),
    (CQU, CIVIL, ("ccrtvs-course:2019:FIN101", "cqrtvu-course:2021:FIN140")),
    ("alliance:-:OUC", "ouc-programme:2021:LOG-Z", ("postal-cert:2019:COURIER-1",)),
    ("alliance:-:OUC", "ouc-programme:2021:SW-Z", ("onex:2021:510205-1", "onex:2021:530801-1")),
    ("alliance:-:OUC", "ouc-programme:2021:LOG-B", ("onex:2021:530801-2",)),
    ("alliance:-:BHPS", "member-programme:2024:BHPS-PORT", ("cflp-cert:2015:WH",)),
)
RECEIVERS = sorted({rule.institution for rule in things()["rules"]})


@cache
def index_of(institution):
    return compiled(book_of(institution))


@cache
def sets_in(institution, programme):
    """What every rule version takes: asked within one programme, or each within its own."""
    found = []
    for entry in index_of(institution).entries:
        own = entry.rule.programme
        context = Context(institution=institution, programme=programme or own, applied_on=DAY)
        found += [(own, one) for one in sets_of(index_of(institution), entry.place, context)[0]]
    return found


def expected(institution, programme, holds):
    """The same of the bundle's files: every rule book asked for all it takes, and every suggestion made."""
    goal = goal_of(index_of(institution), programme, DAY)
    rules = ruled([one for _, one in sets_in(institution, programme)], goal, within=True)
    for other in RECEIVERS:
        here = (None, programme) if other == institution else ()
        rules += ruled([one for own, one in sets_in(other, None) if own not in here], goal, within=False)
    live = [one for one in things()["outcomes"] if one.holds_on(DAY)]
    found = [*rules, *missing(rules, {one.key for one in live})]
    found += [next_tier(one.higher_than, one.key) for one in live if one.higher_than]
    for one in things()["programmes"]:
        if one.holds_on(DAY) and one.key != programme:
            inside = {key for block in walk_blocks(one.blocks) for key in block.outcomes}
            found += filter(None, (awarded(one, key) for key in sorted(inside)))
    return pathways(found, members(holds), goal, work=10**7)


def step_row(step):
    gives = [
        (gift["target"]["targetKey"], gift["credit"] and gift["credit"]["amount"], gift["conditions"])
        for gift in step["gifts"]
    ]
    names = step["mark"], step["hint"], step["ruleCode"], step["version"], step["alternativePlace"]
    places = [step[name] and step[name]["key"] for name in ("institution", "agreement", "programme")]
    return (*names, *places, step["takesKeys"], gives, step["passesOn"]["amount"])


def plain_row(step):
    gives = [
        (gift.target.key, gift.credit and str(gift.credit), [reason.value for reason in gift.conditions])
        for gift in step.gives
    ]
    names = step.mark.value, step.hint and step.hint.value, step.rule, step.version, step.alternative
    places = step.institution, step.agreement, step.programme
    return (*names, *places, list(step.takes), gives, str(step.passes.amount))


@pytest.mark.parametrize(("institution", "programme", "holds"), ASKED)
async def test_pathways_are_those_of_the_bundles_own_books(demo, institution, programme, holds):
    variables = {"institution": institution, "programme": programme, "holds": list(holds)}
    found = (await data(demo, QUERY, **variables))["pathways"]
    wanted = expected(institution, programme, holds)
    rows = [
        (way["suggestionCount"], way["bottleneckPlace"], list(map(step_row, way["steps"])))
        for way in found["pathways"]
    ]
    assert rows == [
        (one.suggestions, one.bottleneck, list(map(plain_row, one.steps))) for one in wanted.pathways
    ]
    assert found["truncated"] == wanted.truncated
    assert rows
    for way in found["pathways"]:
        for step in way["steps"]:
            assert {one["key"] for one in step["takes"]} == set(step["takesKeys"])


async def test_from_secondary_school_by_a_vocational_college_to_a_university(demo):
    institution, programme, holds = ASKED[0]
    variables = {"institution": institution, "programme": programme, "holds": list(holds)}
    found = (await data(demo, QUERY, **variables))["pathways"]["pathways"][0]
    assert [step["ruleCode"] for step in found["steps"]] == [
        "OUC-ARTIC-ACCOUNT", "CQR-CAPPED-GRADE", "CQU-CQRTVU-01", "CQU-CQRTVU-01",
    ]  # fmt: skip
    assert [step["mark"] for step in found["steps"]] == ["RULE", "RULE", "SUGGESTION", "RULE"]
    assert (found["bottleneckPlace"], found["countedCredit"]["amount"]) == (2, "3")


async def test_no_pathway_has_a_verdict_and_the_answer_says_so_in_both_languages(demo):
    types = make_schema()._schema.type_map
    for name in ("Pathways", "Pathway", "PathwayStep", "PathwayGift"):
        assert "Verdict" not in {str(field.type).strip("[]!") for field in types[name].fields.values()}
    institution, programme, holds = ASKED[1]
    variables = {"institution": institution, "programme": programme, "holds": list(holds)}
    said = (await data(demo, QUERY, **variables))["pathways"]["caution"]
    assert "no grant" in said["en"]
    assert "不是认定结论" in said["zh"]


async def test_what_nobody_knows_is_refused(demo):
    known = {"institution": CQU, "programme": CIVIL, "holds": ["postal-cert:2019:COURIER-1"]}
    for name, strange, refusal in (
        ("institution", "none:-:none", "INSTITUTION_UNKNOWN"),
        ("programme", "ouc-programme:2021:LOG-Z", "PROGRAMME_UNKNOWN"),
        ("holds", ["none:-:none"], "OUTCOME_UNKNOWN"),
        ("holds", ["postal-cert:2019:COURIER-1"] * 61, "TOO_MANY_KEYS"),
        ("holds", ["no key"], "MALFORMED_KEY"),
    ):
        assert await code(demo, QUERY, **(known | {name: strange})) == refusal
    assert (await data(demo, QUERY, **(known | {"holds": []})))["pathways"]["pathways"] == []
