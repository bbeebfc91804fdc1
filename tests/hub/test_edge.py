"""The edge over a real socket: whatever is sent is answered or refused clearly."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import time

import pytest

from hub.app import Parts, create_app
from hub.bounds import Bounds
from tests.hub.wire import get, post, request, send, served
from tests.schema.small import SECRET, schema

FINE = {"query": "{ __typename }"}


@pytest.fixture(scope="module")
async def port():
    async with served(create_app(Parts(schema=schema))) as number:
        yield number


def body(text: str | bytes) -> bytes:
    """A request whose variables are the given JSON text."""
    raw = text.encode() if isinstance(text, str) else text
    return b'{"query":"{__typename}","variables":{"v":' + raw + b"}}"


BODIES = {
    "a number": (b"42", "BODY_WRONG_SHAPE"),
    "null": (b"null", "BODY_WRONG_SHAPE"),
    "a string": (b'"x"', "BODY_WRONG_SHAPE"),
    "a batch": (b'[{"query":"{__typename}"}]', "BODY_WRONG_SHAPE"),
    "nothing": (b"", "BODY_NOT_JSON"),
    "half": (b'{"query":"{__ty', "BODY_NOT_JSON"),
    "two": (b'{"query":"{__typename}"}{}', "BODY_NOT_JSON"),
    "no query": (b"{}", "BODY_WRONG_SHAPE"),
    "null query": (b'{"query":null}', "BODY_WRONG_SHAPE"),
    "list of variables": (b'{"query":"{__typename}","variables":[]}', "BODY_WRONG_SHAPE"),
    "numeric name": (b'{"query":"{__typename}","operationName":1}', "BODY_WRONG_SHAPE"),
    "not utf-8": (b'{"query":"{__typename} #\xff"}', "BODY_NOT_UTF8"),
    "utf-16": ('{"query":"{__typename}"}'.encode("utf-16"), "BODY_NOT_UTF8"),
    "a byte order mark": (b"\xef\xbb\xbf" + b'{"query":"{__typename}"}', "BODY_NOT_JSON"),
    "NaN": (body("NaN"), "BODY_NOT_JSON"),
    "Infinity": (body("-Infinity"), "BODY_NOT_JSON"),
    "1e999": (body("1e999"), "BODY_NOT_JSON"),
    "5,000 digits": (body("1" * 5000), "BODY_NOT_JSON"),
    "5,000 decimals": (body("0." + "1" * 5000), "BODY_NOT_JSON"),
    "a name twice": (b'{"query":"{a}","query":"{__typename}"}', "BODY_NOT_JSON"),
    "a name twice, deep": (body('{"a":1,"a":2}'), "BODY_NOT_JSON"),
    "half a surrogate pair": (body('"\\ud800"'), "BODY_NOT_JSON"),
    "half a pair as a name": (body('{"\\uDC00":1}'), "BODY_NOT_JSON"),
    "a control character": (body(b'"\x01"'), "BODY_NOT_JSON"),
    "70 levels": (body("[" * 70 + "]" * 70), "BODY_TOO_COMPLEX"),
    "100,000 levels": (body("[" * 100_000 + "]" * 100_000), "BODY_TOO_COMPLEX"),
    "100,000 levels, open": (body("[" * 100_000), "BODY_TOO_COMPLEX"),
    "100,000 objects deep": (body('{"a":' * 100_000), "BODY_TOO_COMPLEX"),
    "30,000 values": (body("[" + "1," * 30_000 + "1]"), "BODY_TOO_COMPLEX"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_question_is_refused(port: int, name: str):
    raw, code = BODIES[name]
    reply = await post(port, raw)
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize(
    "raw",
    [
        body("1.5e3"),
        body("9" * 30),
        body('"\\ud83c\\udfc3 \\\\ud800 \\" [[[["'),
        body("[" * 40 + "]" * 40),
        body("[" + "1," * 15_000 + "1]"),
        body('"' + "x,[{" * 100_000 + '"'),
        b' {"query":"{__typename}","operationName":null,"variables":null,"extensions":null,"more":1}\n',
        '{"query":"# 学分\\n{__typename}"}'.encode(),
    ],
)
async def test_a_body_that_is_a_question_is_answered(port: int, raw: bytes):
    assert (await post(port, raw)).json == {"data": {"__typename": "Query"}}


HEADERS = {
    "no type": ({"content_type": None}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    "text": ({"content_type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    "a form": ({"content_type": "application/x-www-form-urlencoded"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    "gbk": ({"content_type": "application/json; charset=gbk"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    "gzip": ({"content_encoding": "gzip"}, 415, "UNSUPPORTED_ENCODING"),
    "html only": ({"accept": "text/html"}, 406, "NOT_ACCEPTABLE"),
    "json refused": ({"accept": "application/json;q=0"}, 406, "NOT_ACCEPTABLE"),
}


@pytest.mark.parametrize("name", HEADERS)
async def test_undeclared_types_are_refused(port: int, name: str):
    headers, status, code = HEADERS[name]
    reply = await post(port, FINE, **headers)
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("application/*", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/json;q=0.9, application/graphql-response+json", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json;q=0.5", "application/json"),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
        ("application/json;q=junk, */*", "application/json"),
    ],
)
async def test_the_answer_has_the_type_that_was_asked_for(port: int, accept: str | None, media: str):
    reply = await post(port, FINE, accept=accept, content_type='application/json; charset="UTF-8"')
    assert (reply.status, reply.headers["content-type"]) == (200, f"{media}; charset=utf-8")


async def test_a_compressed_body_is_never_unpacked(port: int):
    assert (await post(port, gzip.compress(b"0" * 200_000), content_encoding="gzip")).status == 415


async def test_a_body_over_the_cap_is_refused_before_it_is_sent(port: int):
    head = request(b"", content_length="2000001")
    assert (await send(port, head)).code == "BODY_TOO_LARGE"


@pytest.mark.parametrize("size", [2_100_000, 12_000_000])
async def test_a_body_over_the_cap_is_refused_also_while_it_is_sent(port: int, size: int):
    reply = await post(port, b"0" * size)
    assert (reply.status, reply.code) == (413, "BODY_TOO_LARGE")


async def test_chunks_are_counted(port: int):
    chunk = b"186a0\r\n" + b" " * 100_000 + b"\r\n"
    raw = request(b"", content_length=None, transfer_encoding="chunked") + chunk * 21 + b"0\r\n\r\n"
    assert (await send(port, raw)).status == 413


async def test_a_body_of_almost_two_megabytes_is_answered(port: int):
    assert (await post(port, body('"' + "学" * 660_000 + '"'))).status == 200


HOSTILE = {
    "lists": body("[" + "[]," * 600_000 + "1]"),
    "numbers": body("[" + "1," * 900_000 + "1]"),
    "empty strings": body("[" + '"",' * 600_000 + "1]"),
    "an open string of escapes": b'{"query":"' + b'\\"' * 950_000 + b",[" * 50,
    "open lists": body("[" * 1_900_000),
    "closed lists": body("]" * 1_900_000 + "[," * 40),
    "digits": body("1" * 1_900_000),
    "spaces": body(" " * 1_900_000 + "1"),
    "escapes": body('"' + "\\u5b66" * 300_000 + '"'),
    "surrogates": body('["' + '\\ud83c\\udfc3","' * 19_000 + '"]'),
    "keys": body("{" + ",".join(f'"{i}":{{}}' for i in range(9_000)) + "}"),
    "a long document": json.dumps({"query": "{" + "a " * 900_000 + "}"}).encode(),
    "a long comment": json.dumps({"query": "#" + "a" * 1_900_000}).encode(),
    "a long name": json.dumps({"query": "{" + "a" * 90_000 + "}"}).encode(),
    "99,000 tokens": json.dumps({"query": "{" + "a " * 49_000 + "}"}).encode(),
    "999 fields": json.dumps({"query": "{" + " ".join(f"f{i}" for i in range(999)) + "}"}).encode(),
    "190 twins": json.dumps({"query": "{" + 'unit(code:"1"){code}' * 190 + "}"}).encode(),
    "a wide list": json.dumps(
        {"query": "query($c:[String!]!){unitsByCode(codes:$c){code}}", "variables": {"c": ["x"] * 15_000}}
    ).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_body_holds_the_loop_or_gets_a_5xx(port: int, name: str):
    asked = asyncio.ensure_future(post(port, HOSTILE[name]))
    longest = 0.0
    while not asked.done():
        begun = time.monotonic()
        await asyncio.sleep(0.005)
        longest = max(longest, time.monotonic() - begun)
    assert (await asked).status < 500
    assert longest < 0.25 + 1  # the promise is 250 ms; a second of slack for a shared machine


async def test_every_answer_has_an_id_and_the_security_headers(port: int):
    for reply in (await post(port, FINE), await post(port, b"42"), await get(port, "/nowhere")):
        assert len(reply.headers["x-request-id"]) == 32
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["content-security-policy"]


async def test_a_given_request_id_is_kept_when_it_is_one(port: int):
    given = "0" * 31 + "a"
    assert (await post(port, FINE, x_request_id=given)).headers["x-request-id"] == given
    assert (await post(port, FINE, x_request_id=SECRET)).headers["x-request-id"] != SECRET


async def test_every_refusal_has_one_shape(port: int):
    for reply in (await post(port, b"42"), await get(port, "/nowhere"), await post(port, {"query": "{"})):
        (error,) = reply.json["errors"]
        assert isinstance(error["message"], str)
        assert {"code", "zh", "remedy", "requestId"} <= error["extensions"].keys()
        assert error["extensions"]["requestId"] == reply.headers["x-request-id"]


async def test_get_asks_and_does_not_change(port: int):
    asked = await get(
        port, "/graphql?query=query($c:String!){unit(code:$c){code}}&variables=%7B%22c%22:%221%22%7D"
    )
    assert asked.json == {"data": {"unit": {"code": "1"}}}
    refused = await get(port, "/graphql?query=mutation%7Brename(code:%221%22)%7D")
    assert (refused.status, refused.code, refused.headers["allow"]) == (405, "METHOD_NOT_ALLOWED", "POST")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BODY_WRONG_SHAPE"),
        ("query=%7B__typename%7D&query=%7Ba%7D", "BODY_WRONG_SHAPE"),
        ("query=%7B__typename%7D&variables=5", "BODY_WRONG_SHAPE"),
        ("query=%7B__typename%7D&variables=%7B", "BODY_NOT_JSON"),
        ("query=%7B__typename%7D&variables=%7B%22a%22:1,%22a%22:2%7D", "BODY_NOT_JSON"),
    ],
)
async def test_a_get_that_asks_nothing_is_refused(port: int, query: str, code: str):
    reply = await get(port, f"/graphql?{query}")
    assert (reply.status, reply.code) == (400, code)


async def test_other_methods_are_refused(port: int):
    for method in ("PUT", "DELETE", "PATCH"):
        reply = await send(port, request(method=method, content_length="0"))
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


async def test_options_tells_the_methods(port: int):
    reply = await send(port, request(method="OPTIONS"))
    assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


async def test_head_is_get_without_its_body(port: int):
    path = "/graphql?query=%7B__typename%7D"
    asked = await get(port, path)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(method="HEAD", path=path, connection="close"))
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert f"content-length: {len(asked.body)}".encode() in head.lower()
    assert body == b""
    writer.close()


async def test_a_mutation_is_served_by_post(port: int):
    assert (await post(port, {"query": 'mutation{rename(code:"1")}'})).json == {"data": {"rename": "1"}}


@pytest.mark.parametrize("media", ["application/json", "application/graphql-response+json"])
async def test_a_document_over_the_limits_is_a_400_in_either_type(port: int, media: str):
    deep = "{unit(code:1)" + "{neighbours" * 30 + "{code}" + "}" * 31
    reply = await post(port, {"query": deep}, accept=media)
    assert (reply.status, reply.code) == (400, "QUERY_TOO_DEEP")
    assert reply.json["errors"][0]["extensions"]["facts"] == {"value": 32, "limit": 18}


async def test_several_operations_need_a_name(port: int):
    two = {"query": "query A{a:__typename} query B{b:__typename}"}
    assert (await post(port, two)).code == "OPERATION_AMBIGUOUS"
    assert (await post(port, two | {"operationName": "C"})).code == "OPERATION_UNKNOWN"
    assert (await post(port, two | {"operationName": "B"})).json == {"data": {"b": "Query"}}


async def test_a_defect_is_masked_and_logged_without_its_text(port: int, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        reply = await post(port, {"query": "{ broken unit(code: 1) { code } }".replace("1", f'"{SECRET}"')})
    assert reply.status == 200
    assert reply.json["data"] == {"broken": None, "unit": {"code": SECRET}}
    (error,) = reply.json["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert SECRET not in json.dumps(error)
    assert SECRET not in caplog.text
    assert "type=RuntimeError" in caplog.text
    assert reply.headers["x-request-id"] in caplog.text


async def test_rejected_text_and_values_are_not_logged(port: int, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        await post(port, {"query": f'{{ unit(code: "{SECRET}") {{ nope }} }}'})
        await post(port, {"query": f'{{ unit(code: "{SECRET}'})
        coerced = await post(
            port, {"query": "query($c:Int){units(first:$c){code}}", "variables": {"c": SECRET}}
        )
        await get(port, f"/graphql?query=%7Bunit(code:%22{SECRET}%22)%7Bnope%7D%7D")
    assert coerced.code == "BAD_VARIABLES"
    assert SECRET not in coerced.body.decode()
    assert SECRET not in caplog.text


async def test_validation_messages_are_kept(port: int):
    reply = await post(port, {"query": "{ nope }"})
    assert reply.json["errors"][0]["message"] == "Cannot query field 'nope' on type 'Query'."


async def test_a_refusal_of_a_resolver_keeps_its_code(port: int):
    reply = await post(port, {"query": "{ refused }"})
    assert (reply.status, reply.code, reply.json["data"]) == (200, "NOT_FOUND", {"refused": None})


async def test_every_answer_comes_within_the_deadline():
    bounds = Bounds(deadline=0.3)
    async with served(create_app(Parts(schema=schema, bounds=bounds))) as port:
        begun = time.monotonic()
        reply = await post(port, {"query": "{ slow(seconds: 30) }"})
        assert (reply.status, reply.code) == (503, "DEADLINE_EXCEEDED")
        assert time.monotonic() - begun < 0.3 + 1
        assert (await post(port, {"query": "{ slow(seconds: 0.01) }"})).json == {"data": {"slow": 1}}


async def test_a_body_that_trickles_is_given_up():
    async with served(create_app(Parts(schema=schema, bounds=Bounds(upload=0.3)))) as port:
        reply = await send(port, request(b"{", content_length="100"))
        assert (reply.status, reply.code) == (408, "BODY_TOO_SLOW")


async def test_overload_is_refused_at_once_and_passes():
    bounds = Bounds(places=2, queue=2, patience=5, retry_after=3)
    async with served(create_app(Parts(schema=schema, bounds=bounds))) as port:
        slow = [asyncio.ensure_future(post(port, {"query": "{slow(seconds:0.5)}"})) for _ in range(4)]
        await asyncio.sleep(0.2)
        begun = time.monotonic()
        refused = await post(port, FINE)
        assert (refused.status, refused.code, refused.headers["retry-after"]) == (503, "OVERLOADED", "3")
        assert time.monotonic() - begun < 0.05 + 1
        assert (await get(port, "/health/live")).status == 200
        assert [(await reply).status for reply in slow] == [200] * 4
        assert (await post(port, FINE)).status == 200


async def test_who_waits_too_long_is_refused():
    bounds = Bounds(places=1, queue=5, patience=0.1)
    async with served(create_app(Parts(schema=schema, bounds=bounds))) as port:
        slow = asyncio.ensure_future(post(port, {"query": "{slow(seconds:0.6)}"}))
        await asyncio.sleep(0.1)
        assert (await post(port, FINE)).status == 503
        assert (await slow).status == 200


async def test_bodies_share_one_budget():
    bounds = Bounds(bodies=100_000)
    async with served(create_app(Parts(schema=schema, bounds=bounds))) as port:
        assert (await post(port, body('"' + "x" * 200_000 + '"'))).code == "OVERLOADED"
        for _ in range(5):
            assert (await post(port, body('"' + "x" * 80_000 + '"'))).status == 200


async def test_who_leaves_before_its_body_is_whole_is_no_defect(port: int, caplog: pytest.LogCaptureFixture):
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(b"{", content_length="100"))
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await asyncio.sleep(0.1)
    assert caplog.text == ""


async def test_a_path_is_not_redirected(port: int):
    assert (await post(port, FINE)).status == 200
    reply = await send(port, request(b"{}", path="/graphql/"))
    assert (reply.status, reply.code) == (404, "NOT_FOUND")
