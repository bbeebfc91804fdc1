"""Slips of the pen in a question are refused with their place, never read as something firmer or larger."""

import pytest

from tests.alliance_in_a_box import ask, data
from tests.schema.test_recognition import COURIER, LOG

QUERY = """query($programme: Key!, $results: [ResultInput!]!, $held: [HeldInput!]! = [],
      $silent: [SilentInput!]! = []) {
  whatIf(institution: "alliance:-:OUC", programme: $programme, results: $results, held: $held,
         silent: $silent, rules: ["OUC-LOG-COURIER"], asOf: {validOn: "2024-03-01"}) {
    judged(first: 20) { nodes { ruleCode verdict target { targetKey } credit { amount } } } } }"""
ELECTIVE = "OUC-LOG-COURIER-ELECTIVE"


def earning(amount):
    return COURIER | {"earned": {"amount": amount, "scheme": "ouc-18h"}}


async def refused(store, **asked):
    body = await ask(store, QUERY, **{"results": [COURIER], "programme": LOG} | asked)
    return body["errors"][0]["extensions"]


@pytest.mark.parametrize(
    "amount", ["1_0", "1e1", "+4", "-4", "٤", "0x4", "4.", ".5", "4 0", "", "NaN", "4,5"]
)
async def test_an_amount_is_digits_with_or_without_a_point_and_nothing_else(demo, amount):
    told = await refused(demo, results=[earning(amount)])
    assert (told["code"], told["facts"]["field"]) == ("RESULT_CREDIT", "earned")


@pytest.mark.parametrize("amount", ["4", "4.0", "4.0000", "04", "４", " 4 "])
async def test_an_amount_is_the_same_in_each_of_its_spellings(demo, amount):
    found = await data(demo, QUERY, programme=LOG, results=[earning(amount)])
    [one] = [each for each in found["whatIf"]["judged"]["nodes"] if each["ruleCode"] == ELECTIVE]
    assert one["credit"]["amount"] == "2"


@pytest.mark.parametrize(
    "day", ["20230601", "2023-W22-1", "2023-6-1", "2023-06-01T00:00:00", "２０２３-06-01"]
)
async def test_a_day_is_written_in_one_way(demo, day):
    told = await refused(demo, results=[COURIER | {"completion": {"firstDay": day, "lastDay": "2023-06-01"}}])
    assert (told["code"], told["facts"]["argument"]) == ("MALFORMED_DATE", "firstDay")


@pytest.mark.parametrize("whole", ["r9", COURIER["resultId"], ""])
async def test_a_result_is_part_of_another_result_of_the_question_or_refused(demo, whole):
    told = await refused(demo, results=[COURIER | {"partOf": whole}])
    assert (told["code"], told["facts"]["field"]) == ("RESULT_UNKNOWN_CODE", "partOf")


async def test_a_target_held_that_nobody_knows_is_refused_and_a_known_one_is_already_held(demo):
    known = {"outcome": "ouc-course:2020:02321", "state": "HELD"}
    told = await refused(demo, held=[known, known | {"outcome": "ouc-course:2020:99999"}])
    assert (told["code"], told["facts"]) == ("HELD_UNKNOWN", {"place": 1})
    found = await data(demo, QUERY, programme=LOG, results=[COURIER], held=[known])
    verdicts = {one["target"]["targetKey"]: one["verdict"] for one in found["whatIf"]["judged"]["nodes"]}
    assert verdicts["ouc-course:2020:02321"] == "ALREADY_HELD"


@pytest.mark.parametrize(
    "named", [{"issuers": ["alliance:-:NOBODY"]}, {"keepsConsumptionOf": ["alliance:-:X"]}]
)
async def test_a_silent_source_that_speaks_for_nobody_known_is_refused_and_firms_no_verdict(demo, named):
    told = await refused(demo, results=[], silent=[{"source": "yzpj"} | named])
    assert (told["code"], told["facts"]) == ("SILENT_UNKNOWN", {"place": 0})
    silent = {"source": "yzpj", "issuers": ["alliance:-:YZPJ"]}
    found = await data(demo, QUERY, programme=LOG, results=[], silent=[silent])
    assert {one["verdict"] for one in found["whatIf"]["judged"]["nodes"]} == {"UNDECIDED"}
