"""What members hold of a learner, asked through the whole schema: everybody answers for themselves."""

import asyncio
import re
from dataclasses import replace
from datetime import date

import pytest

from connectors.consent import GrantBook
from connectors.errors import SourceUnavailable
from connectors.linkage import LinkBook
from connectors.policy import Policy
from connectors.records import Completion, Identifier, LearnerKey, Link, Proof, Text, Verification
from graph import ties
from graph.engines import EngineSettings, choose
from graph.store import Store
from graph.ties import Change, TieState, Wanted
from schema.anchors import Anchors
from tests.connectors.alliance import source
from tests.members_beside import ANA, POST, beside, credit, grade, record

COURIER = "postal-cert:2019:COURIER-1"
RECORD = """recordId source title { zh } identifier { scheme edition code } outcome { key title { zh } }
  tie { tying outcomeKey candidates } earned { amount scheme } grade { scheme value }
  completion { firstDay lastDay precision } status verification proof obtained attempts partOf vanished
  provenance { connector recordVersion mappedBy }"""
HOLDINGS = (
    """query($code: Code! = "ana", $purpose: String! = "recognition", $grant: String = "g", $within: Float,
  $sources: [Code!]! = [], $require: [Code!]! = [], $complete: Boolean! = false, $knownAt: DateTime) {
  learner(key: {scheme: "hub", code: $code}, purpose: $purpose, basis: "consent", grant: $grant,
          asOf: {knownAt: $knownAt}) {
    holdings(within: $within, sources: $sources, require: $require, complete: $complete) {
      coverage { asked answered complete refused missing counts { status count }
        notices { notice { code text { zh en } actor remedy { zh en } retry retryAfter } sources count } }
      replies { source member status elapsed fetchedAt sourceAsOf freshness
        notice { code text { zh en } actor remedy { zh en } retry retryAfter count } remarks { code }
        records { """
    + RECORD
    + """ } }
      unmapped { source recordId tie { tying candidates } } } } }"""
)


async def courier(learners, call):
    return {key: [record(key, COURIER, issuer=_id(POST))] for key in learners}


async def two(learners, call):
    return {key: [record(key, COURIER), record(key, "nobody:1:X")] for key in learners}


async def down(learners, call):
    raise SourceUnavailable


async def forever(learners, call):
    await asyncio.Event().wait()


def _id(key):
    scheme, edition, code = key.split(":")
    return Identifier(scheme=scheme, edition=edition, code=code)


async def held(hub, **variables):
    return (await hub.data(HOLDINGS, **variables))["learner"]["holdings"]


def statuses(answer):
    return {reply["source"]: reply["status"] for reply in answer["replies"]}


async def test_records_come_with_the_outcomes_they_are_of_and_who_gave_them(demo):
    async with beside(demo, source("b", courier)[0], source("a", two)[0]) as hub:
        answer = await held(hub)
    assert [reply["source"] for reply in answer["replies"]] == ["a", "b"]
    assert answer["coverage"] | {"counts": None} == {
        "asked": 2,
        "answered": 2,
        "complete": True,
        "refused": False,
        "missing": [],
        "counts": None,
        "notices": [],
    }
    (post,) = answer["replies"][1]["records"]
    assert post["outcome"] == {"key": COURIER, "title": {"zh": "快递员职业技能等级证书（初级）"}}
    assert post["tie"] == {"tying": "BY_CODE", "outcomeKey": COURIER, "candidates": []}
    assert post["completion"] == {"firstDay": "2023-06-01", "lastDay": "2023-06-01", "precision": "DAY"}
    assert (post["status"], post["verification"], post["obtained"]) == ("COMPLETED", "VERIFIED", "STUDY")
    assert answer["unmapped"] == [
        {"source": "a", "recordId": "r-X", "tie": {"tying": "UNMAPPED", "candidates": []}}
    ]


async def test_a_silent_source_is_told_and_the_others_are_unchanged(demo):
    async with beside(demo, source("a", courier)[0], source("b", courier)[0]) as hub:
        healthy = await held(hub)
    async with beside(demo, source("a", courier)[0], source("b", down)[0]) as hub:
        answer = await held(hub)
    assert still(answer["replies"][0]) == still(healthy["replies"][0])
    sick = answer["replies"][1]
    assert (sick["status"], sick["records"], sick["notice"]["code"]) == ("SILENT", [], "UNREACHABLE")
    assert sick["notice"]["text"]["zh"]
    assert sick["notice"]["remedy"]["en"]
    assert (answer["coverage"]["complete"], answer["coverage"]["missing"]) == (False, ["b"])


def still(reply):
    """A reply without what the clock says."""
    return reply | {"elapsed": None, "fetchedAt": None}


