"""What is true of the files kind: exports in folders, whole and hostile."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from connectors.clock import WallClock
from connectors.conformance import Conformance, Finding, Standing, examine, standing
from connectors.contract import settings_of
from connectors.dispatch import Dispatch
from connectors.files import MANIFEST
from connectors.notices import NoticeCode, Status
from connectors.policy import Policy
from connectors.records import LearnerKey, Verification
from connectors.roster import Declared, Roster
from connectors.scenes import Sample, Scene, Stage, Subject
from connectors.source import Source
from tests.connectors.alliance import consenting, everywhere, question

COLUMNS = ["学号", "课程号", "课程名", "学分", "成绩", "学期"]
ANA, BAO, NIL = (LearnerKey(scheme="student", code=code) for code in ("0021001", "0021002", "0029999"))
ROWS = [
    ["0021001", "C1", "数据结构", "2.5", "缓考", "2022-2023-2"],
    ["0021001", "C1", "数据结构", "2.5", "85", "2023-2024-1"],
    ["0021001", "C2", '"维吾尔语, 上"', "2", "优", "2022-2023-2"],
    ["0021002", "C1", "数据结构", "2.5", "59", "2023-2024-1"],
]


def settings(folder, **fields):
    given = {
        "folder": str(folder),
        "columns": COLUMNS,
        "key_scheme": "student",
        "settled": 0,
        "reading": {"codec": "gb18030"},
        "map": {
            "id": "join('/', [学号, 课程号])".replace("学号", '"学号"').replace("课程号", '"课程号"'),
            "learner": "学号",
            "code_width": 7,
            "outcome": {"scheme": "c", "code": "课程号"},
            "title": "课程名",
            "credit": {"scheme": "cn", "amount": "学分"},
            "mark": "成绩",
            "completed": "学期",
            "resits": True,
        },
    }
    return settings_of(MANIFEST, given | fields)


def export(folder, rows=ROWS, name="results-20260227.csv", codec="gb18030", columns=COLUMNS):
    folder.mkdir(exist_ok=True)
    text = "".join(",".join(row) + "\r\n" for row in [columns, *rows])
    (folder / name).write_bytes(text.encode(codec))
    return folder


@asynccontextmanager
async def dispatching(made, **policy):
    source = Source(
        code="a",
        member="m",
        manifest=MANIFEST,
        settings=made,
        offers=MANIFEST.offers,
        policy=Policy(**policy),
    )
    learners = (ANA, BAO, NIL)
    async with Roster(Declared(source), WallClock()) as roster:
        yield Dispatch(roster, everywhere("a", learners=learners), consenting("a", learners=learners))


async def asked(made, *learners, **policy):
    async with dispatching(made, **policy) as dispatch:
        return [each.replies[0] for each in await dispatch.results(question(*learners))]


async def test_rows_are_answered_by_learner_and_resits_are_attempts(tmp_path):
    first, second, third = await asked(settings(export(tmp_path)), ANA, BAO, NIL)
    assert [(each.id, len(each.attempts)) for each in first.records] == [("0021001/C1", 2), ("0021001/C2", 0)]
    assert first.records[0].grade.value == "85"
    assert first.records[1].title.zh == "维吾尔语, 上"
    assert second.records[0].status.value == "FAILED"
    assert (third.status, first.freshness.value) == (Status.EMPTY, "STAGED")
    assert first.as_of == datetime(2026, 2, 27, tzinfo=UTC)


async def test_a_cell_with_a_line_break_is_one_cell(tmp_path):
    rows = [["0021001", "C1", '"数据\n结构, ""上"""', "2", "优", "2022-2023-2"], ROWS[3]]
    first, second = await asked(settings(export(tmp_path, rows)), ANA, BAO)
    assert first.records[0].title.zh == '数据\n结构, "上"'
    assert len(second.records) == 1


async def test_an_export_without_its_marker_is_not_read(tmp_path):
    made = settings(export(tmp_path), marker=".done")
    (reply,) = await asked(made, ANA)
    assert (reply.status, reply.notice.code) == (Status.SILENT, NoticeCode.UNSETTLED)
    assert reply.notice.retry_after is None, "nobody knows when a marker will be there"
    (tmp_path / "results-20260227.csv.done").touch()
    (reply,) = await asked(made, ANA)
    assert len(reply.records) == 2


