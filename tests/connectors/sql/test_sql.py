"""What is true of the sql kind, on PostgreSQL and on SQLite."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.call import Call
from connectors.errors import (
    Misdeclared,
    QuestionSkipped,
    SourceError,
    SourceMisset,
    SourceRefused,
    SourceUnavailable,
    SourceUnreadable,
)
from connectors.notices import NoticeCode
from connectors.offered import ChangeKind
from connectors.records import CertificateState
from connectors.rig import HandClock
from connectors.sql import MANIFEST
from tests.connectors.sql.cluster import HUB_PASSWORD, backends, owner, statements, wait_for
from tests.connectors.sql.register import ANA, BAO, CEN, COLUMNS, LISTED, NIL, SELECT, declared

C = NoticeCode
ROWS_FOR_EVER = (
    f"WITH RECURSIVE n AS (SELECT {LISTED} FROM marks WHERE learner IN :codes "
    f"UNION ALL SELECT {LISTED} FROM n) SELECT {LISTED} FROM n"
)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


@asynccontextmanager
async def opened(settings):
    async with MANIFEST.opens(settings, None) as connector:
        yield connector


async def asked(settings, *learners, call=None):
    async with opened(settings) as connector:
        return await connector.results(learners or (ANA,), call or Call(seconds=10))


async def failing(settings, kind=SourceError):
    with pytest.raises(kind) as caught:
        await asked(settings)
    assert "marks" not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.code


async def test_a_select_answers_a_batch_by_learner(url):
    found = await asked(declared(url), ANA, BAO, NIL)
    assert [(each.id, len(each.attempts)) for each in found[ANA]] == [("1", 2), ("3", 0)]
    assert found[ANA][0].earned.amount == Decimal("2.5")
    assert found[BAO][0].status.value == "FAILED"
    assert NIL not in found


async def test_a_view_is_read_by_its_columns_alone(url):
    found = await asked(declared(url, view="marks", columns=COLUMNS, key="learner"), ANA, BAO)
    assert [each.id for each in found[ANA]] == ["1", "3"]
    fewer = declared(url, view="marks", columns=["id", "learner"], key="learner")
    assert {each.earned for each in (await asked(fewer, ANA))[ANA]} == {None}


@pytest.mark.parametrize(
    "code", ["x' OR '1'='1", "2021-ana'; DROP TABLE marks; --", ":codes", "%s", "\\", "2021-ana\x00"[:8]]
)
async def test_a_learners_key_is_never_text_of_sql(url, code):
    stranger = type(ANA)(scheme="student", code=code)
    found = await asked(declared(url), stranger, ANA)
    assert set(found) == {ANA}
    assert len(found[ANA]) == 2


async def test_a_learner_who_cannot_be_read_hurts_nobody_else(url):
    found = await asked(declared(url), ANA, CEN)
    assert isinstance(found[CEN], SourceUnreadable)
    assert found[CEN].where == "credit"
    assert len(found[ANA]) == 2


async def test_a_row_of_somebody_else_and_of_nobody_is_told(url):
    select = f"SELECT {LISTED} FROM marks WHERE learner IN :codes UNION ALL SELECT '9', NULL, 'C', 't', '1', '60', '2023'"  # noqa: E501
    call = Call(seconds=10)
    assert len((await asked(declared(url, select=select), ANA, call=call))[ANA]) == 2
    assert call.remarks[C.FOREIGN_RECORDS] == 1


async def test_the_date_of_the_data_is_told_where_it_is_declared(url):
    call = Call(seconds=10)
    await asked(declared(url, as_of="SELECT max(moment) FROM loads"), call=call)
    assert call.as_of == datetime(2026, 2, 27, 3, tzinfo=UTC)


async def test_each_verb_is_a_select(url):
    made = declared(
        url,
        catalogue={
            "select": "SELECT * FROM courses WHERE CAST(:since AS TEXT) IS NULL OR changed > :since ORDER BY code",  # noqa: E501
            "scheme": "c",
            "credit_scheme": "cn",
        },
        certificate={"select": "SELECT * FROM certificates WHERE number = :number", "scheme": "k"},
        offerings={
            "view": "open_courses",
            "scheme": "c",
            "credit_scheme": "cn",
            "columns": ["id", "code", "title", "credit", "term", "seats", "prerequisites"],
        },
    )
    async with opened(made) as connector:
        call = Call(seconds=10)
        full, later = await connector.catalogue(None, call), await connector.catalogue("2026-01-15", call)
        expired = await connector.certificate("Z-1", "阿卜杜拉·买买提", call)
        revoked = await connector.certificate("Z-2", "古丽", call)
        assert await connector.certificate("Z-1", "古丽", call) is None
        assert await connector.certificate("Z-9", "古丽", call) is None
        offered = await connector.offerings("2025-2026-2", call)
        assert (await connector.health(call)).well
    assert [(each.outcome.code, each.kind) for each in full.changes] == [
        ("C1", ChangeKind.PRESENT),
        ("C2", ChangeKind.REMOVED),
    ]
    assert (full.full, full.cursor, later.full, len(later.changes)) == (True, "2026-02-01", False, 1)
    assert full.changes[0].item.credit.amount == Decimal("2.5")
    assert (expired.state, revoked.state) == (CertificateState.EXPIRED, CertificateState.REVOKED)
    assert [(each.id, each.seats) for each in offered] == [("o1", 12)]
    assert [each.code for each in offered[0].course.prerequisites] == ["C1", "C2"]


async def test_a_cursor_of_numbers_is_the_greatest_and_not_the_last_in_the_alphabet(url):
    numbered = (
        "SELECT code, title, CASE code WHEN 'C1' THEN 9 ELSE 10 END AS changed FROM courses "
        "WHERE CAST(:since AS TEXT) IS NULL OR CAST(:since AS TEXT) = 'never'"
    )
    async with opened(declared(url, catalogue={"select": numbered, "scheme": "c"})) as connector:
        assert (await connector.catalogue(None, Call(seconds=10))).cursor == "10"
        assert (await connector.catalogue("10", Call(seconds=10))).cursor == "10"


async def test_an_answer_over_either_cap_is_cut_off(url):
    endless = ROWS_FOR_EVER
    assert await failing(declared(url, select=endless, most_rows=1000), SourceUnreadable) is C.TOO_LARGE
    assert await failing(declared(url, most_bytes=50), SourceUnreadable) is C.TOO_LARGE


async def test_a_view_or_column_that_is_gone_is_told_apart(url):
    gone = declared(url, select="SELECT id FROM nowhere WHERE id IN :codes")
    assert await failing(gone, SourceUnreadable) is C.NOT_THERE
    changed = declared(url, select="SELECT learner, grade FROM marks WHERE learner IN :codes")
    assert await failing(changed, SourceUnreadable) is C.COLUMNS_CHANGED


async def test_what_is_no_sql_is_the_operators(url):
    assert await failing(declared(url, select="SELECT FROM FROM :codes"), SourceMisset) is C.SETTINGS_WRONG


async def test_too_slow_a_statement_is_ended_and_the_connection_serves_again(url):
    slow = f"{ENDLESS} SELECT count(*) FROM n, marks WHERE learner IN :codes"
    made = declared(
        url,
        select=slow,
        statement_seconds=0.3,
        pool=1,
        offerings={"view": "open_courses", "scheme": "c", "columns": ["id", "code", "title"]},
    )
    async with opened(made) as connector:
        for _ in range(3):
            with pytest.raises(SourceUnavailable) as caught:
                await connector.results([ANA], Call(seconds=10))
            assert caught.value.code is C.TIMED_OUT
        assert len(await connector.offerings(None, Call(seconds=10))) == 2


async def test_the_questions_own_deadline_counts_too(url):
    slow = f"{ENDLESS} SELECT count(*) FROM n, marks WHERE learner IN :codes"
    made = declared(url, select=slow, statement_seconds=60)
    with pytest.raises(SourceUnavailable):
        await asked(made, call=Call(seconds=0.3))


async def test_no_more_connections_than_the_pool_and_the_rest_are_told(url):
    slow = f"{ENDLESS} SELECT count(*) FROM n, marks WHERE learner IN :codes"
    made = declared(url, select=slow, statement_seconds=2.5, pool=1, connect_seconds=1)
    async with opened(made) as connector:
        told = await asyncio.gather(
            *(connector.results([ANA], Call(seconds=10)) for _ in range(3)), return_exceptions=True
        )
    assert sorted(each.code for each in told) == [C.CROWDED, C.CROWDED, C.TIMED_OUT]
    assert sum(isinstance(each, QuestionSkipped) for each in told) == 2


async def test_postgresql_ends_the_statement_of_a_question_nobody_waits_for(postgres_url, port):
    slow = declared(
        postgres_url, select="SELECT id, learner, pg_sleep(60) FROM marks WHERE learner IN :codes"
    )
    slow = type(slow)(
        **{name: getattr(slow, name) for name in slow.__struct_fields__} | {"statement_seconds": 50}
    )
    async with opened(slow) as connector:
        asking = asyncio.create_task(connector.results([ANA], Call(seconds=60)))
        assert await asyncio.to_thread(wait_for, lambda: statements(port) == 1)
        asking.cancel()
        await asyncio.wait([asking], timeout=5)
        assert asking.cancelled()
        assert await asyncio.to_thread(wait_for, lambda: statements(port) == 0)


async def test_a_server_that_says_nothing_any_more_keeps_no_question_over_its_time(postgres_url, port):
    slow = "SELECT id, learner, pg_sleep(60) FROM marks WHERE learner IN :codes"
    made = declared(
        postgres_url,
        select=slow,
        statement_seconds=1,
        pool=2,
        offerings={"view": "open_courses", "scheme": "c", "columns": ["id", "code", "title"]},
    )
    async with opened(made) as connector:
        asking = asyncio.create_task(connector.results([ANA], Call(seconds=10)))
        found: list[int] = []
        assert await asyncio.to_thread(wait_for, lambda: found.extend(backends(port, lasting=0.3)) or found)
        silent = found[0]
        os.kill(silent, signal.SIGSTOP)
        try:
            await asyncio.wait([asking], timeout=5)
            assert asking.done()
            assert asking.exception().code is C.TIMED_OUT
            assert len(await connector.offerings(None, Call(seconds=10))) == 2
        finally:
            os.kill(silent, signal.SIGCONT)
    assert await asyncio.to_thread(wait_for, lambda: statements(port) == 0)


@pytest.mark.parametrize(
    "writes",
    [
        "WITH gone AS (DELETE FROM scratch RETURNING id) SELECT id FROM gone WHERE CAST(id AS TEXT) IN :codes",  # noqa: E501
        "SELECT setval('scratch_id', 5) FROM marks WHERE learner IN :codes",
    ],
)
async def test_a_select_that_would_write_is_refused_by_postgresql_itself(postgres_url, port, writes):
    with owner(port) as connection:
        connection.execute(
            "CREATE SEQUENCE IF NOT EXISTS scratch_id; GRANT ALL ON SEQUENCE scratch_id TO hub"
        )
    assert await failing(declared(postgres_url, select=writes), SourceMisset) is C.SETTINGS_WRONG


def test_the_question_after_health_is_put_in_each_databases_own_words():
    from sqlalchemy.dialects import mysql, oracle

    from connectors.sql.database import PROBE

    assert str(PROBE.compile(dialect=oracle.dialect())).split()[-2:] == ["FROM", "DUAL"]
    assert "FROM" not in str(PROBE.compile(dialect=mysql.dialect()))


async def test_sqlite_is_opened_for_reading_only(tmp_path, sqlite_url):
    missing = declared(f"sqlite:///{tmp_path / 'none.db'}")
    assert await failing(missing, SourceUnavailable) is C.UNREACHABLE
    assert not (tmp_path / "none.db").exists()
    from sqlalchemy import text

    from connectors.sql.database import Database

    database = Database(declared(sqlite_url))
    with pytest.raises(SourceMisset):
        await database.rows(text("DELETE FROM marks RETURNING id"), {}, Call(seconds=5))
    await database.close()


async def test_wrong_passwords_rights_and_places_are_told_apart(postgres_url, port):
    wrong = postgres_url.replace(HUB_PASSWORD, "secret-guess")
    assert await failing(declared(wrong), SourceRefused) is C.CREDENTIALS_REFUSED
    forbidden = declared(postgres_url, select="SELECT id FROM secret WHERE CAST(id AS TEXT) IN :codes")
    assert await failing(forbidden, SourceRefused) is C.FORBIDDEN
    assert await failing(declared(f"{postgres_url}x"), SourceMisset) is C.SETTINGS_WRONG
    nobody = declared(postgres_url.replace(str(port), "1"))
    assert await failing(nobody, SourceUnavailable) is C.UNREACHABLE
    nowhere = declared(postgres_url.replace("127.0.0.1", "nowhere.invalid"))
    assert await failing(nowhere, SourceUnavailable) is C.NAME_UNKNOWN


async def test_an_error_in_the_middle_of_the_rows_is_unreadable_and_shows_none(postgres_url):
    broken = (
        "SELECT id, learner, CAST(credit AS NUMERIC) AS credit FROM marks WHERE learner IN :codes OR id = '5'"
    )
    assert await failing(declared(postgres_url, select=broken), SourceUnreadable) is C.NOT_READABLE


async def test_typed_columns_are_read_exactly(postgres_url):
    typed = (
        "SELECT 7 AS id, learner, course, title, CAST('2.5000' AS NUMERIC(8, 4)) AS credit, 85 AS mark, "
        "CAST('2023-06-30' AS DATE) AS day FROM marks WHERE learner IN :codes AND id = '1'"
    )
    record = (await asked(declared(postgres_url, select=typed)))[ANA][0]
    assert (record.id, record.earned.amount, record.grade.value) == ("7", Decimal("2.5"), "85")
    assert record.completion.last == date(2023, 6, 30)


async def test_a_float_is_no_amount_of_credit(url):
    floats = SELECT.replace("credit", "CAST(2.5 AS DOUBLE PRECISION) AS credit")
    found = await asked(declared(url, select=floats))
    assert (found[ANA].code, found[ANA].where) == (C.NOT_READABLE, "credit")


async def test_nothing_of_a_question_is_logged_at_any_level(url, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy", "aiosqlite", "psycopg"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    await asked(declared(url))
    await failing(declared(url, select="SELECT id FROM nowhere WHERE id IN :codes"))
    assert not any(word in caplog.text for word in ("2021-ana", "数据结构", HUB_PASSWORD, "nowhere"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"select": "DELETE FROM marks WHERE learner IN :codes"},
        {"select": "SELECT 1 WHERE 'a' IN :codes; DROP TABLE marks"},
        {"select": "SELECT * FROM marks"},
        {"select": "SELECT * FROM marks WHERE learner IN :codes AND id = :other"},
        {"select": SELECT, "view": "marks"},
        {"view": "marks", "columns": COLUMNS},
        {"view": "marks", "key": "learner"},
        {"select": SELECT, "map": {"id": "id"}},
        {"as_of": "DELETE FROM loads"},
        {"as_of": "SELECT max(moment) FROM loads WHERE place = :place"},
        {"certificate": {"select": "SELECT * FROM certificates WHERE holder = :name"}},
    ],
)
def test_a_wrong_declaration_is_refused_when_read(wrong):
    with pytest.raises(Misdeclared):
        declared("sqlite:///x.db", **wrong)


@pytest.mark.parametrize(
    "url", ["hush-hush", "mssql://u:hush-hush@h/d", "sqlite://", "postgresql+pg8000://u:hush-hush@h"]
)
async def test_a_wrong_url_is_told_without_a_word_of_it(url):
    with pytest.raises(Misdeclared) as caught:
        async with opened(declared(url)):
            pass
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "driver"), [("mysql://u:p@h/d", "asyncmy"), ("oracle://u:p@h/d", "oracledb")]
)
async def test_a_driver_that_is_not_installed_is_named_with_the_command(url, driver):
    with pytest.raises(Misdeclared, match=f"pip install {driver}"):
        async with opened(declared(url)):
            pass


LACKING = """
import asyncio, sys
sys.modules["sqlalchemy"] = None
from connectors.registry import find
from connectors.contract import settings_of
manifest = find().manifests["sql"]
settings = settings_of(manifest, {"url": "sqlite:///x.db"})
async def main():
    async with manifest.opens(settings, None): pass
try: asyncio.run(main())
except Exception as error: print(type(error).__name__, error)
"""


def test_without_the_extra_the_kind_is_listed_and_says_what_to_install():
    told = subprocess.run(
        [sys.executable, "-c", LACKING], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == (
        "Misdeclared sqlalchemy is not installed; say: pip install 'alliance-hub[sql]'"
    )


async def test_a_call_that_is_already_late_sends_nothing(url):
    clock = HandClock()
    call = Call(seconds=1, clock=clock)
    clock.move(2)
    with pytest.raises(SourceUnavailable):
        await asked(declared(url), call=call)
