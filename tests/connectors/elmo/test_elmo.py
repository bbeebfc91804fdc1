"""What is true of the elmo kind, against a real server in a process of its own and files in a folder."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import aiohttp
import pytest

from connectors.clock import WallClock
from connectors.contract import settings_of
from connectors.dispatch import Dispatch
from connectors.elmo import MANIFEST
from connectors.errors import Misdeclared
from connectors.notices import NoticeCode, Status
from connectors.policy import Policy
from connectors.question import Asking
from connectors.records import Freshness, LearnerKey, Precision, Proof, ResultStatus, Text, Verification
from connectors.roster import Declared, Roster
from connectors.source import Source
from tests.connectors.alliance import consenting, everywhere, question
from tests.connectors.elmo.documents import Signer, course, elmo, tor
from tests.connectors.processes import running

PUBLISHED = Path(__file__).with_name("published")
SHELF = Path(__file__).parents[1] / "shelf.py"
ANA, BAO, NIL = (LearnerKey(scheme="national", code=code) for code in ("110105A", "110105B", "119999N"))


def key(code):
    return LearnerKey(scheme="national", code=code)


@pytest.fixture(scope="module")
def north():
    return Signer()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder, and a real server that shows it."""
    folder = tmp_path_factory.mktemp("shelf")
    with running(SHELF, str(folder), "hush-hush") as port:
        yield folder, f"http://127.0.0.1:{port}"


def settings(place, **fields):
    where = {"url": place} if str(place).startswith("http") else {"folder": str(place)}
    results = {
        "path": "/{code}.xml" if "url" in where else "{code}.xml",
        "key_scheme": "national",
        "absent": True,
    }
    given = {"outcome_scheme": "north", **where, "results": results | fields.pop("results", {})}
    return settings_of(MANIFEST, given | fields)


@asynccontextmanager
async def dispatching(made, *learners, **policy):
    source = Source(
        code="a", member="m", manifest=MANIFEST, settings=made, offers=MANIFEST.offered(made),
        policy=Policy(**({"private": ("127.0.0.0/8",), "tries": 1} | policy)),
    )  # fmt: skip
    async with Roster(Declared(source), WallClock()) as roster:
        assert roster.quarantined == ()
        yield Dispatch(roster, everywhere("a", learners=learners), consenting("a", learners=learners))


async def asked(made, *learners, **policy):
    async with dispatching(made, *learners, **policy) as dispatch:
        return [each.replies[0] for each in await dispatch.results(question(*learners))]


async def one(folder, text, learner=ANA, **fields):
    (folder / f"{learner.code}.xml").write_text(text, "utf-8")
    (reply,) = await asked(settings(folder, **fields), learner)
    return reply


def remarks(reply):
    return {each.code for each in (reply.notice, *reply.remarks) if each is not None}


async def test_the_published_degree_of_120_credits_keeps_its_part_of_15_apart():
    made = settings(PUBLISHED, results={"path": "elmo-v1.xml"}, reading={"damaged": 2})
    (reply,) = await asked(made, key("83041200000"))
    by_code = {each.outcome.code: each for each in reply.records if each.outcome}
    degree, part = by_code["MNM2-BIO"], by_code["EKSTERN"]
    assert (degree.earned.amount, part.earned.amount) == (Decimal(120), Decimal(15))
    assert (degree.parts, part.part_of, degree.part_of) == ((part.id,), degree.id, None)
    whole = [each for each in reply.records if each.part_of is None and each.earned]
    assert sum(each.earned.amount for each in whole) == Decimal(126)
    assert {each.earned.scheme for each in whole} == {"ects"}
    assert len(reply.records) == 6


