"""What results count for, asked of the demo alliance through the whole schema, on both engines."""

import time

import pytest

from graph.model.trees import Reason
from graph.model.verdicts import Verdict
from schema.context import Deadline
from schema.errors import Refusal
from schema.reasons import REASONS
from schema.steps import STEPS
from schema.workroom import Workroom
from tests.alliance_in_a_box import code, data

OUC = "alliance:-:OUC"
LOG = "ouc-programme:2021:LOG-Z"
WHAT_IF = """query($institution: Key = "alliance:-:OUC", $programme: Key, $on: Date,
    $results: [ResultInput!]!,
    $rules: [Code!]! = [], $targets: [TargetInput!]! = [], $held: [HeldInput!]! = [],
    $silent: [SilentInput!]! = [], $scheme: Code) {
  whatIf(institution: $institution, programme: $programme, results: $results, asOf: {validOn: $on},
         creditScheme: $scheme, rules: $rules, targets: $targets, held: $held, silent: $silent) {
    hypothetical incomplete limited others unevaluated mightConcern { source ruleCount }
    judged(first: 30) { nodes { ruleCode version verdict gives why evidenceIds isPreferred deciding
      credit { amount scheme } target { targetKind targetKey } nextStep { action actor text { zh en } }
      explanation { zh en } } pageInfo { hasNextPage } }
    targets(first: 20) { nodes { verdict gives target { targetKind targetKey }
      preferredRules { ruleCode } } } } }"""


def result(name, outcome=None, day="2023-06-01", **more):
    return {"resultId": name, "outcome": outcome, "completion": {"firstDay": day, "lastDay": day}} | more


async def what_if(demo, results, on="2024-03-01", **variables):
    return (await data(demo, WHAT_IF, results=results, on=on, **variables))["whatIf"]


def verdicts(answer, rule=None):
    return {one["verdict"] for one in answer["judged"]["nodes"] if rule in (None, one["ruleCode"])}


COURIER = result("r1", "postal-cert:2019:COURIER-1")


async def test_the_couriers_certificate_counts_for_three_courses_of_eight_credits(demo):
    answer = await what_if(demo, [COURIER], programme=LOG)
    given = {
        one["target"]["targetKey"]: one["credit"]["amount"]
        for one in answer["judged"]["nodes"]
        if one["ruleCode"] == "OUC-LOG-COURIER" and one["verdict"] == "MEETS_RULE"
    }
    assert given == {
        "ouc-course:2020:02321": "3",
        "ouc-course:2020:02322": "3",
        "ouc-course:2020:02323": "2",
    }
    assert answer["hypothetical"] is True
    assert answer["incomplete"] is False
    best = {one["target"]["targetKey"]: one for one in answer["targets"]["nodes"]}
    assert best["ouc-course:2020:02321"]["preferredRules"] == [{"ruleCode": "OUC-LOG-COURIER"}]


async def test_a_verdict_is_explained_in_both_languages_out_of_its_tree(demo):
    answer = await what_if(demo, [COURIER], programme=LOG)
    one = next(one for one in answer["judged"]["nodes"] if one["ruleCode"] == "OUC-LOG-COURIER")
    assert one["explanation"]["en"] == (
        "Rule OUC-LOG-COURIER version 1 (method M-OUC, agreement AGR-OUC-YZPJ-2017, decision DEC-2019-07): "
        "ouc-course:2020:02321 meets the rule. Evidence: r1. Credit: 3 ouc-18h. "
        "Apply to the receiving institution, which decides."
    )
    assert "协议 AGR-OUC-YZPJ-2017" in one["explanation"]["zh"]


async def test_missing_statements_are_named(demo):
    answer = await what_if(demo, [result("r1", "onex:2021:590302-2")])
    one = next(one for one in answer["judged"]["nodes"] if one["ruleCode"] == "OUC-ELD-08")
    assert (
        "met in part. Statements of the unit are not covered (statements missing: K1 C1)."
        in one["explanation"]["en"]
    )
    assert "缺少描述 K1 C1" in one["explanation"]["zh"]
    assert one["nextStep"]["action"] == "EARN_THE_REST"


