"""Question 12, double use: what is consumed, where, and which rules that blocks."""

import pytest

from tests.alliance_in_a_box import ask, code, data

LOG = "ouc-programme:2021:LOG-Z"
QUERY = """query($results: [ResultInput!]!, $consumed: [ConsumedInput!]!, $programme: Key) {
  whatIf(institution: "alliance:-:OUC", programme: $programme, results: $results, consumed: $consumed,
         asOf: {validOn: "2024-03-01"}) {
    judged(first: 50) { nodes { ruleCode verdict why gives } }
    blocked(first: 50) { nodes { ruleCode version verdict why otherwise lost { amount scheme }
      target { targetKind targetKey }
      blockedBy { consumedPlace ruleCode version institutionKey programmeKey usedResults } } } } }"""

COURIER = {
    "resultId": "r1",
    "outcome": "postal-cert:2019:COURIER-1",
    "completion": {"firstDay": "2023-06-01", "lastDay": "2023-06-01"},
}
USED = {
    "usedResults": ["r1"],
    "ruleCode": "OUC-LOG-COURIER-ELECTIVE",
    "version": 1,
    "programme": LOG,
    "appliedOn": "2023-09-01",
    "targets": [
        {
            "targetKind": "ELECTIVE",
            "targetKey": "elective-major",
            "credit": {"amount": "2", "scheme": "ouc-18h"},
        }
    ],
}


async def asked(demo, *consumed, results=(COURIER,), programme=LOG):
    found = await data(demo, QUERY, results=list(results), consumed=list(consumed), programme=programme)
    return found["whatIf"]


async def test_a_result_used_by_one_rule_blocks_the_other_and_says_by_what_and_where(demo):
    answer = await asked(demo, USED)
    blocked = [one for one in answer["blocked"]["nodes"] if one["ruleCode"] == "OUC-LOG-COURIER"]
    assert {one["target"]["targetKey"] for one in blocked} == {
        "ouc-course:2020:02321",
        "ouc-course:2020:02322",
        "ouc-course:2020:02323",
    }
    assert {(one["verdict"], one["why"], one["otherwise"]) for one in blocked} == {
        ("EXCLUDED", "CONSUMED", "MEETS_RULE")
    }
    assert sorted(one["lost"]["amount"] for one in blocked) == ["2", "3", "3"]
    assert blocked[0]["blockedBy"] == [
        {
            "consumedPlace": 0,
            "ruleCode": "OUC-LOG-COURIER-ELECTIVE",
            "version": 1,
            "institutionKey": "alliance:-:OUC",
            "programmeKey": LOG,
            "usedResults": ["r1"],
        }
    ]


async def test_without_consumption_nothing_is_blocked(demo):
    answer = await asked(demo)
    assert answer["blocked"]["nodes"] == []
    assert "MEETS_RULE" in {one["verdict"] for one in answer["judged"]["nodes"]}


async def test_what_was_used_in_another_programme_blocks_nothing_here(demo):
    answer = await asked(demo, USED | {"programme": "ouc-programme:2021:ELD-Z"})
    assert answer["blocked"]["nodes"] == []


async def test_a_programme_left_out_is_the_one_asked_about_and_hides_no_double_use(demo):
    unsaid = {name: told for name, told in USED.items() if name != "programme"}
    assert (await asked(demo, unsaid))["blocked"] == (await asked(demo, USED))["blocked"]


async def test_a_programme_left_out_is_no_programme_where_another_institution_granted_it(demo):
    elsewhere = {name: told for name, told in USED.items() if name != "programme"}
    answer = await asked(demo, elsewhere | {"institution": "alliance:-:DWOU"})
    assert answer["blocked"]["nodes"] == []


async def test_of_two_applications_only_that_which_used_the_result_is_named(demo):
    other = USED | {"usedResults": ["elsewhere"], "ruleCode": "OUC-LOG-ALT", "targets": []}
    answer = await asked(demo, other, USED)
    blocked = [one for one in answer["blocked"]["nodes"] if one["ruleCode"] == "OUC-LOG-COURIER"]
    assert {row["consumedPlace"] for one in blocked for row in one["blockedBy"]} == {1}


BAD = {
    "TOO_MANY_CONSUMED": [USED] * 101,
    "CONSUMED_MALFORMED": [USED, USED | {"programme": "no key"}],
    "CONSUMED_UNKNOWN_CODE": [USED, USED | {"ruleCode": "NO-SUCH-RULE"}],
}


@pytest.mark.parametrize("wanted", BAD)
async def test_bad_consumption_is_refused_with_its_code(demo, wanted):
    assert await code(demo, QUERY, results=[], consumed=BAD[wanted]) == wanted


def target(**more):
    return {"targets": [USED["targets"][0] | more]}


FIELDS = {
    "usedResults": {"usedResults": [" r1"]},
    "ruleCode": {"ruleCode": ""},
    "version": {"version": 0},
    "institution": {"institution": "nowhere"},
    "programme": {"programme": "x"},
    "agreement": {"agreement": "a\nb"},
    "targetKey": target(targetKind="UNIT", targetKey="none"),
    "targetKind": target(targetKind="PROGRAMME", targetKey=LOG),
    "credit": target(credit={"amount": "-1", "scheme": "ouc-18h"}),
    "targets": {"targets": USED["targets"] * 201},
}
UNKNOWN = {
    "version": {"version": 99},
    "institution": {"institution": "alliance:-:NOBODY"},
    "programme": {"programme": "ouc-programme:1999:LOG-Z"},
    "agreement": {"agreement": "AGR-NONE"},
    "targetKey": target(targetKind="OUTCOME", targetKey="ouc-course:2020:99999"),
    "credit": target(credit={"amount": "1", "scheme": "none"}),
}
PLACES = [("CONSUMED_MALFORMED", *one) for one in FIELDS.items()] + [
    ("CONSUMED_UNKNOWN_CODE", *one) for one in UNKNOWN.items()
]


@pytest.mark.parametrize(("wanted", "field", "spoilt"), PLACES)
async def test_a_refusal_names_the_place_and_the_field(demo, wanted, field, spoilt):
    body = await ask(demo, QUERY, results=[], consumed=[USED, USED | spoilt])
    told = body["errors"][0]["extensions"]
    assert (told["code"], told["facts"]) == (wanted, {"place": 1, "field": field})