async def test_the_published_example_is_read_in_every_part():
    made = settings(
        PUBLISHED, results={"path": "elmo-v1.xml"}, reading={"damaged": 2}, grades={"AM": "american"}
    )
    (reply,) = await asked(made, key("83041200000"))
    by_title = {each.title.en: each for each in reply.records}
    compilers = by_title["Compiler construction"]
    assert (compilers.completion.first, compilers.completion.precision) == (date(2015, 3, 17), Precision.DAY)
    assert {each.key for each in compilers.levels} == {"EQF:-:5", "NQF:-:5"}
    assert (compilers.grade.scheme, compilers.grade.value) == ("0-100", "45.1")
    external = by_title["Identifying ectomycorrhizal fungi (University of Copenhagen)"].completion
    assert (external.first, external.last, external.precision) == (
        date(2010, 1, 15), date(2010, 7, 2), Precision.TERM,
    )  # fmt: skip
    assert by_title["The importance of <br> in HTML"].grade.scheme == "american"
    assert by_title["Lecture"].hours == Decimal(30)
    assert {each.proof for each in reply.records} == {Proof.WEAK_ALGORITHM}
    assert {each.verification for each in reply.records} == {Verification.UNVERIFIED}
    assert remarks(reply) == {NoticeCode.SIGNATURE_UNCHECKED, NoticeCode.TEXT_DAMAGED}


async def test_the_damaged_title_in_the_published_example_is_noticed_where_no_damage_was_declared():
    (reply,) = await asked(settings(PUBLISHED, results={"path": "elmo-v1.xml"}), key("83041200000"))
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.TEXT_DAMAGED)


async def test_a_published_example_of_the_second_version_is_read():
    made = settings(PUBLISHED, results={"path": "elmo-v2.xml"})
    (reply,) = await asked(made, key("22000129"))
    assert {each.outcome.code for each in reply.records} == {"1000-217bMRJ", "44557788", "BSC-INF"}
    assert sum(each.earned.amount for each in reply.records if each.earned) == Decimal(186)
    assert {each.issuer.key for each in reply.records} == {"schac:-:tu.berlin"}
    assert {each.proof for each in reply.records} == {Proof.UNSIGNED}


async def test_a_published_ewp_transcript_belongs_to_its_mobility():
    mobility = key("b1ab0888-a5ce-45e8-8c51-e3c6f677b58f")
    made = settings(PUBLISHED, results={"path": "ewp-tors.xml", "identifier": "omobility-id"})
    first, other = [(await asked(made, each))[0] for each in (mobility, NIL)]
    assert [each.outcome.code for each in first.records] == ["CR/19560ed8-5183-4842-9bb0-2b7e23f56522"]
    assert (other.records, remarks(other) >= {NoticeCode.FOREIGN_RECORDS}) == ((), True)


async def test_a_published_ewp_course_list_is_a_catalogue(shelf):
    folder, url = shelf
    (folder / "courses.xml").write_bytes((PUBLISHED / "ewp-courses.xml").read_bytes())
    made = settings_of(MANIFEST, {"url": url, "outcome_scheme": "north", "courses": {"path": "/courses.xml"}})
    async with dispatching(made) as dispatch:
        reply = await dispatch.catalogue("a", None, Asking(scope="p"))
    first, second = [each.item for each in reply.records[0].changes]
    assert (first.outcome.code, first.title.en) == (
        "CR/f6d14b1f-f330-4956-8819-e24feb12d519", "Introductory calculus",
    )  # fmt: skip
    assert (first.credit.amount, first.credit.scheme, first.hours) == (Decimal(15), "ects", Decimal(60))
    assert [each.code[:3] for each in first.parts] == ["CLS", "CLS"]
    assert (second.kind, second.credit, second.parts) == ("Degree Programme", None, ())


@pytest.mark.parametrize("version", ["v0", "v1", "v2"])
async def test_each_version_of_the_namespace_is_read_and_no_other(tmp_path, version):
    base = "https://github.com/emrex-eu/elmo-schemas/tree/"
    reply = await one(tmp_path, elmo(ANA.code, course(), namespace=base + version))
    assert [each.title for each in reply.records] == [Text(zh="数据结构", en="Course C1")]
    other = await one(tmp_path, elmo(ANA.code, course(), namespace=base + version + "9"))
    assert (other.status, other.notice.code) == (Status.UNREADABLE, NoticeCode.NOT_READABLE)


async def test_resits_are_attempts_at_one_result(tmp_path):
    failed = course(grade="40", date="2023-06-30", status="failed", credit="0")
    reply = await one(tmp_path, elmo(ANA.code, failed, course(grade="75", date="2023-09-01"), course("C2")))
    resat = next(each for each in reply.records if each.outcome.code == "C1")
    assert [each.status for each in resat.attempts] == [ResultStatus.FAILED, ResultStatus.COMPLETED]
    assert (resat.grade.value, resat.earned.amount) == ("75", Decimal(6))
    assert len(reply.records) == 2


