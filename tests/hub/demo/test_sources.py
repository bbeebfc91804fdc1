"""The demo's sources: a hundred learners nobody is; each source a process that gives just what it holds."""

import asyncio
from decimal import Decimal

import psutil
import pytest

from connectors.consent import GrantFile
from connectors.dispatch import Dispatch
from connectors.linkage import LinkFile
from connectors.notices import Status
from connectors.question import Question
from connectors.records import LearnerKey
from connectors.registry import Registry
from connectors.roster import Roster
from hub.demo.sources.cast import LEARNERS, SCHEME, cast
from hub.demo.sources.faults import Fault
from hub.demo.sources.postgres import programs
from hub.demo.sources.systems import SYSTEMS
from hub.demo.sources.troupe import Troupe, playable


@pytest.fixture(scope="module")
async def troupe(tmp_path_factory):
    if programs() is None:
        pytest.skip("PostgreSQL is not installed, and one source needs it: make ci-deps")
    async with Troupe(tmp_path_factory.mktemp("demo") / "members") as playing:
        yield playing


async def asked(troupe, *people, within=20.0):
    async with Roster(Registry(troupe.connectors)) as roster:
        assert roster.quarantined == ()
        links, grants = LinkFile(troupe.folder / "links.yaml"), GrantFile(troupe.folder / "grants.yaml")
        dispatch, found = Dispatch(roster, links, grants), {}
        for person in people:
            told = {
                "scope": "t",
                "purpose": "recognition",
                "basis": "consent",
                "grant": f"demo-{person.code}",
            }
            key = LearnerKey(scheme=SCHEME, code=person.code)
            [held] = await dispatch.results(Question(learners=(key,), within=within, **told))
            found[person.code] = {reply.source: reply for reply in held.replies}
    return found


def test_a_hundred_learners_have_results_that_cross_sources():
    people = cast()
    assert len(people) == LEARNERS == 100
    assert sum(len(person.codes) > 1 for person in people) > 60
    for system in SYSTEMS:
        assert sum(system in person.codes for person in people) >= 10


def test_one_minority_name_is_spelt_in_three_ways():
    [first, *_] = [person for person in cast() if "\N{MIDDLE DOT}" in person.name]
    assert len({first.named(system) for system in SYSTEMS}) == 3


async def test_every_source_gives_exactly_what_it_holds_of_each_learner(troupe):
    assert troupe.left_out == {}
    people = cast()[::4]
    found = await asked(troupe, *people)
    for person in people:
        for system, held in person.holds.items():
            reply = found[person.code][system]
            assert reply.status is Status.ANSWERED, (person.code, system, reply.notice)
            given = [(one.earned.amount, one.completion.last) for one in reply.records]
            assert counted(given) == counted((Decimal(one.amount), one.on) for one in held)


def counted(rows):
    """By month: one of the sources knows no days."""
    return sorted((amount, day.year, day.month) for amount, day in rows)


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.ERROR, Fault.GARBAGE])
async def test_a_source_that_fails_is_the_only_one_that_changes(troupe, fault):
    courier = cast()[0]
    async with troupe.failing("yzpj", fault):
        found = (await asked(troupe, courier))["L001"]
    assert found["yzpj"].records == ()
    assert found["yzpj"].status in (Status.SILENT, Status.UNREADABLE)
    assert [found[code].status for code in ("cqrtvu", "ouc")] == [Status.ANSWERED] * 2
    for _ in range(100):
        if (await asked(troupe, courier))["L001"]["yzpj"].status is Status.ANSWERED:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("it did not come back")


async def test_a_source_that_hangs_costs_its_own_time_and_no_more(troupe):
    async with troupe.failing("ouc", Fault.HANG):
        found = (await asked(troupe, cast()[0], within=2.0))["L001"]
    assert found["ouc"].status is Status.SILENT
    assert found["yzpj"].status is Status.ANSWERED


async def test_no_process_outlives_the_troupe(tmp_path):
    async with Troupe(tmp_path / "members"):
        ours = [child for child in descendants() if str(tmp_path) in " ".join(child.cmdline())]
        databases = [child for each in ours for child in each.children(recursive=True)]
        assert len(ours) == sum(map(playable, SYSTEMS.values()))
        assert bool(databases) == (programs() is not None)
    _, alive = psutil.wait_procs([*ours, *databases], timeout=5)
    assert alive == []


def descendants():
    return psutil.Process().children(recursive=True)
