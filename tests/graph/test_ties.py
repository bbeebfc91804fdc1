"""Ties as the graph keeps them: each change closes what stood, nothing is lost, all of a sheet or none."""

import asyncio
import random

import pytest

from graph import ties
from graph.moment import FOREVER, stamp
from graph.ties import Change, Place, TiesRefused, TieState, Wanted

PROPOSED, CONFIRMED, RETRACTED = TieState.PROPOSED, TieState.CONFIRMED, TieState.RETRACTED
TIE = Wanted("north", "north:-:CS101", "course:2020:101")
OTHER = TIE._replace(outcome="course:2023:101")
PLACE = Place(TIE.source, TIE.identifier)


async def change(store, state, by="a", wanted=TIE, four_eyes=True):
    return await ties.change(store, [Change(wanted, state)], by, four_eyes=four_eyes)


async def standing(store, known=FOREVER):
    return {tie.outcome: tie.state for tie in (await ties.find(store, [PLACE], known))[PLACE]}


async def test_a_tie_is_proposed_confirmed_and_retracted_with_who_and_when(store):
    for state, by in ((PROPOSED, "a"), (CONFIRMED, "b"), (RETRACTED, "c")):
        (moved,) = await change(store, state, by)
        assert (moved.state, moved.by) == (state, by)
    ((tie,),) = (await ties.find(store, [PLACE], FOREVER)).values()
    assert [(one.state, one.by) for one in tie.history] == [
        (PROPOSED, "a"),
        (CONFIRMED, "b"),
        (RETRACTED, "c"),
    ]
    assert [one.retracted_at for one in tie.history] == [one.recorded_at for one in tie.history[1:]] + [None]


async def test_the_same_change_again_changes_nothing(store):
    assert len(await change(store, PROPOSED)) == 1
    assert await change(store, PROPOSED, "b") == ()
    assert len(await change(store, CONFIRMED, "b")) == 1
    assert await change(store, CONFIRMED, "c") == ()
    assert await change(store, PROPOSED, "c") == ()
    assert await standing(store) == {TIE.outcome: CONFIRMED}


async def test_a_tie_is_read_as_it_was_known(store):
    (proposed,) = await change(store, PROPOSED)
    (confirmed,) = await change(store, CONFIRMED, "b")
    before = stamp(proposed.recorded_at.replace(year=2000))
    assert await standing(store, before) == {}
    assert await standing(store, stamp(proposed.recorded_at)) == {TIE.outcome: PROPOSED}
    assert await standing(store, stamp(confirmed.recorded_at)) == {TIE.outcome: CONFIRMED}
    ((tie,),) = (await ties.find(store, [PLACE], stamp(proposed.recorded_at))).values()
    assert [one.retracted_at for one in tie.history] == [None]


async def test_nobody_confirms_their_own_proposal(store):
    await change(store, PROPOSED, "a")
    with pytest.raises(TiesRefused) as refused:
        await change(store, CONFIRMED, "a")
    assert refused.value.refused == [(0, "TIE_OWN_PROPOSAL")]
    assert await standing(store) == {TIE.outcome: PROPOSED}


async def test_what_nobody_proposed_is_confirmed_only_without_four_eyes(store):
    with pytest.raises(TiesRefused) as refused:
        await change(store, CONFIRMED)
    assert refused.value.refused == [(0, "TIE_NOT_PROPOSED")]
    assert await standing(store) == {}
    assert await ties.listed(store, FOREVER, None, 10, "") == ()
    await change(store, CONFIRMED, four_eyes=False)
    assert await standing(store) == {TIE.outcome: CONFIRMED}


async def test_of_several_changes_all_are_made_or_none(store):
    await change(store, PROPOSED, "a")
    with pytest.raises(TiesRefused) as refused:
        await ties.change(store, [Change(OTHER, PROPOSED), Change(TIE, CONFIRMED)], "a", four_eyes=True)
    assert refused.value.refused == [(1, "TIE_OWN_PROPOSAL")]
    assert await standing(store) == {TIE.outcome: PROPOSED}


async def test_confirmed_by_twenty_at_once_a_tie_is_confirmed_once(store):
    await change(store, PROPOSED, "a")
    moved = await asyncio.gather(*(change(store, CONFIRMED, f"b{n}") for n in range(20)))
    assert sum(len(each) for each in moved) == 1
    ((tie,),) = (await ties.find(store, [PLACE], FOREVER)).values()
    assert [one.state for one in tie.history] == [PROPOSED, CONFIRMED]


async def test_ties_are_listed_by_source_and_code_page_by_page(store):
    wanted = [Wanted(f"s{n % 2}", f"x:-:{n}", "course:2020:1") for n in range(6)]
    await ties.change(store, [Change(one, PROPOSED) for one in wanted], "a", four_eyes=True)
    first = await ties.listed(store, FOREVER, None, 4, "")
    rest = await ties.listed(store, FOREVER, None, 4, first[-1].key)
    assert [tie.identifier for tie in (*first, *rest)] == [f"x:-:{n}" for n in (0, 2, 4, 1, 3, 5)]
    assert {tie.source for tie in await ties.listed(store, FOREVER, "s1", 9, "")} == {"s1"}


async def test_a_thousand_ties_are_changed_and_found_together(store):
    wanted = [Wanted("s", f"x:-:{n}", "course:2020:1") for n in range(1_100)]
    moved = await ties.change(
        store, [Change(one, PROPOSED) for one in wanted], "a", four_eyes=True, within=60
    )
    assert len(moved) == 1_100
    places = [Place(one.source, one.identifier) for one in wanted]
    found = await ties.find(store, places, FOREVER)
    assert list(found) == places
    assert all(len(each) == 1 for each in found.values())


async def test_random_changes_agree_with_a_plain_model(store):
    chance, model, moments = random.Random(7), [], []
    state = {}
    for step in range(40):
        wanted = chance.choice([TIE, OTHER])
        to = chance.choice(list(TieState))
        stood = state.get(wanted.outcome)
        moves = stood is not to and not (to is PROPOSED and stood is CONFIRMED)
        moved = await change(store, to, f"p{step}", wanted, four_eyes=False)
        assert bool(moved) is moves
        if moves:
            state[wanted.outcome] = to
            moments.append(stamp(moved[0].recorded_at))
            model.append(dict(state))
    for moment, known in zip(moments, model, strict=True):
        assert await standing(store, moment) == known
