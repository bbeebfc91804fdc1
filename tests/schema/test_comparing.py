"""Question 5: the same question as of two days, and as it was known; what differs and why."""

from __future__ import annotations

from tests.alliance_in_a_box import code, data
from tests.graph.demo_books import things

QUERY = """query($results: [ResultInput!]!, $before: AsOf!, $after: AsOf) {
  compareAsOf(institution: "alliance:-:OUC", programme: "ouc-programme:2021:LOG-Z", results: $results,
    before: $before, after: $after) { unmovedCount limited moved(first: 200) { nodes { ruleCode
      target { targetKey } before { verdict version } after { verdict version }
      blamed { nodeKind blamedKey blamedVersion side } } } } }"""
WHAT_IF = """query($results: [ResultInput!]!, $on: Date!) { whatIf(institution: "alliance:-:OUC",
  programme: "ouc-programme:2021:LOG-Z", results: $results, asOf: {validOn: $on}) { judged(first: 200) {
  nodes { ruleCode version target { targetKey } verdict } } } }"""


def results():
    day = {"firstDay": "2021-06-01", "lastDay": "2021-06-01"}
    keys = sorted({one.key for one in things()["outcomes"] if not one.stub})
    return [{"resultId": f"r{n}", "outcome": key, "completion": day} for n, key in enumerate(keys[::6])]


async def told(demo, on):
    found = await data(demo, WHAT_IF, results=results(), on=on)
    rows = {}
    for one in found["whatIf"]["judged"]["nodes"]:
        rows.setdefault((one["ruleCode"], one["target"]["targetKey"]), set()).add(
            (one["version"], one["verdict"])
        )
    return rows


async def test_the_verdicts_that_differ_are_those_of_both_days(demo):
    days = "2020-01-01", "2026-05-01"
    found = (
        await data(demo, QUERY, results=results(), before={"validOn": days[0]}, after={"validOn": days[1]})
    )["compareAsOf"]
    old, new = [await told(demo, day) for day in days]
    assert found["moved"]["nodes"]
    for one in found["moved"]["nodes"]:
        of = one["ruleCode"], one["target"]["targetKey"]
        for side, rows in (("before", old), ("after", new)):
            if one[side] is None:
                assert of not in rows
            else:
                assert (one[side]["version"], one[side]["verdict"]) in rows[of]


async def test_a_day_compared_with_itself_differs_in_nothing(demo):
    day = {"validOn": "2024-03-01"}
    found = (await data(demo, QUERY, results=results(), before=day, after=day))["compareAsOf"]
    assert found["moved"]["nodes"] == []
    assert found["unmovedCount"] > 0


async def test_a_moment_at_which_nothing_was_known_is_refused_as_one(demo):
    then = {"validOn": "2024-03-01", "knownAt": "2000-01-01T00:00:00Z"}
    assert await code(demo, QUERY, results=results(), before=then) == "INSTITUTION_UNKNOWN"


async def test_absurd_results_are_refused_once(demo):
    bad = [{"resultId": "r", "outcome": "none:-:none"}]
    assert await code(demo, QUERY, results=bad, before={"validOn": "2024-03-01"}) == "RESULT_UNKNOWN_CODE"
