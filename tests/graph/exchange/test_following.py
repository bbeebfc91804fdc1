"""What the hub holds in memory follows the publications: always what a fresh read gives, by reading less."""

from __future__ import annotations

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as some
from small_bundle import mapping, outcome, write

from graph.directory import Directory
from graph.exchange.cargo import Cargo, Listed
from graph.exchange.importing import import_bundle
from graph.exchange.imports import Kind, open_import
from graph.exchange.loading import load
from graph.exchange.run import Run, discard
from graph.exchange.writing import Work
from graph.inventory import Inventory
from graph.model.concepts import BY_FILE
from graph.model.institutions import Institution
from graph.model.outcomes import Mapping, Outcome
from graph.moment import moment
from graph.publication import Publication
from graph.search.holdings import SEARCHED
from graph.search.searching import Searching
from graph.sketches import SKETCHES
from tests.graph.exchange.test_model import bundles, emptied, few, institution

INSTITUTIONS = BY_FILE["institutions"]
DAYS = (date(2023, 6, 1), date(2024, 6, 1), date(2031, 1, 1))
TEXTS = ("one", "two", "t", "a", "in:-:b")


class Read:
    """A store that counts the rows of versions it gives; everything else is the store's own."""

    def __init__(self, store) -> None:
        self.store, self.rows = store, 0

    def __getattr__(self, name):
        return getattr(self.store, name)

    async def read(self, query, **given):
        found = await self.store.read(query, **given)
        self.rows += sum(len(row["rows"]) for row in found if "rows" in row)
        return found

    async def stream(self, query, **given):
        async for row in self.store.stream(query, **given):
            self.rows += 1
            yield row


class Kept:
    """An inventory and a search that are asked after every publication, and never made anew."""

    def __init__(self, store) -> None:
        self.store = Read(store)
        self.inventory = Inventory(self.store, Directory(self.store))
        self.searching = Searching(self.store, patience=60, first_patience=60)

    async def state(self, struct=Institution):
        """Everything that is held of the last publication, and what is found by it."""
        published = await Publication(self.store, lasts=0).latest()
        sketches = [msgspec.structs.astuple(one) for one in await self.inventory.versions(struct, published)]
        index = await self.searching.index(published)
        assert index.published == published
        known = sorted({version.times.recorded_at for version in index.versions()})
        at = [moment(published, day, moment_) for day in DAYS for moment_ in (None, *known[-3:])]
        found = [index.find(text, SEARCHED, when, first=20) for text in TEXTS for when in at]
        return sketches, list(index.versions()), found


async def in_progress(graph, number):
    """Begin an import that retracts something and records something, and let it be."""
    run = await Run.prepare(graph, Cargo("s1", f"open {number}", ()), Kind.IMPORT)
    await run.begin()
    standing = await graph.read(
        "MATCH (v:InstitutionVersion) WHERE v.retractedAt >= '9999' RETURN v.key AS key, v.number AS number"
    )
    work = Work(
        INSTITUTIONS, run.moment, "s1", retracts=[(row["key"], row["number"]) for row in standing[:1]]
    )
    await run.write(work)
    return run


steps = some.lists(
    some.tuples(some.sampled_from(["told", "untold", "in progress"]), bundles(institution)),
    min_size=2,
    max_size=4,
)


@few
@given(script=steps)
async def test_after_random_imports_what_is_kept_is_what_a_fresh_read_gives(graph, script):
    kept = Kept(await emptied(graph))
    for number, (how, loads) in enumerate(script):
        for place, (source, things, full, size) in enumerate(loads):
            lines = Listed("lines", INSTITUTIONS, things, full, size)
            await load(graph, Cargo(source, f"{number}.{place}", (lines,)))
        if how == "untold":
            continue
        if how == "in progress":
            run = await in_progress(graph, number)
            assert await kept.state() == await Kept(graph).state()
            await run.release()
            await discard(graph, await open_import(graph))
        assert await kept.state() == await Kept(graph).state()


COURSES = {"outcomes": [outcome(f"C{number:03}") for number in range(120)]}


