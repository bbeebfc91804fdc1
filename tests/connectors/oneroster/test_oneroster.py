"""What is true of the oneroster kind, against a real server and as zipped CSV."""

from __future__ import annotations

import asyncio
import json as plain
import subprocess
import sys
import urllib.request
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.call import Call
from connectors.conformance import Conformance, Finding, Standing, examine, standing
from connectors.contract import settings_of
from connectors.errors import SourceError, SourceRefused, SourceUnavailable, SourceUnreadable
from connectors.network import Network
from connectors.notices import NoticeCode
from connectors.offered import ChangeKind
from connectors.oneroster import MANIFEST
from connectors.policy import Policy
from connectors.records import LearnerKey, Obtained, ResultStatus
from connectors.rig import Played, json
from connectors.scenes import Sample, Scene, Stage, Subject
from connectors.session import Session
from tests.connectors.oneroster.archives import archive, sheet
from tests.connectors.oneroster.school import SCHOOL, SECRET, result
from tests.connectors.processes import running

C = NoticeCode
SCOPES = " ".join(
    f"https://purl.imsglobal.org/spec/or/v1p2/scope/{name}.readonly" for name in ("roster-core", "gradebook")
)
ANA, BAO, CEN, DAI, TEN, EVE, NIL = (
    LearnerKey(scheme="guid", code=f"{name}-guid")
    for name in ("ana", "bao", "cen", "dai", "ten", "eve", "nil")
)
COMMON = {
    "scheme": "school",
    "key_scheme": "guid",
    "final": ["final"],
    "credit": {"scheme": "cn", "amount": "course.metadata.credits"},
}


@pytest.fixture(scope="module")
def port():
    with running(Path(__file__).with_name("school.py")) as port:
        yield port


def live(port, how="link", secret=SECRET, **fields):
    auth = {
        "kind": "oauth2",
        "token_url": f"http://127.0.0.1:{port}/token",
        "client": "hub",
        "secret": secret,
        "scope": SCOPES,
    }
    given = {"url": f"http://127.0.0.1:{port}/{how}/ims/oneroster", "auth": auth}
    return settings_of(MANIFEST, COMMON | given | fields)


def staged(folder, **fields):
    return settings_of(MANIFEST, COMMON | {"archives": str(folder), "settled": 0} | fields)


@pytest.fixture(params=["link", "count", "bare", "csv"])
def settings(request, tmp_path, port):
    if request.param == "csv":
        archive(tmp_path / "school-20260227.zip")
        return staged(tmp_path)
    return live(port, request.param)


class Open:
    def __init__(self, settings, transport=None):
        self._session = Session(transport or Network(Policy(private=("127.0.0.0/8",))), Policy(tries=1))
        self._opening = MANIFEST.opens(settings, self._session)

    async def __aenter__(self):
        return await self._opening.__aenter__()

    async def __aexit__(self, *error):
        await self._opening.__aexit__(*error)
        await self._session._transport.close()


async def asked(settings, learner, call=None):
    async with Open(settings) as connector:
        return (await connector.results([learner], call or Call(seconds=10, requests=100))).get(learner)


async def test_final_results_are_records_with_their_course_and_credit(settings):
    (record,) = await asked(settings, ANA)
    assert (record.id, record.outcome.key, record.title.zh) == ("r1", "school:-:C1", "数据结构")
    assert (record.earned.amount, record.grade.value) == (Decimal("2.5"), "85.5")
    assert [each.grade.value for each in record.attempts] == ["40", "85.5"]


async def test_words_are_marks_and_the_failed_are_failed(settings):
    first, second = await asked(settings, BAO)
    assert (first.status, second.grade.value) == (ResultStatus.FAILED, "优秀")


async def test_what_is_to_be_deleted_has_vanished_and_what_is_exempt_was_converted(settings):
    call = Call(seconds=10, requests=100)
    exempt, lost = await asked(settings, CEN, call)
    assert (exempt.obtained, exempt.grade) == (Obtained.CONVERSION, None)
    assert (lost.id, lost.vanished) == ("r7", True)
    assert call.remarks[C.RECORDS_VANISHED] == 1