ELD = "ouc-programme:2021:ELD-Z"
CARE = ["onex:2021:590302-3", "onex:2021:590305-3", "member-cert:2020:MGR"]
CHAINED = [
    result("a", "cqrtvu-course:2021:FIN110"),
    result("b", "cqrtvu-course:2021:FIN150", partOf="a"),
]
SILENT = [{"source": "post", "issuers": ["alliance:-:YZPJ"]}]
HELD = [{"outcome": "ouc-course:2020:02321", "state": "HELD"}]
NOBODYS = [{"targetKind": "OUTCOME", "targetKey": "ouc-course:2020:99999"}]
ONE_OF_EACH = {
    "MEETS_RULE": ("OUC-LOG-COURIER", [COURIER], {"programme": LOG}),
    "CAPPED": ("OUC-ELD-BLOCK", [result(f"r{n}", key) for n, key in enumerate(CARE)], {"programme": ELD}),
    "UNDECIDED": ("OUC-LOG-COURIER", [], {"programme": LOG, "silent": SILENT}),
    "CONDITIONAL": ("OUC-LOG-COURIER-ELECTIVE", [COURIER], {"programme": LOG}),
    "UNVERIFIED": ("OUC-LOG-COURIER", [COURIER | {"verification": "UNVERIFIED"}], {"programme": LOG}),
    "EXCLUDED": ("OUC-CQRTVU-02", CHAINED, {}),
    "ALREADY_HELD": ("OUC-LOG-COURIER", [COURIER], {"programme": LOG, "held": HELD}),
    "DENIED": ("OUC-DENY-EXAM-POLITICS", [result("r1", "selfstudy:2018:03709")], {}),
    "NOT_YET_VALID": ("OUC-HHUT-FUTURE", [result("r1", "hhut-course:2023:GEN101")], {}),
    "PARTIAL": ("OUC-ELD-HALF-AND-HALF", [result("r1", "onex:2021:590302-2")], {}),
    "OUT_OF_WINDOW": ("OUC-SEC-EXPIRED", [result("r1", "mps-cert:2017:ADM")], {}),
    "SUPERSEDED": ("OUC-APT-JAVA", [result("r1", "aptech-cert:2016:JAVA")], {}),
    "NOT_MET": ("OUC-LOG-COURIER", [COURIER | {"status": "FAILED"}], {"programme": LOG}),
}


@pytest.mark.parametrize("verdict", ONE_OF_EACH)
async def test_each_verdict_is_shown_by_a_question_to_the_demo_alliance(demo, verdict):
    rule, results, more = ONE_OF_EACH[verdict]
    answer = await what_if(demo, results, rules=[rule], **more)
    assert verdict in verdicts(answer, rule)
    one = next(one for one in answer["judged"]["nodes"] if one["verdict"] == verdict)
    assert one["nextStep"]["action"] == STEPS[Verdict[verdict]].step.value
    assert one["explanation"]["en"].endswith(STEPS[Verdict[verdict]].text.en)


async def test_a_target_that_no_rule_names_is_not_evaluated(demo):
    answer = await what_if(demo, [], targets=NOBODYS)
    assert [one["verdict"] for one in answer["targets"]["nodes"]] == ["NOT_EVALUATED"]


def test_every_verdict_of_the_closed_list_is_shown():
    assert {*ONE_OF_EACH, "NOT_EVALUATED"} == {verdict.value for verdict in Verdict}


async def test_two_halves_make_a_unit(demo):
    halves = [result("a", "onex:2021:590302-2"), result("b", "member-cert:2020:CARE")]
    assert "MEETS_RULE" in verdicts(await what_if(demo, halves, programme=ELD), "OUC-ELD-HALF-AND-HALF")


def test_each_verdict_has_one_step_one_actor_and_words_in_both_languages():
    assert set(STEPS) == set(Verdict)
    assert all(step.text.zh and step.text.en and step.means.zh and step.means.en for step in STEPS.values())
    assert len({step.step for step in STEPS.values()}) == len(Verdict)


def test_each_reason_has_its_words():
    assert set(REASONS) == set(Reason)
    assert all(text.zh and text.en for text in REASONS.values())


BAD = {
    "INSTITUTION_UNKNOWN": {"institution": "alliance:-:NOBODY"},
    "PROGRAMME_UNKNOWN": {"programme": "ouc-programme:1999:LOG-Z"},
    "CREDIT_SCHEME_UNKNOWN": {"scheme": "none"},
    "RULE_UNKNOWN": {"rules": ["NO-SUCH-RULE"]},
    "RESULT_UNKNOWN_CODE": {"results": [result("r1", "onex:2021:none")]},
    "RESULT_ID_TWICE": {"results": [COURIER, COURIER]},
    "RESULT_NAMES_NOTHING": {"results": [result("r1")]},
    "RESULT_CREDIT": {"results": [COURIER | {"earned": {"amount": "-1", "scheme": "ouc-18h"}}]},
    "RESULT_DATES": {"results": [COURIER | {"completion": {"firstDay": "2024-01-01"}}]},
    "RESULT_MALFORMED": {"results": [COURIER | {"attempts": 0}]},
    "TOO_MANY_RESULTS": {"results": [{"resultId": f"r{n}"} for n in range(10_001)]},
    "TOO_MANY_KEYS": {"rules": ["OUC-LOG-COURIER"] * 201},
    "MALFORMED_KEY": {"results": [result("r1", "no key")]},
}