async def test_equal_notices_of_many_sources_are_grouped_and_counted(demo):
    sources = [source(f"s{n:02}", down)[0] for n in range(30)]
    async with beside(demo, *sources) as hub:
        answer = await held(hub)
    (one,) = answer["coverage"]["notices"]
    assert (one["notice"]["code"], one["count"], len(one["sources"])) == ("UNREACHABLE", 30, 30)


async def test_an_incomplete_answer_is_refused_as_a_whole_with_the_same_notices(demo):
    async with beside(demo, source("a", courier)[0], source("b", down)[0]) as hub:
        plain, whole, named = (
            await held(hub),
            await held(hub, complete=True),
            await held(hub, require=["b"]),
        )
        satisfied = await held(hub, require=["a"])
    for refused in (whole, named):
        assert refused["coverage"]["refused"]
        assert [reply["records"] for reply in refused["replies"]] == [[], []]
        assert refused["coverage"]["notices"] == plain["coverage"]["notices"]
    assert not satisfied["coverage"]["refused"]
    assert len(satisfied["replies"][0]["records"]) == 1


async def test_a_source_left_out_by_the_question_is_not_asked_and_the_answer_says_so(demo):
    (first, asked), (second, spared) = source("a", courier), source("b", courier)
    async with beside(demo, first, second) as hub:
        answer = await held(hub, sources=["a"])
    assert statuses(answer) == {"a": "ANSWERED", "b": "SKIPPED_BY_POLICY"}
    assert answer["coverage"]["missing"] == ["b"]
    assert (len(asked.asked), spared.asked) == (1, [])


async def test_unlinked_sources_get_no_question_and_no_consent_is_asked_for_them(demo):
    (first, _), (second, spy) = source("a", courier), source("b", courier)
    links = LinkBook({ANA: [Link(source="a", key=ANA)]})
    async with beside(demo, first, second, links=links) as hub:
        answer = await held(hub)
    assert statuses(answer) == {"a": "ANSWERED", "b": "UNLINKED"}
    assert answer["coverage"]["complete"]
    assert spy.asked == []


async def test_without_consent_for_the_purpose_nobody_is_asked(demo):
    there, spy = source("a", courier)
    async with beside(demo, there) as hub:
        for wrong in ({"purpose": "marketing"}, {"grant": "other"}, {"grant": None}):
            assert statuses(await held(hub, **wrong)) == {"a": "NO_CONSENT"}
    async with beside(demo, there, consent=GrantBook()) as hub:
        assert statuses(await held(hub)) == {"a": "NO_CONSENT"}
    assert spy.asked == []


async def test_twenty_learners_in_one_operation_are_one_call_to_each_source(demo):
    learners = [LearnerKey(scheme="hub", code=f"x{n}") for n in range(20)]
    (first, one), (second, other) = source("a", courier), source("b", two)
    asked = " ".join(
        f"""l{n}: learner(key: {{scheme: "hub", code: "x{n}"}}, purpose: "recognition", basis: "consent",
        grant: "g") {{ holdings {{ replies {{ source records {{ recordId outcome {{ key }} }} }} }} }}"""
        for n in range(20)
    )
    async with beside(demo, first, second, learners=learners) as hub:
        before = demo.round_trips
        answer = await hub.data("{" + asked + "}")
        trips = demo.round_trips - before
    assert [len(each.asked) for each in (one, other)] == [1, 1]
    assert len(one.asked[0]) == 20
    assert trips <= 6
    assert {len(one["holdings"]["replies"]) for one in answer.values()} == {2}


async def test_a_hanging_source_costs_its_own_reply_and_no_more_than_the_time_given(demo):
    async with beside(demo, source("a", courier)[0], source("b", forever)[0]) as hub:
        answer = await asyncio.wait_for(held(hub, within=0.3), 5)
        assert statuses(answer) == {"a": "ANSWERED", "b": "SILENT"}
        assert answer["replies"][1]["notice"]["code"] == "TIMED_OUT"
        body = await asyncio.wait_for(hub.ask(HOLDINGS, within=30, seconds=1.0), 5)
    assert statuses(body["data"]["learner"]["holdings"])["b"] == "SILENT"


