"""`alliance-hub sync` as a person runs it: a real source, killed at any moment, reviewed, published."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from connectors.catalogues.staging import Staging
from tests.connectors.catalogues.college import College, college, course
from tests.hub.test_serving import hub
from tests.schema.small_alliance import things, write

HUB = [sys.executable, "-m", "hub"]
SYNC = {"kind": "COURSE", "outcome_class": "NON_DEGREE"}
OURS = {"issuer": "OUC"}
MANY = {f"C{n:03}": course(f"课程{n}", **OURS) for n in range(250)}


class Desk:
    """A hub's folder, and its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"ALLIANCE_HUB_GRAPH_DATA": str(folder / "data")}

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen(
            [*HUB, *words], cwd=self.folder, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str) -> tuple[int, str, str]:
        with self.start(*words) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def json(self, *words: str):
        code, out, err = self.run(*words, "--json")
        assert out, err
        return code, json.loads(out)

    @property
    def entries(self) -> dict:
        return dict(Staging(self.folder / "staging").load("north").entries)


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def north(tmp_path):
    with college(tmp_path / "north") as found:
        found.declared(tmp_path / "connectors.d", sync=SYNC)
        yield found


def import_alliance(desk: Desk) -> None:
    code, _, told = desk.run("bundle", "import", str(write(desk.folder / "small", things())))
    assert code == 0, told


def test_from_the_source_to_the_graph_and_back_to_nothing_to_do(desk, north):
    import_alliance(desk)
    north.teaches(
        **{
            "1000": course("课程0", **OURS),
            "02334": course("快递业务", 4, **OURS),
            "N1": course("新课", **OURS),
        }
        | {"X": course("夺取", issuer="CFLP")}
    )
    code, (run,) = desk.json("sync")
    assert (code, run["outcome"], run["new"], run["refused"]) == (0, "FINISHED", 3, 1)
    assert run["refusals"] == [{"place": 4, "key": "ouc-course:2020:X", "code": "ITEM_ISSUER_FOREIGN"}]
    code, found = desk.json("sync", "review", "north")
    assert code == 1
    assert {each["key"]: each["fate"] for each in found["proposals"]} == {
        "ouc-course:2020:02334": "CHANGED",
        "ouc-course:2020:N1": "NEW",
    }
    assert found["proposals"][0]["changes"] == [
        {"field": "credit.amount", "before": "3", "after": "4"},
        {"field": "title.zh", "before": "快递实务", "after": "快递业务"},
    ]
    code, shown, _ = desk.run("sync", "review", "north")
    assert 'title.zh: "快递实务" -> "快递业务"' in shown
    code, done = desk.json("sync", "publish", "north", "--only", "ouc-course:2020:N1", "--by", "registrar")
    assert (code, done["import"]["published"], done["import"]["total"]["added"]) == (0, True, 2)
    assert desk.run("sync", "decline", "north", "--by", "registrar", "--reason", "wrong name")[:2] == (
        0,
        "declined 已驳回: 1\n",
    )
    code, found = desk.json("sync", "review", "north")
    assert (code, found["proposals"], found["declined"], found["unchanged"]) == (0, [], 1, 2)
    assert desk.run("sync", "publish", "north", "--by", "registrar")[1] == "无变化 nothing is proposed\n"


def test_synchronising_again_changes_nothing(desk, north):
    north.teaches(**MANY)
    desk.run("sync", "north")
    before = desk.entries
    code, (run,) = desk.json("sync", "--full", "north")
    assert (code, run["read"], run["unchanged"], run["new"], run["changed"]) == (0, 250, 250, 0, 0)
    assert desk.entries == before
    assert len(before) == 250


def test_killed_at_any_moment_it_leaves_the_old_state_or_the_new_and_goes_on(desk, north):
    """Killed while a page is on its way, and at growing delays until one run gets through."""
    north.teaches(**MANY)
    desk.run("sync")
    old = desk.entries
    later = {code: course("新名", 5, **OURS) for code in MANY} | {"D1": course("多", **OURS)}
    north.teaches(**later)
    _killed_on_its_way(desk, north)
    assert desk.entries == old
    taken = _seconds(desk, "sync", "--full", "nowhere")
    states = []
    for part in range(1, 9):
        process = desk.start("sync", "--full")
        time.sleep(taken * part / 6)
        process.kill()
        process.communicate()
        found = desk.entries
        titles = {entry.item.title.zh for entry in found.values()}
        assert found == old or (titles == {"新名", "多"} and len(found) == 251)
        states.append(found == old)
    assert states[0]
    code, (run,) = desk.json("sync")
    assert (code, len(desk.entries), run["refused"]) == (0, 251, 0)


def _seconds(desk: Desk, *words: str) -> float:
    began = time.monotonic()
    desk.run(*words)
    return time.monotonic() - began


def _killed_on_its_way(desk: Desk, north: College) -> None:
    north.falls_ill("hang")
    before = north.asked
    process = desk.start("sync")
    while north.asked < before + 2:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    north.falls_ill("")


