"""Publications reach all who listen, by one question a second."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from graph.errors import GraphAway
from graph.moment import NOTHING_YET
from hub.app import Parts, create_app
from hub.graphql import plain_context
from schema.changes import Changes
from schema.context import Context
from schema.errors import Refusal
from schema.root import make_schema
from tests.hub.talking import talking
from tests.hub.wire import served

FIRST, SECOND, THIRD = (f"2026-11-2{day}T08:00:00.000001Z" for day in (1, 2, 3))


class Press:
    """Publishes when told to, counts who asks, and can be away."""

    def __init__(self, moment: str = NOTHING_YET) -> None:
        self.moment = moment
        self.asked = 0
        self.away = False

    async def latest(self) -> str:
        self.asked += 1
        if self.away:
            raise GraphAway("away")
        return self.moment


async def heard(changes: Changes, count: int, seen: str | None = None) -> list[str]:
    found = []
    async with aclosing(changes.after(seen)) as moments, asyncio.timeout(5):
        async for moment in moments:
            found.append(moment)
            if len(found) == count:
                break
    return found


async def test_a_publication_reaches_all_who_listen_by_one_question_at_a_time():
    press = Press(FIRST)
    changes = Changes(press, every=0.1)
    listening = [asyncio.create_task(heard(changes, 1)) for _ in range(50)]
    await asyncio.sleep(0.35)
    assert changes.listeners == 50
    assert press.asked <= 50 + 4  # each once to begin with, then all together
    press.moment = SECOND
    assert await asyncio.gather(*listening) == [[SECOND]] * 50


async def test_nobody_asks_when_nobody_listens():
    press = Press(FIRST)
    changes = Changes(press, every=0.05)
    assert await heard(changes, 1, seen=NOTHING_YET) == [FIRST]
    assert changes.listeners == 0
    await asyncio.sleep(0.1)
    asked = press.asked
    await asyncio.sleep(0.2)
    assert press.asked == asked


async def test_who_missed_some_hears_at_once_of_the_last():
    assert await heard(Changes(Press(THIRD)), 1, seen=FIRST) == [THIRD]


async def test_who_knows_the_last_hears_of_the_next():
    press = Press(SECOND)
    listening = asyncio.create_task(heard(Changes(press, every=0.05), 1, seen=SECOND))
    await asyncio.sleep(0.2)
    assert not listening.done()
    press.moment = THIRD
    assert await listening == [THIRD]


async def test_a_graph_that_is_away_for_a_while_is_asked_again():
    press = Press(FIRST)
    listening = asyncio.create_task(heard(Changes(press, every=0.05), 1))
    await asyncio.sleep(0.1)
    press.away = True
    await asyncio.sleep(0.15)
    press.moment, press.away = SECOND, False
    assert await listening == [SECOND]


async def test_listeners_are_counted():
    changes = Changes(Press(FIRST), most=1)
    listening = asyncio.create_task(heard(changes, 1))
    await asyncio.sleep(0.05)
    with pytest.raises(Refusal, match="OVERLOADED"):
        await heard(changes, 1)
    listening.cancel()


async def test_graph_changed_is_told_to_subscribers():
    press = Press(FIRST)
    changes = Changes(press, every=0.05)

    def make_context(request) -> Context:
        context = plain_context(request)
        context.changes = changes
        return context

    app = create_app(Parts(schema=make_schema(), make_context=make_context))
    async with served(app) as port, talking(port) as client:
        await client.begin()
        await client.ask("1", 'subscription{graphChanged(since:"2026-11-20T00:00:00Z"){published}}')
        told = {"data": {"graphChanged": {"published": "2026-11-21T08:00:00.000001+00:00"}}}
        assert (await client.hear())["payload"] == told
        press.moment = SECOND
        assert (await client.hear())["payload"]["data"]["graphChanged"]["published"].startswith("2026-11-22")
        await client.ask("2", 'subscription{graphChanged(since:"2026-11-20T00:00:00"){published}}')
        assert (await client.hear())["payload"][0]["extensions"]["code"] == "MOMENT_WITHOUT_ZONE"
        press.away = True
        await client.ask("3", "subscription{graphChanged{published}}")
        assert (await client.hear())["payload"][0]["extensions"]["code"] == "GRAPH_AWAY"