@pytest.mark.parametrize("wanted", BAD)
async def test_a_bad_question_is_refused_with_its_code(demo, wanted):
    assert await code(demo, WHAT_IF, **({"results": []} | BAD[wanted])) == wanted


@pytest.mark.parametrize("amount", ["1e9", "NaN", "0.00001", "", "10000.5", "Infinity", "1e999999"])
async def test_absurd_credit_is_refused(demo, amount):
    bad = COURIER | {"earned": {"amount": amount, "scheme": "ouc-18h"}}
    assert await code(demo, WHAT_IF, results=[bad]) == "RESULT_CREDIT"


async def test_a_result_in_an_unknown_scheme_is_refused(demo):
    bad = COURIER | {"earned": {"amount": "1", "scheme": "none"}}
    assert await code(demo, WHAT_IF, results=[bad]) == "RESULT_UNKNOWN_CODE"
    assert await code(demo, WHAT_IF, results=[COURIER | {"grade": {"scheme": "none", "value": "A"}}]) == (
        "RESULT_UNKNOWN_CODE"
    )


async def test_results_that_are_part_of_each_other_in_a_circle_are_answered(demo):
    circle = [COURIER | {"partOf": "r2"}, result("r2", "postal-cert:2019:COURIER-1", partOf="r1")]
    assert "MEETS_RULE" in verdicts(await what_if(demo, circle, programme=LOG), "OUC-LOG-COURIER")


async def test_many_results_are_answered_beside_the_event_loop(demo):
    many = [result(f"r{n}", "postal-cert:2019:COURIER-1") for n in range(300)]
    assert "MEETS_RULE" in verdicts(await what_if(demo, many, programme=LOG))


TREE = """query($first: Int!, $results: [ResultInput!]!) { whatIf(institution: "alliance:-:OUC",
  results: $results, programme: "ouc-programme:2021:LOG-Z", asOf: {validOn: "2024-03-01"}) {
  judged(first: 1) { nodes { tree(first: $first) { truncated nodes { depth nodeKind finding reason subject
    facts { factName factValue } }
  } } } } }"""


async def test_a_tree_is_spelt_out_and_cut_where_asked(demo):
    found = await data(demo, TREE, first=200, results=[COURIER])
    tree = found["whatIf"]["judged"]["nodes"][0]["tree"]
    assert not tree["truncated"]
    assert [node["depth"] for node in tree["nodes"]][:2] == [0, 1]
    assert tree["nodes"][0]["nodeKind"] == "RULE"
    cut = (await data(demo, TREE, first=3, results=[COURIER]))["whatIf"]["judged"]["nodes"][0]["tree"]
    assert cut == {"truncated": True, "nodes": tree["nodes"][:3]}


async def test_what_is_accepted_for_a_course_names_the_couriers_certificate(demo):
    query = """{ acceptedFor(institution: "alliance:-:OUC", programme: "ouc-programme:2021:LOG-Z",
      target: {targetKind: OUTCOME, targetKey: "ouc-course:2020:02321"}, asOf: {validOn: "2024-03-01"}) {
      truncated sets { ruleCode outcomeKeys verdict outcomes { key } target { outcome { key } } } } }"""
    sets = (await data(demo, query))["acceptedFor"]["sets"]
    assert ["postal-cert:2019:COURIER-1"] in [one["outcomeKeys"] for one in sets]


async def test_the_couriers_certificate_is_enough_for_three_courses(demo):
    query = """{ equivalents(institution: "alliance:-:OUC", programme: "ouc-programme:2021:LOG-Z",
      outcome: "postal-cert:2019:COURIER-1", asOf: {validOn: "2024-03-01"}) { truncated
      suffices { ruleCode target { targetKey } } alsoNeeds { outcomeKeys } } }"""
    found = (await data(demo, query))["equivalents"]["suffices"]
    by_rule = {one["target"]["targetKey"] for one in found if one["ruleCode"] == "OUC-LOG-COURIER"}
    assert len(by_rule) == 3


async def test_work_without_room_or_time_is_refused():
    room = Workroom(threads=1, waiting=0, hard=0.05)
    with pytest.raises(Refusal) as late:
        await room.run(Deadline.after(5), time.sleep, 0.3)
    with pytest.raises(Refusal) as full:
        await room.run(Deadline.after(5), time.sleep, 0.3)
    assert (late.value.code.name, full.value.code.name) == ("DEADLINE_EXCEEDED", "OVERLOADED")
