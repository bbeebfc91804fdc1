"""Export, restore, export again: the same bytes; and what a restore refuses."""

import zipfile

import pytest
from small_bundle import everything, mapping, outcome, write

from graph.exchange.examined import Options
from graph.exchange.exporting import ExportRefused, export
from graph.exchange.importing import import_bundle
from graph.exchange.imports import ImportRefused, published
from graph.exchange.sorting import Sorter

FIRST = {
    "outcomes": [outcome("a", version=1), outcome("b"), outcome("c", issuer="in:-:unknown")],
    "mappings": [mapping(1, "a"), mapping(2, "b")],
}
SECOND = {
    "outcomes": [outcome("a", version=1, status="RETIRED"), outcome("b", tags=["x"])],
    "mappings": [mapping(1, "a")],
}
RESTORE = Options(restore=True)


@pytest.fixture
async def history(graph, tmp_path):
    """A graph with a closing, a correction, a retirement and a stub."""
    for name, lines in (("one", FIRST), ("two", SECOND)):
        assert (await import_bundle(graph, write(tmp_path / name, lines, mode="full"))).ok
    return graph


async def wipe(graph):
    await graph.write("MATCH (n) WHERE n.name = 'hub' OR NOT n:Hub DETACH DELETE n", within=60)


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


async def test_an_export_restored_and_exported_again_is_the_same_bytes(history, tmp_path):
    counts = await export(history, tmp_path / "out")
    assert counts["outcomes.jsonl"] == 5
    before, moment = await everything(history), await published(history)
    await wipe(history)
    done = await import_bundle(history, tmp_path / "out", RESTORE)
    assert done.ok, done.report.findings
    await export(history, tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "out")
    assert await everything(history) == before
    assert await published(history) == moment


async def test_a_restored_graph_still_knows_which_import_loaded_what(graph, tmp_path):
    """A line may name another source than the bundle's: `full` retires by the bundle that loaded it."""
    sources = [{"key": "ministry", "title": {"zh": "部", "en": "Ministry"}}]
    lines = {"sources": sources, "outcomes": [outcome("a", source="ministry"), outcome("b")]}
    assert (await import_bundle(graph, write(tmp_path / "one", lines, mode="full"))).ok
    await export(graph, tmp_path / "out")
    await wipe(graph)
    assert (await import_bundle(graph, tmp_path / "out", RESTORE)).ok
    done = await import_bundle(
        graph, write(tmp_path / "two", lines | {"outcomes": [outcome("b")]}, mode="full")
    )
    assert done.loaded.tally.of("outcomes.jsonl").retired == 1


async def test_a_zip_has_the_same_bytes_each_time(history, tmp_path):
    for name in ("one.zip", "two.zip"):
        await export(history, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    await export(history, tmp_path / "folder")
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == bytes_of(tmp_path / "folder")


async def test_an_export_never_overwrites(history, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(ExportRefused, match="exists already"):
        await export(history, tmp_path / "there")


async def test_a_restore_needs_an_empty_graph(history, tmp_path):
    await export(history, tmp_path / "out")
    with pytest.raises(ImportRefused, match="empty graph"):
        await import_bundle(history, tmp_path / "out", RESTORE)


async def test_a_restore_takes_exports_only(graph, tmp_path):
    with pytest.raises(ImportRefused, match="no recordedAt"):
        await import_bundle(graph, write(tmp_path / "plain", FIRST), RESTORE)


def test_a_sorter_sorts_more_than_it_holds():
    with Sorter(held=500) as sorter:
        for number in reversed(range(50)):
            sorter.add(b"%03d" % number, b"line")
        assert [key for key, _ in sorter.pairs()] == [b"%03d" % number for number in range(50)]
