"""What is true of exports in other forms and from other places: Excel, zip, HTTP, SFTP, deltas, staged."""

from __future__ import annotations

import base64
import datetime
import os
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import asynccontextmanager

import asyncssh
import pytest
from aiohttp import web
from openpyxl import Workbook

from connectors.clock import WallClock
from connectors.dispatch import Dispatch
from connectors.errors import Misdeclared
from connectors.files import MANIFEST
from connectors.files.staging import Stage
from connectors.notices import NoticeCode, Status
from connectors.policy import Policy
from connectors.rig import HandClock
from connectors.roster import Declared, Roster
from connectors.source import Source
from tests.connectors.alliance import consenting, everywhere, question
from tests.connectors.files.depot import PASSWORD, USER
from tests.connectors.files.test_files import ANA, BAO, COLUMNS, ROWS, export, settings
from tests.connectors.processes import running

C = NoticeCode
KEY = "0123456789abcdef0123456789abcdef"
PLAIN = [[cell.strip('"') for cell in row] for row in ROWS]


def workbook(path, rows=PLAIN, columns=COLUMNS, title="Sheet", first=()):
    book = Workbook()
    book.remove(book.active)
    for name in first:
        book.create_sheet(name).append(["x"])
    sheet = book.create_sheet(title)
    for row in [columns, *rows]:
        sheet.append(row)
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    book.close()
    return sheet


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(name.replace("__", "."), body)


def text(rows=ROWS, codec="gb18030", columns=COLUMNS):
    return "".join(",".join(row) + "\r\n" for row in [columns, *rows]).encode(codec)


@asynccontextmanager
async def opened(made, clock=None, **policy):
    given = {"private": ("127.0.0.0/8",), "tries": 1} | policy
    source = Source(
        code="a", member="m", manifest=MANIFEST, settings=made, offers=MANIFEST.offers, policy=Policy(**given)
    )
    async with Roster(Declared(source), clock or WallClock()) as roster:
        assert roster.quarantined == ()
        links, consent = (make("a", learners=(ANA, BAO)) for make in (everywhere, consenting))
        yield Dispatch(roster, links, consent)


async def reply(dispatch, learner=ANA):
    (held,) = await dispatch.results(question(learner))
    return held.replies[0]


async def asked(made, learner=ANA, **policy):
    async with opened(made, **policy) as dispatch:
        return await reply(dispatch, learner)


def read(told):
    return [(each.id, len(each.attempts), each.vanished) for each in told.records]


BOTH = [("0021001/C1", 2, False), ("0021001/C2", 0, False)]


async def test_a_sheet_of_excel_is_read_like_csv(tmp_path):
    rows = [
        [*PLAIN[0][:3], 2.5, *PLAIN[0][4:]],
        [*PLAIN[1][:4], 85, PLAIN[1][5]],
        [*PLAIN[2][:5], datetime.date(2023, 6, 30)],
    ]
    workbook(tmp_path / "results-20260227.xlsx", rows)
    told = await asked(settings(tmp_path, pattern="*.xlsx"))
    assert read(told) == BOTH
    assert (str(told.records[0].earned.amount), told.records[0].grade.value) == ("2.5", "85")


async def test_the_sheet_is_taken_by_its_name(tmp_path):
    workbook(tmp_path / "results-20260227.xlsx", title="成绩", first=("说明",))
    assert read(await asked(settings(tmp_path, pattern="*.xlsx", sheet="成绩"))) == BOTH
    assert (await asked(settings(tmp_path, pattern="*.xlsx"))).notice.code is C.COLUMNS_CHANGED
    assert (await asked(settings(tmp_path, pattern="*.xlsx", sheet="无"))).status is Status.UNREADABLE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({3: "=1+1.5"}, C.SHEET_UNFIT),
        ({0: 21001}, C.IDENTIFIER_MANGLED),
        ({0: 110105199003074517}, C.IDENTIFIER_MANGLED),
    ],
)
async def test_what_a_spreadsheet_does_to_data_is_refused_with_the_remedy(tmp_path, change, code):
    row = [change.get(place, cell) for place, cell in enumerate(PLAIN[0])]
    workbook(tmp_path / "results-20260227.xlsx", [row, *PLAIN[1:]])
    told = await asked(settings(tmp_path, pattern="*.xlsx"))
    assert (told.status, told.notice.code) == (Status.UNREADABLE, code)
    assert told.notice.text.zh.startswith(("表格含有公式", "标识号被表格软件改写"))


