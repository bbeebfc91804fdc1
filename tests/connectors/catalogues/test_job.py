"""Synchronising against a real server whose catalogue changes: by cursor, again, ill, too large, at once."""

import asyncio
import os
import random
from datetime import timedelta

import pytest

from connectors.catalogues.acts import Acts
from connectors.catalogues.mirror import State
from connectors.catalogues.runs import SyncOutcome
from connectors.catalogues.staging import Busy, Staging, StagingAway, _lock
from connectors.notices import NoticeCode
from tests.connectors.catalogues.college import College, college, course, synchronising

MANY = {f"C{n:03}": course(f"课程{n}") for n in range(120)}


@pytest.fixture
def north(tmp_path):
    with college(tmp_path / "north") as found:
        yield found


@pytest.fixture
def staging(tmp_path):
    return Staging(tmp_path / "staging")


async def once(north: College, tmp_path, full: bool = False, **declared):
    """Synchronise in a roster of its own, as a command does."""
    folder = north.declared(tmp_path / "connectors.d", **declared)
    async with synchronising(folder, tmp_path / "staging") as job:
        (run,) = await job.run(job.offering(), full=full)
        return run


def counted(run) -> tuple[int, ...]:
    return run.read, run.new, run.changed, run.gone, run.unchanged, run.refused


async def test_a_catalogue_is_read_whole_then_by_its_cursor(north, tmp_path, staging):
    north.teaches(**MANY)
    first = await once(north, tmp_path)
    pages = north.asked
    second = await once(north, tmp_path)
    left = {code: item for code, item in MANY.items() if code != "C000"}
    north.teaches(**left | {"C001": course("新名", 5), "D1": course("新课")})
    third = await once(north, tmp_path)
    fourth = await once(north, tmp_path, full=True)
    assert (first.full, counted(first)) == (True, (120, 120, 0, 0, 0, 0))
    assert (second.full, counted(second)) == (False, (0, 0, 0, 0, 0, 0))
    assert (third.full, counted(third)) == (False, (3, 1, 1, 1, 0, 0))
    assert (fourth.full, counted(fourth)) == (True, (120, 0, 0, 0, 120, 0))
    assert pages == 3
    kept = staging.load("north")
    assert kept.entries["ouc-course:2020:C000"].state is State.GONE
    assert (kept.entries["ouc-course:2020:C001"].item.title.zh, kept.head.cursor) == ("新名", "v2")


async def test_random_catalogues_by_cursor_are_what_they_are_in_full(tmp_path):
    chance = random.Random(11)
    homes = (tmp_path / "by-cursor", tmp_path / "in-full")
    for home in homes:
        home.mkdir()
    with college(tmp_path / "north") as north:
        for _ in range(12):
            names = chance.sample(sorted(MANY), chance.randrange(90))
            north.teaches(**{code: course("课", chance.randint(1, 3)) for code in names})
            runs = [await once(north, home, full=home.name == "in-full") for home in homes]
            first, second = (Staging(home / "staging").load("north").entries for home in homes)
            assert first == second
            assert runs[1].full
        assert not runs[0].full


@pytest.mark.parametrize(
    ("fault", "code", "deadline"),
    [("failing", NoticeCode.FAILING, 20), ("hang", NoticeCode.TIMED_OUT, 1)],
)
async def test_an_ill_source_is_told_and_the_last_good_state_stays(
    north, tmp_path, staging, fault, code, deadline
):
    north.teaches(**MANY)
    await once(north, tmp_path)
    kept = staging.load("north")
    north.teaches(**{f"X{n}": course("坏") for n in range(120)})
    north.falls_ill(fault)
    ill = await once(north, tmp_path, full=True, sync={"deadline": deadline})
    assert (ill.outcome, ill.notice) == (SyncOutcome.FAILED, code)
    assert staging.load("north") == kept
    finished, failed = staging.told("north")
    assert (finished, failed) == (kept.head.run, ill)
    north.falls_ill("")
    well = await once(north, tmp_path)
    assert well.outcome is SyncOutcome.HELD
    assert staging.told("north") == (well, None)


@pytest.mark.parametrize("bound", [{"items": 119}, {"bytes": 1000}, {"requests": 2}], ids=str)
async def test_a_catalogue_over_a_bound_is_not_kept_at_all(north, tmp_path, staging, bound):
    north.teaches(**MANY)
    run = await once(north, tmp_path, sync=bound)
    expected = NoticeCode.BUDGET_SPENT if "requests" in bound else NoticeCode.CATALOGUE_TOO_LARGE
    assert (run.outcome, run.notice) == (SyncOutcome.FAILED, expected)
    assert staging.load("north").head is None
    fitting = await once(north, tmp_path, sync={"items": 120, "bytes": 100_000, "requests": 3})
    assert fitting.outcome is SyncOutcome.FINISHED


