"""The sql kind keeps every clause, on PostgreSQL and on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from connectors.conformance import Conformance, Finding, Standing, examine, standing
from connectors.scenes import Sample, Scene, Stage, Subject
from connectors.sql import MANIFEST
from tests.connectors.sql.cluster import HUB_PASSWORD, statements
from tests.connectors.sql.register import ANA, BAO, LISTED, NIL, SELECT, declared
from tests.connectors.sql.test_sql import ENDLESS, ROWS_FOR_EVER

OLD = "SELECT max(moment) FROM loads"
LIVE = {"C16": "the view is asked live and keeps no earlier answer"}

SELECTS = {
    Scene.HEALTHY: SELECT,
    Scene.FOREIGN: SELECT.replace("ORDER", "OR learner = '2021-bao' ORDER"),
    Scene.SHUFFLED: f"SELECT {LISTED} FROM marks WHERE learner IN :codes "
    "UNION ALL SELECT '9', NULL, 'C9', 't', '1', '60', '2023' ORDER BY id DESC",
    Scene.ENDLESS: ROWS_FOR_EVER,
    Scene.HUGE: ROWS_FOR_EVER,
    Scene.DAMAGED: SELECT.replace("title", "'数据\ufffd构' AS title"),
    Scene.GARBLED: SELECT.replace("credit", "'<html>' AS credit"),
    Scene.CUT_SHORT: "SELECT learner, grade FROM marks WHERE learner IN :codes",
    Scene.HANGING: f"{ENDLESS} SELECT count(*) FROM marks, n WHERE learner IN :codes",
}
SAMPLE = Sample(known=ANA, other=BAO, unknown=NIL, hidden=(HUB_PASSWORD, "2021-ana", "数据结构"), resit=ANA)


def stages(url, working, **others):
    def stage(scene):
        if scene in others:
            return Stage(declared(others[scene]))
        if scene is Scene.OLD:
            return Stage(declared(url, as_of=OLD))
        if scene not in SELECTS:
            return None
        return Stage(
            declared(url, select=SELECTS[scene], most_rows=5000, most_bytes=300_000), working=working
        )

    return stage


class TestOnPostgresql(Conformance):
    @pytest.fixture
    def subject(self, postgres_url, port):
        async def working():
            return await asyncio.to_thread(statements, port) > 0

        elsewhere = {
            Scene.UNREACHABLE: postgres_url.replace(str(port), "1"),
            Scene.REFUSED: postgres_url.replace(HUB_PASSWORD, "hush-hush-not"),
        }
        return Subject(MANIFEST, stages(postgres_url, working, **elsewhere), LIVE)

    @pytest.fixture
    def sample(self):
        return SAMPLE

    async def test_it_stands_at_gold(self, subject, sample):
        await at_gold(subject, sample)


class TestOnSqlite(Conformance):
    @pytest.fixture
    def subject(self, sqlite_url, tmp_path):
        path = sqlite_url.removeprefix("sqlite:///")

        async def working():
            return await asyncio.to_thread(locked, path)

        return Subject(
            MANIFEST,
            stages(sqlite_url, working, **{Scene.UNREACHABLE: f"sqlite:///{tmp_path / 'none.db'}"}),
            LIVE | {"C5": "a file knows no credentials"},
        )

    @pytest.fixture
    def sample(self):
        return SAMPLE

    async def test_it_stands_at_gold(self, subject, sample):
        await at_gold(subject, sample)


def locked(path):
    """Tell whether somebody is reading: a writer that will not wait is turned away."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    else:
        return False
    finally:
        connection.close()


async def at_gold(subject, sample):
    lines = await examine(subject, sample)
    assert [each for each in lines if each.finding not in (Finding.HOLDS, Finding.EXCUSED)] == []
    assert standing(lines) is Standing.GOLD
