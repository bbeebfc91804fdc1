"""A rule book read from the graph is the one the bundle's files make, on both engines."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import asdict, replace

from graph.library import Library
from graph.model.learning import Completion, Context, Result
from graph.moment import moment, stamp
from graph.publication import Publication
from graph.recognition import evaluate, sets_of
from tests.graph.demo_books import OUC, book_of, things

DONE = Completion(first=date(2023, 6, 1), last=date(2023, 6, 1))
RECEIVERS = sorted({rule.institution for rule in things()["rules"]})


@pytest.fixture(scope="module")
async def now(demo):
    return moment(await Publication(demo, lasts=0).latest(), date(2026, 5, 1))


def timeless(book):
    # The manifest marks a whole bundle as synthetic; the files mark each line.
    return {
        name: tuple(replace(one, recorded_at=None, retracted_at=None, synthetic=True) for one in part)
        for name, part in asdict(book).items()
        if isinstance(part, tuple)
    }


@pytest.mark.parametrize("institution", RECEIVERS)
async def test_a_book_read_is_the_book_of_the_bundle(demo, now, institution):
    found = timeless((await Library(demo).volume(institution, now)).index.book)
    told = timeless(book_of(institution))
    for part, things_told in told.items():
        assert found[part] == things_told, part
    assert found["rules"]


async def test_a_book_takes_a_bounded_number_of_round_trips(demo, now):
    before = demo.round_trips
    await Library(demo).volume(OUC, now)
    assert demo.round_trips - before <= 24


async def test_a_book_is_kept_and_asked_for_once_by_many(demo, now):
    library = Library(demo)
    first, *others = await asyncio.gather(*(library.volume(OUC, now) for _ in range(5)))
    before = demo.round_trips
    assert await library.volume(OUC, now) is first
    assert all(other is first for other in others)
    assert demo.round_trips == before


async def test_only_so_many_books_are_kept(demo, now):
    library = Library(demo, books=2)
    first = await library.volume(OUC, now)
    for other in [one for one in RECEIVERS if one != OUC][:2]:
        await library.volume(other, now)
    assert await library.volume(OUC, now) is not first


async def test_a_book_of_an_earlier_moment_is_as_it_was_known_and_not_kept(demo, now):
    library = Library(demo)
    then = moment(now.published, known=stamp(datetime(2000, 1, 1, tzinfo=UTC)))
    book = (await library.volume(OUC, then)).index.book
    assert (book.rules, book.outcomes, book.factors) == ((), (), ())
    assert await library.volume(OUC, then) is not await library.volume(OUC, then)


async def test_outcomes_that_only_results_name_are_added_with_their_parts(demo, now):
    library = Library(demo)
    volume = await library.volume(OUC, now)
    beyond = next(one.key for one in things()["outcomes"] if one.key not in volume)
    more = await library.knowing(volume, {beyond, "ouc-course:2020:none"}, now)
    assert beyond in more
    assert "ouc-course:2020:none" not in more
    assert await library.knowing(volume, {"ouc-course:2020:none"}, now) is volume
    assert await library.volume(OUC, now) is volume


async def test_known_results_are_judged_alike_by_the_own_part_of_a_book_and_by_the_whole(demo, now):
    library, outcomes = Library(demo), [one.key for one in things()["outcomes"]]
    given = [
        Result(id=f"r{place}", outcome=key, hypothetical=True, completion=DONE)
        for place, key in enumerate(dict.fromkeys(outcomes))
    ]
    for institution in RECEIVERS:
        whole = await library.volume(institution, now)
        own = await Library(demo).volume(institution, now, whole=False)
        assert len(own.index.book.outcomes) < len(whole.index.book.outcomes)
        for programme in (None, *whole.index.programmes):
            context = Context(institution=institution, programme=programme, applied_on=date(2026, 5, 1))
            answers = [
                evaluate((await library.knowing(volume, outcomes, now)).index, given, context)
                for volume in (own, whole)
            ]
            assert answers[0] == answers[1]


async def test_the_own_part_gives_way_to_the_whole_once_that_is_kept(demo, now):
    library = Library(demo)
    own = await library.volume(OUC, now, whole=False)
    assert not own.whole
    whole = await library.volume(OUC, now)
    assert await library.volume(OUC, now, whole=False) is whole


async def test_a_rule_accepts_alike_by_an_excerpt_and_by_the_whole_book(demo, now):
    library = Library(demo)
    for institution in RECEIVERS:
        own = await Library(demo).volume(institution, now, whole=False)
        whole = (await library.volume(institution, now)).index
        for entry in whole.entries:
            context = Context(
                institution=institution, programme=entry.rule.programme, applied_on=date(2026, 5, 1)
            )
            excerpt = (await library.excerpt(own, [entry.place], now)).index
            assert sets_of(excerpt, entry.place, context) == sets_of(whole, entry.place, context)
