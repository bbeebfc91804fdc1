"""What HTTP gives beyond GraphQL, over a real socket: validators, compression, origins, names, leaving."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from pathlib import Path
from urllib.parse import quote

import pytest
import strawberry

from hub.app import Parts, create_app
from hub.bounds import Bounds
from hub.config import ConfigRefused
from hub.manifest import read_manifest
from hub.origins import Origins
from hub.validators import Freshness
from schema.permissions import PUBLIC, Access, access, decided
from schema.persisted import Persisted
from tests.hub.wire import get, post, request, send, served
from tests.schema.small import GIVEN, schema

FINE = {"query": "{__typename}"}
WIDE = "{units(first:100){code level}}"


def path(query: str) -> str:
    return f"/graphql?query={quote(query)}"


@pytest.fixture(scope="module")
async def port():
    async with served(create_app(Parts(schema=schema))) as number:
        yield number


async def test_a_public_answer_has_a_tag_and_is_not_sent_again(port: int):
    first = await get(port, path(WIDE))
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert {"Accept", "Accept-Encoding"} <= set(first.headers["vary"].split(", "))
    tag = first.headers["etag"]
    for given in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = await get(port, path(WIDE), if_none_match=given)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == tag
    for given in ('"other"', "", 'W/""'):
        assert (await get(port, path(WIDE), if_none_match=given)).status == 200
    assert (await get(port, path("{__typename}"))).headers["etag"] != tag


async def test_a_tag_stands_for_what_is_said_and_not_for_its_bytes(port: int):
    plain, packed = await get(port, path(WIDE)), await get(port, path(WIDE), accept_encoding="gzip")
    assert plain.headers["etag"] == packed.headers["etag"]


@pytest.mark.parametrize("query", ["{broken}", "{nope}", "{", "{refused}", "mutation{rename(code:1)}"])
async def test_an_answer_with_errors_is_not_kept(port: int, query: str):
    reply = await get(port, path(query))
    assert "etag" not in reply.headers
    assert reply.headers["cache-control"] == "no-store"


async def test_answers_to_post_are_not_kept(port: int):
    reply = await post(port, FINE, if_none_match="*")
    assert (reply.status, "etag" in reply.headers) == (200, False)
    assert reply.headers["cache-control"] == "no-store"


async def test_a_field_that_is_not_public_makes_its_answer_nobodys_to_keep():
    @strawberry.type
    @decided(PUBLIC)
    class Query:
        @strawberry.field
        def open(self) -> int:
            return 1

        @strawberry.field(metadata=access(Access("own")))
        def mine(self) -> int:
            return 2

    app = create_app(Parts(schema=strawberry.Schema(Query), freshness=Freshness(60)))
    async with served(app) as port:
        public = await get(port, path("{open}"))
        assert public.headers["cache-control"] == "public, max-age=60, must-revalidate"
        for query in ("{mine}", "{open mine}"):
            reply = await get(port, path(query), if_none_match="*")
            assert (reply.status, "etag" in reply.headers) == (200, False)
            assert reply.headers["cache-control"] == "no-store"


async def test_large_answers_are_compressed_for_those_who_take_it(port: int):
    plain = await get(port, path(WIDE))
    for taken in ("gzip", "br, gzip;q=0.5", "*"):
        packed = await get(port, path(WIDE), accept_encoding=taken)
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert len(packed.body) < len(plain.body) / 3
    for refused in ("gzip;q=0", "br", "", "identity, *;q=0"):
        reply = await get(port, path(WIDE), accept_encoding=refused)
        assert "content-encoding" not in reply.headers
        assert reply.body == plain.body


async def test_small_answers_are_not_compressed(port: int):
    reply = await post(port, FINE, accept_encoding="gzip")
    assert "content-encoding" not in reply.headers
    assert "Accept-Encoding" in reply.headers["vary"]


async def test_very_large_answers_are_compressed_outside_the_loop(port: int):
    wide = (
        "neighbours{longer:code longest:level same:code again:level neighbours{theirCode:code thatIs:code}}"
    )
    asked = asyncio.ensure_future(
        post(port, {"query": f"{{units(first:200){{{wide}}}}}"}, accept_encoding="gzip")
    )
    told = gzip.decompress((await asked).body)
    assert (len(told) > 100_000, len(json.loads(told)["data"]["units"])) == (True, 200)


async def preflight(port: int, origin: str):
    return await send(port, request(method="OPTIONS", origin=origin, access_control_request_method="POST"))


async def test_pages_of_other_sites_may_not_ask_by_default(port: int):
    assert not [h for h in (await preflight(port, "https://a.example")).headers if h.startswith("access-")]
    assert not [
        h for h in (await post(port, FINE, origin="https://a.example")).headers if h.startswith("access-")
    ]


async def test_pages_of_named_origins_may_ask():
    parts = Parts(schema=schema, origins=Origins(["https://a.example"]))
    async with served(create_app(parts)) as port:
        before = await preflight(port, "https://a.example")
        assert (before.status, before.headers["access-control-allow-origin"]) == (204, "https://a.example")
        assert "POST" in before.headers["access-control-allow-methods"]
        assert "Content-Type" in before.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in before.headers
        assert "access-control-allow-origin" not in (await preflight(port, "https://b.example")).headers
        for body in (FINE, b"42"):
            reply = await post(port, body, origin="https://a.example")
            assert reply.headers["access-control-allow-origin"] == "https://a.example"
            assert "ETag" in reply.headers["access-control-expose-headers"]
            assert "Origin" in reply.headers["vary"]
        other = await post(port, FINE, origin="https://b.example")
        assert (other.status, "access-control-allow-origin" in other.headers) == (200, False)
        assert "Origin" in (await post(port, FINE)).headers["vary"]


async def test_automatic_persisted_documents_over_get_and_post(port: int):
    text = "{units(first:1){code}}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    by_get = f"/graphql?extensions={quote(json.dumps(extensions))}"
    missing = await get(port, by_get)
    assert (missing.status, missing.code) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert missing.json["errors"][0]["message"] == "PersistedQueryNotFound"
    assert missing.headers["cache-control"] == "no-store"
    modern = await post(port, {"extensions": extensions}, accept="application/graphql-response+json")
    assert (modern.status, modern.code) == (400, "PERSISTED_QUERY_NOT_FOUND")
    answer = {"data": {"units": [{"code": "U0"}]}}
    assert (await post(port, {"query": text, "extensions": extensions})).json == answer
    assert (await post(port, {"extensions": extensions})).json == answer
    found = await get(port, by_get)
    assert found.json == answer
    assert "etag" in found.headers


async def test_trusted_documents_by_their_name():
    parts = Parts(schema=schema, persisted=Persisted({"one": "{units(first:1){code}}"}, only=True))
    async with served(create_app(parts)) as port:
        for reply in (await post(port, {"documentId": "one"}), await get(port, "/graphql?documentId=one")):
            assert reply.json == {"data": {"units": [{"code": "U0"}]}}
        refused = await post(port, FINE, accept="application/graphql-response+json")
        assert (refused.status, refused.code) == (403, "ONLY_TRUSTED_DOCUMENTS")
        assert (await post(port, {"documentId": "two"})).code == "DOCUMENT_UNKNOWN"
        assert (await post(port, {"documentId": "one"} | FINE)).code == "BODY_WRONG_SHAPE"
        assert (await post(port, {"documentId": 1})).code == "BODY_WRONG_SHAPE"


APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


@pytest.mark.parametrize(
    "manifest", [{"a": "{__typename}"}, APOLLO | {"operations": [{"id": "a", "body": "{__typename}"}]}]
)
def test_a_manifest_is_read_in_either_form(tmp_path: Path, manifest: object):
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest))
    assert read_manifest(file, schema) == {"a": "{__typename}"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": "{nope}"}', "'a' cannot be served: Cannot query field 'nope'"),
        ('{"a": "{units(first:1000000){code}}"}', "1 to 200 items"),
        ('{"a": "{units(first:200){neighbours{neighbours{neighbours{code}}}}}"}', "may cost"),
        ('{"a": 1}', "no manifest"),
        ("[]", "no manifest"),
        ("{", "no manifest"),
    ],
)
def test_a_manifest_that_cannot_be_served_stops_the_start(tmp_path: Path, text: str, why: str):
    file = tmp_path / "manifest.json"
    file.write_text(text)
    with pytest.raises(ConfigRefused, match=why):
        read_manifest(file, schema)


async def test_a_missing_manifest_stops_the_start(tmp_path: Path):
    with pytest.raises(ConfigRefused, match="cannot be read"):
        read_manifest(tmp_path / "none.json", schema)


async def test_who_leaves_cancels_what_was_asked_and_frees_the_place():
    async with served(create_app(Parts(schema=schema, bounds=Bounds(places=1, queue=0)))) as port:
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(b'{"query":"{slow(seconds:9)}"}'))
            async with asyncio.timeout(5):
                while not GIVEN["slow"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                writer.close()
                while GIVEN["slow"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert (await post(port, FINE)).status == 200


async def test_who_stays_on_its_connection_is_answered_again_and_again(port: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(20):
        writer.write(request(b'{"query":"{slow(seconds:0.001)}"}'))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert head.startswith(b"HTTP/1.1 200")
        await reader.readexactly(len(b'{"data":{"slow":1}}'))
    writer.close()
