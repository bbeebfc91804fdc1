"""What is true of canonical records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.fingerprint import fingerprint, fold
from connectors.records import Completion, Credit, Identifier, Record, Text, identifier
from tests.connectors.alliance import ANA, record


def test_a_repr_shows_no_person():
    shown = repr([ANA, record(ANA), {"x": record(ANA)}]) + str(record(ANA)) + f"{ANA}"
    assert "1101051990" not in shown
    assert "数据结构" not in shown


def test_a_record_survives_its_own_json():
    there = msgspec.json.encode(record(ANA))
    assert msgspec.json.decode(there, type=Record) == record(ANA)


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "0.00001", "1e10"])
def test_no_credit_is_negative_infinite_or_finer_than_the_graph_keeps(amount):
    with pytest.raises(ValueError):
        Credit(amount=Decimal(amount), scheme="cn")


@pytest.mark.parametrize("amount", ["0", "0.5", "2.3333", "1000000000"])
def test_a_plain_credit_is_taken(amount):
    assert Credit(amount=Decimal(amount), scheme="cn").amount == Decimal(amount)


def test_a_completion_does_not_end_before_it_begins():
    with pytest.raises(ValueError):
        Completion(first=date(2024, 2, 1), last=date(2024, 1, 1))


def test_an_identifier_is_written_and_read_alike():
    assert identifier("uscc:-:1210").key == "uscc:-:1210"
    with pytest.raises(ValueError):
        identifier("uscc:1210")


def test_two_spellings_of_one_result_have_one_fingerprint():
    spelled = Identifier(scheme="course", code=" ＣＳ—１０１ ".strip())
    one, other = record(ANA, "cs-101"), record(ANA, "cs-101", id="other", outcome=spelled)
    assert fingerprint(one, learner="p") == fingerprint(other, learner="Ｐ ")


def test_another_person_day_outcome_or_issuer_has_another_fingerprint():
    first = fingerprint(record(ANA), learner="p")
    later = Completion(first=date(2024, 7, 1), last=date(2024, 7, 1))
    others = [
        fingerprint(record(ANA), learner="q"),
        fingerprint(record(ANA, "CS102"), learner="p"),
        fingerprint(record(ANA, completion=later), learner="p"),
        fingerprint(record(ANA, issuer=Identifier(scheme="uscc", code="9")), learner="p"),
        fingerprint(record(ANA), learner="p", secret=b"s"),
    ]
    assert len({first, *others}) == 6


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_a_text_without_content_encodes_to_nothing():
    assert msgspec.json.encode(Text()) == b"{}"