async def test_a_trusted_signature_makes_records_verified(tmp_path, north):
    trusted = tmp_path / "north.pem"
    trusted.write_bytes(north.pem)
    signed = north.sign(elmo(ANA.code, course()))
    reply = await one(tmp_path, signed, certificates=[str(trusted)])
    (record,) = reply.records
    assert (record.proof, record.verification, remarks(reply)) == (Proof.VALID, Verification.VERIFIED, set())


async def test_a_signature_is_worth_nothing_where_its_own_certificate_is_all_there_is(tmp_path, north):
    signed = north.sign(elmo(ANA.code, course()))
    for certificates in ([], [_put(tmp_path, Signer("other.example"))]):
        reply = await one(tmp_path, signed, certificates=certificates)
        (record,) = reply.records
        assert (record.proof, record.verification) == (Proof.UNRESOLVABLE, Verification.UNVERIFIED)
        assert remarks(reply) == {NoticeCode.SIGNATURE_UNCHECKED}


def _put(folder, signer, name="trusted.pem"):
    (folder / name).write_bytes(signer.pem)
    return str(folder / name)


async def test_a_trusted_certificate_that_has_ended_still_tells_what_it_signed_from_what_was_changed(
    tmp_path,
):
    old = Signer(ends=datetime(2021, 1, 1, tzinfo=UTC))
    signed = old.sign(elmo(ANA.code, course()))
    trusted = [_put(tmp_path, old)]
    for text, wanted in ((signed, Proof.VALID), (signed.replace(">6<", ">60<"), Proof.INVALID)):
        reply = await one(tmp_path, text, certificates=trusted)
        assert [each.proof for each in reply.records] == [wanted]


async def test_a_changed_credit_makes_the_signature_invalid_and_is_noticed(tmp_path, north):
    signed = north.sign(elmo(ANA.code, course(credit="6")))
    changed = signed.replace("<value>6</value>", "<value>60</value>")
    assert changed != signed
    reply = await one(tmp_path, changed, certificates=[_put(tmp_path, north)], vouches=True)
    (record,) = reply.records
    assert (record.proof, record.verification) == (Proof.INVALID, Verification.UNVERIFIED)
    assert remarks(reply) == {NoticeCode.SIGNATURE_INVALID}


def wrapped(signed, forged):
    """Hide the signed document in a forged one that shows its signature: the classic wrapping."""
    start = signed.index("<ds:Signature")
    signature = signed[start : signed.index("</ds:Signature>") + len("</ds:Signature>")]
    hidden = f"<extension>{signed}</extension>"
    return forged.replace("</elmo>", f"{hidden}{signature}</elmo>")


def referring(signed, forged):
    """The same with the reference moved to the hidden document by an id."""
    return wrapped(
        signed.replace("<elmo ", '<elmo Id="real" ', 1).replace('URI=""', 'URI="#real"'),
        forged.replace("<elmo ", '<elmo Id="forged" ', 1),
    )


@pytest.mark.parametrize("how", [wrapped, referring])
async def test_a_signature_wrapped_around_other_records_verifies_nothing(tmp_path, north, how):
    signed = north.sign(elmo(ANA.code, course("C1")))
    forged = how(signed, elmo(ANA.code, course("FORGED", credit="60")))
    reply = await one(tmp_path, forged, certificates=[_put(tmp_path, north)])
    assert all(each.verification is Verification.UNVERIFIED for each in reply.records)
    assert all(each.proof is Proof.INVALID for each in reply.records)


async def test_a_signature_over_a_part_only_is_no_signature_of_the_document(tmp_path, north):
    part = elmo(ANA.code, course("C1")).replace("<report>", '<report Id="part">')
    signed = north.sign(part, "#part")
    reply = await one(tmp_path, signed, certificates=[_put(tmp_path, north)])
    assert {each.proof for each in reply.records} == {Proof.INVALID}


async def test_comments_inside_a_signed_value_change_nothing(tmp_path, north):
    signed = north.sign(elmo(ANA.code, course(credit="6")))
    split = signed.replace("<value>6</value>", "<value><!-- 6 -->6<!---->" + "</value>")
    reply = await one(tmp_path, split, certificates=[_put(tmp_path, north)])
    (record,) = reply.records
    assert (record.earned.amount, record.proof) == (Decimal(6), Proof.VALID)


