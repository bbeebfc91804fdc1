"""`graphql-transport-ws` over a real socket: every rule of the protocol and every bound of the edge."""

from __future__ import annotations

import asyncio
import json
import logging
import time

import pytest
from websockets.exceptions import InvalidStatus

from hub.app import Parts, create_app
from hub.bounds import Bounds, Streaming
from hub.origins import Origins
from hub.server import Serving, serve
from tests.hub.talking import Client, talking
from tests.hub.wire import bound, post, served
from tests.schema.small import GIVEN, SECRET, schema

FINE = "{ __typename }"


@pytest.fixture(scope="module")
async def port():
    async with served(create_app(Parts(schema=schema))) as number:
        yield number


@pytest.fixture
async def client(port: int):
    async with talking(port) as client:
        await client.begin()
        yield client


async def until(true) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_subscription_gives_its_events_and_completes(client: Client):
    await client.ask("1", "subscription{count(to:3)}")
    for number in range(3):
        assert await client.hear() == {"type": "next", "id": "1", "payload": {"data": {"count": number}}}
    assert await client.hear() == {"type": "complete", "id": "1"}


async def test_each_event_is_resolved_below_its_root(client: Client):
    await client.ask("1", "subscription{unitChanges{code neighbours{code}}}")
    heard = await client.hear()
    assert heard["payload"]["data"]["unitChanges"]["neighbours"][0] == {"code": "U1.0"}


async def test_queries_and_mutations_are_answered_too(client: Client):
    for query, data in ((FINE, {"__typename": "Query"}), ('mutation{rename(code:"1")}', {"rename": "1"})):
        await client.ask("q", query)
        assert await client.hear() == {"type": "next", "id": "q", "payload": {"data": data}}
        assert await client.hear() == {"type": "complete", "id": "q"}


async def test_operations_run_beside_each_other_under_their_ids(client: Client):
    await client.ask("slow", "{slow(seconds:0.3)}")
    await client.ask("quick", FINE)
    assert [(await client.hear())["id"] for _ in range(4)] == ["quick", "quick", "slow", "slow"]


async def test_an_id_is_free_again_once_its_operation_ended(client: Client):
    for _ in range(3):
        await client.ask("same", FINE)
        assert [(await client.hear())["type"] for _ in range(2)] == ["next", "complete"]


async def test_complete_stops_the_source(client: Client):
    await client.ask("1", "subscription{endless}")
    await until(lambda: GIVEN["listening"] == 1)
    await client.say("complete", "1")
    await until(lambda: GIVEN["listening"] == 0)
    await client.ask("1", FINE)
    assert (await client.hear())["type"] == "next"


async def test_who_leaves_stops_its_sources(port: int):
    async with talking(port) as client:
        await client.begin()
        for name in "abc":
            await client.ask(name, "subscription{endless}")
        await until(lambda: GIVEN["listening"] == 3)
    await until(lambda: GIVEN["listening"] == 0)


async def test_ping_is_answered_before_and_after_the_beginning(port: int):
    async with talking(port) as client:
        await client.say("ping", payload={"a": 1})
        assert await client.hear() == {"type": "pong"}
        await client.begin()
        await client.say("pong")
        await client.say("ping")
        assert await client.hear() == {"type": "pong"}


