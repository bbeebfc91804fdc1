"""The CASE REST API over real HTTP, behind the guard, on both engines."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from graph.exchange.case.importing import import_package
from graph.layout import CATALOG
from hub.app import create_app
from hub.config import Config
from hub.parts import compose
from tests.graph.exchange.case.packages import DOCUMENT, association, exact, item, link, package, raw, uuid
from tests.hub.wire import get, post, request, send, served

ROOT = "/ims/case/v1p1"
GROUPING = link("CFAssociationGroupings", uuid("9", 1), "Crosswalk")
TYPE = link("CFItemTypes", uuid("8", 1), "Standard")
FULL = package(
    [item(1), item(2), item(3)],
    [
        association(1, uuid("e", 1), DOCUMENT, sequenceNumber=1),
        association(2, uuid("e", 2), uuid("e", 1), sequenceNumber=2),
        association(3, uuid("e", 1), uuid("e", 3), "exactMatchOf", CFAssociationGroupingURI=GROUPING),
        association(4, uuid("e", 3), uuid("f", 1), "isPeerOf"),
    ],
    {"subject": ["maths", "physics"], "version": "2"},
    CFDefinitions={"CFAssociationGroupings": [GROUPING], "CFItemTypes": [TYPE]},
)
BARE = {"CFDocument": {"identifier": uuid("d", 2), "title": "无链接"}} | {
    "CFItems": [{"identifier": uuid("e", 9), "fullStatement": "no uri"}]
}


@pytest.fixture
async def port(shared_store, store, tmp_path):
    for index in CATALOG.indexes:
        await shared_store.define(index.statement(), within=60)
    await store.write("MATCH (h:Hub {name: 'hub'}) DETACH DELETE h")
    for number, said in enumerate((FULL, BARE)):
        path = tmp_path / f"{number}.json"
        path.write_bytes(raw(said))
        assert (await import_package(store, path)).ok
    async with served(create_app(compose(Config(), store))) as port:
        yield port


async def ask(port, path, **query):
    asked = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    return await get(port, f"{ROOT}/{path}" + (f"?{asked}" if asked else ""))


async def identifiers(port, **query):
    reply = await ask(port, "CFDocuments", **query)
    assert reply.status == 200, reply.body
    return [said["identifier"] for said in reply.json["CFDocuments"]]


async def test_every_thing_of_a_package_is_answered_by_its_identifier(port):
    assert (await ask(port, f"CFDocuments/{DOCUMENT}")).json["title"] == "A framework"
    one = (await ask(port, f"CFItems/{uuid('e', 1)}")).json
    assert (one["fullStatement"], one["CFDocumentURI"]["identifier"]) == ("Item 1", DOCUMENT)
    assert (await ask(port, f"CFAssociations/{uuid('a', 2)}")).json["sequenceNumber"] == 2
    assert (await ask(port, f"CFAssociationGroupings/{uuid('9', 1)}")).json == GROUPING
    assert (await ask(port, f"CFItemTypes/{uuid('8', 1)}")).json == {"CFItemTypes": [TYPE]}


async def test_a_package_is_answered_as_it_was_imported_and_marked_as_1_1(port):
    reply = await ask(port, f"CFPackages/{DOCUMENT}")
    said = exact(reply.body)
    assert said["CFDocument"].pop("caseVersion") == "1.1"
    assert said == exact(raw(FULL))


async def test_the_associations_of_an_item_are_those_that_name_it_at_either_end(port):
    said = (await ask(port, f"CFItemAssociations/{uuid('e', 1)}")).json
    assert said["CFItem"]["identifier"] == uuid("e", 1)
    assert [one["identifier"] for one in said["CFAssociations"]] == [uuid("a", n) for n in (1, 2, 3)]


async def test_links_that_a_package_left_out_lead_to_this_hub_and_are_answered(port):
    document = (await ask(port, f"CFDocuments/{uuid('d', 2)}")).json
    for uri in (document["uri"], document["CFPackageURI"]["uri"]):
        assert uri.startswith(f"http://hub{ROOT}/")
        assert (await get(port, uri.removeprefix("http://hub"))).status == 200
    assert (await ask(port, f"CFItems/{uuid('e', 9).upper()}")).json["uri"].endswith(uuid("e", 9))


async def test_the_list_is_paged_counted_and_linked(port):
    reply = await ask(port, "CFDocuments", limit=1)
    assert reply.headers["x-total-count"] == "2"
    assert 'offset=1>; rel="next"' in reply.headers["link"]
    assert await identifiers(port, limit=1, offset=1) == [uuid("d", 2)]
    assert await identifiers(port, offset=2) == []


async def test_the_list_is_sorted_filtered_and_narrowed_to_fields(port):
    assert await identifiers(port, sort="title", orderBy="desc") == [uuid("d", 2), DOCUMENT]
    assert await identifiers(port, filter="title~'FRAME'") == [DOCUMENT]
    assert await identifiers(port, filter="subject='physics' AND version='2'") == [DOCUMENT]
    assert await identifiers(port, filter="version='3' OR title='无链接'") == [uuid("d", 2)]
    reply = await ask(port, "CFDocuments", fields="identifier,title")
    assert reply.json["CFDocuments"][0] == {"identifier": DOCUMENT, "title": "A framework"}


@pytest.mark.parametrize(
    ("query", "minor"),
    [
        ({"limit": 0}, "invaliddata"),
        ({"limit": "1e9"}, "invaliddata"),
        ({"offset": -1}, "invaliddata"),
        ({"orderBy": "up"}, "invaliddata"),
        ({"sort": "colour"}, "invalid_selection_field"),
        ({"fields": "title,colour"}, "invalid_selection_field"),
        ({"filter": "colour='red'"}, "invalid_filter_field"),
        ({"filter": "title=red"}, "invalid_filter_field"),
        ({"filter": "title='a' AND"}, "invalid_filter_field"),
    ],
)
async def test_what_is_asked_wrongly_is_refused_in_the_specifications_shape(port, query, minor):
    reply = await ask(port, "CFDocuments", **query)
    assert reply.status == 400
    assert reply.json["imsx_codeMajor"] == "failure"
    (field,) = reply.json["imsx_codeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == minor


@pytest.mark.parametrize("path", [f"CFItems/{uuid('e', 7)}", "CFItems/no-uuid", f"CFPackages/{uuid('e', 1)}"])
async def test_an_unknown_identifier_is_an_unknown_object(port, path):
    reply = await ask(port, path)
    assert reply.status == 404
    assert (
        reply.json["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "unknownobject"
    )


async def test_it_is_read_only_and_behind_the_guard(port):
    reply = await send(port, request(method="PUT", path=f"{ROOT}/CFDocuments"))
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")
    reply = await get(port, f"{ROOT}/CFDocuments")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "x-request-id" in reply.headers
    assert (await post(port, b"x" * 2_000_001)).status == 413


async def test_every_answer_names_its_snapshot(port):
    first, second = [await ask(port, f"CFItems/{uuid('e', 1)}") for _ in range(2)]
    assert first.headers["x-snapshot"] == second.headers["x-snapshot"]
    assert "known=2" in first.headers["x-snapshot"]
