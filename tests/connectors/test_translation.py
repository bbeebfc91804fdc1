"""What is true of the words records share with the graph's model, which they never import."""

from __future__ import annotations

import pytest

from connectors import records
from graph.model import learning, values


@pytest.mark.parametrize("name", ["ResultStatus", "Verification", "Obtained"])
def test_words_of_a_record_are_those_of_a_result(name):
    assert {each.name for each in getattr(records, name)} == {each.name for each in getattr(learning, name)}


def test_an_identifier_is_a_key_of_the_graph():
    key = records.Identifier(scheme="course", code="CS101").key
    assert values.parts_of(key) == ("course", "-", "CS101")


def test_amounts_have_the_same_bounds():
    assert (records.PLACES, records.LARGEST) == (values.PLACES, values.LARGEST)
