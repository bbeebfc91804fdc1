"""Recognition of a learner whose members are asked: the same verdicts as typed, and silence made visible."""

from datetime import date

import pytest
from msgspec.structs import replace

from connectors.errors import SourceUnavailable
from connectors.linkage import LinkBook
from connectors.records import Completion, Link, Proof, ResultStatus
from schema.context import ANONYMOUS
from tests.connectors.alliance import source
from tests.members_beside import ANA, POST, beside, credit, grade, record

OUC, LOG = "alliance:-:OUC", "ouc-programme:2021:LOG-Z"
COURIER = "postal-cert:2019:COURIER-1"
TYPED = {
    "resultId": "post:r-COURIER-1",
    "outcome": COURIER,
    "issuer": POST,
    "completion": {"firstDay": "2023-06-01", "lastDay": "2023-06-01"},
    "earned": {"amount": "3", "scheme": "ouc-18h"},
    "verification": "VERIFIED",
}
ASKED = {"key": {"scheme": "hub", "code": "ana"}, "purpose": "recognition", "basis": "consent", "grant": "g"}
WHAT_IF = """query($results: [ResultInput!]! = [], $learner: LearnerInput, $silent: [SilentInput!]! = [],
    $rules: [Code!]! = ["OUC-LOG-COURIER", "OUC-LOG-COURIER-ELECTIVE"]) {
  whatIf(institution: "alliance:-:OUC", programme: "ouc-programme:2021:LOG-Z", results: $results,
         learner: $learner, silent: $silent, rules: $rules, asOf: {validOn: "2024-03-01"}) {
    hypothetical incomplete unevaluated mightConcern { source ruleCount }
    judged(first: 50) { nodes { ruleCode verdict gives why evidenceIds deciding credit { amount scheme }
      target { targetKey } } }
    coverage { asked answered complete missing notices { notice { code } sources } }
    unmapped { recordId source tie { tying candidates } } } }"""
PLAIN = WHAT_IF.replace("$learner: LearnerInput, ", "").replace("learner: $learner, ", "")
PLAIN = PLAIN[: PLAIN.index("    coverage")] + "} }"


def post(put, **more):
    there, spy = source("post", put)
    return replace(there, issuers=(POST,), **more), spy


def school(put):
    there, spy = source("school", put)
    return replace(there, issuers=("alliance:-:APTECH",)), spy


async def courier(learners, call):
    return {key: [record(key, COURIER, earned=credit("3", "ouc-18h"))] for key in learners}


async def nothing(learners, call):
    return {}


async def down(learners, call):
    raise SourceUnavailable


async def asked(hub, **variables):
    return (await hub.data(WHAT_IF, learner=ASKED, **variables))["whatIf"]


def verdicts(answer):
    return {
        (one["ruleCode"], one["target"]["targetKey"]): (one["verdict"], one["gives"], one["credit"])
        for one in answer["judged"]["nodes"]
    }


async def test_a_members_record_counts_for_what_the_same_typed_result_counts_for(demo):
    async with beside(demo, post(courier)[0], school(nothing)[0]) as hub:
        answer = await asked(hub)
        typed = (await hub.data(PLAIN, results=[TYPED]))["whatIf"]
    assert answer["judged"] == typed["judged"]
    assert {found[0] for found in verdicts(answer).values()} == {"MEETS_RULE"}
    assert answer["judged"]["nodes"][0]["evidenceIds"] == ["post:r-COURIER-1"]
    assert answer["coverage"] == {
        "asked": 2,
        "answered": 2,
        "complete": True,
        "missing": [],
        "notices": [],
    }
    assert (answer["hypothetical"], answer["incomplete"], answer["unmapped"]) == (False, False, [])


async def test_exactly_the_verdicts_that_a_silent_source_could_change_become_undecided(demo):
    async with beside(demo, post(courier)[0], school(nothing)[0]) as hub:
        whole = await asked(hub)
    async with beside(demo, post(courier)[0], school(down)[0]) as hub:
        other = await asked(hub)
    async with beside(demo, post(down)[0], school(nothing)[0]) as hub:
        gone = await asked(hub)
        said = (await hub.data(PLAIN, silent=[{"source": "post", "issuers": [POST]}], results=[]))["whatIf"]
    assert verdicts(other) == verdicts(whole)
    assert other["coverage"]["missing"] == ["school"]
    assert gone["judged"] == said["judged"]
    assert {(one["verdict"], tuple(one["deciding"])) for one in gone["judged"]["nodes"]} == {
        ("UNDECIDED", ("post",))
    }
    assert gone["coverage"]["notices"] == [{"notice": {"code": "UNREACHABLE"}, "sources": ["post"]}]


async def test_a_silent_source_that_names_no_issuer_or_is_not_known_yet_may_speak_for_any(demo):
    nameless = replace(post(down)[0], issuers=())
    async with beside(demo, nameless, school(nothing)[0]) as hub:
        assert {one["verdict"] for one in (await asked(hub))["judged"]["nodes"]} == {"UNDECIDED"}
    astray = LinkBook({ANA: [Link(source="nowhere", key=ANA)]})
    async with beside(demo, post(courier)[0], links=astray) as hub:
        answer = await asked(hub)
    assert {one["verdict"] for one in answer["judged"]["nodes"]} == {"UNDECIDED"}
    assert answer["coverage"]["missing"] == ["nowhere"]