async def test_only_what_changed_is_read(graph, tmp_path):
    kept = Kept(await emptied(graph))
    assert (await import_bundle(graph, write(tmp_path / "one", COURSES))).ok
    await kept.state(Outcome)
    first, kept.store.rows = kept.store.rows, 0
    changed = [outcome("C007", title={"en": "Another"}), outcome("NEW")]
    assert (await import_bundle(graph, write(tmp_path / "two", {"outcomes": changed}, base=False))).ok
    state = await kept.state(Outcome)
    # Two recorded and one retracted, each for the inventory and for the search.
    assert (first > 240, kept.store.rows) == (True, 6)
    assert state == await Kept(graph).state(Outcome)


MAPPED = COURSES | {"mappings": [mapping(f"M{number:03}", f"C{number:03}") for number in range(120)]}


async def test_of_mappings_too_only_what_changed_is_read(graph, tmp_path):
    kept = Kept(await emptied(graph))
    assert (await import_bundle(graph, write(tmp_path / "one", MAPPED))).ok
    first = (await kept.state(Mapping))[0]
    kept.store.rows = 0
    changed = [mapping("M007", "C007", status="DRAFT"), mapping("NEW", "C001")]
    assert (await import_bundle(graph, write(tmp_path / "two", {"mappings": changed}, base=False))).ok
    state = await kept.state(Mapping)
    assert (len(first), len(state[0]), kept.store.rows) == (120, 122, 3)  # two recorded, one retracted
    assert state == await Kept(graph).state(Mapping)
    gone = {"mappings": MAPPED["mappings"][:5]}
    assert (await import_bundle(graph, write(tmp_path / "three", gone, mode="full", base=False))).ok
    live = await kept.inventory.live(Mapping, moment(await Publication(graph).latest()))
    assert [thing.key for thing in live.things] == [f"m:M{number:03}" for number in range(5)]
    assert await kept.state(Mapping) == await Kept(graph).state(Mapping)


async def test_what_is_warmed_needs_no_reading_when_it_is_asked_for(graph, tmp_path):
    kept = Kept(await emptied(graph))
    assert (await import_bundle(graph, write(tmp_path / "one", MAPPED))).ok
    published = await Publication(graph).latest()
    await kept.inventory.warm(published)
    warmed, kept.store.rows = kept.store.rows, 0
    counted = [len(await kept.inventory.versions(struct, published)) for struct in SKETCHES]
    assert (warmed, kept.store.rows) == (sum(counted), 0)


async def test_a_publication_that_changes_nothing_here_reads_nothing_here(graph, tmp_path):
    kept = Kept(await emptied(graph))
    assert (await import_bundle(graph, write(tmp_path / "one", COURSES))).ok
    before = await kept.state(Outcome)
    kept.store.rows = 0
    licence = {"licences": [{"key": "cc0", "title": {"en": "CC0"}}]}
    assert (await import_bundle(graph, write(tmp_path / "two", licence, base=False))).ok
    assert await kept.state(Outcome) == before
    assert kept.store.rows == 0


async def test_another_graph_in_this_ones_place_is_read_anew(graph, tmp_path):
    kept = Kept(await emptied(graph))
    assert (await import_bundle(graph, write(tmp_path / "one", COURSES))).ok
    await kept.state(Outcome)
    await emptied(graph)
    assert (await import_bundle(graph, write(tmp_path / "two", {"outcomes": COURSES["outcomes"][:50]}))).ok
    state = await kept.state(Outcome)
    assert len(state[0]) == 50
    assert state == await Kept(graph).state(Outcome)


async def test_a_question_about_the_publication_before_is_still_answered(graph, tmp_path):
    kept = Kept(await emptied(graph))
    assert (await import_bundle(graph, write(tmp_path / "one", COURSES))).ok
    before = await Publication(graph).latest()
    old = await kept.inventory.versions(Outcome, before)
    gone = {"outcomes": COURSES["outcomes"][:20]}
    assert (await import_bundle(graph, write(tmp_path / "two", gone, mode="full", base=False))).ok
    await kept.state(Outcome)
    kept.store.rows = 0
    assert await kept.inventory.versions(Outcome, before) is old
    live = await kept.inventory.live(Outcome, moment(before))
    assert (len(live.things), kept.store.rows) == (120, 0)
    assert len((await kept.inventory.live(Outcome, moment(await Publication(graph).latest()))).things) == 20