async def test_a_signed_transcript_inside_an_ewp_answer_is_verified_by_itself(shelf, tmp_path, north):
    folder, url = shelf
    (folder / "signed").mkdir()
    text = f"<tor><omobility-id>m-1</omobility-id>{north.sign(elmo(ANA.code, course()))}</tor>"
    (folder / "signed" / "m-1").write_text(text, "utf-8")
    made = settings(
        url,
        results={"path": "/tors/signed", "repeat": "omobility_id", "identifier": "omobility-id", "batch": 20},
        auth={"kind": "api_key", "header": "X-Key", "key": "hush-hush"},
        certificates=[_put(tmp_path, north)],
    )
    (reply,) = await asked(made, key("m-1"))
    assert [each.proof for each in reply.records] == [Proof.VALID]


async def test_a_signature_with_nothing_in_it_is_invalid_and_hurts_nobody_else(shelf, tmp_path, north):
    folder, url = shelf
    (folder / "emptied").mkdir()
    signed = north.sign(elmo(ANA.code, course()))
    emptied = re.sub("<ds:SignatureValue>[^<]*<", "<ds:SignatureValue><", signed)
    assert emptied != signed
    for code, text in (("m-1", emptied), ("m-2", signed)):
        (folder / "emptied" / code).write_text(
            f"<tor><omobility-id>{code}</omobility-id>{text}</tor>", "utf-8"
        )
    made = settings(
        url,
        results={
            "path": "/tors/emptied",
            "repeat": "omobility_id",
            "identifier": "omobility-id",
            "batch": 20,
        },
        auth={"kind": "api_key", "header": "X-Key", "key": "hush-hush"},
        certificates=[_put(tmp_path, north)],
    )
    replies = await asked(made, key("m-1"), key("m-2"))
    proofs = [[record.proof for record in each.records] for each in replies]
    assert proofs == [[Proof.INVALID], [Proof.VALID]]


async def test_twenty_mobilities_are_one_request_and_each_gets_its_own(shelf):
    folder, url = shelf
    (folder / "twenty").mkdir()
    keys = [key(f"m-{n}") for n in range(20)]
    for each in keys[:-1]:
        (folder / "twenty" / each.code).write_text(tor(each.code, course(f"C-{each.code}")), "utf-8")
    made = settings(
        url,
        results={"path": "/tors/twenty", "repeat": "omobility_id", "identifier": "omobility-id", "batch": 20},
        auth={"kind": "api_key", "header": "X-Key", "key": "hush-hush"},
    )
    replies = await asked(made, *keys)
    codes = [[record.outcome.code for record in each.records] for each in replies]
    assert codes == [[f"C-{each.code}"] for each in keys[:-1]] + [[]]


async def test_unsigned_records_of_the_issuers_own_interface_count_as_verified_where_that_is_declared(
    tmp_path,
):
    for vouches, wanted in ((True, Verification.VERIFIED), (False, Verification.UNVERIFIED)):
        reply = await one(tmp_path, elmo(ANA.code, course()), vouches=vouches)
        assert [each.verification for each in reply.records] == [wanted]


async def test_a_document_dated_without_a_zone_is_dated_by_the_alliances_clocks(tmp_path, elsewhere):
    reply = await one(tmp_path, elmo(ANA.code, course(), generated="2026-03-01T08:00:00"))
    assert reply.as_of == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)


async def test_a_file_tells_its_own_date_and_is_staged(tmp_path):
    reply = await one(tmp_path, elmo(ANA.code, course()))
    assert reply.as_of.date() == date(2026, 3, 1)
    assert reply.records[0].provenance.freshness is Freshness.STAGED


