"""The plan and the programme's audit, asked of the demo alliance through the whole schema."""

from tests.alliance_in_a_box import code, data

OUC = "alliance:-:OUC"
LOG = "ouc-programme:2021:LOG-Z"
PLAN = """query($results: [ResultInput!]!, $programme: Key, $on: Date = "2024-03-01", $include: [Code!]! = [],
    $objective: Objective! = MOST_CREDIT, $conditional: Boolean! = false, $silent: [SilentInput!]! = [],
    $held: [HeldInput!]! = []) {
  plan(institution: "alliance:-:OUC", programme: $programme, results: $results, asOf: {validOn: $on},
       include: $include, objective: $objective, conditional: $conditional, silent: $silent, held: $held) {
    numbers { credit { amount scheme } waivers resultCount prioritySum rankSum }
    isOptimal provedNumbers bound hasTies worstWorld limited candidateCount fees { amount currency }
    applications(first: 20) { nodes { ruleCode version alternativePlace evidenceIds priority
      grants { verdict mode isWaivedByCap credit { amount } target { targetKey } } } }
    unused(first: 20) { nodes { resultId unusedBecause ruleCode verdict why beside } } } }"""
AUDIT = """query($results: [ResultInput!]!, $held: [HeldInput!]! = []) {
  programmeAudit(institution: "alliance:-:OUC", programme: "ouc-programme:2021:LOG-Z", results: $results,
                 asOf: {validOn: "2024-03-01"}, held: $held) {
    plan { numbers { credit { amount } } }
    blocks { code depth kind n doneCredit done { targetKey } countedCredit waivedTargets { targetKey }
      partlyWaived { targetKey } remainingKeys missingAmount isComplete } } }"""


def result(name, outcome, day="2023-06-01", **more):
    return {"resultId": name, "outcome": outcome, "completion": {"firstDay": day, "lastDay": day}} | more


COURIER = result("r1", "postal-cert:2019:COURIER-1")


async def best(demo, *results, **variables):
    return (await data(demo, PLAN, results=list(results), **({"programme": LOG} | variables)))["plan"]


async def test_the_couriers_certificate_is_best_used_for_three_courses_of_eight_credits(demo):
    found = await best(demo, COURIER)
    assert found["numbers"]["credit"] == {"amount": "8", "scheme": "ouc-18h"}
    assert (found["isOptimal"], found["provedNumbers"], found["bound"]) == (True, 5, None)
    (one,) = found["applications"]["nodes"]
    assert (one["ruleCode"], one["evidenceIds"]) == ("OUC-LOG-COURIER", ["r1"])
    assert [grant["credit"]["amount"] for grant in one["grants"]] == ["3", "3", "2"]
    assert found["unused"]["nodes"] == []


async def test_what_no_rule_names_is_unused_and_says_so(demo):
    second = result("r2", "ouc-course:2020:02321")
    found = await best(demo, COURIER, second)
    assert [one["resultId"] for one in found["unused"]["nodes"]] == ["r2"]
    assert found["numbers"]["credit"]["amount"] == "8"


async def test_a_rule_that_cannot_be_included_is_refused_with_a_remedy(demo):
    revoked = COURIER | {"status": "REVOKED"}
    variables = {"results": [revoked], "programme": LOG, "include": ["OUC-LOG-COURIER"]}
    assert await code(demo, PLAN, **variables) == "PLAN_IMPOSSIBLE"
    assert (await best(demo, COURIER, include=["OUC-LOG-COURIER"]))["numbers"]["credit"]["amount"] == "8"


async def test_with_a_silent_source_the_plan_says_in_which_world_it_is_made(demo):
    silent = [{"source": "bank", "keepsConsumptionOf": [OUC]}]
    found = await best(demo, COURIER, silent=silent)
    assert (found["worstWorld"], found["applications"]["nodes"]) == (True, [])


async def test_the_audit_tells_per_block_what_is_done_waived_and_remaining(demo):
    held = [{"outcome": "ouc-course:2020:02321", "state": "HELD"}]
    before = (await data(demo, AUDIT, results=[], held=held))["programmeAudit"]
    after = (await data(demo, AUDIT, results=[COURIER], held=held))["programmeAudit"]
    assert after["plan"]["numbers"]["credit"]["amount"] == "5"
    waived = {one["targetKey"] for block in after["blocks"] for one in block["waivedTargets"]}
    assert waived == {"ouc-course:2020:02322", "ouc-course:2020:02323"}
    done = {one["targetKey"] for block in after["blocks"] for one in block["done"]}
    assert done == {"ouc-course:2020:02321"}
    for old, new in zip(before["blocks"], after["blocks"], strict=True):
        gone = {one["targetKey"] for one in new["waivedTargets"]}
        assert set(old["remainingKeys"]) - gone == set(new["remainingKeys"])
        assert float(new["missingAmount"]) <= float(old["missingAmount"])
        assert new["isComplete"] == (new["missingAmount"] == "0")
