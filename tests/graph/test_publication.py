"""What a reader may know: the last publication, and the same answer however late it is asked."""

from datetime import timedelta

import pytest
from small_bundle import outcome, write

from graph.exchange import imports
from graph.exchange.importing import import_bundle
from graph.moment import NOTHING_YET, stamp, unstamp
from graph.publication import Publication


@pytest.fixture
async def graph(store):
    await store.write("MATCH (h:Hub {name: 'hub'}) DETACH DELETE h")
    return store


async def test_nothing_is_published_in_an_empty_graph(graph):
    assert await Publication(graph).latest() == NOTHING_YET


async def test_a_publication_is_seen_once_the_last_look_is_over(graph, tmp_path):
    now = [0.0]
    publication = Publication(graph, lasts=1.0, clock=lambda: now[0])
    assert await publication.latest() == NOTHING_YET
    await import_bundle(graph, write(tmp_path / "b", {"outcomes": [outcome("a")]}))
    assert await publication.latest() == NOTHING_YET
    now[0] = 1.0
    assert await publication.latest() == await imports.published(graph)


async def test_a_moment_between_an_imports_beginning_and_its_publication_knows_nothing_of_it(graph, tmp_path):
    await import_bundle(graph, write(tmp_path / "b", {"outcomes": [outcome("a")]}))
    [done] = await imports.listed(graph)
    publication = Publication(graph, lasts=0)
    between = stamp(unstamp(done.moment) + timedelta(microseconds=1))
    assert done.moment < between < done.ended_at
    assert await publication.known(between) < done.moment
    assert await publication.known(done.moment) == done.moment
    assert await publication.known(done.ended_at) == done.ended_at


async def test_a_question_within_the_last_look_costs_no_round_trip(graph):
    publication = Publication(graph, clock=lambda: 0.0)
    await publication.latest()
    before = graph.round_trips
    for _ in range(5):
        await publication.latest()
    assert graph.round_trips == before