BOMB = (
    '<!DOCTYPE elmo [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE elmo [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
REMOTE = '<!DOCTYPE elmo SYSTEM "%s/elmo.dtd">'


@pytest.mark.parametrize("how", ["bomb", "outside", "remote", "deep", "wide", "cut", "utf-7", "bytes"])
async def test_hostile_xml_is_refused_without_looking_further(shelf, how):
    folder, url = shelf
    good = elmo(ANA.code, course(title="TITLE"))
    hostile = {
        "bomb": BOMB + good.replace("TITLE", "&j;"),
        "outside": OUTSIDE + good.replace("TITLE", "&x;"),
        "remote": REMOTE % url + good,
        "deep": good.replace("TITLE", "<a>" * 300 + "</a>" * 300),
        "wide": good.replace("TITLE", "<a/>" * 60_000),
        "cut": good[: len(good) // 2],
        "utf-7": '<?xml version="1.0" encoding="utf-7"?>' + good.replace("TITLE", "+ADw-x"),
        "bytes": "\x00" + good,
    }[how]
    (folder / "hostile.xml").write_text(hostile, "utf-8")
    (reply,) = await asked(settings(url, results={"path": "/hostile.xml"}), ANA)
    if how == "utf-7":
        assert "+ADw-x" in reply.records[0].title.zh
    else:
        assert reply.status is Status.UNREADABLE
    async with aiohttp.ClientSession() as client:
        counts = await (await client.get(f"{url}/counts")).json()
    assert "elmo.dtd" not in counts
    (folder / "hostile.xml").write_text(good, "utf-8")
    (well,) = await asked(settings(url, results={"path": "/hostile.xml"}), ANA)
    assert (well.status, well.records[0].title.zh) == (Status.ANSWERED, "TITLE")


async def test_an_endless_answer_is_cut_off_and_a_large_file_is_not_read(shelf, tmp_path):
    _, url = shelf
    (reply,) = await asked(settings(url, results={"path": "/endless/{code}"}), ANA, max_bytes=100_000)
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.TOO_LARGE)
    large = await one(tmp_path, elmo(ANA.code, course()) + " " * 5000, most_bytes=4000)
    assert (large.status, large.notice.code) == (Status.UNREADABLE, NoticeCode.TOO_LARGE)


@pytest.mark.parametrize("code", ["../secret", "..", "a/../../secret", "/etc/hostname", "x\x00y", ".hidden"])
async def test_a_code_never_leads_out_of_the_folder(tmp_path, code):
    (tmp_path / "secret.xml").write_text(elmo(code, course()), "utf-8")
    (tmp_path / "in").mkdir()
    (reply,) = await asked(settings(tmp_path / "in"), key(code))
    assert (reply.status, reply.records) == (Status.EMPTY, ())


async def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.xml").write_text(elmo(ANA.code, course()), "utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{ANA.code}.xml").symlink_to(tmp_path / "secret.xml")
    (reply,) = await asked(settings(tmp_path / "in"), ANA)
    assert (reply.status, reply.records) == (Status.REFUSED, ())


async def test_a_folder_that_is_gone_is_silent_and_not_empty(tmp_path):
    (reply,) = await asked(settings(tmp_path / "gone"), ANA)
    assert reply.status is Status.SILENT


async def test_a_document_of_another_learner_is_dropped_and_reported(tmp_path):
    (tmp_path / f"{ANA.code}.xml").write_text(elmo(BAO.code, course()), "utf-8")
    (reply,) = await asked(settings(tmp_path), ANA)
    assert reply.records == ()
    assert remarks(reply) == {NoticeCode.FOREIGN_RECORDS}


@pytest.mark.parametrize(
    ("before", "after"),
    [("<value>6</value>", "<value>-6</value>"), ("<value>6</value>", "<value>1e999</value>"),
     ("2023-06-30", "1900-01-01"), ("2023-06-30", "tomorrow"), ("passed", "almost")],
)  # fmt: skip
async def test_a_value_that_cannot_be_is_unreadable_and_never_shown(tmp_path, caplog, before, after):
    good = elmo(ANA.code, course())
    assert before in good
    reply = await one(tmp_path, good.replace(before, after))
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.NOT_READABLE)
    assert after not in repr(reply)
    assert after not in caplog.text


@pytest.mark.parametrize(
    "wrong", [{}, {"url": "http://x", "folder": "y"}, {"folder": "y", "certificates": ["/no"]}]
)
async def test_settings_that_cannot_work_are_misdeclared(wrong):
    made = settings_of(MANIFEST, {"outcome_scheme": "north", **wrong})
    with pytest.raises(Misdeclared):
        async with MANIFEST.opens(made, None):
            pass
