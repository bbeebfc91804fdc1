"""What is true of the rest kind, against a real server in a process of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest
import yaml

from connectors.dispatch import Dispatch
from connectors.notices import NoticeCode, Status
from connectors.question import Asking
from connectors.records import LearnerKey, Precision
from connectors.registry import Registry, find
from connectors.roster import Roster
from tests.connectors.alliance import consenting, everywhere, question
from tests.connectors.processes import running

S1, S2, S3, S9 = (LearnerKey(scheme="student", code=code) for code in ("s1", "s2", "s3", "s9"))

PAGED = """
source: north
member: north-college
connector: rest
title: {zh: 北方学院, en: North College}
issuers: [uscc:-:121000004000000001]
key_schemes: [student]
traffic: {private: [127.0.0.0/8]}
settings:
  url: http://127.0.0.1:%(port)s
  auth: {kind: api_key, header: X-Key, key: hush-hush}
  results:
    path: /students/{code}/results
    key_scheme: student
    absent: true
    paging: {kind: page, param: page, size_param: size, size: 2}
    rows: data.items
    map: &map
      id: id
      learner: student.no
      outcome: {scheme: north, code: course.code}
      title: course.name
      credit: {scheme: cn, amount: credit}
      mark: score
      completed: finished
"""


@pytest.fixture(scope="module")
def port():
    with running(Path(__file__).with_name("college.py")) as port:
        yield port


def declared(port: str, **settings) -> dict:
    said = yaml.safe_load(PAGED % {"port": port})
    common = {"map": said["settings"]["results"]["map"], "key_scheme": "student"}
    if "results" in settings:
        settings["results"] = common | settings["results"]
    said["settings"] |= settings
    return said


@asynccontextmanager
async def dispatching(folder: Path, *said: dict):
    for each in said:
        (folder / f"{each['source']}.yaml").write_text(yaml.safe_dump(each))
    learners = (S1, S2, S3, S9)
    async with Roster(Registry(folder)) as roster:
        assert roster.quarantined == ()
        yield Dispatch(roster, everywhere("north", learners=learners), consenting("north", learners=learners))


async def asked(folder: Path, said: dict, *learners: LearnerKey):
    async with dispatching(folder, said) as dispatch:
        return [each.replies[0] for each in await dispatch.results(question(*learners))]


def test_a_rest_member_is_declared_in_under_forty_lines():
    assert len(PAGED.strip().splitlines()) < 40


async def test_results_are_read_page_by_page(port, tmp_path):
    first, third, ninth = await asked(tmp_path, declared(port), S1, S3, S9)
    assert (first.status, len(first.records)) == (Status.ANSWERED, 5)
    assert first.records[0].earned.amount == Decimal("2.5")
    assert first.records[0].title.zh == "阿卜杜拉·买买提与数据结构"
    assert first.records[0].grade.value == "85.5"
    assert (third.status, ninth.status) == (Status.EMPTY, Status.EMPTY)


async def test_an_endpoint_that_is_not_there_is_no_empty_answer(port, tmp_path):
    said = declared(port)
    said["settings"]["results"]["absent"] = False
    (reply,) = await asked(tmp_path, said, S9)
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.NOT_THERE)


async def test_a_wrong_key_is_refused_and_not_shown(port, tmp_path, caplog):
    said = declared(port, auth={"kind": "api_key", "header": "X-Key", "key": "wrong-key"})
    (reply,) = await asked(tmp_path, said, S1)
    assert (reply.status, reply.notice.code) == (Status.REFUSED, NoticeCode.CREDENTIALS_REFUSED)
    assert "wrong-key" not in caplog.text
    assert "s1" not in caplog.text


async def test_twenty_learners_are_one_call_and_rows_are_taken_by_key(port, tmp_path):
    results = {
        "path": "/batch",
        "method": "POST",
        "body": {"ids": "{codes}"},
        "rows": "@",
        "batch": 50,
        "paging": None,
    }
    said = declared(port, auth={"kind": "basic", "name": "hub", "password": "hush-hush"}, results=results)
    first, second, third = await asked(tmp_path, said, S1, S2, S3)
    assert [len(each.records) for each in (first, second, third)] == [5, 3, 0]
    assert {each.learner.code for each in first.records} == {"s1"}
    codes = {first.notice.code, *(each.code for each in first.remarks)}
    assert codes == {NoticeCode.DUPLICATES, NoticeCode.FOREIGN_RECORDS}
    async with aiohttp.ClientSession() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/counts")
        assert (await answer.json())["batch"] == 1


@pytest.mark.parametrize(
    ("path", "paging", "rows"),
    [
        ("/cursor", {"kind": "cursor", "param": "after", "next": "next"}, "items"),
        ("/link", {"kind": "link"}, "@"),
    ],
)
async def test_pages_are_followed_by_cursor_and_by_link(port, tmp_path, path, paging, rows):
    results = {"path": path, "params": {"s": "{code}"}, "paging": paging, "rows": rows}
    (reply,) = await asked(tmp_path, declared(port, results=results), S1)
    assert len(reply.records) == 5


@pytest.mark.parametrize("loops", [False, True])
async def test_a_cursor_in_a_header_is_followed_to_the_end_and_no_further(port, tmp_path, loops):
    paging = {"kind": "cursor", "param": "after", "header": "x-NEXT"}
    params = {"s": "{code}", "above": "1"} | ({"loops": "1"} if loops else {})
    results = {"path": "/cursor", "params": params, "paging": paging, "rows": "items"}
    (reply,) = await asked(tmp_path, declared(port, results=results), S1)
    if loops:
        assert reply.notice.code is NoticeCode.PAGING_ENDLESS
    else:
        assert [each.id for each in reply.records] == [f"s1-{number}" for number in range(5)]


async def test_a_looping_cursor_is_endless_paging(port, tmp_path):
    paging = {"kind": "cursor", "param": "after", "next": "next"}
    results = {"path": "/cursor", "params": {"s": "{code}", "loops": "1"}, "paging": paging, "rows": "items"}
    (reply,) = await asked(tmp_path, declared(port, results=results), S1)
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.PAGING_ENDLESS)


async def test_a_link_to_another_host_is_not_followed(port, tmp_path):
    params = {"s": "{code}", "lures": "http://169.254.169.254/latest"}
    results = {"path": "/link", "params": params, "paging": {"kind": "link"}, "rows": "@"}
    (reply,) = await asked(tmp_path, declared(port, results=results), S1)
    assert reply.notice.code is NoticeCode.REDIRECTED


def signed(port, secret="hush-hush"):
    auth = {"kind": "hmac", "client": "hub", "secret": secret}
    errors = {"when": "code != '0'", "code": "code", "known": {"1001": "empty", "4010": "refused"}}
    results = {"path": "/signed", "params": {"s": "{code}"}, "rows": "data", "paging": None}
    return declared(port, auth=auth, errors=errors, results=results)


async def test_a_signed_request_is_accepted_and_errors_inside_200_are_understood(port, tmp_path):
    first, ninth = await asked(tmp_path, signed(port), S1, S9)
    assert (len(first.records), ninth.status) == (5, Status.EMPTY)
    (wrong,) = await asked(tmp_path, signed(port, "other"), S1)
    assert wrong.status is Status.REFUSED


async def test_an_unknown_error_inside_200_is_said_to_be_one(port, tmp_path):
    said = signed(port, "other")
    said["settings"]["errors"]["known"] = {}
    (reply,) = await asked(tmp_path, said, S1)
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.SAYS_NO)


def guarded(port, **params):
    auth = {
        "kind": "oauth2",
        "token_url": f"http://127.0.0.1:{port}/token",
        "client": "hub",
        "secret": "hush-hush",
    }
    results = {"path": "/guarded", "params": {"s": "{code}", **params}, "rows": "@", "paging": None}
    return declared(port, auth=auth, results=results)


async def test_a_token_is_fetched_kept_and_fetched_anew_when_it_was_revoked(port, tmp_path):
    async with dispatching(tmp_path, guarded(port)) as dispatch:
        for _ in range(2):
            (held,) = await dispatch.results(question(S1))
            assert len(held.replies[0].records) == 5
        async with aiohttp.ClientSession() as client:
            await client.get(f"http://127.0.0.1:{port}/revoke")
        (held,) = await dispatch.results(question(S1))
    assert len(held.replies[0].records) == 5


async def token_fetches(port) -> int:
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/counts") as answer:
        return (await answer.json()).get("token", 0)


async def test_many_calls_that_need_a_token_at_once_fetch_one_and_one_more_when_it_was_revoked(
    port, tmp_path
):
    fetches = [await token_fetches(port)]
    async with dispatching(tmp_path, guarded(port)) as dispatch:
        for _ in range(2):
            held = await dispatch.results(question(S1, S2, S3))
            assert [len(each.replies[0].records) for each in held] == [5, 3, 0]
            fetches.append(await token_fetches(port))
            async with aiohttp.ClientSession() as client:
                await client.get(f"http://127.0.0.1:{port}/revoke")
    assert [after - before for before, after in pairwise(fetches)] == [1, 1]


async def test_calls_that_wait_for_a_token_share_the_refusal_and_later_ones_ask_again(port, tmp_path):
    said = guarded(port)
    said["settings"]["auth"]["secret"] = "wrong"
    before = await token_fetches(port)
    async with dispatching(tmp_path, said) as dispatch:
        held = await dispatch.results(question(S1, S2, S3))
        together = await token_fetches(port)
        await dispatch.results(question(S1))
    assert {each.replies[0].status for each in held} == {Status.REFUSED}
    assert (together - before, await token_fetches(port) - together) == (1, 1)


async def test_a_token_that_is_never_accepted_is_refused(port, tmp_path):
    (reply,) = await asked(tmp_path, guarded(port, never="1"), S1)
    assert reply.status is Status.REFUSED


XML = {
    "path": "/xml",
    "params": {"s": "{code}"},
    "paging": None,
    "rows": "results.result",
    "map": {
        "id": "_id",
        "learner": "student",
        "outcome": {"scheme": "north", "code": "course._code"},
        "title": "course._text",
        "credit": {"scheme": "cn", "amount": "credit"},
        "completed": "on",
    },
}


async def test_xml_in_gb18030_behind_a_wrong_label_is_read(port, tmp_path):
    said = declared(port, format="xml", reading={"codec": "gb18030"}, results=XML)
    (reply,) = await asked(tmp_path, said, S1)
    assert len(reply.records) == 5
    assert reply.records[0].completion.precision is Precision.MONTH
    assert reply.records[0].title.zh.startswith("阿卜杜拉")


async def test_xml_with_a_doctype_is_refused(port, tmp_path):
    results = XML | {"params": {"s": "{code}", "bomb": "1"}}
    said = declared(port, format="xml", reading={"codec": "gb18030"}, results=results)
    (reply,) = await asked(tmp_path, said, S1)
    assert reply.status is Status.UNREADABLE


XPATH = {
    "path": "/xml",
    "params": {"s": "{code}"},
    "paging": None,
    "rows": "xpath:/results/result",
    "map": {
        "id": "xpath:@id",
        "learner": "xpath:student",
        "outcome": {"scheme": "north", "code": "xpath:course/@code"},
        "title": "xpath:normalize-space(course)",
        "credit": {"scheme": "cn", "amount": "xpath:number(credit) * 2"},
        "completed": "xpath:on[1]",
    },
}


async def test_xml_by_xpath_says_the_same_as_by_jmespath(port, tmp_path):
    said = [
        declared(port, format=way, reading={"codec": "gb18030"}, results=results)
        for way, results in (("xml", XML), ("xpath", XPATH))
    ]
    (plain,), (by_path,) = [await asked(tmp_path, each, S1) for each in said]
    assert [each.id for each in by_path.records] == [each.id for each in plain.records]
    for one, other in zip(by_path.records, plain.records, strict=True):
        assert (one.title, one.outcome, one.completion) == (other.title, other.outcome, other.completion)
        assert one.earned.amount == 2 * other.earned.amount == Decimal(5)


async def test_xml_by_xpath_refuses_a_doctype_too(port, tmp_path):
    results = XPATH | {"params": {"s": "{code}", "bomb": "1"}}
    said = declared(port, format="xpath", reading={"codec": "gb18030"}, results=results)
    (reply,) = await asked(tmp_path, said, S1)
    assert (reply.status, reply.notice.code) == (Status.UNREADABLE, NoticeCode.NOT_READABLE)


@pytest.mark.parametrize(
    ("way", "changed"),
    [
        ("xpath", {"rows": "results.result"}),
        ("xpath", {"map": XPATH["map"] | {"title": "course"}}),
        ("xpath", {"map": XPATH["map"] | {"title": "xpath:course["}}),
        ("xml", {}),
        ("json", {}),
    ],
)
async def test_an_expression_of_another_language_than_the_format_is_found_when_opened(
    port, tmp_path, way, changed
):
    (tmp_path / "north.yaml").write_text(
        yaml.safe_dump(declared(port, format=way, results=XPATH | changed)), "utf-8"
    )
    async with Roster(Registry(tmp_path)) as roster:
        assert [each.code for each in roster.quarantined] == ["north"]
        assert "Misdeclared" in roster.quarantined[0].reason


async def test_a_path_that_finds_several_is_not_taken_for_one(port, tmp_path):
    several = XPATH | {"map": XPATH["map"] | {"id": "xpath:*"}}
    said = declared(port, format="xpath", reading={"codec": "gb18030"}, results=several)
    (reply,) = await asked(tmp_path, said, S1)
    assert reply.status is Status.UNREADABLE


async def test_undeclared_gb18030_is_damage(port, tmp_path):
    (reply,) = await asked(tmp_path, declared(port, format="xml", results=XML), S1)
    assert reply.notice.code is NoticeCode.TEXT_DAMAGED


async def test_catalogue_certificate_and_their_states(port, tmp_path):
    said = declared(
        port,
        catalogue={
            "path": "/catalogue", "params": {"since": "{since}"}, "rows": "items", "cursor": "cursor",
            "outcome": {"scheme": "north", "code": "code"}, "title": "name",
            "credit": {"scheme": "cn", "amount": "credit"}, "removed": "gone",
        },
        certificate={
            "path": "/certificates", "params": {"number": "{number}"}, "rows": "@", "number": "number",
            "holder": "holder", "issued": "on", "valid_to": "until",
        },
    )  # fmt: skip
    async with dispatching(tmp_path, said) as dispatch:
        whole = await dispatch.catalogue("north", None, Asking(scope="p"))
        changed = await dispatch.catalogue("north", "k1", Asking(scope="p"))
        issuer = "uscc:-:121000004000000001"
        (known,) = await dispatch.certificate("Z-1", "阿卜杜拉·买买提", issuer, Asking(scope="p"))
        (other,) = await dispatch.certificate("Z-1", "张三", issuer, Asking(scope="p"))
        nobody = await dispatch.certificate("Z-1", "张三", "uscc:-:2", Asking(scope="p"))
    assert [each.kind.value for each in whole.records[0].changes] == ["PRESENT", "REMOVED"]
    assert (len(changed.records[0].changes), changed.records[0].full, changed.records[0].cursor) == (
        1,
        False,
        "k2",
    )
    assert known.records[0].state.value == "EXPIRED"
    assert (other.status, nobody) == (Status.EMPTY, ())


OPEN = {
    "path": "/open",
    "rows": "@",
    "id": "id",
    "outcome": {"scheme": "north", "code": "course.code"},
    "course_title": "course.name",
    "term": "term",
    "runs": "term",
    "seats": "free",
    "prerequisites": "needs",
}


async def test_open_courses_show_their_prerequisites_and_free_seats(port, tmp_path):
    async with dispatching(tmp_path, declared(port, offerings=OPEN)) as dispatch:
        (one,) = await dispatch.offerings("2025-2026-2", Asking(scope="p"))
        (every,) = await dispatch.offerings(None, Asking(scope="p"))
    assert [each.id for each in one.records] == ["o1"]
    assert [each.key for each in one.records[0].course.prerequisites] == ["north:-:C1"]
    assert (one.records[0].seats, len(every.records)) == (12, 2)


def spoil(row):
    raise RuntimeError(row)


async def test_a_code_slot_stands_anywhere_and_its_failure_is_named(port, tmp_path):
    said = declared(port)
    said["settings"]["results"]["map"]["title"] = "py:builtins:len"
    (reply,) = await asked(tmp_path, said, S1)
    assert reply.records[0].title.zh == "6"
    said["settings"]["results"]["map"]["title"] = "py:tests.connectors.rest.test_rest:spoil"
    (reply,) = await asked(tmp_path, said, S1)
    assert reply.status is Status.UNREADABLE


@pytest.mark.parametrize("wrong", ["course..code", "py:nowhere:f", "py:builtins:nothing"])
async def test_a_wrong_expression_is_found_when_opened(port, tmp_path, wrong):
    said = declared(port)
    said["settings"]["results"]["map"]["title"] = wrong
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(said))
    async with Roster(Registry(tmp_path)) as roster:
        assert roster.open == ()
        assert [each.code for each in roster.quarantined] == ["north"]


@pytest.mark.parametrize("wrong", ["course..code", "py:nowhere:f"])
@pytest.mark.parametrize(
    "endpoint",
    [
        {"results": {"path": "/x", "rows": "WRONG"}},
        {"results": {"path": "/x", "nested": {"rows": "WRONG"}}},
        {"results": {"path": "/x", "paging": {"kind": "cursor", "next": "WRONG"}}},
        {"catalogue": {"path": "/x", "outcome": {"code": "c", "scheme": "s"}, "title": "WRONG"}},
        {"certificate": {"path": "/x", "number": "WRONG", "holder": "h"}},
        {
            "offerings": {
                "path": "/x", "id": "i", "outcome": {"code": "c", "scheme": "s"}, "course_title": "t",
                "seats": "WRONG",
            }
        },
    ],
    ids=["rows", "nested", "paging", "catalogue", "certificate", "offerings"],
)  # fmt: skip
def test_a_wrong_expression_of_any_endpoint_is_found_when_the_declaration_is_read(
    port, tmp_path, endpoint, wrong
):
    said = declared(port, **yaml.safe_load(yaml.safe_dump(endpoint).replace("WRONG", wrong)))
    (tmp_path / "north.yaml").write_text(yaml.safe_dump(said))
    (aside,) = Registry(tmp_path).load().quarantined
    assert aside.code == "north"
    assert ("nowhere cannot be imported" if wrong.startswith("py:") else "not a JMESPath") in aside.reason


async def test_a_private_address_nobody_named_is_not_connected_to(port, tmp_path):
    (reply,) = await asked(tmp_path, declared(port) | {"traffic": {}}, S1)
    assert reply.notice.code is NoticeCode.ADDRESS_FORBIDDEN


def test_the_connector_is_installed():
    assert "rest" in find().manifests
