"""Two searches for one number: a proof of either ends both, and what the time cuts short is never worse."""

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
from graph.planning.race import Race
from graph.planning.solver import OTHERWISE, SETTINGS
from graph.planning.solving import Search
from graph.recognition.candidates import candidates_in

STOPPED = "max_number_of_conflicts"
MANY = 10**9


@pytest.fixture
def at_once(monkeypatch):
    """The second search begins with the first."""
    monkeypatch.setattr(race, "HEADSTART", 0)


@pytest.fixture
def alone():
    """No core is to spare."""
    taken = 0
    while BESIDE.acquire(blocking=False):
        taken += 1
    yield
    for _ in range(taken):
        BESIDE.release()


def seeking(seed, numbers):
    """A search with its first numbers proved, and the goal of the next."""
    question = worst_question(*Drawn(seed).question())
    model = Model(Offers(question, candidates_in(question), conditional=False))
    goals = Goals(model, Objective.MOST_CREDIT)
    search = Search(model, goals, time.monotonic() + 60)
    for goal in goals.all[:numbers]:
        assert search._settled(goal) or search._improved(goal)
    return search, goals.all[numbers]


def stopped_at(monkeypatch, first, second):
    """Let the searches end after so many conflicts, which settles who proves it."""
    monkeypatch.setitem(SETTINGS, STOPPED, first)
    monkeypatch.setitem(OTHERWISE, STOPPED, second)


def test_what_the_second_proves_ends_the_first_with_its_own_solution(monkeypatch, at_once):
    won = 0
    for seed in (33, 65, 91, 124, 152):
        search, goal = seeking(seed, 3)
        search._seek(goal)
        with monkeypatch.context() as patch:
            stopped_at(patch, MANY, 0)
            by_itself = Race(search.model.model, search.until)
        both = Race(search.model.model, search.until)
        assert (both.status, by_itself.status) == (cp_model.OPTIMAL, cp_model.OPTIMAL)
        assert both.search.objective_value == by_itself.search.objective_value
        assert list(both.search.response_proto.solution) == list(by_itself.search.response_proto.solution)
        won += both._won
    assert won


def test_a_search_without_a_core_to_spare_proves_the_same(alone):
    search, goal = seeking(33, 3)
    search._seek(goal)
    race = Race(search.model.model, search.until)
    assert race.status == cp_model.OPTIMAL
    assert not race._won
    assert [one.name for one in threading.enumerate() if one.name == "race"] == []


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
    search, goal = seeking(91, 3)
    search._seek(goal)
    with pytest.raises(OSError, match="unreadable"):
        Race(Broken(search.model.model), time.monotonic() + 600)
    assert [one.name for one in threading.enumerate() if one.name == "race"] == []
    assert BESIDE.acquire(blocking=False)
    BESIDE.release()


def test_what_cannot_be_is_told(at_once):
    search, goal = seeking(33, 2)
    search._seek(goal)
    search.model.model.add(goal.amount <= 0)
    assert Race(search.model.model, search.until).status == cp_model.INFEASIBLE


def test_a_number_cut_short_never_makes_a_plan_worse(monkeypatch, at_once):
    cut = 0
    for seed in (33, 51, 91, 124):
        for conflicts in (0, 1, 20, 60):
            search, goal = seeking(seed, 2)
            before = search.found.value(goal.amount)
            with monkeypatch.context() as patch:
                stopped_at(patch, conflicts, conflicts)
                done = search._improved(goal)
            after = search.found.value(goal.amount)
            assert after <= before
            assert done or search.bound is None or search.bound <= after
            cut += not done
    assert cut


def test_what_the_time_cut_short_is_kept_only_if_it_is_no_worse():
    search, goal = seeking(33, 2)
    assert search._improved(goal)
    kept, best = search.found, dict(search.best)
    most = seeking(33, 2)[0]
    most.model.model.maximize(most.goals.all[2].amount)
    worse = Race(most.model.model, most.until).search
    assert worse.value(goal.amount) > kept.value(goal.amount)
    assert not search._proved(goal, worse, cp_model.FEASIBLE)
    assert (search.found, search.best) == (kept, best)
    assert not most._proved(most.goals.all[2], kept, cp_model.FEASIBLE)
    assert most.found is kept


def test_a_plan_cut_short_is_proved_as_far_as_it_says(monkeypatch, at_once):
    question = Drawn(91).question()
    whole = plan(*question)
    stopped_at(monkeypatch, 3, 3)
    found = plan(*question, Wishes(seconds=30))
    names = ("credit", "waivers", "results", "priorities", "ranks")
    assert found.proved < len(names)
    for name in names[: found.proved]:
        assert getattr(found.numbers, name) == getattr(whole.numbers, name)