async def test_an_unfinished_result_is_in_progress_without_a_grade(settings):
    (record,) = await asked(settings, DAI)
    assert (record.status, record.grade) == (ResultStatus.IN_PROGRESS, None)


async def test_nine_of_ten_is_not_read_as_nine_of_a_hundred(settings):
    assert (await asked(settings, TEN)).where == "resultValueMax"


async def test_a_reference_that_leads_nowhere_is_named(settings):
    assert "lineItems" in (await asked(settings, EVE)).where


async def test_an_unknown_learner_has_nothing(settings):
    assert await asked(settings, NIL) in (None, ())
    assert await asked(settings, LearnerKey(scheme="guid", code="x' OR status='active")) in (None, ())


async def test_the_catalogue_is_the_courses_in_full_and_by_their_last_change(settings):
    async with Open(settings) as connector:
        full = await connector.catalogue(None, Call(seconds=10))
        later = await connector.catalogue("2026-02-15T00:00:00Z", Call(seconds=10))
        assert (await connector.health(Call(seconds=10))).well
    assert [(each.outcome.code, each.kind) for each in full.changes] == [
        ("C1", ChangeKind.PRESENT),
        ("C2", ChangeKind.PRESENT),
        ("C3", ChangeKind.REMOVED),
    ]
    assert full.cursor == later.cursor == "2026-02-20T00:00:00Z"
    changed = later.changes[-1:] if later.full else later.changes
    assert [each.outcome.code for each in changed] == ["C3"]


async def test_a_new_bulk_without_days_of_change_is_a_whole_catalogue(tmp_path):
    bare = [
        {name: told for name, told in each.items() if name != "dateLastModified"}
        for each in SCHOOL["courses"]
    ]
    archive(tmp_path / "school-20260227.zip")
    async with Open(staged(tmp_path)) as connector:
        before = await connector.catalogue(None, Call(seconds=10))
        archive(tmp_path / "school-20260228.zip", SCHOOL | {"courses": bare[:1]})
        after = await connector.catalogue(before.cursor, Call(seconds=10))
    assert after.full
    assert [each.outcome.code for each in after.changes] == ["C1"]


async def test_an_archive_is_read_once_however_many_ask_and_leave(tmp_path):
    many = [result(f"x{n}", "nil-guid", "li1", 60) for n in range(20_000)]
    archive(tmp_path / "school-20260227.zip", SCHOOL | {"results": [*SCHOOL["results"], *many]})
    async with Open(staged(tmp_path)) as connector:
        before = len(asyncio.all_tasks())
        for _ in range(5):
            with pytest.raises(SourceUnavailable) as caught:
                await connector.results([ANA], Call(seconds=1e-9))
            assert caught.value.code is C.TIMED_OUT
        assert len(asyncio.all_tasks()) <= before + 1
        (record,) = (await connector.results([ANA], Call(seconds=60)))[ANA]
        assert record.id == "r1"


@pytest.mark.parametrize("how", ["link", "csv"])
async def test_classes_attended_without_a_final_result_are_in_progress(how, port, tmp_path):
    archive(tmp_path / "school-20260227.zip")
    made = staged(tmp_path, enrolled=True) if how == "csv" else live(port, enrolled=True)
    records = await asked(made, ANA)
    assert [(each.outcome.code, each.status.value) for each in records] == [
        ("C1", "COMPLETED"),
        ("C2", "IN_PROGRESS"),
    ]


async def test_what_is_nobodys_is_asked_for_once(port):
    def counts():
        return plain.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/counts").read())

    async with Open(live(port)) as connector:
        await connector.results([ANA], Call(seconds=10))
        before = counts()
        await connector.results([ANA], Call(seconds=10))
        after = counts()
    assert {kind for kind in after if after[kind] != before[kind]} == {"results"}