async def test_an_export_still_being_written_is_not_read(tmp_path):
    (reply,) = await asked(settings(export(tmp_path), settled=60), ANA)
    assert (reply.status, reply.notice.code) == (Status.SILENT, NoticeCode.UNSETTLED)
    assert 50 < reply.notice.retry_after <= 60


async def test_an_empty_folder_is_another_thing_than_an_export_still_being_written(tmp_path):
    (tmp_path / "notes.txt").touch()
    (reply,) = await asked(settings(tmp_path, settled=60), ANA)
    assert (reply.status, reply.notice.code) == (Status.SILENT, NoticeCode.UNREACHABLE)


async def test_a_half_written_export_is_unreadable(tmp_path):
    export(tmp_path)
    path = tmp_path / "results-20260227.csv"
    path.write_bytes(path.read_bytes()[:-18])
    (reply,) = await asked(settings(tmp_path), BAO)
    assert reply.status is Status.UNREADABLE


async def test_data_missing_since_friday_is_stale_and_still_given(tmp_path):
    (reply,) = await asked(settings(export(tmp_path, name="results-20200101.csv")), ANA, stale_after=86_400)
    assert (reply.status, reply.notice.code) == (Status.STALE, NoticeCode.OUT_OF_DATE)
    assert len(reply.records) == 2


@pytest.mark.parametrize(
    "columns", [["序号", *COLUMNS], COLUMNS[::-1], COLUMNS[:-1], ["学号 ", "x", *COLUMNS[2:]]]
)
async def test_other_columns_than_agreed_are_told(tmp_path, columns):
    (reply,) = await asked(settings(export(tmp_path, columns=columns)), ANA)
    assert reply.notice.code is NoticeCode.COLUMNS_CHANGED


async def test_a_row_with_a_cell_too_many_is_told(tmp_path):
    (reply,) = await asked(settings(export(tmp_path, [*ROWS, [*ROWS[0], "x"]])), ANA)
    assert reply.notice.code is NoticeCode.COLUMNS_CHANGED


async def test_an_encoding_changed_overnight_is_damage(tmp_path):
    (reply,) = await asked(settings(export(tmp_path, codec="utf-8")), ANA)
    assert (reply.status, reply.notice.code) in (
        (Status.UNREADABLE, NoticeCode.TEXT_DAMAGED),
        (Status.UNREADABLE, NoticeCode.COLUMNS_CHANGED),
    )


async def test_damage_in_one_learners_rows_hurts_that_learner_only(tmp_path):
    rows = [["0021001", "C1", "数据\ue123构", "2.5", "85", "2023-2024-1"], ROWS[3]]
    first, second = await asked(settings(export(tmp_path, rows)), ANA, BAO)
    assert (first.notice.code, second.status) == (NoticeCode.TEXT_DAMAGED, Status.ANSWERED)


@pytest.mark.parametrize("code", ["21001", "2.1E+05", "21001.0"])
async def test_a_learner_code_mangled_by_a_spreadsheet_is_refused_with_the_remedy(tmp_path, code):
    (reply,) = await asked(settings(export(tmp_path, [[code, *ROWS[0][1:]]])), ANA)
    assert reply.notice.code is NoticeCode.IDENTIFIER_MANGLED
    assert "文本格式" in reply.notice.text.zh


async def test_a_column_of_rounded_identity_numbers_is_refused(tmp_path):
    rows = [[str(int(float(f"11010519900307{n}17"))), *ROWS[0][1:]] for n in range(17, 30)]
    made = settings(export(tmp_path, rows), map=_wide())
    (reply,) = await asked(made, ANA)
    assert reply.notice.code is NoticeCode.IDENTIFIER_MANGLED


def _wide():
    return {"id": "课程号", "learner": "学号"}