async def test_a_merged_heading_is_refused(tmp_path):
    book = Workbook()
    for row in [COLUMNS, *PLAIN]:
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "results-20260227.xlsx")
    assert (await asked(settings(tmp_path, pattern="*.xlsx"))).notice.code is C.SHEET_UNFIT


async def test_a_cut_workbook_and_one_over_the_cap_are_not_read(tmp_path):
    path = tmp_path / "results-20260227.xlsx"
    workbook(path, [[*PLAIN[0][:2], f"题{n}" * 50, *PLAIN[0][3:]] for n in range(300)])
    told = await asked(settings(tmp_path, pattern="*.xlsx", most_bytes=30_000))
    assert told.notice.code is C.TOO_LARGE
    path.write_bytes(path.read_bytes()[:2000])
    assert (await asked(settings(tmp_path, pattern="*.xlsx"))).status is Status.UNREADABLE


async def test_a_zip_holds_one_export_and_is_unpacked_no_further_than_the_cap(tmp_path):
    path = tmp_path / "results-20260227.zip"
    zipped(path, readme__txt="x", results__csv=text())
    assert read(await asked(settings(tmp_path, pattern="*.zip", member="*.csv"))) == BOTH
    assert (await asked(settings(tmp_path, pattern="*.zip"))).status is Status.UNREADABLE
    zipped(path, results__csv=text() + b" " * 30_000_000)
    assert (await asked(settings(tmp_path, pattern="*.zip", most_bytes=10**6))).notice.code is C.TOO_LARGE
    path.write_bytes(path.read_bytes()[:100])
    assert (await asked(settings(tmp_path, pattern="*.zip"))).status is Status.UNREADABLE


class Depot:
    """An address that gives what it holds."""

    def __init__(self):
        self.body, self.status, self.asked = text(), 200, 0

    async def give(self, request):
        self.asked += 1
        wanted = base64.b64encode(f"hub:{PASSWORD}".encode()).decode()
        if request.headers["Authorization"] != f"Basic {wanted}":
            return web.Response(status=401)
        modified = {"Last-Modified": "Fri, 27 Feb 2026 03:00:00 GMT"}
        return web.Response(body=self.body, status=self.status, headers=modified)