async def test_a_code_without_edition_is_tied_by_the_edition_valid_then(demo):
    bare = Identifier(scheme="ouc-course", code="02321")

    async def both(learners, call):
        days = {"old": date(2022, 6, 1), "new": date(2024, 6, 1)}
        return {
            key: [
                record(key, COURIER, id=name, outcome=bare, completion=Completion(first=day, last=day))
                for name, day in days.items()
            ]
            for key in learners
        }

    async with beside(demo, source("a", both)[0]) as hub:
        (reply,) = (await held(hub))["replies"]
        known = await hub.data(
            '{ outcomesByKey(keys: ["ouc-course:2020:02321", "ouc-course:2023:02321"]) '
            "{ key validFrom validTo } }"
        )
    found = {one["recordId"]: one["tie"] for one in reply["records"]}
    fits = {
        name: [
            one["key"]
            for one in known["outcomesByKey"]
            if one and (one["validFrom"] or "0") <= day and (one["validTo"] is None or day < one["validTo"])
        ]
        for name, day in (("old", "2022-06-01"), ("new", "2024-06-01"))
    }
    for name, keys in fits.items():
        if len(keys) == 1:
            assert found[name] == {"tying": "BY_CODE", "outcomeKey": keys[0], "candidates": []}
        else:
            assert found[name]["tying"] == "PROPOSED"
            assert set(keys) <= set(found[name]["candidates"])


async def test_a_confirmed_tie_places_records_from_then_on_and_not_before(demo):
    async def foreign(learners, call):
        return {key: [record(key, "north:-:KD-1")] for key in learners}

    wanted = Wanted("a", "north:-:KD-1", COURIER)
    async with beside(demo, source("a", foreign)[0]) as hub:
        assert (await held(hub))["unmapped"][0]["tie"]["tying"] == "UNMAPPED"
        await ties.change(demo, [Change(wanted, TieState.PROPOSED)], "a", four_eyes=True)
        proposed = (await held(hub))["unmapped"][0]["tie"]
        (confirmed,) = await ties.change(demo, [Change(wanted, TieState.CONFIRMED)], "b", four_eyes=True)
        now = (await held(hub))["replies"][0]["records"][0]
        then = await held(hub, knownAt=confirmed.history[0].recorded_at.isoformat())
    assert proposed == {"tying": "PROPOSED", "candidates": [COURIER]}
    assert (now["tie"]["tying"], now["outcome"]["key"]) == ("CONFIRMED", COURIER)
    assert then["unmapped"] == [] or then["unmapped"][0]["tie"]["tying"] == "PROPOSED"


async def test_whatever_a_record_lacks_is_null_and_nothing_else_is(demo):
    async def bare(learners, call):
        full = record(
            learners[0],
            COURIER,
            earned=credit("2.5", "ouc-18h"),
            grade=grade("percent", "85"),
            verification=Verification.UNVERIFIED,
            proof=Proof.INVALID,
        )
        empty = record(learners[0], COURIER, id="e", outcome=None, title=Text(), completion=None)
        return {learners[0]: [full, empty]}

    async with beside(demo, source("a", bare)[0]) as hub:
        empty, full = (await held(hub))["replies"][0]["records"]
    assert [empty[name] for name in ("identifier", "outcome", "earned", "grade", "completion")] == [None] * 5
    assert empty["tie"]["tying"] == "UNMAPPED"
    assert full["earned"] == {"amount": "2.5", "scheme": "ouc-18h"}
    assert (full["proof"], full["verification"]) == ("INVALID", "UNVERIFIED")


