"""What holds of every rule book: order never matters, more is never less (R21), one search for all."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from graph.model.learning import Completion, Context, Result
from graph.model.verdicts import Answer, Judged, Verdict
from graph.recognition import candidates, compiled, evaluate
from tests.graph.recognition.books import book
from tests.graph.recognition.random_books import contexts, held, results, things

FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def givers(answer: Answer) -> set[tuple[str, int, int, str]]:
    return {named(one) for one in answer.judged if one.gives}


def named(one: Judged) -> tuple[str, int, int, str]:
    return one.rule, one.version, one.grant, one.target.key


def shuffled(listed: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    return tuple(random.Random(seed).sample(listed, len(listed)))


@FEW
@given(things(), held, contexts(silence=True), st.integers(0, 9))
def test_the_order_of_rules_results_and_consumption_changes_nothing(made, have, asked, seed):
    one = evaluate(book(*made), have, asked)
    turned = replace(asked, silent=asked.silent[::-1], targets=asked.targets[::-1])
    other = evaluate(book(*shuffled(made, seed)), shuffled(have, seed), turned)
    assert msgspec.json.encode(one) == msgspec.json.encode(other)


@FEW
@given(things(), held, contexts(), results("new"))
def test_more_is_never_less(made, have, asked, more):
    index = compiled(book(*made))
    assert givers(evaluate(index, have, asked)) <= givers(evaluate(index, (*have, more), asked))


@FEW
@given(things(), held, contexts(silence=True), st.data())
def test_equal_fingerprints_are_one_result(made, have, asked, data):
    marked = tuple(replace(one, fingerprint=f"f{one.id}") for one in have)
    copies = tuple(replace(one, id=f"z{one.id}") for one in marked if data.draw(st.booleans()))
    index = compiled(book(*made))
    assert evaluate(index, marked, asked) == evaluate(index, (*marked, *copies), asked)


@FEW
@given(things(), held, contexts(), st.data())
def test_shrinking_a_completion_never_turns_met_into_not_met(made, have, asked, data):
    index = compiled(book(*made))
    before = evaluate(index, have, asked)
    narrow = tuple(shrunk(one, data) for one in have)
    assert givers(before) <= givers(evaluate(index, narrow, asked))


def shrunk(one: Result, data: Any) -> Result:
    if one.completion is None:
        return one
    span = (one.completion.last - one.completion.first).days
    start = data.draw(st.integers(0, span))
    end = data.draw(st.integers(start, span))
    first = one.completion.first
    return replace(one, completion=Completion(first=first + timedelta(start), last=first + timedelta(end)))


@FEW
@given(things(), held, contexts())
def test_a_rule_gives_just_where_a_candidate_of_it_does(made, have, asked):
    index = compiled(book(*made))
    found = {
        (one.rule, one.version, grant.grant, grant.target.key)
        for one in candidates(index, have, asked)
        for grant in one.grants
        if grant.gives
    }
    assert givers(evaluate(index, have, asked)) == found


@FEW
@given(things(), held, contexts(silence=True))
def test_silence_only_turns_verdicts_undecided_and_back(made, have, asked):
    index = compiled(book(*made))
    known = {named(one): one for one in evaluate(index, have, replace(asked, silent=())).judged}
    for one in evaluate(index, have, asked).judged:
        if one.verdict is not Verdict.UNDECIDED:
            assert (one.verdict, one.evidence) == (known[named(one)].verdict, known[named(one)].evidence)
        else:
            assert one.deciding


@FEW
@given(things(), held, contexts(silence=True))
def test_an_answer_says_the_same_twice_and_survives_json(made, have, asked):
    text = msgspec.json.encode(evaluate(book(*made), have, asked))
    assert text == msgspec.json.encode(evaluate(book(*made), have, asked))
    assert msgspec.json.encode(msgspec.json.decode(text, type=Answer)) == text


@FEW
@given(things(), held, contexts())
def test_preferred_are_the_smallest_numbers_among_those_that_give(made, have, asked: Context):
    judged = evaluate(book(*made), have, asked).judged
    for one in judged:
        rivals = [other.priority for other in judged if other.gives and other.target == one.target]
        assert one.preferred == (one.gives and one.priority == min(rivals))
