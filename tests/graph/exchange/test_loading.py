"""What an import does to the graph: visible at once or never, unchanged, corrected, retired, as of."""

import pytest
from small_bundle import everything, mapping, outcome, versions, write

from graph.exchange import imports
from graph.exchange.cargo import Cargo, Listed
from graph.exchange.importing import import_bundle
from graph.exchange.imports import ImportRefused, Kind, State
from graph.exchange.loading import load
from graph.exchange.run import Run, discard
from graph.exchange.standing import Standing
from graph.exchange.writing import Work
from graph.model.concepts import BY_FILE
from graph.model.institutions import Institution
from graph.model.values import Text
from graph.moment import FOREVER
from graph.projections import content

COURSES = {
    "outcomes": [outcome("a"), outcome("b"), outcome("c")],
    "mappings": [mapping(1, "a"), mapping(2, "b")],
}


async def take(graph, folder, lines, **more):
    batch = more.pop("batch", 5000)
    done = await import_bundle(graph, write(folder, lines, **more), batch=batch)
    assert not done.report.findings, done.report.findings
    return done.loaded


def body_of(rows):
    return [(row[1], row[2], row[4] == FOREVER) for row in rows]


async def test_a_first_import_adds_every_line_and_is_published(graph, tmp_path):
    done = await take(graph, tmp_path / "one", COURSES)
    assert done.published
    assert done.tally.files["outcomes.jsonl"].added == 3
    assert done.tally.files["mappings.jsonl"].added == 2
    assert await imports.published(graph) == done.moment
    assert (await imports.listed(graph))[0].state is State.PUBLISHED


async def test_the_manifests_source_becomes_a_source(graph, tmp_path):
    await take(graph, tmp_path / "one", {})
    assert [row[1] for row in await versions(graph, "sources")] == ["test"]


async def test_an_edge_leads_from_the_version_to_what_it_names(graph, tmp_path):
    await take(graph, tmp_path / "one", COURSES)
    _, identities, edges = await everything(graph)
    assert ("oc:1:a", 1, "ISSUED_BY", "in:-:A") in [(*edge[:2], *edge[3:]) for edge in edges]
    assert ("Outcome", "oc:1:a") in identities


async def test_the_same_bundle_again_changes_nothing_and_writes_nothing(graph, tmp_path):
    await take(graph, tmp_path / "one", COURSES, mode="full")
    before, moment = await everything(graph), await imports.published(graph)
    again = (await import_bundle(graph, tmp_path / "one")).loaded
    assert again.ok
    assert again.tally.total().written == 0
    assert again.tally.total().unchanged == 10
    assert not again.published
    assert (await everything(graph), await imports.published(graph)) == (before, moment)
    assert len(await imports.listed(graph)) == 1


async def test_full_retires_what_the_file_now_lacks(graph, tmp_path):
    await take(graph, tmp_path / "one", COURSES, mode="full")
    lines = {"outcomes": [outcome("a"), outcome("b")], "mappings": [mapping(1, "a")]}
    done = await take(graph, tmp_path / "two", lines, mode="full")
    assert done.tally.files["outcomes.jsonl"].retired == 1
    assert done.tally.files["mappings.jsonl"].retired == 1
    standing = [row[1] for row in await versions(graph, "outcomes", "mappings") if row[4] == FOREVER]
    assert standing == ["m:1", "oc:1:a", "oc:1:b"]


async def test_delta_retires_nothing(graph, tmp_path):
    await take(graph, tmp_path / "one", COURSES)
    done = await take(graph, tmp_path / "two", {"outcomes": [outcome("a")]})
    assert done.tally.total().retired == 0


async def test_full_leaves_what_another_source_loaded(graph, tmp_path):
    await take(graph, tmp_path / "one", COURSES, source="one")
    done = await take(graph, tmp_path / "two", {"outcomes": [outcome("z")]}, source="two", mode="full")
    assert done.tally.total().retired == 0


async def test_what_comes_back_after_being_retired_gets_the_next_number(graph, tmp_path):
    await take(graph, tmp_path / "one", {"outcomes": [outcome("a"), outcome("b")]}, mode="full")
    await take(graph, tmp_path / "two", {"outcomes": [outcome("a")]}, mode="full")
    await take(graph, tmp_path / "three", {"outcomes": [outcome("a"), outcome("b")]}, mode="full")
    assert body_of(await versions(graph, "outcomes"))[1:] == [("oc:1:b", 1, False), ("oc:1:b", 2, True)]


async def test_a_line_without_number_over_the_same_window_corrects_the_latest(graph, tmp_path):
    await take(graph, tmp_path / "one", {"outcomes": [outcome("a")]})
    done = await take(graph, tmp_path / "two", {"outcomes": [outcome("a", tags=["x"])]})
    assert done.tally.files["outcomes.jsonl"].changed == 1
    assert body_of(await versions(graph, "outcomes")) == [("oc:1:a", 1, False), ("oc:1:a", 2, True)]


async def test_a_line_without_number_over_another_window_succeeds_the_latest(graph, tmp_path):
    await take(graph, tmp_path / "one", {"outcomes": [outcome("a")]})
    await take(graph, tmp_path / "two", {"outcomes": [outcome("a", validFrom="2025-01-01")]})
    assert body_of(await versions(graph, "outcomes")) == [("oc:1:a", 1, True), ("oc:1:a", 2, True)]


