"""Offerings, catalogues, certificates, members and ties, asked through the whole schema."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from connectors import memory
from connectors.content import content
from connectors.contract import Offers, Verb
from connectors.errors import SourceUnavailable
from connectors.memory import Book
from connectors.offered import CatalogueChanges, CatalogueItem, Change, ChangeKind, Course, Offering
from connectors.records import Certificate, CertificateState, Identifier, Proof, Text
from connectors.source import Source
from connectors.standings import Noted, Standing, note
from schema.context import ANONYMOUS
from tests.connectors.alliance import source
from tests.members_beside import POST, beside

COURIER = "postal-cert:2019:COURIER-1"
NAME = "阿依努尔·买买提艾力"
CHECK = """query($number: String! = "N-1", $name: String!, $issuer: Key! = "alliance:-:YZPJ") {
  verifyCertificate(number: $number, name: $name, issuer: $issuer) { certificateFinding
    coverage { asked answered complete }
    replies { source status notice { code } certificates { number holder certificateState proof
      identifier { scheme edition code } } } } }"""
TIE = """mutation($source: Code! = "a", $code: Key! = "north:-:KD-1", $outcome: Key! = "%s",
    $by: Code! = "x") {
  tie: %s(tie: {source: $source, tiedCode: $code, outcomeKey: $outcome, setBy: $by}) {
    source tiedCode outcomeKey tieState setBy history { tieState setBy } } }"""
PROPOSE, CONFIRM, RETRACT = (TIE % (COURIER, name) for name in ("proposeTie", "confirmTie", "retractTie"))


@pytest.fixture
async def untied(demo):
    await demo.write("MATCH (t:Tie) OPTIONAL MATCH (t)-->(v:TieVersion) DETACH DELETE t, v")
    return demo


def booked(code: str, issuers=(), **book) -> Source:
    return Source(
        code=code,
        member=f"member-{code}",
        manifest=memory.MANIFEST,
        settings=Book(**book),
        offers=memory.MANIFEST.offers,
        issuers=issuers,
    )


def certificate(**fields) -> Certificate:
    given = {"number": "N-1", "holder": NAME, "outcome": identified(COURIER), "proof": Proof.VALID}
    return Certificate(**(given | fields))


def identified(key: str) -> Identifier:
    scheme, edition, code = key.split(":")
    return Identifier(scheme=scheme, edition=edition, code=code)


async def check(hub, **variables):
    return (await hub.data(CHECK, **({"name": NAME} | variables)))["verifyCertificate"]


async def test_a_certificate_is_verified_at_the_sources_of_its_issuer_alone(demo):
    speaking, other = booked("a", (POST,), certificates=(certificate(),)), booked("b", ("x:-:Y",))
    async with beside(demo, speaking, other) as hub:
        found = await check(hub)
    assert found["certificateFinding"] == "CONFIRMED"
    (reply,) = found["replies"]
    assert reply["source"] == "a"
    assert reply["certificates"] == [
        {
            "number": "N-1",
            "holder": NAME,
            "certificateState": "VALID",
            "proof": "VALID",
            "identifier": {"scheme": "postal-cert", "edition": "2019", "code": "COURIER-1"},
        }
    ]


async def test_number_and_name_must_go_together(demo):
    async with beside(demo, booked("a", (POST,), certificates=(certificate(),))) as hub:
        for wrong in ({"number": "N-2"}, {"name": "别人"}):
            assert (await check(hub, **wrong))["certificateFinding"] == "NOT_FOUND"


async def test_a_certificate_is_not_denied_while_a_source_is_silent_or_nobody_speaks_for_the_issuer(demo):
    async def down(learners, call):
        raise SourceUnavailable

    silent = source("b", down, verbs={Verb.RESULTS})[0]
    async with beside(demo, replace(silent, issuers=(POST,))) as hub:
        found = await check(hub)
        nobody = await check(hub, issuer="x:-:Y")
    assert (found["certificateFinding"], found["replies"][0]["status"]) == ("UNDECIDED", "NOT_OFFERED")
    assert (nobody["certificateFinding"], nobody["replies"]) == ("UNDECIDED", [])


async def test_sources_that_disagree_about_a_certificate_are_both_shown(demo):
    first = booked("a", (POST,), certificates=(certificate(),))
    second = booked("b", (POST,), certificates=(certificate(state=CertificateState.REVOKED),))
    async with beside(demo, first, second) as hub:
        found = await check(hub)
    assert found["certificateFinding"] == "CONFLICTING"
    assert [reply["certificates"][0]["certificateState"] for reply in found["replies"]] == [
        "VALID",
        "REVOKED",
    ]


def offering(code: str, *prerequisites: str) -> Offering:
    return Offering(
        id=code,
        course=Course(
            outcome=identified(code),
            title=Text(zh="开放课程"),
            prerequisites=tuple(identified(each) for each in prerequisites),
        ),
        term="2024-1",
        seats=3,
    )


async def test_open_courses_come_with_their_prerequisites_linked_to_outcomes(demo):
    given = (offering("ouc-course:2020:02323", COURIER, "nobody:1:X"),)
    async with beside(demo, booked("a", offerings=given), booked("b")) as hub:
        found = await hub.data(
            """{ offerings(term: "2024-1", asOf: {validOn: "2024-03-01"}) { source status offered { offeringId
              term seats course { outcome { key } } requires { identifier { code } outcome { key } } } } }""",
            viewer=ANONYMOUS,
        )
    assert [(reply["source"], reply["status"]) for reply in found["offerings"]] == [
        ("a", "ANSWERED"),
        ("b", "EMPTY"),
    ]
    (course,) = found["offerings"][0]["offered"]
    assert (course["offeringId"], course["seats"]) == ("ouc-course:2020:02323", 3)
    assert [one["outcome"] for one in course["requires"]] == [{"key": COURIER}, None]


async def test_a_catalogue_is_shown_as_sent_and_publishes_nothing(demo):
    changes = (
        Change(
            outcome=identified(COURIER),
            item=CatalogueItem(outcome=identified(COURIER), title=Text(zh="改了名")),
        ),
        Change(outcome=identified("new:1:X"), kind=ChangeKind.REMOVED),
    )
    sent = CatalogueChanges(changes=changes, full=True, cursor="c2")
    query = """{ catalogue(source: "a") { status full lineCount changesCursor lines { change named {
      identifier { code } outcome { key title { zh } } } } } }"""
    async with beside(demo, booked("a", catalogue=sent)) as hub:
        found = (await hub.data(query))["catalogue"]
        assert await hub.code(query, viewer=ANONYMOUS) == "GOVERNING_REFUSED"
        assert await hub.code(query.replace('"a"', '"z"')) == "SOURCE_UNKNOWN"
    assert (found["full"], found["lineCount"], found["changesCursor"]) == (True, 2, "c2")
    assert found["lines"][0]["named"]["outcome"] == {
        "key": COURIER,
        "title": {"zh": "快递员职业技能等级证书（初级）"},
    }
    assert found["lines"][1] == {
        "change": "REMOVED",
        "named": {"identifier": {"code": "X"}, "outcome": None},
    }


MEMBERS = """{ members { member sources { source connector offers speaksFor isOpen resting quarantined
  lastSync { lastPublishedAt } health { status well } } } }"""


async def test_members_are_listed_with_what_their_sources_offer_and_how_they_are(demo):
    async with beside(demo, booked("b", (POST,)), source("a")[0]) as hub:
        found = (await hub.data(MEMBERS, viewer=ANONYMOUS))["members"]
        reason = "{ members { sources { quarantineReason } } }"
        assert await hub.code(reason, viewer=ANONYMOUS) == "GOVERNING_REFUSED"
        assert (await hub.data(reason))["members"][0]["sources"] == [{"quarantineReason": None}]
    assert [one["member"] for one in found] == ["member-b", "member-of-a"]
    (whole,), (plain,) = (one["sources"] for one in found)
    assert whole["health"] == {"status": "ANSWERED", "well": True}
    assert set(whole["offers"]) == {verb.name for verb in Verb}
    assert (plain["offers"], plain["health"], plain["lastSync"]) == (["RESULTS"], None, None)


STANDINGS = "{ members { sources { source standing earlierStanding } } }"


async def shown(hub) -> dict[str, tuple[str | None, str | None]]:
    """Give the standing of each source, and the earlier one."""
    told = (await hub.data(STANDINGS))["members"]
    sources = [source for member in told for source in member["sources"]]
    return {each["source"]: (each["standing"], each["earlierStanding"]) for each in sources}


async def test_a_source_shows_the_standing_noted_of_its_connector_as_it_is_now(demo, tmp_path):
    file = tmp_path / "standings.yaml"
    now = content(memory.MANIFEST)
    before = content(replace(memory.MANIFEST, version="0"))
    async with beside(demo, booked("a"), standings=file) as hub:
        seen = [(await shown(hub))["a"]]
        for version, standing, of in (("0", "GOLD", before), ("1", "SILVER", now), ("1", "GOLD", "")):
            note(file, Noted("memory", version, Standing(standing), content=of))
            note(file, Noted("other", "1", Standing.NONE))
            seen.append((await shown(hub))["a"])
        file.write_text("{", "utf-8")
        seen.append((await shown(hub))["a"])
    assert seen == [(None, None), (None, "GOLD"), ("SILVER", None), (None, "GOLD"), (None, None)]


async def test_a_standing_noted_of_a_source_as_declared_is_that_sources_alone(demo, tmp_path):
    file = tmp_path / "standings.yaml"
    one = booked("a")
    note(file, Noted("memory", "1", Standing.GOLD, content=content(memory.MANIFEST)))
    note(file, Noted("memory", "1", Standing.NONE, "a", content(memory.MANIFEST, one.settings)))
    note(file, Noted("memory", "1", Standing.SILVER, "b", content(memory.MANIFEST, one.settings)))
    changed = booked("b", links={"hub:x": ()})
    async with beside(demo, one, changed, booked("c"), standings=file) as hub:
        told = await shown(hub)
    assert told == {"a": ("NONE", None), "b": (None, "SILVER"), "c": ("GOLD", None)}, (
        "what was found of a source before a change is not hidden behind what was found of its connector"
    )


async def test_the_last_sync_is_when_something_of_the_source_was_last_published(demo):
    rows = await demo.read("MATCH (i:Import {state: 'PUBLISHED'}) RETURN i.source AS s, i.endedAt AS e")
    known = booked(rows[-1]["s"])
    async with beside(demo, known) as hub:
        found = (await hub.data(MEMBERS))["members"][0]["sources"][0]
    assert datetime.fromisoformat(found["lastSync"]["lastPublishedAt"]) == max(
        datetime.fromisoformat(row["e"]) for row in rows if row["s"] == known.code
    )


async def test_a_source_that_cannot_be_opened_is_shown_set_aside_with_its_reason(demo):
    wrong = replace(source("a")[0], offers=Offers(verbs=frozenset({Verb.HEALTH})))
    async with beside(demo, wrong, booked("b")) as hub:
        found = await hub.data("{ members { sources { source isOpen quarantined quarantineReason } } }")
    (one,) = found["members"][1]["sources"]
    assert (one["source"], one["isOpen"], one["quarantined"]) == ("a", False, True)
    assert "health" in one["quarantineReason"]


async def test_a_tie_is_proposed_by_one_and_confirmed_by_another(untied):
    async with beside(untied, booked("a")) as hub:
        first = (await hub.data(PROPOSE))["tie"]
        assert await hub.code(CONFIRM) == "TIE_OWN_PROPOSAL"
        second = (await hub.data(CONFIRM, by="y"))["tie"]
        again = (await hub.data(CONFIRM, by="z"))["tie"]
        third = (await hub.data(RETRACT))["tie"]
        listed = await hub.data(
            '{ ties(source: "a") { nodes { tiedCode tieState history { tieState } } } }', viewer=ANONYMOUS
        )
        assert await hub.code('{ ties(after: "x") { nodes { source } } }') == "BAD_CURSOR"
    assert (first["tieState"], second["tieState"], third["tieState"]) == (
        "PROPOSED",
        "CONFIRMED",
        "RETRACTED",
    )
    assert again == second
    assert [one["setBy"] for one in third["history"]] == ["x", "y", "x"]
    assert listed["ties"]["nodes"] == [
        {
            "tiedCode": "north:-:KD-1",
            "tieState": "RETRACTED",
            "history": [{"tieState": state} for state in ("PROPOSED", "CONFIRMED", "RETRACTED")],
        }
    ]


async def test_an_outcome_is_named_in_whatever_case_and_stored_in_its_schemes(untied):
    async with beside(untied, booked("a")) as hub:
        made = (await hub.data(PROPOSE, outcome="postal-cert:2019:courier-1"))["tie"]
    assert made["outcomeKey"] == COURIER


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"source": "z"}, "SOURCE_UNKNOWN"),
        ({"outcome": "postal-cert:2019:NONE"}, "OUTCOME_UNKNOWN"),
        ({"outcome": "x"}, "MALFORMED_KEY"),
        ({"code": "x"}, "MALFORMED_KEY"),
        ({"by": " "}, "MALFORMED_CODE"),
    ],
)
async def test_a_tie_of_what_nobody_knows_is_refused_and_nothing_is_kept(untied, variables, code):
    async with beside(untied, booked("a")) as hub:
        assert await hub.code(PROPOSE, **variables) == code
        assert (await hub.data("{ ties { nodes { source } } }"))["ties"]["nodes"] == []


async def test_ties_change_only_for_those_who_may(untied):
    async with beside(untied, booked("a")) as hub:
        for change in (PROPOSE, CONFIRM, RETRACT):
            assert await hub.code(change, viewer=ANONYMOUS) == "GOVERNING_REFUSED"
        assert (await hub.data("{ ties { nodes { source } } }"))["ties"]["nodes"] == []