async def test_a_synchronisation_may_take_longer_than_a_question(north, tmp_path):
    north.teaches(**{f"C{n}": course("课") for n in range(50 * 12)})
    run = await once(north, tmp_path, traffic={"private": ["127.0.0.0/8"], "requests": 2})
    assert (run.outcome, run.new, north.asked) == (SyncOutcome.FINISHED, 600, 13)


async def test_what_was_refused_is_asked_for_again(north, tmp_path):
    north.teaches(A=course("甲", issuer="CFLP"), B=course("乙"))
    first = await once(north, tmp_path)
    assert [(one.place, one.key, one.code) for one in first.refusals] == [
        (1, "ouc-course:2020:A", NoticeCode.ITEM_ISSUER_FOREIGN)
    ]
    again = await once(north, tmp_path, issuers=["alliance:-:OUC", "alliance:-:CFLP"])
    assert (again.full, again.refused, again.new) == (True, 1, 1)  # now B names no issuer
    north.teaches(A=course("甲", issuer="CFLP"), B=course("乙", issuer="OUC"))
    mended = await once(north, tmp_path, issuers=["alliance:-:OUC", "alliance:-:CFLP"])
    assert (mended.full, mended.refused, mended.unchanged) == (True, 0, 2)


async def test_two_at_work_on_one_source_never_mix(north, tmp_path, staging):
    north.teaches(**MANY)
    folder = north.declared(tmp_path / "connectors.d")
    async with synchronising(folder, tmp_path / "staging") as job:
        runs = [
            run for found in await asyncio.gather(job.run(["north"]), job.run(["north"])) for run in found
        ]
        with staging.hold("north"):
            (held,) = await job.run(["north"])
    assert sorted((run.outcome, run.notice) for run in runs) == [
        (SyncOutcome.FAILED, NoticeCode.SYNC_RUNNING),
        (SyncOutcome.FINISHED, None),
    ]
    assert held.notice is NoticeCode.SYNC_RUNNING
    assert len(staging.load("north").entries) == 120
    with staging.hold("north"), pytest.raises(Busy), staging.hold("north"):
        pass


async def test_a_source_is_due_when_it_was_last_synchronised_too_long_ago(north, tmp_path):
    north.teaches(**MANY)
    folder = north.declared(tmp_path / "connectors.d")
    async with synchronising(folder, tmp_path / "staging") as job:
        never = await job.due(timedelta(days=300))
        await job.run(["north"])
        assert (never, await job.due(timedelta(hours=1)), await job.due(timedelta(0))) == (
            ["north"],
            [],
            ["north"],
        )


async def test_an_undeclared_source_and_one_without_catalogue_are_told(north, tmp_path):
    settings = {"url": f"http://127.0.0.1:{north.port}", "health": {"path": "/health"}}
    folder = north.declared(tmp_path / "connectors.d", settings=settings)
    async with synchronising(folder, tmp_path / "staging") as job:
        runs = await job.run(["north", "nowhere"])
        assert job.offering() == ()
    assert [run.notice for run in runs] == [NoticeCode.NOT_OFFERED, NoticeCode.QUARANTINED]


async def test_a_staging_folder_that_cannot_be_used_is_told(north, tmp_path, staging):
    north.teaches(**MANY)
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "north.catalogue.jsonl").write_text("{", "utf-8")
    assert (await once(north, tmp_path)).notice is NoticeCode.STAGING_AWAY
    with pytest.raises(StagingAway, match=r"north\.catalogue\.jsonl"):
        staging.told("north")
    (tmp_path / "away").write_text("")
    with pytest.raises(StagingAway), Staging(tmp_path / "away").hold("north"):
        pass


@pytest.mark.parametrize("source", ["..", "a/b", "大学" * 40, "north.catalogue"])
def test_any_code_of_a_source_is_a_file_in_the_folder(tmp_path, source):
    staging = Staging(tmp_path / "staging")
    with staging.hold(source):
        staging.note(source, Acts(declined={"d": "why"}))
    assert staging.acts(source).declined == {"d": "why"}
    assert [each for each in tmp_path.iterdir() if each.name != "staging"] == []


def test_a_folder_that_cannot_be_locked_is_told_as_such(tmp_path):
    file = os.open(tmp_path, os.O_PATH)  # which no system lets anyone lock
    try:
        with pytest.raises(StagingAway, match="cannot be locked"):
            _lock(file)
    finally:
        os.close(file)
