"""An index that was told of more outcomes is the index of the book that held them from the start."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.model.outcomes import Mapping, Outcome
from graph.recognition import accepted_for, candidates, compiled, evaluate
from graph.records import made, posed
from tests.graph.recognition.books import (
    asks,
    asks_unit,
    book,
    c,
    context,
    course,
    maps,
    outcome,
    result,
    rule,
    unit,
)
from tests.graph.recognition.random_books import contexts, held, things

FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def parted(every: tuple[Any, ...], keys: set[str]) -> tuple[list[Any], list[Outcome], list[Mapping]]:
    """Part what a book is of: the rest, and the outcomes and mappings of some keys, in all their versions."""
    outcomes = [one for one in every if isinstance(one, Outcome) and one.key in keys]
    mappings = [one for one in every if isinstance(one, Mapping) and one.key in keys]
    rest = [one for one in every if not isinstance(one, (Outcome, Mapping)) or one.key not in keys]
    return rest, outcomes, mappings


def keys_of(every: tuple[Any, ...]) -> list[str]:
    return sorted({one.key for one in every if isinstance(one, (Outcome, Mapping))})


def filed(index: Any) -> dict[str, Any]:
    """Tell all that an index has filed under outcomes."""
    keys = {*index.outcomes, *(one.outcome for one in index.mappings.all())}
    return {
        key: (
            index.outcomes.of(key),
            sorted(index.concerned(key)),
            index.walk_down(key),
            {to: sorted(index.mappings_of(key, to), key=repr) for to in index.units_of(key)},
        )
        for key in keys
    } | {str(entry.place): index.named_by(entry.place) for entry in index.entries}


@FEW
@given(things(), held, contexts(silence=True), st.data())
def test_an_index_told_of_more_answers_as_one_compiled_with_all_of_it(every, have, asked, data):
    told = set(data.draw(st.lists(st.sampled_from(keys_of(every) or ["-"]), max_size=12)))
    rest, outcomes, mappings = parted(every, told)
    fresh, overlay = compiled(book(*every)), compiled(book(*rest)).knowing(outcomes, mappings)
    assert set(overlay.book.outcomes) == set(fresh.book.outcomes)
    assert set(overlay.book.mappings) == set(fresh.book.mappings)
    assert filed(overlay) == filed(fresh)
    assert evaluate(overlay, have, asked) == evaluate(fresh, have, asked)
    assert candidates(overlay, have, asked) == candidates(fresh, have, asked)
    assert accepted_for(overlay, course(), asked) == accepted_for(fresh, course(), asked)
    question = posed(have, asked, typed=True)
    assert made(overlay, question) == made(compiled(overlay.book), question)


@FEW
@given(things(), held, contexts(silence=True), st.data())
def test_told_twice_and_in_two_steps_is_told_once_and_the_first_index_stays(every, have, asked, data):
    told = set(data.draw(st.lists(st.sampled_from(keys_of(every) or ["-"]), max_size=12)))
    rest, outcomes, mappings = parted(every, told)
    base = compiled(book(*rest))
    before = msgspec.json.encode(evaluate(base, have, asked)), filed(base)
    once = base.knowing(outcomes, mappings)
    steps = base.knowing(outcomes, ()).knowing((), mappings).knowing(outcomes, mappings)
    assert steps.book == once.book
    assert filed(steps) == filed(once)
    assert (msgspec.json.encode(evaluate(base, have, asked)), filed(base)) == before


def test_a_mapping_told_later_makes_a_rule_concerned():
    """The control: without what is told, the rule would not be."""
    base = compiled(book(rule("R", asks_unit("U")), unit("U", "s1"), rule("Q", asks("b"))))
    told = base.knowing((outcome("a"),), (maps("a", "U", "s1"),))
    have = (result("one", "a"),)
    assert [one.rule for one in evaluate(told, have, context()).judged] == ["R"]
    assert evaluate(base, have, context()).judged == ()
    assert told.units_of(c("a"))
    assert not base.units_of(c("a"))