async def test_a_refused_client_is_told_and_shows_nothing(port):
    with pytest.raises(SourceRefused) as caught:
        await asked(live(port, secret="wrong"), ANA)
    assert caught.value.code is C.CREDENTIALS_REFUSED


@pytest.mark.parametrize(("how", "code"), [("loop", C.PAGING_ENDLESS), ("lure", C.REDIRECTED)])
async def test_pages_that_lead_astray_are_not_followed(how, code, port):
    with pytest.raises(SourceUnreadable) as caught:
        await asked(live(port, how), ANA)
    assert caught.value.code is code


async def test_a_delta_is_read_upon_its_bulk_and_never_alone(tmp_path):
    delta = {
        "results": [
            result("r2", "ana-guid", "li1", 85.5, status="tobedeleted"),
            result("r20", "ana-guid", "li2", 90),
        ]
    }
    archive(tmp_path / "school-20260228.zip", delta, mode="delta")
    with pytest.raises(SourceUnreadable):
        await asked(staged(tmp_path), ANA)
    archive(tmp_path / "school-20260227.zip")
    records = await asked(staged(tmp_path), ANA)
    assert sorted((each.id, each.vanished) for each in records) == [
        ("r1", False),
        ("r2", True),
        ("r20", False),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": "1.1"},
        {"results.csv": b"sourcedId,status\r\nr1"},
        {"results.csv": 'sourcedId,score\r\n"r1,2\r\n'},
        {"results.csv": "sourcedId,score\r\nr1,2,3\r\n"},
        {"results.csv": "sourcedId,score\r\n,2\r\n"},
        {"results.csv": "数据".encode("gb18030")},
    ],
)
async def test_archives_that_are_not_what_they_should_be_are_unreadable(tmp_path, wrong):
    archive(tmp_path / "school-20260227.zip", **wrong)
    with pytest.raises(SourceUnreadable) as caught:
        await asked(staged(tmp_path), ANA)
    assert "ana" not in str(caught.value)


async def test_what_was_packed_wrongly_is_unreadable(tmp_path):
    path = archive(tmp_path / "school-20260227.zip")
    with zipfile.ZipFile(path) as packed:
        begins = packed.getinfo("results.csv").header_offset + 30 + len("results.csv")
    told = bytearray(path.read_bytes())
    told[begins] = 0xFF  # a kind of block there is not
    path.write_bytes(told)
    with pytest.raises(SourceUnreadable) as caught:
        await asked(staged(tmp_path), ANA)
    assert caught.value.where == "results.csv"


async def test_rows_over_the_cap_are_refused_before_the_rest_is_read(tmp_path):
    broken = "sourcedId,lineItemSourcedId,studentSourcedId,scoreStatus\r\n" + "x1,,,\r\nx2,,,\r\n" + '"'
    archive(tmp_path / "school-20260227.zip", SCHOOL | {"results": []}, **{"results.csv": broken})
    with pytest.raises(SourceUnreadable) as caught:
        await asked(staged(tmp_path), ANA)
    assert caught.value.code is C.NOT_READABLE
    with pytest.raises(SourceUnreadable) as caught:
        await asked(staged(tmp_path, most_rows=1), ANA)
    assert caught.value.code is C.TOO_LARGE


async def test_a_maximum_that_is_no_number_is_named(tmp_path):
    items = [dict(each, resultValueMax="hundred") for each in SCHOOL["lineItems"]]
    archive(tmp_path / "school-20260227.zip", SCHOOL | {"lineItems": items})
    found = await asked(staged(tmp_path), ANA)
    assert (found.code, found.where) == (C.NOT_READABLE, "resultValueMax")