@pytest.mark.parametrize("end", [{"validTo": "2026-01-01"}, {"status": "SUSPENDED"}, {"status": "RETIRED"}])
async def test_a_published_version_may_be_closed_under_its_number(graph, tmp_path, end):
    lines = {"outcomes": [outcome("a", version=1)], "mappings": [mapping(1, "a", version=1)]}
    await take(graph, tmp_path / "one", lines)
    closed = {"outcomes": [outcome("a", version=1, **end)], "mappings": [mapping(1, "a", version=1, **end)]}
    await take(graph, tmp_path / "two", closed)
    rows = await versions(graph, "outcomes", "mappings")
    assert [(row[1], row[2]) for row in rows] == [("m:1", 1), ("m:1", 1), ("oc:1:a", 1), ("oc:1:a", 1)]
    assert [row[4] == FOREVER for row in rows] == [False, True, False, True]


async def test_any_other_difference_under_a_published_number_is_refused_and_nothing_stays(graph, tmp_path):
    await take(graph, tmp_path / "one", {"outcomes": [outcome("a", version=1)]})
    before = await everything(graph)
    lines = {"outcomes": [outcome("new"), outcome("a", version=1, tags=["x"])]}
    done = (await import_bundle(graph, write(tmp_path / "two", lines), batch=1)).loaded
    assert [(one.code, one.line) for one in done.refusals] == [("VERSION_IMMUTABLE", 2)]
    assert not done.ok
    assert await everything(graph) == before
    assert (await imports.listed(graph))[0].state is State.DISCARDED


async def test_partial_leaves_only_the_refused_line_out(graph, tmp_path):
    await take(graph, tmp_path / "one", {"outcomes": [outcome("a", version=1)]})
    concept = BY_FILE["institutions"]
    new = [
        Institution(key="in:-:A", version=1, title=Text(en="Another")),
        Institution(key="in:-:B", title=Text(en="B")),
    ]
    done = await load(graph, Cargo("test", "d", (Listed("x", concept, new, full=True),)), partial=True)
    assert (done.tally.files["x"].refused, done.tally.files["x"].added, done.tally.files["x"].retired) == (
        1,
        1,
        0,
    )
    assert done.published


async def test_a_unit_succeeded_by_an_unknown_one_makes_it_a_stub_and_by_a_known_one_an_edge(graph, tmp_path):
    def unit(code, **more):
        return {"key": f"un:1:{code}", "title": {"en": code}, "statements": [], "owner": "in:-:A"} | more

    lines = {"units": [unit("OLD", succeededBy=["un:1:NEW", "un:1:COMING"]), unit("NEW")]}
    done = await take(graph, tmp_path / "one", lines)
    assert done.tally.total().stubs == 1
    _, _, edges = await everything(graph)
    assert {(edge[0], edge[4]) for edge in edges if edge[3] == "SUCCEEDED_BY"} == {
        ("un:1:OLD", "un:1:NEW"),
        ("un:1:OLD", "un:1:COMING"),
    }


async def test_an_unknown_institution_becomes_a_stub_and_gives_way_to_the_real_one(graph, tmp_path):
    lines = {"outcomes": [outcome("a", issuer="in:-:X")]}
    done = await take(graph, tmp_path / "one", lines)
    assert done.tally.total().stubs == 1
    assert [row[2] for row in await versions(graph, "institutions") if row[1] == "in:-:X"] == [0]
    real = {"institutions": [{"key": "in:-:X", "title": {"en": "X"}}]}
    await take(graph, tmp_path / "two", real)
    rows = [row for row in await versions(graph, "institutions") if row[1] == "in:-:X"]
    assert body_of(rows) == [("in:-:X", 0, False), ("in:-:X", 1, True)]
    again = (await import_bundle(graph, tmp_path / "one")).loaded
    assert again.tally.total().written == 0


async def test_nothing_is_seen_before_it_is_published(graph, tmp_path):
    await take(graph, tmp_path / "one", COURSES)
    seen = Standing(graph, await imports.published(graph))
    concept = BY_FILE["institutions"]
    new = Institution(key="in:-:Z", title=Text(en="Z"))
    run = await Run.prepare(graph, Cargo("test", "x", (Listed("x", concept, [new]),)), Kind.IMPORT)
    await run.begin()
    work = Work(concept, run.moment, "test", retracts=[("in:-:A", 1)])
    work.add(new, 1, content(new))
    await run.write(work)
    assert await seen.known("institution", ["in:-:A", "in:-:Z"]) == {"in:-:A"}
    await run.publish()
    later = Standing(graph, await imports.published(graph))
    assert await later.known("institution", ["in:-:A", "in:-:Z"]) == {"in:-:Z"}
    assert await seen.known("institution", ["in:-:A", "in:-:Z"]) == {"in:-:A"}


async def test_a_second_import_is_refused_while_one_runs(graph, tmp_path):
    first = await Run.prepare(graph, Cargo("test", "x", ()), Kind.IMPORT)
    await first.begin()
    with pytest.raises(ImportRefused, match="still running"):
        await import_bundle(graph, write(tmp_path / "one", COURSES))
    await first.release()
    with pytest.raises(ImportRefused, match="resume it, or discard it"):
        await import_bundle(graph, tmp_path / "one")
    await discard(graph, await imports.open_import(graph))
    assert (await import_bundle(graph, tmp_path / "one")).ok


async def test_an_import_that_was_taken_over_writes_no_more(graph):
    cargo = Cargo("test", "x", ())
    first = await Run.prepare(graph, cargo, Kind.IMPORT)
    await first.begin()
    await first.release()
    second = await Run.prepare(graph, cargo, Kind.IMPORT)
    assert second.resumed
    with pytest.raises(ImportRefused, match="taken over"):
        await first.write(Work(BY_FILE["institutions"], first.moment, "test"))


async def test_an_import_compared_with_a_graph_that_has_moved_is_refused(graph, tmp_path):
    slow = await Run.prepare(graph, Cargo("test", "x", ()), Kind.IMPORT)
    await take(graph, tmp_path / "one", COURSES)
    with pytest.raises(ImportRefused, match="import again"):
        await slow.begin()
