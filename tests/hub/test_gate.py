"""The gate hands its places on, first come first served, and loses none."""

from __future__ import annotations

import asyncio

import pytest

from hub.gate import Gate
from schema.errors import Refusal


async def hold(gate: Gate, until: asyncio.Event, done: list[int], number: int) -> None:
    async with gate.place():
        await until.wait()
        done.append(number)


async def test_places_are_given_in_order():
    gate, until, done = Gate(1, 5, 5), asyncio.Event(), []
    tasks = [asyncio.create_task(hold(gate, until, done, i)) for i in range(4)]
    await asyncio.sleep(0)
    assert gate.waiting == 3
    until.set()
    await asyncio.gather(*tasks)
    assert done == [0, 1, 2, 3]


async def test_a_full_queue_refuses_at_once():
    gate, until = Gate(1, 1, 5), asyncio.Event()
    tasks = [asyncio.create_task(hold(gate, until, [], i)) for i in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal, match="OVERLOADED"):
        async with gate.place():
            pass
    until.set()
    await asyncio.gather(*tasks)


async def test_no_place_is_lost_to_those_who_give_up():
    gate, until = Gate(2, 50, 0.05), asyncio.Event()
    tasks = [asyncio.create_task(hold(gate, until, [], i)) for i in range(30)]
    await asyncio.sleep(0)
    for task in tasks[5:15]:
        task.cancel()
    await asyncio.sleep(0.1)
    until.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (gate.waiting, gate.free) == (0, 2)


async def test_a_place_given_to_one_who_just_left_is_handed_on():
    gate, until = Gate(1, 5, 5), asyncio.Event()
    first, second, third = (asyncio.create_task(hold(gate, until, [], i)) for i in range(3))
    await asyncio.sleep(0)
    until.set()
    await first
    second.cancel()
    await asyncio.gather(second, third, return_exceptions=True)
    assert gate.free == 1
