"""What is true of asking many sources at once."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from connectors import memory
from connectors.clock import WallClock
from connectors.consent import GrantBook
from connectors.contract import Offers, Verb
from connectors.dispatch import Dispatch
from connectors.errors import SourceUnavailable, SourceUnreadable
from connectors.linkage import AskedLinks, LinkBook
from connectors.notices import NoticeCode, Status
from connectors.policy import Policy
from connectors.question import Asking
from connectors.records import LearnerKey, Link, Verification
from connectors.rig import HandClock
from connectors.roster import Declared, Roster
from connectors.source import Source
from tests.connectors.alliance import (
    ANA,
    BAO,
    CEN,
    consenting,
    dispatching,
    everywhere,
    question,
    record,
    source,
)


async def down(learners, call):
    raise SourceUnavailable


async def forever(learners, call):
    await asyncio.Event().wait()


async def strange(learners, call):
    raise RuntimeError("110105199003074512 is what I choked on")


def statuses(holdings):
    return [each.status for each in holdings.replies]


async def test_every_source_answers_for_itself_in_the_order_of_codes():
    sources = [source("b")[0], source("a", down)[0], source("c")[0]]
    async with dispatching(*sources) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    assert [each.source for each in held.replies] == ["a", "b", "c"]
    assert statuses(held) == [Status.SILENT, Status.ANSWERED, Status.ANSWERED]
    assert sum(len(each.records) for each in held.replies) == 4
    assert held.coverage.missing == ("a",)
    assert not held.coverage.complete


async def test_twenty_learners_at_a_source_with_batches_are_one_call():
    learners = [LearnerKey(scheme="hub", code=f"x{n}") for n in range(20)]
    there, connector = source("a")
    links, consent = everywhere("a", learners=learners), consenting("a", learners=learners)
    async with dispatching(there, links=links, consent=consent) as dispatch:
        held = await dispatch.results(question(*learners))
    assert len(connector.asked) == 1
    assert [each.learner for each in held] == learners
    assert all(len(each.replies[0].records) == 2 for each in held)


async def test_a_source_without_batches_gets_one_call_per_learner():
    there, connector = source("a", batch=1)
    async with dispatching(there) as dispatch:
        await dispatch.results(question(ANA, BAO, ANA))
    assert connector.asked == [(ANA,), (BAO,)]


async def test_a_source_without_a_link_gets_no_question_and_is_unlinked():
    (first, one), (second, other) = source("a"), source("b")
    links = LinkBook({ANA: [Link(source="a", key=BAO)]})
    async with dispatching(first, second, links=links) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    assert statuses(held) == [Status.ANSWERED, Status.UNLINKED]
    assert one.asked == [(BAO,)]
    assert other.asked == []
    assert held.coverage.complete


async def test_without_consent_nobody_is_asked():
    there, connector = source("a")
    async with dispatching(there, consent=GrantBook()) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    assert statuses(held) == [Status.NO_CONSENT]
    assert connector.asked == []


async def test_consent_is_for_one_purpose_and_one_grant():
    there, connector = source("a")
    async with dispatching(there) as dispatch:
        for other in ({"purpose": "marketing"}, {"grant": "other"}, {"grant": None}):
            (held,) = await dispatch.results(question(ANA, **other))
            assert statuses(held) == [Status.NO_CONSENT]
    assert connector.asked == []


class _Broken:
    async def decide(self, wishes):
        raise OSError("away")

    async def find(self, learners):
        raise OSError("away")


class _Hanging:
    async def decide(self, wishes):
        await asyncio.Event().wait()

    find = decide


class _Vague:
    async def decide(self, wishes):
        return dict.fromkeys(wishes, "yes")


@pytest.mark.parametrize("consent", [_Broken(), _Hanging(), _Vague()])
async def test_where_consent_cannot_be_had_nobody_is_asked(consent):
    there, connector = source("a")
    async with dispatching(there, consent=consent, clock=WallClock()) as dispatch:
        (held,) = await dispatch.results(question(ANA, within=0.2))
    assert statuses(held) == [Status.CONSENT_UNKNOWN]
    assert connector.asked == []


@pytest.mark.parametrize("links", [_Broken(), _Hanging()])
async def test_where_links_cannot_be_had_nobody_is_asked(links):
    there, connector = source("a")
    async with dispatching(there, links=links, clock=WallClock()) as dispatch:
        (held,) = await dispatch.results(question(ANA, within=0.2))
    assert held.replies[0].notice.code is NoticeCode.LINKS_UNKNOWN
    assert connector.asked == []


async def test_of_one_learner_the_links_may_be_unknown_while_another_is_asked_about():
    class Half:
        async def find(self, learners):
            known = await everywhere("a", learners=[BAO]).find(learners)
            return {**known, ANA: None}

    there, connector = source("a")
    async with dispatching(there, links=Half()) as dispatch:
        unknown, known = await dispatch.results(question(ANA, BAO))
    assert [each.notice.code for each in unknown.replies] == [NoticeCode.LINKS_UNKNOWN]
    assert unknown.coverage.missing == ("a",)
    assert statuses(known) == [Status.ANSWERED]
    assert connector.asked == [(BAO,)]


async def test_a_link_under_a_key_the_source_does_not_have_is_unknown_and_never_an_empty_answer():
    (there, connector), (other, _) = source("a"), source("b")
    there, foreign = replace(there, key_schemes=("student",)), LearnerKey(scheme="student", code="7")
    links = LinkBook(
        {ANA: [Link(source=code, key=ANA) for code in "ab"], BAO: [Link(source="a", key=foreign)]}
    )
    async with dispatching(there, other, links=links) as dispatch:
        wrong, right = await dispatch.results(question(ANA, BAO))
    assert statuses(wrong) == [Status.SILENT, Status.ANSWERED]
    assert wrong.replies[0].notice.code is NoticeCode.LINKS_UNKNOWN
    assert wrong.coverage.missing == ("a",)
    assert not wrong.coverage.complete
    assert statuses(right) == [Status.ANSWERED, Status.UNLINKED]
    assert connector.asked == [(foreign,)]


async def test_a_source_that_is_not_open_is_missing_from_certificates_and_courses_and_said_to_be():
    lacking = replace(source("a", verbs={Verb.OFFERINGS, Verb.CERTIFICATE})[0], issuers=("uscc:-:1",))
    async with dispatching(lacking) as dispatch:  # its connector has no such methods, and so it is set aside
        (course,) = await dispatch.offerings(None, Asking(scope="p"))
        (certificate,) = await dispatch.certificate("N", "name", "uscc:-:1", Asking(scope="p"))
    assert course.notice.code is certificate.notice.code is NoticeCode.QUARANTINED


async def test_consent_of_one_learner_is_not_that_of_another():
    there, connector = source("a")
    async with dispatching(there, consent=consenting("a", learners=[ANA])) as dispatch:
        first, second = await dispatch.results(question(ANA, BAO))
    assert (statuses(first), statuses(second)) == ([Status.ANSWERED], [Status.NO_CONSENT])
    assert connector.asked == [(ANA,)]


async def test_a_hanging_source_is_silent_at_the_deadline_and_the_others_answer():
    sources = [source("a", forever)[0], source("b")[0]]
    async with dispatching(*sources, clock=WallClock()) as dispatch:
        began = asyncio.get_running_loop().time()
        (held,) = await dispatch.results(question(ANA, within=0.3))
        took = asyncio.get_running_loop().time() - began
    assert statuses(held) == [Status.SILENT, Status.ANSWERED]
    assert held.replies[0].notice.code is NoticeCode.TIMED_OUT
    assert took < 1.3


async def stubborn(learners, call):
    while True:
        try:
            await asyncio.sleep(0.6)
            return {}
        except asyncio.CancelledError:
            await asyncio.sleep(0.6)
            return {}


async def test_even_a_connector_that_will_not_be_stopped_does_not_hold_the_answer():
    async with dispatching(source("a", stubborn)[0], source("b")[0], clock=WallClock()) as dispatch:
        began = asyncio.get_running_loop().time()
        (held,) = await dispatch.results(question(ANA, within=0.2))
        assert asyncio.get_running_loop().time() - began < 0.5
        await asyncio.sleep(0.7)
    assert statuses(held) == [Status.SILENT, Status.ANSWERED]


async def test_a_surprise_in_a_connector_is_a_defect_without_its_text(caplog):
    with caplog.at_level(logging.DEBUG):
        async with dispatching(source("a", strange)[0]) as dispatch:
            (held,) = await dispatch.results(question(ANA))
    assert held.replies[0].notice.code is NoticeCode.DEFECT
    assert "110105199003074512" not in caplog.text + repr(held)
    assert "RuntimeError" in caplog.text


async def slipping(learners, call):
    raise asyncio.CancelledError


async def test_a_cancellation_a_connector_lets_slip_does_not_end_the_question():
    async with dispatching(source("a", slipping)[0], source("b")[0]) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    assert [each.status for each in held.replies] == [Status.UNREADABLE, Status.ANSWERED]
    assert held.replies[0].notice.code is NoticeCode.DEFECT


async def foreign(learners, call):
    return {ANA: [record(ANA), record(BAO, "CS9")], CEN: [record(CEN)]}


async def test_a_record_of_another_learner_is_dropped_and_reported():
    async with dispatching(source("a", foreign)[0]) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    (reply,) = held.replies
    assert [each.id for each in reply.records] == ["r-CS101"]
    assert (reply.notice.code, reply.notice.count) == (NoticeCode.FOREIGN_RECORDS, 2)


async def twice(learners, call):
    said = record(ANA)
    return {
        ANA: [
            record(ANA, "A"),
            said,
            said,
            record(ANA, "B"),
            record(ANA, "B", title=record(ANA).title, hours=9),
        ]
    }


async def test_a_record_said_twice_is_kept_once_and_two_stories_are_conflicting():
    async with dispatching(source("a", twice)[0]) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    told = {(each.id, each.verification) for each in held.replies[0].records}
    assert told == {
        ("r-A", Verification.VERIFIED),
        ("r-B", Verification.CONFLICTING),
        ("r-CS101", Verification.VERIFIED),
    }
    assert len(held.replies[0].records) == 4
    assert held.replies[0].notice.code is NoticeCode.DUPLICATES


async def raw(learners, call):
    return {ANA: [{"id": "x"}]}


async def test_what_is_no_canonical_record_is_a_defect():
    async with dispatching(source("a", raw)[0]) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    assert held.replies[0].status is Status.UNREADABLE


async def halved(learners, call):
    return {ANA: SourceUnreadable(where="credit"), BAO: [record(BAO)]}


async def test_one_learner_who_cannot_be_read_does_not_spoil_the_batch():
    async with dispatching(source("a", halved)[0]) as dispatch:
        first, second = await dispatch.results(question(ANA, BAO))
    assert (statuses(first), statuses(second)) == ([Status.UNREADABLE], [Status.ANSWERED])


async def test_an_open_breaker_sends_nothing_but_a_probe():
    clock = HandClock()
    there, connector = source("a", down)
    async with dispatching(there, clock=clock) as dispatch:
        for _ in range(9):
            (held,) = await dispatch.results(question(ANA))
        assert len(connector.asked) == 5
        assert held.replies[0].notice.code is NoticeCode.RESTING
        assert held.replies[0].notice.retry_after == 30
        assert held.coverage.asked == 0
        clock.move(30)
        await dispatch.results(question(ANA))
        await dispatch.results(question(ANA))
    assert len(connector.asked) == 6


async def slow(learners, call):
    await asyncio.sleep(0.02)
    return {key: [record(key)] for key in learners}


async def test_equal_questions_in_flight_are_asked_once():
    there, connector = source("a", slow)
    async with dispatching(there) as dispatch:
        many = await asyncio.gather(*(dispatch.results(question(ANA)) for _ in range(50)))
    assert len(connector.asked) == 1
    assert all(statuses(held) == [Status.ANSWERED] for (held,) in many)


@pytest.mark.parametrize("other", [{"scope": "p2"}, {"basis": "law"}])
async def test_equal_questions_of_different_scopes_never_merge(other):
    there, connector = source("a", slow)
    async with dispatching(there) as dispatch:
        await asyncio.gather(dispatch.results(question(ANA)), dispatch.results(question(ANA, **other)))
    assert len(connector.asked) == 2


async def test_a_learner_in_flight_is_not_asked_again_within_a_batch():
    there, connector = source("a", slow)
    async with dispatching(there) as dispatch:
        await asyncio.gather(dispatch.results(question(ANA)), dispatch.results(question(ANA, BAO)))
    assert connector.asked == [(ANA,), (BAO,)]


async def test_one_who_leaves_does_not_spoil_the_question_for_another():
    there, connector = source("a", slow)
    async with dispatching(there) as dispatch:
        leaving = asyncio.create_task(dispatch.results(question(ANA)))
        staying = asyncio.create_task(dispatch.results(question(ANA)))
        await asyncio.sleep(0.005)
        leaving.cancel()
        (held,) = await staying
    assert statuses(held) == [Status.ANSWERED]
    assert len(connector.asked) == 1


async def test_a_cancelled_question_stops_its_traffic():
    stopped = asyncio.Event()

    async def watched(learners, call):
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with dispatching(source("a", watched)[0]) as dispatch:
        asking = asyncio.create_task(dispatch.results(question(ANA)))
        await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait_for(stopped.wait(), 1)


async def test_a_question_that_demands_completeness_is_refused_as_a_whole():
    sources = [source("a", down)[0], source("b")[0]]
    async with dispatching(*sources) as dispatch:
        (strict,) = await dispatch.results(question(ANA, complete=True))
        (named,) = await dispatch.results(question(ANA, named=("b",)))
    assert strict.coverage.refused
    assert all(each.records == () for each in strict.replies)
    assert strict.coverage.notices[0].notice.code is NoticeCode.UNREACHABLE
    assert not named.coverage.refused
    assert named.replies[1].records


async def test_naming_a_source_that_is_not_linked_refuses_too():
    async with dispatching(source("a")[0]) as dispatch:
        (held,) = await dispatch.results(question(ANA, named=("elsewhere",)))
    assert held.coverage.refused


async def test_equal_notices_are_grouped_counted_and_capped():
    sources = [source(f"s{n:02}", down)[0] for n in range(30)]
    async with dispatching(*sources) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    (group,) = held.coverage.notices
    assert group.count == 30
    assert len(group.sources) == 30


async def dated(learners, call):
    call.dated(datetime(2026, 2, 27, tzinfo=UTC))
    return {ANA: [record(ANA)]}


async def test_data_older_than_declared_is_stale_and_still_given():
    there, _ = source("a", dated, policy=Policy(stale_after=86_400))
    async with dispatching(there) as dispatch:
        (held,) = await dispatch.results(question(ANA))
    assert statuses(held) == [Status.STALE]
    assert len(held.replies[0].records) == 1
    assert held.replies[0].notice.code is NoticeCode.OUT_OF_DATE


async def test_a_kept_answer_is_given_within_its_scope_and_time_only():
    clock = HandClock()
    there, connector = source("a", policy=Policy(keep=60))
    async with dispatching(there, clock=clock) as dispatch:
        await dispatch.results(question(ANA))
        (held,) = await dispatch.results(question(ANA))
        assert held.replies[0].freshness.value == "CACHED"
        await dispatch.results(question(ANA, scope="p2"))
        clock.move(60)
        await dispatch.results(question(ANA))
    assert len(connector.asked) == 3


async def test_a_kept_answer_of_a_silent_source_is_marked_stale():
    clock = HandClock()
    ill = []

    async def sometimes(learners, call):
        if ill:
            raise SourceUnavailable
        return {ANA: [record(ANA)]}

    there, _ = source("a", sometimes, policy=Policy(keep_stale=600))
    async with dispatching(there, clock=clock) as dispatch:
        await dispatch.results(question(ANA))
        ill.append(1)
        (held,) = await dispatch.results(question(ANA))
        (other,) = await dispatch.results(question(ANA, scope="p2"))
        clock.move(601)
        (late,) = await dispatch.results(question(ANA))
    assert (statuses(held), len(held.replies[0].records)) == ([Status.STALE], 1)
    assert held.replies[0].notice.code is NoticeCode.UNREACHABLE
    assert statuses(other) == statuses(late) == [Status.SILENT]


async def test_withdrawn_consent_also_closes_what_is_kept():
    there, _ = source("a", policy=Policy(keep=60))
    book = consenting("a")
    async with dispatching(there, consent=book) as dispatch:
        await dispatch.results(question(ANA))
        book._grants.clear()
        (held,) = await dispatch.results(question(ANA))
    assert statuses(held) == [Status.NO_CONSENT]


async def test_what_is_not_offered_is_not_asked():
    async with dispatching(source("b")[0]) as dispatch:
        reply = await dispatch.catalogue("b", None, Asking(scope="p"))
    assert reply.status is Status.NOT_OFFERED


async def test_an_answer_of_another_batch_is_never_mixed_under_a_hundred_askers():
    there, _ = source("a", slow)
    learners = [LearnerKey(scheme="hub", code=f"x{n}") for n in range(100)]
    links, consent = everywhere("a", learners=learners), consenting("a", learners=learners)
    async with dispatching(there, links=links, consent=consent) as dispatch:
        asked = [dispatch.results(question(each, learners[(n + 1) % 100])) for n, each in enumerate(learners)]
        for held in await asyncio.gather(*asked):
            for each in held:
                assert all(told.learner == each.learner for reply in each.replies for told in reply.records)


def register(*linked):
    """Make a source in memory that knows where ANA is linked."""
    settings = memory.Book(
        links={f"{ANA.scheme}:{ANA.code}": tuple(Link(source=each, key=ANA) for each in linked)}
    )
    offers = Offers(verbs=frozenset({Verb.LINKS}))
    return Source(code="register", member="m", manifest=memory.MANIFEST, settings=settings, offers=offers)


async def test_links_may_be_asked_of_a_register():
    (there, _), (elsewhere, other) = source("a"), source("b")
    async with Roster(Declared(there, elsewhere, register("a"))) as roster:
        dispatch = Dispatch(roster, AskedLinks(roster, "register"), consenting("a", "b"))
        (held,) = await dispatch.results(question(ANA))
        lost = Dispatch(roster, AskedLinks(roster, "nowhere"), consenting("a", "b"))
        (unknown,) = await lost.results(question(ANA))
    assert statuses(held) == [Status.ANSWERED, Status.UNLINKED, Status.NOT_OFFERED]
    assert other.asked == []
    assert unknown.replies[0].notice.code is NoticeCode.LINKS_UNKNOWN


async def test_twenty_learners_at_eight_sources_are_eight_calls_and_eight_tasks():
    learners = [LearnerKey(scheme="hub", code=f"x{n}") for n in range(20)]
    codes = [f"s{n}" for n in range(8)]
    made = [source(code) for code in codes]
    loop, tasks = asyncio.get_running_loop(), []
    links, consent = everywhere(*codes, learners=learners), consenting(*codes, learners=learners)
    async with dispatching(*(there for there, _ in made), links=links, consent=consent) as dispatch:
        loop.set_task_factory(lambda at, coro, **kw: tasks.append(1) or asyncio.Task(coro, loop=at, **kw))
        try:
            held = await dispatch.results(question(*learners))
        finally:
            loop.set_task_factory(None)
    assert sum(len(connector.asked) for _, connector in made) == 8
    assert len(tasks) == 8
    assert sum(len(reply.records) for each in held for reply in each.replies) == 20 * 8 * 2
