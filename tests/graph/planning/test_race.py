"""Two searches for one number: the first proof ends both, and what time leaves unproved is never worse."""

import threading
import time

import pytest
from ortools.sat.python import cp_model

from benchmarks.plans import Drawn
from graph.planning import Wishes, plan, race
from graph.planning.cores import BESIDE
from graph.planning.goals import Goals, Objective
from graph.planning.model import Model
from graph.planning.offers import Offers
from graph.planning.plans import worst_question
from graph.planning.race import OTHERWISE, raced
from graph.planning.solver import SETTINGS
from graph.planning.solving import Search
from graph.recognition.candidates import candidates_in

STOPPED = "max_number_of_conflicts"


@pytest.fixture
def at_once(monkeypatch):
    """The second search begins with the first."""
    monkeypatch.setattr(race, "HEADSTART", 0)


def model_of(seed):
    question = worst_question(*Drawn(seed).question())
    model = Model(Offers(question, candidates_in(question), conditional=False))
    return model, Goals(model, Objective.MOST_CREDIT)


def stopped_at(monkeypatch, first, second):
    """Let the searches end after so many conflicts, which settles who proves it."""
    monkeypatch.setitem(SETTINGS, STOPPED, first)
    monkeypatch.setitem(OTHERWISE, STOPPED, second)


def proved(seed):
    """Solve for the number of results, alone and to the end: the optimum."""
    model, goals = model_of(seed)
    search = Search(model, goals, time.monotonic() + 60)
    assert search._improved(goals.all[0])
    assert search._improved(goals.all[1])
    assert search._improved(goals.all[2])
    return search.told[2]


def seeking_results(seed):
    model, goals = model_of(seed)
    model.model.minimize(goals.all[2].amount)
    model.model.add(goals.all[0].amount >= 1)
    return model, goals


@pytest.mark.parametrize(("first", "second"), [(0, 10**9), (10**9, 0)])
def test_whichever_search_proves_a_number_proves_the_same(monkeypatch, at_once, first, second):
    best = proved(124)
    model, goals = model_of(124)
    search = Search(model, goals, time.monotonic() + 60)
    assert search._improved(goals.all[0])
    assert search._improved(goals.all[1])
    stopped_at(monkeypatch, first, second)
    assert search._improved(goals.all[2])
    assert search.told[2] == best
    assert search.found.parameters.max_number_of_conflicts == 10**9


def test_without_a_core_to_spare_one_search_runs(monkeypatch, at_once):
    taken = 0
    while BESIDE.acquire(blocking=False):
        taken += 1
    try:
        model, _ = seeking_results(3)
        found = raced(model.model, time.monotonic() + 60)
    finally:
        for _ in range(taken):
            BESIDE.release()
    assert [one.status for one in found] == [cp_model.OPTIMAL]
    assert found[0].search.parameters.cp_model_presolve


class Broken:
    """A model that only the second search can read."""

    def __init__(self, model):
        self.model = model

    @property
    def proto(self):
        if threading.current_thread() is threading.main_thread():
            raise OSError("unreadable")
        return self.model.proto


def test_where_the_first_search_fails_the_second_ends_and_its_core_is_given_back(at_once):
    model, _ = seeking_results(3)
    with pytest.raises(OSError, match="unreadable"):
        raced(Broken(model.model), time.monotonic() + 600)
    assert [one.name for one in threading.enumerate() if one.name == "race"] == []
    assert BESIDE.acquire(blocking=False)
    BESIDE.release()


def test_what_cannot_be_is_told_whoever_proves_it(monkeypatch, at_once):
    for first, second in ((0, 10**9), (10**9, 0)):
        model, goals = seeking_results(3)
        model.model.add(goals.all[2].amount <= 0)
        stopped_at(monkeypatch, first, second)
        found = raced(model.model, time.monotonic() + 60)
        assert found[0].status == cp_model.INFEASIBLE


def test_a_search_that_time_ends_never_makes_a_plan_worse(monkeypatch, at_once):
    kept = 0
    for seed in (33, 51, 91, 124):
        model, goals = model_of(seed)
        search = Search(model, goals, time.monotonic() + 60)
        assert search._improved(goals.all[0])
        assert search._improved(goals.all[1])
        before = search.found.value(goals.all[2].amount)
        with monkeypatch.context() as patch:
            stopped_at(patch, 1, 1)
            done = search._improved(goals.all[2])
        assert search.found.value(goals.all[2].amount) <= before
        assert done or search.bound is None or search.bound <= search.found.value(goals.all[2].amount)
        kept += not done
    assert kept


def test_a_plan_cut_short_is_proved_as_far_as_it_says(monkeypatch, at_once):
    question = Drawn(91).question()
    whole = plan(*question)
    stopped_at(monkeypatch, 3, 3)
    found = plan(*question, Wishes(seconds=30))
    names = ("credit", "waivers", "results", "priorities", "ranks")
    assert found.proved < 5
    for name in names[: found.proved]:
        assert getattr(found.numbers, name) == getattr(whole.numbers, name)