def test_a_publication_that_was_killed_is_gone_on_with_and_published_once(desk, north):
    import_alliance(desk)
    north.teaches(**MANY)
    desk.run("sync")
    taken = _seconds(desk, "sync", "review", "north")
    for part in range(1, 5):
        process = desk.start("sync", "publish", "north", "--by", "registrar")
        time.sleep(taken * part / 3.5)
        process.kill()
        process.communicate()
    assert desk.run("sync", "publish", "north", "--by", "registrar")[0] == 0
    code, found = desk.json("sync", "review", "north")
    assert (code, found["unchanged"]) == (0, 250)
    _, listed = desk.json("bundle", "imports")
    assert [one["state"] for one in listed if one["source"] == "north"] == ["PUBLISHED"]


def test_an_ill_source_is_told_and_the_others_are_synchronised(desk, north, tmp_path):
    north.teaches(**MANY)
    north.falls_ill("failing")
    with college(tmp_path / "south-folder") as south:
        south.teaches(A=course("甲", **OURS))
        south.declared(tmp_path / "other", source="south", sync=SYNC)
        (tmp_path / "other" / "north.yaml").rename(tmp_path / "connectors.d" / "south.yaml")
        code, runs = desk.json("sync")
        told = desk.run("sync", "north")[1]
    assert (code, [(run["source"], run["outcome"], run["notice"]) for run in runs]) == (
        1,
        [("north", "FAILED", "FAILING"), ("south", "FINISHED", None)],
    )
    assert "来源报告内部故障" in told
    assert "ORA-00942" not in told


def test_a_catalogue_that_lost_too_much_is_held_until_released(desk, north):
    import_alliance(desk)
    north.teaches(**{f"1{n:03}": course(f"课程{n}", **OURS) for n in range(40)})
    desk.run("sync")
    north.teaches(**{"1000": course("课程0", **OURS)})
    code, out, _ = desk.run("sync")
    assert (code, "39 removals are held" in out) == (1, True)
    _, found = desk.json("sync", "review", "north")
    assert (found["proposals"], len(found["held"])) == ([], 39)
    assert desk.run("sync", "release", "north", "--by", "registrar")[1] == "released 已放行: 39\n"
    _, found = desk.json("sync", "review", "north")
    assert {each["fate"] for each in found["proposals"]} == {"GONE"}
    assert len(found["proposals"]) == 39


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("sync", "nowhere"), "no source nowhere is declared"),
        (("sync", "review", "nowhere"), "no source nowhere is declared"),
        (("sync", "publish", "north", "--by", "\t"), "--by is 1 to 120"),
        (("sync", "publish", "north", "--by", "r", "--only", "a:-:b"), "not proposed 未被提议: a:-:b"),
        (("sync", "decline", "north", "--by", "r", "--reason", " "), "--reason is 1 to 400"),
    ],
)
def test_a_wrong_command_is_told_without_traceback(desk, north, words, says):
    code, _, told = desk.run(*words)
    assert (code, says in told, "Traceback" in told) == (1, True, False), told


def test_while_another_is_at_work_on_a_source_nobody_else_is(desk, north):
    north.teaches(**MANY)
    with Staging(desk.folder / "staging").hold("north"):
        for words in (("sync",), ("sync", "review", "north")):
            code, out, err = desk.run(*words)
            assert (code, "SYNC_RUNNING" in out + err) == (1, True)


LAST = """{ members { sources { source lastSync { finishedAt syncOutcome full itemsRead itemsNew itemsChanged
  itemsGone itemsUnchanged itemsHeld itemsRefused refusals { place item refusedFor }
  syncFailure { failedAt notice { code } } lastPublishedAt } } } }"""


async def ask(url: str) -> dict:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/graphql", json={"query": LAST}) as got,
    ):
        body = await got.json()
    assert "errors" not in body, body
    return body["data"]["members"][0]["sources"][0]["lastSync"] if body["data"]["members"] else None


async def until(url: str, wanted) -> dict:
    async with asyncio.timeout(40):
        while True:
            found = await ask(url)
            if found and wanted(found):
                return found
            await asyncio.sleep(0.1)


async def test_the_server_synchronises_by_its_schedule_and_tells_what_came_of_it(desk, north, tmp_path):
    north.teaches(A=course("甲", **OURS), X=course("夺取", issuer="CFLP"))
    settings = {
        "MEMBERS_FOLDER": str(tmp_path / "connectors.d"),
        "MEMBERS_STAGING": str(tmp_path / "staging"),
        "MEMBERS_SYNC": "0.5",
        "MEMBERS_DEMO": "true",
    }
    async with hub(tmp_path, **settings) as (_, url):
        first = await until(url, lambda found: found["finishedAt"])
        north.teaches(A=course("乙", **OURS))
        second = await until(url, lambda found: found["itemsChanged"])
        north.falls_ill("failing")
        north.teaches(**MANY)
        third = await until(url, lambda found: found["syncFailure"])
    assert (
        first.items() >= {"syncOutcome": "FINISHED", "itemsRead": 2, "itemsNew": 1, "itemsRefused": 1}.items()
    )
    assert first["refusals"] == [
        {"place": 2, "item": "ouc-course:2020:X", "refusedFor": "ITEM_ISSUER_FOREIGN"}
    ]
    assert (second["itemsChanged"], second["itemsRefused"], second["syncFailure"]) == (1, 0, None)
    assert third["syncFailure"]["notice"]["code"] == "FAILING"
    assert desk.entries["ouc-course:2020:A"].item.title.zh == "乙"