@asynccontextmanager
async def depot():
    held, app = Depot(), web.Application()
    app.router.add_get("/out/results.csv", held.give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield held, f"http://127.0.0.1:{runner.addresses[0][1]}/out/results.csv"
    finally:
        await runner.cleanup()


def web_settings(url, password=PASSWORD, **fields):
    auth = {"kind": "basic", "name": "hub", "password": password}
    return settings("", **({"url": url, "auth": auth} | fields))


async def test_an_export_at_an_address_is_fetched_now_and_then_and_dated_by_its_server():
    async with depot() as (held, url), opened(web_settings(url, again=900), HandClock()) as dispatch:
        first = await reply(dispatch)
        assert read(first) == BOTH
        assert first.as_of == datetime.datetime(2026, 2, 27, 3, tzinfo=datetime.UTC)
        await reply(dispatch)
        assert held.asked == 1


async def test_an_address_asked_again_gives_the_new_export_and_what_vanished():
    async with depot() as (held, url), opened(web_settings(url, again=0)) as dispatch:
        await reply(dispatch)
        held.body = text(ROWS[:2])
        told = await reply(dispatch)
        assert read(told) == [("0021001/C1", 2, False), ("0021001/C2", 0, True)]
        held.status = 503
        assert (await reply(dispatch)).notice.code is C.FAILING


async def test_an_address_is_under_the_traffic_policy():
    async with depot() as (_, url):
        assert (await asked(web_settings(url, "wrong"))).notice.code is C.CREDENTIALS_REFUSED
        assert (await asked(web_settings(url), max_bytes=50)).notice.code is C.TOO_LARGE
        assert (await asked(web_settings(url), private=())).notice.code is C.ADDRESS_FORBIDDEN


@pytest.fixture(scope="module")
def key():
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def remote(tmp_path, key):
    (tmp_path / "box").mkdir()
    public = key.export_public_key().decode().strip()
    from pathlib import Path

    with running(Path(__file__).with_name("depot.py"), str(tmp_path / "box"), public) as line:
        port, *host_key = line.split()
        yield (
            tmp_path / "box",
            {"host": "127.0.0.1", "port": int(port), "user": USER, "host_key": " ".join(host_key)},
        )


def sftp_settings(server, **fields):
    sftp = {name: fields.pop(name) for name in ("password", "key", "host_key", "port") if name in fields}
    given = {"sftp": server | ({"password": PASSWORD} | sftp if "key" not in sftp else sftp), "again": 0}
    return settings("/", **(given | fields))


async def test_a_folder_behind_sftp_is_read_with_markers_and_deltas(remote):
    box, server = remote
    export(box)
    made = sftp_settings(server, marker=".done")
    assert (await asked(made)).notice.code is C.UNSETTLED
    assert (await asked(sftp_settings(server, pattern="no-such-*"))).notice.code is C.UNREACHABLE
    (box / "results-20260227.csv.done").touch()
    assert read(await asked(made)) == BOTH
    export(box, [["0021001", "C3", "编译", "3", "90", "2023-2024-1"]], name="delta-20260228.csv")
    (box / "delta-20260228.csv.done").touch()
    told = await asked(sftp_settings(server, marker=".done", pattern="results-*.csv", deltas="delta-*.csv"))
    assert [each.id for each in told.records] == ["0021001/C1", "0021001/C2", "0021001/C3"]


async def test_sftp_takes_our_key_and_refuses_what_is_not_agreed(remote, key):
    box, server = remote
    export(box)
    private = key.export_private_key().decode()
    assert read(await asked(sftp_settings(server, key=private))) == BOTH
    other = asyncssh.generate_private_key("ssh-ed25519")
    wrong = sftp_settings(server, key=other.export_private_key().decode())
    assert (await asked(wrong)).notice.code is C.CREDENTIALS_REFUSED
    assert (await asked(sftp_settings(server, password="guess"))).notice.code is C.CREDENTIALS_REFUSED
    host = " ".join(other.export_public_key().decode().split()[:2])
    assert (await asked(sftp_settings(server, host_key=host))).notice.code is C.TLS_FAILED
    assert (await asked(sftp_settings(server, port=1))).notice.code is C.UNREACHABLE
    assert (await asked(sftp_settings(server, most_bytes=50))).notice.code is C.TOO_LARGE
    with pytest.raises(AssertionError):
        await asked(sftp_settings(server, host_key="nonsense"))


async def test_a_delta_replaces_and_removes_rows_by_their_id(tmp_path):
    export(tmp_path)
    columns = [*COLUMNS]
    export(tmp_path, [["0021001", "C2", "维吾尔语", "2", "良", "2022-2023-2"]], name="delta-20260228.csv")
    export(tmp_path, [["0021001", "C1", "数据结构", "2.5", "作废", "2023-2024-1"]], name="delta-20260301.csv")
    export(tmp_path, [["0021001", "C9", "旧", "2", "85", "2023-2024-1"]], name="delta-20260101.csv")
    made = settings(
        tmp_path, pattern="results-*.csv", deltas="delta-*.csv", columns=columns, removed="\"成绩\" == '作废'"
    )
    told = await asked(made)
    assert [(each.id, each.vanished) for each in told.records] == [
        ("0021001/C1", True),
        ("0021001/C2", False),
    ]
    assert told.records[1].grade.value == "良好"
    assert told.notice.code is C.RECORDS_VANISHED
    assert told.as_of.date() == datetime.date(2026, 3, 1)


def staging(tmp_path, key=KEY, days=30.0):
    return {"folder": str(tmp_path / "staged"), "key": key, "days": days}


async def test_a_staged_export_answers_by_key_and_holds_nothing_readable(tmp_path):
    export(tmp_path / "in")
    made = settings(tmp_path / "in", staging=staging(tmp_path))
    assert read(await asked(made)) == BOTH
    assert len((await asked(made, BAO)).records) == 1
    (file,) = (tmp_path / "staged").iterdir()
    body = file.read_bytes()
    assert not any(word in body for word in (b"0021001", "数据结构".encode("gb18030"), KEY.encode()))
    assert file.stat().st_mode & 0o077 == 0
    assert "results" not in file.name


async def test_another_key_finds_nothing_of_what_was_staged(tmp_path):
    export(tmp_path / "in")
    await asked(settings(tmp_path / "in", staging=staging(tmp_path)))
    await asked(settings(tmp_path / "in", staging=staging(tmp_path, key=KEY[::-1])))
    assert len(list((tmp_path / "staged").iterdir())) == 2


async def test_a_staged_row_that_was_altered_or_moved_is_unreadable(tmp_path):
    export(tmp_path / "in")
    made = settings(tmp_path / "in", staging=staging(tmp_path))
    await asked(made)
    (file,) = (tmp_path / "staged").iterdir()
    with sqlite3.connect(file) as held:
        (first,), *_ = held.execute("SELECT learner FROM rows ORDER BY rowid")
        held.execute("UPDATE rows SET learner = ?", [first])
    held.close()
    assert (await asked(made)).status is Status.UNREADABLE


async def test_what_was_staged_is_deleted_after_its_days(tmp_path):
    export(tmp_path / "in")
    made = settings(tmp_path / "in", staging=staging(tmp_path, days=1))
    async with opened(made) as dispatch:
        assert len((await reply(dispatch)).records) == 2
        (old,) = (tmp_path / "staged").iterdir()
        os.utime(old, (1, 1))
        assert (await reply(dispatch)).status is Status.SILENT
        assert not old.exists()


async def test_what_is_too_old_is_deleted_when_the_next_export_is_staged_too(tmp_path):
    export(tmp_path / "in")
    made = settings(tmp_path / "in", staging=staging(tmp_path, days=1))
    await asked(made)
    (old,) = (tmp_path / "staged").iterdir()
    os.utime(old, (1, 1))
    export(tmp_path / "in", name="results-20260302.csv")
    assert len((await asked(made)).records) == 2
    assert not old.exists()


async def test_a_hub_that_starts_again_finds_what_it_staged(tmp_path):
    export(tmp_path / "in")
    made = settings(tmp_path / "in", staging=staging(tmp_path))
    await asked(made)
    (file,) = (tmp_path / "staged").iterdir()
    before = file.stat().st_mtime_ns, file.stat().st_ino
    assert read(await asked(made)) == BOTH
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


async def test_staging_that_fails_leaves_nothing_behind(tmp_path):
    export(tmp_path / "in", [*ROWS, ["21001", *ROWS[0][1:]]])
    told = await asked(settings(tmp_path / "in", staging=staging(tmp_path)))
    assert told.notice.code is C.IDENTIFIER_MANGLED
    assert list((tmp_path / "staged").iterdir()) == []


def test_rows_are_found_by_a_code_and_by_no_other(tmp_path):
    rows = [(f"{n % 997}", f"row {n}".encode()) for n in range(20_000)]
    made = Stage(tmp_path, KEY.encode(), 1).fill(iter(rows), ("a",))
    assert list(made.rows("5")) == [text for code, text in rows if code == "5"]
    assert list(made.rows("no")) == []
    made.close()


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://x.example/y.csv"},
        {"staging": {"folder": "x", "key": "short", "days": 1}},
        {"staging": {"folder": "x", "key": KEY, "days": 0}},
    ],
)
def test_a_wrong_declaration_is_refused(fields):
    with pytest.raises(Misdeclared) as caught:
        settings("x", **fields)
    with pytest.raises(Misdeclared):
        settings("")
    assert "short" not in str(caught.value).replace("shorter", "")


