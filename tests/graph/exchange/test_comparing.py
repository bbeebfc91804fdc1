"""What a diff tells: per line, with fields, between bundles and against the graph."""

from small_bundle import outcome, write

from graph.exchange.comparing import BundleSide, Fate, GraphSide, compare
from graph.exchange.importing import import_bundle
from graph.exchange.opening import open_bundle

BEFORE = {"outcomes": [outcome("a"), outcome("b"), outcome("c")]}
AFTER = {"outcomes": [outcome("a"), outcome("b", tags=["new"]), outcome("d")]}


async def between(before, after):
    return [(one.file, one.line, one.key, one.fate) async for one in compare(before, after)]


async def test_two_bundles_differ_line_by_line(tmp_path):
    paths = write(tmp_path / "one", BEFORE), write(tmp_path / "two", AFTER)
    with open_bundle(paths[0]) as one, open_bundle(paths[1]) as two:
        assert await between(BundleSide(one), BundleSide(two)) == [
            ("outcomes", 2, "oc:1:b", Fate.CHANGED),
            ("outcomes", 3, "oc:1:c", Fate.RETIRED),
            ("outcomes", 3, "oc:1:d", Fate.ADDED),
        ]


async def test_a_change_names_its_fields(tmp_path):
    paths = write(tmp_path / "one", BEFORE), write(tmp_path / "two", AFTER)
    with open_bundle(paths[0]) as one, open_bundle(paths[1]) as two:
        found = [difference async for difference in compare(BundleSide(one), BundleSide(two))]
    assert [(one.field, one.before, one.after) for one in found[0].changes] == [("tags", None, ["new"])]


async def test_a_bundle_does_not_differ_from_the_graph_that_took_it(graph, tmp_path):
    path = write(tmp_path / "one", BEFORE)
    await import_bundle(graph, path)
    with open_bundle(path) as bundle:
        side = BundleSide(bundle, whole=False)
        assert await between(GraphSide(graph, "test"), side) == []


async def test_a_delta_bundle_retires_nothing_of_the_graph(graph, tmp_path):
    await import_bundle(graph, write(tmp_path / "one", BEFORE))
    for mode, fates in (
        ("delta", [Fate.CHANGED, Fate.ADDED]),
        ("full", [Fate.CHANGED, Fate.RETIRED, Fate.ADDED]),
    ):
        with open_bundle(write(tmp_path / mode, AFTER, mode=mode)) as bundle:
            side = BundleSide(bundle, whole=False)
            found = await between(GraphSide(graph, "test"), side)
            assert [fate for *_, fate in found] == fates