async def test_rows_that_vanished_are_reported_and_marked(tmp_path):
    made = settings(export(tmp_path))
    async with dispatching(made) as dispatch:
        await dispatch.results(question(ANA))
        export(tmp_path, ROWS[:2], name="results-20260228.csv")
        (held,) = await dispatch.results(question(ANA))
    reply = held.replies[0]
    assert [(each.id, each.vanished) for each in reply.records] == [
        ("0021001/C1", False),
        ("0021001/C2", True),
    ]
    assert reply.records[1].verification is Verification.UNVERIFIED
    assert reply.notice.code is NoticeCode.RECORDS_VANISHED


async def test_of_two_exports_of_one_day_the_later_counts_and_it_is_told(tmp_path):
    export(tmp_path, ROWS[:2], name="results-20260227-a.csv")
    export(tmp_path, ROWS, name="results-20260227-b.csv")
    os.utime(tmp_path / "results-20260227-a.csv", (1, 1))
    (reply,) = await asked(settings(tmp_path), ANA)
    assert len(reply.records) == 2
    assert reply.notice.code is NoticeCode.DUPLICATES


async def test_utf_16_is_refused_when_opened(tmp_path):
    made = settings(export(tmp_path), reading={"codec": "utf-16"})
    (reply,) = await asked(made, ANA)
    assert reply.notice.code is NoticeCode.QUARANTINED


async def test_a_folder_that_is_away_is_silent(tmp_path):
    (reply,) = await asked(settings(tmp_path / "nowhere"), ANA)
    assert (reply.status, reply.notice.code) == (Status.SILENT, NoticeCode.UNREACHABLE)


async def test_an_export_over_the_cap_is_not_read(tmp_path):
    (reply,) = await asked(settings(export(tmp_path), most_bytes=100), ANA)
    assert reply.notice.code is NoticeCode.TOO_LARGE


async def test_fifty_thousand_rows_answer_by_key(tmp_path):
    rows = [[f"{n % 5000:07}", f"C{n}", "数据结构", "2.5", "85", "2023-2024-1"] for n in range(50_000)]
    rows = [["0021001", *each[1:]] if each[0] == "0000042" else each for each in rows]
    made = settings(export(tmp_path, rows))
    (reply,) = await asked(made, ANA, deadline=30)
    assert len(reply.records) == 10


SAMPLE = Sample(known=ANA, other=BAO, unknown=NIL, hidden=("0021001", "0021002"), resit=ANA)


@pytest.fixture
def stage(tmp_path):
    def staged(scene):
        folder = tmp_path / scene.value
        match scene:
            case Scene.HEALTHY | Scene.OLD | Scene.FOREIGN:
                return Stage(settings(export(folder)))
            case Scene.SHUFFLED:
                return Stage(settings(export(folder, ROWS[::-1])))
            case Scene.UNREACHABLE:
                return Stage(settings(folder))
            case Scene.GARBLED:
                return Stage(settings(export(folder, columns=["<html>"])))
            case Scene.CUT_SHORT:
                export(folder, [*ROWS[:2], ["0021001", '"unfinished']])
                return Stage(settings(folder))
            case Scene.DAMAGED:
                return Stage(settings(export(folder, [[*ROWS[0][:2], "\ue123", *ROWS[0][3:]]])))
            case Scene.HUGE:
                return Stage(settings(export(folder), most_bytes=10))
        return None

    return staged


EXCUSED = {
    "C5": "a folder knows no credentials",
    "C8": "a row without a learner's code belongs to nobody, and rows are found by code",
    "C9": "an export is read once for all, and no traffic belongs to one question",
    "C12": "an export has no pages",
    "C16": "shown by a test of its own: it takes two exports",
}


class TestTheFilesKind(Conformance):
    @pytest.fixture
    def subject(self, stage):
        return Subject(MANIFEST, stage, EXCUSED)

    @pytest.fixture
    def sample(self):
        return SAMPLE


async def test_the_files_kind_stands_at_gold(stage):
    lines = await examine(Subject(MANIFEST, stage, EXCUSED), SAMPLE)
    assert [each for each in lines if each.finding not in (Finding.HOLDS, Finding.EXCUSED)] == []
    assert standing(lines) is Standing.GOLD
