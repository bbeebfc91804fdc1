"""Folding and cutting: what is equal to the search, and what a text is made of."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.search import holdings, ordering, spelling
from graph.search.spelling import cut, folded


def test_the_examples_in_the_docstrings_hold():
    assert [doctest.testmod(module).failed for module in (spelling, holdings, ordering)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ＪＡＶＡ", "java"),
        ("  a \u3000 b\n", "a b"),
        ("A\u200bB\u202e", "ab"),
        ("Straße", "STRASSE"),
        ("(试行)", "(试行)"),
        ("①", "1"),
    ],
)
def test_what_looks_the_same_is_folded_to_the_same(text, same):
    assert folded(text) == folded(same)


@given(st.text())
def test_folding_twice_is_folding_once_and_never_leaves_blanks_around(text):
    once = folded(text)
    assert folded(once) == once == once.strip()


@given(st.text(alphabet="软件工程 aB1-_(*~'\""))
def test_pieces_hold_every_letter_and_no_sign(text):
    pieces = cut(folded(text))
    assert set("".join("".join(kind) for kind in pieces)) == set(folded(text)) - set(" -_(*~'\"")


@given(st.lists(st.tuples(st.integers()), max_size=30))
def test_sorting_in_parts_is_sorting(items):
    assert ordering.ordered(items * 400) == sorted(items * 400)