async def test_a_zip_bomb_and_a_cut_zip_are_not_unpacked(tmp_path):
    path = archive(tmp_path / "school-20260227.zip", **{"results.csv": b"0" * 50_000_000})
    with pytest.raises(SourceUnreadable) as caught:
        await asked(staged(tmp_path, most_bytes=1_000_000), ANA)
    assert caught.value.code is C.TOO_LARGE
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(SourceUnreadable):
        await asked(staged(tmp_path), ANA)


PUBLISHED = """{
  "results": [{
    "status": "active", "lineItem": {"sourcedId": "<string>"}, "student": {"sourcedId": "<string>"},
    "scoreStatus": "exempt", "scoreDate": "2023-11-07T05:31:56Z", "sourcedId": "<string>",
    "dateLastModified": "2023-11-07T05:31:56Z", "metadata": {}, "class": {"sourcedId": "<string>"},
    "scoreScale": {"sourcedId": "<string>"}, "score": 123, "textScore": "<string>", "comment": "<string>",
    "learningObjectiveSet": [{"source": "<string>", "learningObjectiveResults": [
      {"learningObjectiveId": "<string>", "score": 123, "textScore": "<string>"}]}],
    "inProgress": "<string>", "incomplete": "<string>", "late": "<string>", "missing": "<string>"}],
  "totalCount": 123, "pageCount": 123, "pageNumber": 123, "offset": 123, "limit": 123
}"""
"""The answer to GET .../gradebook/v1p2/.../results as another product publishes it, a OneRoster 1.2 server:
docs.timeback.com, API reference, "Get Results for a Line Item for a Class"."""


async def test_a_published_answer_of_another_product_is_read():
    things = {
        "lineItems": {"lineItem": {"sourcedId": "<string>"}},
        "classes": {"class": {"sourcedId": "<string>", "course": {"sourcedId": "<string>"}}},
        "courses": {"course": {"sourcedId": "<string>", "courseCode": "K", "title": "Keys"}},
    }

    def play(request):
        kind = request.url.split("/v1p2/")[1].split("/")[0]
        return json(PUBLISHED if kind == "results" else plain.dumps(things[kind]))

    key = LearnerKey(scheme="guid", code="<string>")
    made = settings_of(
        MANIFEST, COMMON | {"url": "https://x.example/ims/oneroster", "final": ["*"], "credit": None}
    )
    async with Open(made, Played(play)) as connector:
        (record,) = (await connector.results([key], Call(seconds=5)))[key]
    assert (record.id, record.obtained) == ("<string>", Obtained.CONVERSION)
    assert record.completion.last.isoformat() == "2023-11-07"


def serving(rows, loops=False, **things):
    held = SCHOOL | {"results": rows} | things

    def play(request):
        if request.url.endswith("/token"):
            return json('{"access_token": "t", "expires_in": 300}')
        place = request.url.split("/v1p2/")[1].split("/")
        if len(place) == 2:
            single = {
                "lineItems": "lineItem",
                "classes": "class",
                "courses": "course",
                "academicSessions": "academicSession",
            }[place[0]]
            return json(
                plain.dumps({single: next(row for row in held[place[0]] if row["sourcedId"] == place[1])})
            )
        return json(
            plain.dumps({place[0]: held[place[0]]}), headers={"x-total-count": "10000" if loops else "1"}
        )

    return play


def mine(name):
    return [row for row in SCHOOL["results"] if row["student"]["sourcedId"] == name]


def filtered(request):
    wanted = dict(request.params).get("filter", "")
    return serving(mine(wanted.split("'")[1] if "'" in wanted else ""))(request)


DAMAGED = {"courses": [SCHOOL["courses"][0] | {"title": "数据\ufffd构"}, *SCHOOL["courses"][1:]]}
PLAYS = {
    Scene.HEALTHY: filtered,
    Scene.FOREIGN: serving([*mine("ana-guid"), *mine("bao-guid")]),
    Scene.SHUFFLED: lambda request: serving([*mine("bao-guid"), *mine("ana-guid")][::-1])(request),
    Scene.ENDLESS: serving(mine("ana-guid"), loops=True),
    Scene.DAMAGED: serving(mine("ana-guid"), **DAMAGED),
    Scene.SHRUNK: serving([row | {"status": "tobedeleted"} for row in mine("ana-guid")]),
}
SAMPLE = Sample(known=ANA, other=BAO, unknown=NIL, hidden=(SECRET, "ana-guid"), resit=ANA)