# What breaks a rule of the protocol, and the code that ends the conversation.
SUBSCRIBE = json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "subscription{endless}"}})
BEGIN = '{"type":"connection_init"}'
BROKEN = {
    "subscribed before the beginning": ([SUBSCRIBE], 4401),
    "begun twice": ([BEGIN, BEGIN], 4429),
    "an id twice": ([BEGIN, SUBSCRIBE, SUBSCRIBE], 4409),
    "no JSON": (["{"], 4400),
    "NaN": (['{"type":"ping","payload":NaN}'], 4400),
    "deep": ([f'{{"type":"ping","payload":{"[" * 90}{"]" * 90}}}'], 4400),
    "a list": (["[]"], 4400),
    "no type": (["{}"], 4400),
    "a numeric type": (['{"type":1}'], 4400),
    "an unknown type": (['{"type":"start"}'], 4400),
    "a server's message": (['{"type":"next","id":"1"}'], 4400),
    "bytes": ([b'{"type":"ping"}'], 4400),
    "a payload that is a list": (['{"type":"connection_init","payload":[1]}'], 4400),
    "no id": ([BEGIN, '{"type":"subscribe","payload":{"query":"{__typename}"}}'], 4400),
    "an empty id": ([BEGIN, '{"type":"subscribe","id":"","payload":{"query":"{__typename}"}}'], 4400),
    "a long id": ([BEGIN, SUBSCRIBE.replace('"1"', f'"{"1" * 200}"')], 4400),
    "no payload": ([BEGIN, '{"type":"subscribe","id":"1"}'], 4400),
    "no query": ([BEGIN, '{"type":"subscribe","id":"1","payload":{}}'], 4400),
    "variables in a list": ([BEGIN, SUBSCRIBE.replace("}}", '","variables":[]}}')], 4400),
    "complete without an id": ([BEGIN, '{"type":"complete"}'], 4400),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_breaks_the_protocol_ends_the_conversation(port: int, name: str):
    said, code = BROKEN[name]
    async with talking(port) as client:
        for text in said:
            await client.raw(text)
        closed, reason = await client.closed()
    assert closed == code
    assert 0 < len(reason) < 123
    await until(lambda: GIVEN["listening"] == 0)


async def test_a_client_that_does_not_begin_is_left(port: int):
    parts = Parts(schema=schema, bounds=Bounds(streaming=Streaming(init=0.2)))
    async with served(create_app(parts)) as number, talking(number) as client:
        begun = time.monotonic()
        await client.say("ping")
        assert (await client.closed())[0] == 4408
        assert time.monotonic() - begun < 0.2 + 1


@pytest.mark.parametrize("protocol", ["graphql-ws", None])
async def test_other_protocols_are_refused(port: int, protocol: str | None):
    async with talking(port, None) if protocol is None else talking(port, protocol) as client:
        assert client.socket.subprotocol is None
        assert await client.closed() == (4406, "Subprotocol not acceptable")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription{nope}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription{a:count(to:1) b:count(to:1)}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription($n:Int!){count(to:$n)}", "BAD_VARIABLES"),
        ("subscription{unitChanges" + "{neighbours" * 30 + "{code}" + "}" * 31, "QUERY_TOO_DEEP"),
        ("query A{a:__typename} query B{b:__typename}", "OPERATION_AMBIGUOUS"),
        ("subscription{refuses}", "NOT_FOUND"),
        ("{__schema{types{name fields{name}}} unit(code:1){code}}", "INTROSPECTION_NOT_ALONE"),
    ],
)
async def test_what_is_refused_elsewhere_is_refused_here_and_the_talk_goes_on(
    client: Client, query: str, code: str
):
    await client.ask("1", query)
    heard = await client.hear()
    assert (heard["type"], heard["id"]) == ("error", "1")
    (error,) = heard["payload"][:1]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["zh"]
    await client.ask("1", FINE)
    assert (await client.hear())["type"] == "next"