LACKING = """
import asyncio, sys
for name in ("openpyxl", "asyncssh", "cryptography"): sys.modules[name] = None
sys.path.insert(0, "")
from connectors.contract import settings_of
from connectors.files import MANIFEST
folder, more = sys.argv[1], eval(sys.argv[2])
given = {"folder": folder, "columns": ["a"], "key_scheme": "s", "settled": 0, "map": {"id": "a", "learner": "a"}}
async def main():
    async with MANIFEST.opens(settings_of(MANIFEST, given | more), None):
        print("it opened")
try: asyncio.run(main())
except Exception as error: print(type(error).__name__, error)
"""  # noqa: E501


@pytest.mark.parametrize(
    ("more", "package"),
    [
        ({"pattern": "*.xlsx"}, "openpyxl"),
        ({"staging": {"folder": "staged", "key": KEY, "days": 1}}, "cryptography"),
        ({"sftp": {"host": "h", "user": "u", "host_key": "k"}}, "asyncssh"),
    ],
)
def test_without_the_extra_what_to_install_is_said(tmp_path, more, package):
    workbook(tmp_path / "a.xlsx", [["1"]], ["a"])
    (tmp_path / "a.csv").write_text("a\n1\n")
    told = subprocess.run(
        [sys.executable, "-c", LACKING, str(tmp_path), repr(more)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=tmp_path,
    )
    assert told.stdout.strip() == (
        f"Misdeclared {package} is not installed; say: pip install 'alliance-hub[files]'"
    ), told.stderr
