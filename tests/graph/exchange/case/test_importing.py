"""Packages go through both passes into the graph and come out again equal, on both engines."""

import json

import pytest

from graph.exchange import imports
from graph.exchange.case.importing import import_package
from graph.exchange.case.reading import whole
from graph.exchange.case.verbatim import encode
from graph.moment import moment
from tests.graph.exchange.case.packages import DOCUMENT, association, exact, item, package, raw, uuid
from tests.graph.exchange.case.test_round_trip import FIXTURES

KEY = f"case:-:{DOCUMENT}"


@pytest.fixture
def bring(graph, tmp_path):
    async def bring(said, **options):
        path = tmp_path / "package.json"
        path.write_bytes(said if isinstance(said, bytes) else raw(said))
        return await import_package(graph, path, **options)

    return bring


@pytest.fixture
def fetch(graph):
    async def fetch(key=KEY):
        found = await whole(graph, key, moment(await imports.published(graph)))
        return exact(encode(found.package())) if found else None

    return fetch


async def refused(bring, said):
    done = await bring(said)
    assert not done.ok
    return [(finding.code, finding.field) for finding in done.report.findings]


@pytest.mark.parametrize("name", FIXTURES)
async def test_a_package_is_equal_after_the_graph_and_again_changes_nothing(bring, fetch, name):
    data = raw(FIXTURES[name])
    done = await bring(data)
    assert done.ok, done.report.findings
    assert await fetch() == exact(data)
    again = await bring(json.dumps(FIXTURES[name], indent=3, sort_keys=True).encode())
    assert again.ok
    assert not again.loaded.published


@pytest.mark.parametrize("name", ["ItemTypeTestFramework", "MarkdownFramework", "Ordering"])
async def test_a_sample_is_equal_after_the_graph(bring, fetch, samples, name):
    data = (samples / "case" / f"{name}.json").read_bytes()
    assert (await bring(data)).ok
    assert await fetch(f"case:-:{json.loads(data)['CFDocument']['identifier']}") == exact(data)


async def test_what_a_later_package_lacks_is_retired_and_what_it_changes_becomes_a_new_version(bring, fetch):
    links = [association(n, uuid("e", n), DOCUMENT) for n in (1, 2)]
    await bring(package([item(1), item(2)], links))
    later = package([item(1, fullStatement="better")], links[:1])
    total = (await bring(later)).loaded.tally.total()
    assert (total.changed, total.retired, total.added) == (1, 2, 0)
    assert await fetch() == exact(raw(later))


async def test_what_is_synthetic_and_licensed_says_so(bring, graph):
    await bring(package([item(1)], document={"licenseURI": {"title": "CC BY"}}), synthetic=True)
    found = await whole(graph, KEY, moment(await imports.published(graph)))
    assert all(one.synthetic and one.licence.startswith("case-") for one in (found.framework, *found.items))


async def test_another_document_leaves_the_first_alone_and_the_first_again_changes_nothing(bring, fetch):
    first = package([item(1)], document={"licenseURI": {"title": "CC BY", "uri": "https://l.example/by"}})
    other = package([item(2)], document={"identifier": uuid("d", 2)} | {"licenseURI": {"title": "CC BY"}})
    for said in (first, other):
        assert (await bring(said)).loaded.published
    assert not (await bring(first)).loaded.published
    assert await fetch() == exact(raw(first))


async def test_an_item_of_another_framework_is_never_taken_away_from_it(bring, fetch):
    await bring(package([item(1)]))
    thief = package([item(3), item(1)], document={"identifier": uuid("d", 2)})
    assert await refused(bring, thief) == [("CASE_ELSEWHERE", "CFItems[1].identifier")]
    assert await fetch() == exact(raw(package([item(1)])))


SPOILED = {
    "an item is a number": (package([item(1), 7]), "CASE_TYPE", "CFItems[1]"),
    "a statement is a list": (package([item(1, fullStatement=[])]), "CASE_TYPE", "CFItems[0].fullStatement"),
    "an identifier is no UUID": (
        package([item(1, identifier="x")]),
        "CASE_IDENTIFIER",
        "CFItems[0].identifier",
    ),
    "an identifier is missing": (
        package([item(1, identifier=None)]),
        "CASE_MISSING",
        "CFItems[0].identifier",
    ),
    "an identifier comes twice": (
        package([item(1), item(1, identifier=uuid("E", 1))]),
        "CASE_TWICE",
        "CFItems[1].identifier",
    ),
    "the title is empty": (package(document={"title": ""}), "CASE_MISSING", "CFDocument.title"),
    "the title is a number": (package(document={"title": 7}), "CASE_TYPE", "CFDocument.title"),
    "an end is a text": (
        package([item(1)], [association(1, uuid("e", 1), "") | {"destinationNodeURI": "x"}]),
        "CASE_TYPE",
        "CFAssociations[0].destinationNodeURI",
    ),
    "a sequence number is true": (
        package([item(1)], [association(1, uuid("e", 1), DOCUMENT, sequenceNumber=True)]),
        "CASE_TYPE",
        "CFAssociations[0].sequenceNumber",
    ),
    "too much is unknown": (package([item(1, x="x" * 1_000_001)]), "CASE_TOO_LONG", "CFItems[0]"),
}


@pytest.mark.parametrize("name", SPOILED)
async def test_a_spoiled_package_is_refused_by_its_place_and_nothing_is_written(bring, fetch, name):
    said, code, field = SPOILED[name]
    assert await refused(bring, said) == [(code, field)]
    assert await fetch() is None


UNREADABLE = {
    "no JSON": b"<xml/>",
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "no document": b'{"CFItems": []}',
    "a list that is none": b'{"CFDocument": {}, "CFItems": {}}',
    "a bottomless pit": b'{"CFDocument": ' + b"[" * 200_000,
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_is_no_package_is_refused(bring, name):
    assert [code for code, _ in await refused(bring, UNREADABLE[name])] == ["CASE_UNREADABLE"]


@pytest.mark.parametrize(("depth", "place"), [(65, "CFItems[1]"), (400, "CFItems[1]"), (5000, "")])
async def test_an_item_nested_without_end_is_refused(bring, depth, place):
    deep = raw(package([item(1), item(2, x="X")])).replace(b'"X"', b"[" * depth + b"]" * depth)
    assert await refused(bring, deep) == [("CASE_UNREADABLE", place)]


async def test_a_package_of_over_64_mebibytes_is_refused_unread(graph, tmp_path):
    path = tmp_path / "package.json"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    (finding,) = (await import_package(graph, path)).report.findings
    assert finding.code == "FILE_TOO_LARGE"