async def test_a_source_that_keeps_consumption_decides_what_was_met(demo):
    async with beside(demo, post(courier)[0], school(nothing)[0]) as hub:
        assert {one[0] for one in verdicts(await asked(hub)).values()} == {"MEETS_RULE"}
    keeper = replace(school(down)[0], issuers=(), keeps_consumption_of=(OUC,))
    async with beside(demo, post(courier)[0], keeper) as hub:
        answer = await asked(hub)
    assert {one["verdict"] for one in answer["judged"]["nodes"]} == {"UNDECIDED"}


async def test_without_consent_a_source_is_silent_and_its_verdicts_undecided(demo):
    async with beside(demo, post(courier)[0]) as hub:
        answer = (await hub.data(WHAT_IF, learner=ASKED | {"grant": None}))["whatIf"]
    assert {one["verdict"] for one in answer["judged"]["nodes"]} == {"UNDECIDED"}
    assert answer["coverage"]["notices"] == [{"notice": {"code": "NO_CONSENT"}, "sources": ["post"]}]


async def test_an_unlinked_source_is_not_silent(demo):
    async with beside(demo, post(courier)[0], learners=[]) as hub:
        answer = await asked(hub)
    assert {one["verdict"] for one in answer["judged"]["nodes"]} == {"NOT_MET"}
    assert answer["coverage"]["complete"]


async def test_what_cannot_be_tied_counts_for_nothing_and_is_listed(demo):
    async def foreign(learners, call):
        return {key: [record(key, "nobody:1:X"), *(await courier([key], call))[key]] for key in learners}

    async with beside(demo, post(foreign)[0]) as hub:
        answer = await asked(hub)
    assert {one[0] for one in verdicts(answer).values()} == {"MEETS_RULE"}
    assert answer["unmapped"] == [
        {"recordId": "r-X", "source": "post", "tie": {"tying": "UNMAPPED", "candidates": []}}
    ]


async def test_the_same_result_from_two_sources_is_one(demo):
    async with beside(demo, post(courier)[0], replace(school(courier)[0], issuers=(POST,))) as hub:
        answer = await asked(hub)
    assert {one[0] for one in verdicts(answer).values()} == {"MEETS_RULE"}
    assert {tuple(one["evidenceIds"]) for one in answer["judged"]["nodes"]} == {("post:r-COURIER-1",)}


async def test_two_sources_that_disagree_leave_the_result_unverified(demo):
    def with_credit(amount):
        async def put(learners, call):
            return {key: [record(key, COURIER, earned=credit(amount, "ouc-18h"))] for key in learners}

        return put

    second = replace(school(with_credit("4"))[0], issuers=(POST,))
    async with beside(demo, post(with_credit("3"))[0], second) as hub:
        answer = await asked(hub)
    assert {one[0] for one in verdicts(answer).values()} == {"UNVERIFIED"}


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"proof": Proof.INVALID}, "UNVERIFIED"),
        ({"proof": Proof.WEAK_ALGORITHM}, "UNVERIFIED"),
        ({"vanished": True}, "UNVERIFIED"),
        ({"status": ResultStatus.REVOKED}, "NOT_MET"),
        ({"grade": grade("no-such-scheme", "A")}, "CONDITIONAL"),
        ({"earned": credit("3", "no-such-scheme")}, "MEETS_RULE"),
        (
            {"completion": Completion(first=date(2024, 2, 1), last=date(2024, 4, 1))},
            "CONDITIONAL",
        ),
    ],
)
async def test_what_a_record_says_of_itself_decides_how_it_counts(demo, fields, verdict):
    async def put(learners, call):
        return {key: [record(key, COURIER, **fields)] for key in learners}

    async with beside(demo, post(put)[0]) as hub:
        answer = await asked(hub, rules=["OUC-LOG-COURIER"])
    assert {found[0] for (rule, _), found in verdicts(answer).items() if rule == "OUC-LOG-COURIER"} == {
        verdict
    }


async def test_two_records_under_one_id_are_two_results_and_conflict(demo):
    async def put(learners, call):
        return {
            key: [record(key, COURIER, earned=credit(amount, "ouc-18h")) for amount in ("3", "4")]
            for key in learners
        }

    async with beside(demo, post(put)[0]) as hub:
        answer = await asked(hub)
    assert {one[0] for one in verdicts(answer).values()} == {"UNVERIFIED"}


async def test_typed_results_may_stand_beside_a_learners_and_make_the_answer_hypothetical(demo):
    typed = TYPED | {"resultId": "mine"}
    typed.pop("verification")
    async with beside(demo, post(nothing)[0]) as hub:
        answer = await asked(hub, results=[typed])
        assert await hub.code(WHAT_IF, learner=ASKED, results=[typed, typed]) == "RESULT_ID_TWICE"
    assert answer["hypothetical"]
    assert {one[0] for one in verdicts(answer).values()} == {"MEETS_RULE"}
    async with beside(demo, post(courier)[0]) as hub:
        assert await hub.code(WHAT_IF, learner=ASKED, results=[TYPED]) == "RESULT_ID_TWICE"


async def test_a_learner_is_not_asked_about_for_those_who_may_not(demo):
    there, spy = post(courier)
    async with beside(demo, there) as hub:
        assert await hub.code(WHAT_IF, learner=ASKED, viewer=ANONYMOUS) == "PERSONAL_REFUSED"
        assert "errors" not in await hub.ask(PLAIN, results=[TYPED], viewer=ANONYMOUS)
    assert spy.asked == []
