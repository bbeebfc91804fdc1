"""What is true of breaker, retries, pace, bulkhead and the deadline; nobody sleeps here."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.address import Addresses, AddressForbidden
from connectors.breaker import Breaker
from connectors.call import Call
from connectors.errors import (
    QuestionSkipped,
    SourceBusy,
    SourceRefused,
    SourceUnavailable,
    SourceUnreadable,
)
from connectors.notices import NoticeCode
from connectors.pace import Bulkhead
from connectors.policy import Policy
from connectors.reading import read
from connectors.rig import HandClock, Played, json, script
from connectors.session import Session
from connectors.standby import OpenSource
from connectors.transport import Answer, Request
from tests.connectors.alliance import source


def call(clock: HandClock, seconds: float = 8, requests: int = 50) -> Call:
    return Call(seconds=seconds, requests=requests, clock=clock)


def session(*parts, policy: Policy | None = None):
    played = Played(script(*parts))
    return Session(played, policy or Policy(), jitter=lambda: 0.5), played


GET = Request(url="https://a.example/x")


def test_the_breaker_opens_after_five_failures_in_a_row():
    breaker = Breaker(Policy(), HandClock())
    for _ in range(4):
        breaker.failed()
    assert not breaker.open
    breaker.failed()
    with pytest.raises(SourceUnavailable) as told:
        breaker.enter()
    assert (told.value.code, told.value.retry_after) == (NoticeCode.RESTING, 30)


def test_the_breaker_opens_at_half_of_ten():
    breaker = Breaker(Policy(), HandClock())
    for _ in range(4):
        breaker.failed()
        breaker.succeeded()
    breaker.succeeded()
    assert not breaker.open
    breaker.failed()
    assert breaker.open


async def test_a_source_left_alone_is_logged_when_that_begins_and_ends_and_once_a_minute_between(caplog):
    clock, ill = HandClock(), True

    async def put(connector, asked):
        if ill:
            raise SourceUnavailable(NoticeCode.FAILING, status=503)

    asleep = OpenSource(source("north")[0], clock)
    await asleep.open()
    for _ in range(5):
        await asleep.ask(put, 5.0)
    failed, opened = caplog.messages[:5], caplog.messages[5:]
    assert all("FAILING" in each for each in failed)
    assert opened == ["source north failed too often and is left alone, but for a probe now and then"]
    caplog.clear()
    unsent = 0
    for _ in range(125):
        for _ in range(10):
            outcome = await asleep.ask(put, 5.0)
            unsent += outcome.error.code is NoticeCode.RESTING
        clock.move(1.0)
    assert len(caplog.messages) == 2, "in two minutes, however many were asked"
    assert all("still left alone" in each and "FAILING at" not in each for each in caplog.messages)
    assert all(each.endswith("SourceUnavailable(FAILING status=503)") for each in caplog.messages)
    caplog.clear()
    ill = False
    clock.move(30.0)
    await asleep.ask(put, 5.0)
    assert caplog.messages == [f"source north answers again; questions not sent to it: {unsent}"]
    await asleep.retire()


def test_one_probe_each_thirty_seconds_and_one_that_succeeds_closes():
    clock = HandClock()
    breaker = Breaker(Policy(), clock)
    for _ in range(5):
        breaker.failed()
    clock.move(30)
    breaker.enter()
    with pytest.raises(SourceUnavailable):
        breaker.enter()
    breaker.failed()
    clock.move(29)
    with pytest.raises(SourceUnavailable):
        breaker.enter()
    clock.move(1)
    breaker.enter()
    breaker.succeeded()
    breaker.enter()
    assert not breaker.open


async def test_a_read_is_sent_again_with_full_jitter_until_it_is_answered():
    clock = HandClock()
    at, played = session(SourceUnavailable(), json("{}", 503), json("[]"))
    assert (await at.ask(GET, call(clock))).body == b"[]"
    assert clock.slept == [0.05, 0.1]
    assert len(played.sent) == 3


async def test_what_is_no_read_is_sent_once():
    at, played = session(SourceUnavailable())
    with pytest.raises(SourceUnavailable):
        await at.ask(Request(url="https://a.example", method="POST", read=False), call(HandClock()))
    assert len(played.sent) == 1


@pytest.mark.parametrize(
    ("method", "read", "times"), [("GET", None, 3), ("POST", None, 1), ("POST", True, 3)]
)
async def test_only_what_is_a_read_by_nature_or_by_word_is_sent_again(method, read, times):
    at, played = session(SourceUnavailable())
    with pytest.raises(SourceUnavailable):
        await at.ask(Request(url="https://a.example", method=method, read=read), call(HandClock()))
    assert len(played.sent) == times


async def test_each_try_is_signed_anew():
    at, played = session(SourceUnavailable(), json("[]"))
    nonces = iter(range(9))

    async def sign(request, call):
        return Request(url=f"{request.url}?nonce={next(nonces)}")

    await at.ask(GET, call(HandClock()), sign)
    assert [each.url[-1] for each in played.sent] == ["0", "1"]


async def test_retry_after_is_honoured_and_one_that_is_too_long_is_given_to_the_asker():
    clock = HandClock()
    at, _ = session(json("", 429, [("retry-after", "3")]), json("[]"))
    await at.ask(GET, call(clock))
    assert clock.slept == [3.0]
    at, played = session(json("", 429, [("retry-after", "120")]))
    with pytest.raises(SourceBusy) as told:
        await at.ask(GET, call(clock))
    assert told.value.retry_after == 120
    assert len(played.sent) == 1


async def test_a_retry_after_that_is_a_date_is_read():
    clock = HandClock()
    at, _ = session(json("", 503, [("retry-after", "Mon, 02 Mar 2026 08:00:04 GMT")]), json("[]"))
    await at.ask(GET, call(clock))
    assert clock.slept == [4.0]


async def test_no_retry_outlasts_the_deadline():
    clock = HandClock()
    at, played = session(json("", 429, [("retry-after", "3")]))
    with pytest.raises(SourceBusy):
        await at.ask(GET, call(clock, seconds=2))
    assert len(played.sent) == 1


async def test_over_time_a_source_that_fails_gets_at_most_1_2_calls_per_question():
    at, played = session(SourceUnavailable())
    for _ in range(200):
        at.retries.earn()
        with pytest.raises(SourceUnavailable):
            await at.ask(GET, call(HandClock()))
    assert len(played.sent) <= 200 * 1.2 + 2


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (401, SourceRefused, NoticeCode.CREDENTIALS_REFUSED),
        (403, SourceRefused, NoticeCode.FORBIDDEN),
        (404, SourceUnreadable, NoticeCode.NOT_THERE),
        (418, SourceUnreadable, NoticeCode.REJECTED),
        (429, SourceBusy, NoticeCode.BUSY),
        (500, SourceUnavailable, NoticeCode.FAILING),
        (302, SourceUnreadable, NoticeCode.REDIRECTED),
    ],
)
async def test_a_status_is_named_by_what_to_do_next(status, error, code):
    at, _ = session(json("secret", status), policy=Policy(tries=1))
    with pytest.raises(error) as told:
        await at.ask(GET, call(HandClock()))
    assert told.value.code is code
    assert "secret" not in repr(told.value)


async def test_an_absent_thing_is_an_answer_where_that_was_said():
    at, _ = session(json("", 404))
    asked = Request(url="https://a.example/x", absent_ok=True)
    assert (await at.ask(asked, call(HandClock()))).status == 404


async def test_a_redirect_is_followed_only_to_hosts_that_are_named():
    there = json("", 302, [("location", "https://b.example/y")])
    at, played = session(there, json("[]"), policy=Policy(redirects=1, hosts=("b.example",)))
    headed = Request(url="https://a.example/x", headers={"Authorization": "k"})
    assert (await at.ask(headed, call(HandClock()))).body == b"[]"
    assert played.sent[1].url == "https://b.example/y"
    assert played.sent[1].headers == {}
    at, _ = session(there, json("[]"), policy=Policy(redirects=1))
    with pytest.raises(SourceUnreadable):
        await at.ask(headed, call(HandClock()))


async def test_a_redirect_never_leads_from_https_to_http_nor_round_for_ever():
    for place in ("http://a.example/y", "https://a.example/x", "file:///etc/passwd"):
        at, played = session(json("", 302, [("location", place)]), policy=Policy(redirects=3))
        with pytest.raises(SourceUnreadable):
            await at.ask(GET, call(HandClock()))
        assert len(played.sent) <= 4


async def test_a_question_may_send_no_more_requests_than_its_budget():
    at, played = session(json("[]"))
    asking = call(HandClock(), requests=3)
    for _ in range(3):
        await at.ask(GET, asking)
    with pytest.raises(SourceUnreadable) as told:
        await at.ask(GET, asking)
    assert told.value.code is NoticeCode.BUDGET_SPENT
    assert len(played.sent) == 3


async def test_calls_a_second_are_spread_and_what_comes_too_late_is_not_sent():
    clock = HandClock()
    at, played = session(json("[]"), policy=Policy(calls_per_second=2))
    for _ in range(3):
        await at.ask(GET, call(clock))
    assert clock.slept == [0.5, 0.5]
    with pytest.raises(QuestionSkipped):
        await at.ask(GET, call(clock, seconds=0.4))
    assert len(played.sent) == 3


async def test_the_bulkhead_lets_so_many_in_and_so_many_wait():
    bulkhead = Bulkhead(Policy(concurrent=1, waiting=1))
    async with bulkhead:
        waiting = asyncio.create_task(_entered(bulkhead))
        await asyncio.sleep(0)
        with pytest.raises(QuestionSkipped):
            await _entered(bulkhead)
    assert await waiting


async def _entered(bulkhead: Bulkhead) -> bool:
    async with bulkhead:
        return True


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0",
     "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "255.255.255.255"],
)  # fmt: skip
def test_a_private_address_is_refused_in_every_dress(address):
    assert not Addresses().allow(address)
    with pytest.raises(AddressForbidden):
        Addresses().open((2, 1, 6, "", (address, 80)))


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_a_public_address_is_allowed(address):
    assert Addresses().allow(address)


def test_an_operator_may_name_a_private_network_and_only_that():
    addresses = Addresses(["10.1.0.0/16"])
    assert addresses.allow("10.1.2.3")
    assert addresses.allow("::ffff:10.1.2.3")
    assert not addresses.allow("10.2.2.3")


async def _pieces(body: bytes, size: int = 1000):
    for first in range(0, len(body), size):
        yield body[first : first + size]


@given(st.binary(max_size=5000), st.sampled_from(["", "gzip", "deflate"]), st.integers(1, 3000))
def test_a_body_within_the_cap_is_read_whole(body, encoding, size):
    assert asyncio.run(read(_pieces(_packed(body, encoding), size), encoding, 5000)) == body


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_a_long_body_is_read_whole_at_any_compression(encoding):
    body = b"0123456789" * 100_000
    assert asyncio.run(read(_pieces(_packed(body, encoding), 70_000), encoding, 10**6)) == body


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
async def test_a_body_over_the_cap_is_cut_off_while_reading(encoding):
    with pytest.raises(SourceUnreadable) as told:
        await read(_pieces(_packed(b"x" * 5001, encoding)), encoding, 5000)
    assert told.value.code is NoticeCode.TOO_LARGE


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip"])
async def test_a_body_that_does_not_unpack_is_unreadable(encoding):
    with pytest.raises(SourceUnreadable):
        await read(_pieces(b"not packed"), encoding, 5000)


async def test_a_packed_body_cut_short_is_unreadable():
    with pytest.raises(SourceUnreadable):
        await read(_pieces(_packed(b"x" * 4000, "gzip")[:-9]), "gzip", 5000)


def _packed(body: bytes, encoding: str) -> bytes:
    import gzip
    import zlib

    return {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}[encoding](body)


def test_an_answer_shows_no_body():
    assert "秘" not in repr(Answer(status=200, body="秘".encode()))


def test_the_time_left_shrinks_and_ends():
    clock = HandClock()
    asking = call(clock, seconds=5)
    clock.move(4)
    assert asking.left() == 1
    clock.move(1)
    with pytest.raises(SourceUnavailable):
        asking.left()