async def test_a_source_that_breaks_is_masked(client: Client, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        await client.ask("1", "subscription{breaks}", variables={"secret": SECRET})
        assert (await client.hear())["payload"] == {"data": {"breaks": 1}}
        heard = await client.hear()
    assert heard["type"] == "error"
    assert heard["payload"][0]["extensions"]["code"] == "INTERNAL"
    assert SECRET not in json.dumps(heard)
    ours = [record for record in caplog.records if not record.name.startswith("websockets.client")]
    assert all(SECRET not in record.getMessage() for record in ours)
    assert any("type=RuntimeError" in record.getMessage() for record in ours)


async def test_query_strings_of_connections_are_not_logged(port: int, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        async with talking(port) as client:
            await client.begin()
    assert "/graphql" not in caplog.text


async def test_operations_of_one_connection_are_counted(port: int):
    parts = Parts(schema=schema, bounds=Bounds(streaming=Streaming(operations=2)))
    async with served(create_app(parts)) as number, talking(number) as client:
        await client.begin()
        for name in "abc":
            await client.ask(name, "subscription{endless}")
        heard = await client.hear()
        assert (heard["id"], heard["payload"][0]["extensions"]["code"]) == ("c", "TOO_MANY_OPERATIONS_OPEN")
        await client.say("complete", "a")
        await client.ask("c", FINE)
        assert (await client.hear())["type"] == "next"


async def test_connections_are_counted():
    parts = Parts(schema=schema, bounds=Bounds(streaming=Streaming(connections=1)))
    async with served(create_app(parts)) as port:
        async with talking(port) as client:
            await client.begin()
            with pytest.raises(InvalidStatus) as refused:
                async with talking(port):
                    pass
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["retry-after"] == "1"
        await asyncio.sleep(0.1)
        async with talking(port) as client:
            await client.begin()


async def test_operations_take_the_places_of_requests():
    bounds = Bounds(places=1, queue=0)
    async with served(create_app(Parts(schema=schema, bounds=bounds))) as port, talking(port) as client:
        await client.begin()
        await client.ask("1", "{slow(seconds:0.5)}")
        await asyncio.sleep(0.1)
        assert (await post(port, {"query": FINE})).code == "OVERLOADED"
        await client.ask("2", FINE)
        heard = await client.hear()
        assert (heard["id"], heard["payload"][0]["extensions"]["code"]) == ("2", "OVERLOADED")
        assert (await client.hear())["payload"] == {"data": {"slow": 1}}


async def test_a_subscription_holds_no_place():
    bounds = Bounds(places=1, queue=0)
    async with served(create_app(Parts(schema=schema, bounds=bounds))) as port, talking(port) as client:
        await client.begin()
        await client.ask("1", "subscription{endless}")
        await until(lambda: GIVEN["listening"] == 1)
        assert (await post(port, {"query": FINE})).status == 200


async def test_an_answer_has_its_deadline_and_a_subscription_has_none():
    bounds = Bounds(deadline=0.3)
    async with served(create_app(Parts(schema=schema, bounds=bounds))) as port, talking(port) as client:
        await client.begin()
        await client.ask("1", "{slow(seconds:30)}")
        assert (await client.hear())["payload"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"
        await client.ask("2", "subscription{count(to:2,every:0.5)}")
        assert [(await client.hear())["type"] for _ in range(3)] == ["next", "next", "complete"]


async def test_a_message_over_the_cap_ends_the_connection(port: int):
    async with talking(port) as client:
        await client.begin()
        await client.raw(json.dumps({"type": "ping", "payload": {"a": "x" * 190_000}}))
        assert await client.hear() == {"type": "pong"}
        await client.raw(json.dumps({"type": "ping", "payload": {"a": "x" * 300_000}}))
        assert (await client.closed())[0] == 1009


async def test_a_client_that_does_not_read_is_cut_off_and_its_source_waits():
    GIVEN["flood"] = 0
    app = create_app(Parts(schema=schema))
    async with served(app, Serving(unread=0.5)) as port, talking(port, max_queue=1) as client:
        await client.begin()
        await client.ask("1", "subscription{flood}")
        await asyncio.sleep(0.4)
        given = GIVEN["flood"]
        await asyncio.sleep(0.1)
        assert GIVEN["flood"] == given < 2_000
        await until(lambda: GIVEN["flooding"] == 0)
        assert GIVEN["flood"] == given


async def test_a_client_that_floods_pings_and_does_not_read_is_cut_off():
    app, bounded = create_app(Parts(schema=schema)), {"ping_interval": None, "write_limit": 1_000}
    async with served(app, Serving(unread=0.5)) as port, talking(port, **bounded) as client:
        await client.begin()
        client.socket.transport.pause_reading()
        with pytest.raises(Exception):  # noqa: B017 - whichever way the end is seen first
            async with asyncio.timeout(8):
                while True:
                    await client.socket.ping(b"x" * 100)


async def test_a_client_that_is_silent_is_pinged_and_left():
    async with served(create_app(Parts(schema=schema)), Serving(ping=0.2, pong=0.3)) as port:
        async with talking(port) as client:
            await client.begin()
            await asyncio.sleep(0.8)
            await client.ask("1", FINE)
            assert (await client.hear())["type"] == "next"
        async with talking(port) as client:
            await client.begin()
            await client.ask("1", "subscription{endless}")
            await until(lambda: GIVEN["listening"] == 1)
            client.socket.transport.pause_reading()
            await until(lambda: GIVEN["listening"] == 0)


@pytest.mark.parametrize(("origin", "status"), [("https://evil.example", 403), ("null", 403)])
async def test_pages_from_elsewhere_are_refused(port: int, origin: str, status: int):
    with pytest.raises(InvalidStatus) as refused:
        async with talking(port, origin=origin):
            pass
    assert refused.value.response.status_code == status


async def test_pages_of_the_hub_and_of_allowed_origins_are_let_in(port: int):
    async with talking(port, origin=f"http://127.0.0.1:{port}") as client:
        await client.begin()
    parts = Parts(schema=schema, origins=Origins(["https://friend.example"]))
    async with (
        served(create_app(parts)) as number,
        talking(number, origin="https://friend.example") as client,
    ):
        await client.begin()


async def test_a_stop_tells_the_clients_and_ends_in_time():
    with bound() as at:
        stop, started = asyncio.Event(), asyncio.Event()
        app = create_app(Parts(schema=schema))
        running = asyncio.create_task(serve(app, at, Serving(), stop=stop, started=started))
        await started.wait()
        async with talking(at.getsockname()[1]) as client:
            await client.begin()
            await client.ask("1", "subscription{endless}")
            await until(lambda: GIVEN["listening"] == 1)
            begun = time.monotonic()
            stop.set()
            assert (await client.closed())[0] == 1012
        await running
        assert time.monotonic() - begun < 1 + 1
    assert GIVEN["listening"] == 0


async def test_persisted_documents_are_found_here_too(client: Client):
    await client.say("subscribe", "1", {"documentId": "unknown"})
    assert (await client.hear())["payload"][0]["extensions"]["code"] == "DOCUMENT_UNKNOWN"