class TestByRest(Conformance):
    @pytest.fixture
    def subject(self):
        made = live("1")
        return Subject(
            MANIFEST,
            lambda scene: Stage(made, PLAYS[scene]) if scene in PLAYS else None,
            {"C17": "the interface is asked live"},
        )

    @pytest.fixture
    def sample(self):
        return SAMPLE

    async def test_it_stands_at_gold(self, subject, sample):
        await at_gold(subject, sample)


EXCUSED = {
    "C5": "a folder knows no credentials",
    "C8": "rows are found by the learner they name, and one that names nobody is nobody's",
    "C9": "an archive is read once for all, and no traffic belongs to one question",
    "C12": "an archive has no pages",
}


class TestAsCsv(Conformance):
    @pytest.fixture
    def subject(self, tmp_path):
        def stage(scene):
            path = tmp_path / scene.value / "school-20260227.zip"
            rows = {
                Scene.SHUFFLED: [*SCHOOL["results"][::-1], SCHOOL["results"][0]],
                Scene.SHRUNK: [row | {"status": "tobedeleted"} for row in SCHOOL["results"]],
            }
            if scene in (Scene.HEALTHY, Scene.OLD, Scene.SHUFFLED, Scene.SHRUNK, Scene.HUGE):
                archive(path, SCHOOL | {"results": rows.get(scene, SCHOOL["results"])})
            elif scene is Scene.GARBLED:
                archive(path, **{"results.csv": "<html>"})
            elif scene is Scene.CUT_SHORT:
                path.write_bytes(archive(path).read_bytes()[:-200])
            elif scene is Scene.DAMAGED:
                archive(path, **{"courses.csv": sheet(DAMAGED["courses"])})
            elif scene is not Scene.UNREACHABLE:
                return None
            return Stage(staged(path.parent, **({"most_bytes": 10} if scene is Scene.HUGE else {})))

        return Subject(MANIFEST, stage, EXCUSED)

    @pytest.fixture
    def sample(self):
        return SAMPLE

    async def test_it_stands_at_gold(self, subject, sample):
        await at_gold(subject, sample)


async def at_gold(subject, sample):
    lines = await examine(subject, sample)
    assert [each for each in lines if each.finding not in (Finding.HOLDS, Finding.EXCUSED)] == []
    assert standing(lines) is Standing.GOLD


BASE_ONLY = """
import sys
for name in ("sqlalchemy", "openpyxl", "asyncssh", "cryptography", "strawberry", "starlette", "neo4j"):
    sys.modules[name] = None
from connectors.registry import find
shelf = find()
print(sorted(shelf.manifests), shelf.quarantined)
"""


def test_every_kind_is_found_with_the_base_distribution_alone():
    told = subprocess.run(
        [sys.executable, "-c", BASE_ONLY], capture_output=True, text=True, timeout=60, check=True
    )
    assert "'oneroster'" in told.stdout
    assert "'sql'" in told.stdout
    assert "'files'" in told.stdout
    assert not any(f"code='{kind}'" in told.stdout for kind in ("oneroster", "sql", "files", "rest"))


@pytest.mark.parametrize(
    "fields", [{}, {"url": "https://x", "archives": "y"}, {"url": "https://x", "final": []}]
)
def test_a_wrong_declaration_is_refused(fields):
    with pytest.raises(ValueError):
        settings_of(MANIFEST, COMMON | fields)


async def test_errors_say_the_place_and_never_the_learner(port):
    with pytest.raises(SourceError) as caught:
        await asked(live(port, "loop"), ANA)
    assert "guid" not in str(caught.value)