async def test_the_answer_is_the_same_whatever_the_order_of_arrival(demo):
    def after(seconds):
        async def put(learners, call):
            await asyncio.sleep(seconds)
            return await two(learners, call)

        return put

    orders = []
    for waits in ((0.0, 0.1, 0.05), (0.1, 0.0, 0.05)):
        sources = [source(code, after(wait))[0] for code, wait in zip("cab", waits, strict=True)]
        async with beside(demo, *sources) as hub:
            orders.append([still(reply) for reply in (await held(hub))["replies"]])
    assert orders[0] == orders[1]


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"code": ""}, "MALFORMED_CODE"),
        ({"code": "x" * 200}, "MALFORMED_CODE"),
        ({"purpose": " "}, "LEARNER_MALFORMED"),
        ({"grant": "x" * 121}, "LEARNER_MALFORMED"),
        ({"within": 0.0}, "BAD_WITHIN"),
        ({"within": 31.0}, "BAD_WITHIN"),
        ({"sources": [f"s{n}" for n in range(51)]}, "TOO_MANY_KEYS"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_its_code(demo, variables, code):
    there, spy = source("a", courier)
    async with beside(demo, there) as hub:
        assert await hub.code(HOLDINGS, **variables) == code
    assert spy.asked == []


async def test_records_are_given_untied_while_the_graph_is_away():
    away = Store(choose(EngineSettings(uri="bolt://127.0.0.1:1")))
    async with beside(away, source("a", courier)[0]) as hub:
        answer = await held(hub)
    (one,) = answer["replies"][0]["records"]
    assert (one["recordId"], one["outcome"], one["tie"]) == ("r-COURIER-1", None, None)


async def test_a_hundred_learners_asked_at_once_never_mix(demo):
    learners = [LearnerKey(scheme="hub", code=f"x{n}") for n in range(100)]

    async def own(asked, call):
        await asyncio.sleep(0.01)
        return {key: [record(key, COURIER, id=f"of-{key.code}")] for key in asked}

    policy = Policy(concurrent=100, waiting=500)
    async with beside(
        demo, source("a", own, policy=policy)[0], source("b", own, policy=policy)[0], learners=learners
    ) as hub:
        answers = await asyncio.gather(*(held(hub, code=each.code) for each in learners))
    for learner, answer in zip(learners, answers, strict=True):
        given = {one["recordId"] for reply in answer["replies"] for one in reply["records"]}
        assert given == {f"of-{learner.code}"}


async def test_nothing_personal_is_in_the_repr_of_what_the_hub_holds_meanwhile(demo, caplog):
    name = "阿依努尔·买买提艾力"

    async def strange(learners, call):
        raise RuntimeError(name)

    async def named(learners, call):
        return {key: [record(key, COURIER, id=name, title=Text(zh=name))] for key in learners}

    who = LearnerKey(scheme="hub", code=name)
    caplog.set_level("DEBUG")
    async with beside(demo, source("a", strange)[0], source("b", named)[0], learners=[who]) as hub:
        answer = await held(hub, code=name)
        shown = repr((hub.board, vars(hub.board.dispatch), hub.board.roster))
    assert answer["replies"][1]["records"][0]["recordId"] == name
    assert not re.search("买买提|阿依", caplog.text + shown)


async def test_the_learner_is_not_asked_of_when_holdings_are_not_asked_for(demo):
    there, spy = source("a", courier)
    async with beside(demo, there) as hub:
        await hub.data(
            '{ learner(key: {scheme: "hub", code: "ana"}, purpose: "p", basis: "b") { __typename } }'
        )
    assert spy.asked == []


async def test_once_warm_records_are_tied_without_a_trip_to_the_graph_and_a_changed_tie_is_seen(demo):
    async def given(learners, call):
        return {key: [record(key, COURIER), record(key, "north:-:KD-2")] for key in learners}

    wanted = Wanted("a", "north:-:KD-2", COURIER)
    async with beside(demo, source("a", given)[0]) as hub:
        cold = await held(hub)
        before = demo.round_trips
        warm = await held(hub)
        trips = demo.round_trips - before
        await ties.change(demo, [Change(wanted, TieState.CONFIRMED)], "a", four_eyes=False)
        changed = await held(hub)
    # In tests both are asked each time, else once a second: what is published, and how many ties changed.
    assert trips == 2
    assert [len(one["unmapped"]) for one in (cold, warm)] == [1, 1]
    assert changed["unmapped"] == []


async def test_what_codes_mean_is_looked_up_in_memory_alone_for_a_while_and_until_we_change_a_tie(demo):
    async def given(learners, call):
        return {key: [record(key, COURIER), record(key, "north:-:KD-3")] for key in learners}

    wanted = Wanted("a", "north:-:KD-3", COURIER)
    async with beside(demo, source("a", given)[0]) as hub:
        hub.board = replace(hub.board, anchors=Anchors(demo, lasts=60))
        cold = await held(hub)
        before = demo.round_trips
        warm = await held(hub)
        trips = demo.round_trips - before
        await ties.change(demo, [Change(wanted, TieState.CONFIRMED)], "a", four_eyes=False)
        elsewhere = await held(hub)
        hub.board.anchors.forget()
        ours = await held(hub)
    assert trips == 1  # what is published, which in tests is asked each time
    assert [len(one["unmapped"]) for one in (cold, warm, elsewhere, ours)] == [1, 1, 1, 0]
    assert [each["records"] for each in warm["replies"]] == [each["records"] for each in cold["replies"]]


async def test_anchors_are_bounded_and_ties_as_they_were_are_never_kept(demo):
    async def many(learners, call):
        return {key: [record(key, f"north:-:N-{place}") for place in range(5)] for key in learners}

    async with beside(demo, source("a", many)[0]) as hub:
        kept = {}
        for most in (4, 5):
            hub.board = replace(hub.board, anchors=Anchors(demo, lasts=0, most=most))
            now = [await held(hub), await held(hub)]
            assert [len(each["unmapped"]) for each in now] == [5, 5]
            kept[most] = hub.board.anchors.kept
        await held(hub, knownAt="2026-01-01T00:00:00+08:00")
        assert hub.board.anchors.kept == kept[5]
    assert kept == {4: 0, 5: 5}
