"""Strict JSON: anything at all is a question or a refusal, and what is JSON comes back as it was."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.body import DEEPEST, DIGITS, MOST, question_of, read_json, read_question
from schema.errors import Refusal
from schema.execution import Question

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**39), 10**39)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
)
WORDS = '{ } [ ] : , " \\ \\u \\ud800 0 -1 1e5 .5 NaN true nul "query" "{a}" \x00 é'
SOUP = st.lists(st.sampled_from(WORDS.split(" ")), max_size=60)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_question_or_a_refusal(raw: bytes):
    answered(raw)


@given(SOUP)
def test_any_soup_of_json_is_a_question_or_a_refusal(words: list[str]):
    answered(b'{"query":"{a}","variables":' + "".join(words).encode())
    answered("".join(words).encode())


def answered(raw: bytes) -> None:
    with suppress(Refusal):
        assert isinstance(read_question(raw), Question)


@given(VALUES)
def test_json_comes_back_as_it_was(value: object):
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def many(values: int) -> bytes:
    return b"[" + b"1," * (values - 1) + b"1]"


def test_the_bounds_are_exact():
    assert read_json(nested(DEEPEST))
    assert len(read_json(many(MOST))) == MOST
    assert read_json(b"9" * DIGITS) == 10**DIGITS - 1
    for beyond in (nested(DEEPEST + 1), many(MOST + 1), b"9" * (DIGITS + 1)):
        with pytest.raises(Refusal):
            read_json(beyond)


def test_marks_within_strings_are_no_values():
    assert read_json(json.dumps(['[{,\\"' * 30_000]).encode()) == ['[{,\\"' * 30_000]


def test_members_that_are_not_known_are_passed_over():
    assert question_of({"query": "{a}", "id": 7}) == Question("{a}")
