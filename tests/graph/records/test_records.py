"""Records: the same question is the same bytes, replayed out of itself, and no byte changes unnoticed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest
import rfc8785
from cases import random_case
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from worn import worn_case

from graph.model.verdicts import Answer, Named
from graph.recognition import EVALUATOR, compiled, evaluate
from graph.records import RecordRefused, answered, made, posed, replayed, stripped
from graph.records.making import digest
from graph.records.replaying import LARGEST, read
from tests.graph.recognition.books import (
    asks,
    book,
    consumed,
    context,
    denies,
    gives,
    had,
    outcome,
    result,
    rule,
    silent,
)
from tests.graph.recognition.random_books import contexts, held, things
from tests.graph.recognition.test_properties import FEW, shuffled

BOOK = book(
    rule("R1", asks("a"), gives("x")),
    rule("R2", asks("b"), gives("x")),
    rule("R3", asks("d"), denies("x")),
    outcome("a"),
    outcome("b"),
    outcome("d"),
)
INDEX = compiled(BOOK)
QUESTION = posed(
    (result("a", source="school", fingerprint="110101199003071234"), result("z", "a")),
    context(consumed=(consumed("b", targets=(had("y"),)),), known_at=datetime(2024, 1, 1, tzinfo=UTC)),
)
RECORD = made(INDEX, QUESTION)


def refused(raw: bytes) -> str:
    with pytest.raises(RecordRefused) as caught:
        replayed(raw)
    return caught.value.code


def sealed(body: dict) -> bytes:
    """What a forger would write: the body changed, its hash made to fit."""
    body = {name: value for name, value in body.items() if name != "sha256"}
    return rfc8785.dumps(body | {"sha256": digest(body)})


def forged(change) -> bytes:
    body = json.loads(RECORD)
    change(body)
    return sealed(body)


def names_of(case) -> tuple[Named, ...]:
    rules = (Named(rule=key) for key in case.named_rules)
    return (*rules, *(Named(target=target) for target in case.named_targets))


@FEW
@given(things(), held, contexts(silence=True))
def test_a_record_of_a_drawn_book_replays_to_the_same_bytes_and_has_the_whole_books_answer(
    made_of, have, asked
):
    question = posed(have, asked)
    record = made(compiled(book(*made_of)), question)
    assert replayed(record) == record
    said = msgspec.convert(json.loads(record)["answer"], Answer)
    assert said == evaluate(book(*made_of), have, question.context)


@pytest.mark.parametrize("draw", [random_case, worn_case], ids=["drawn", "worn"])
def test_records_of_the_oracles_cases_replay_to_the_same_bytes(draw):
    for seed in range(5_000, 5_150):
        case = draw(seed)
        record = made(compiled(case.book), posed(case.results, case.context, names_of(case)))
        assert replayed(record) == record, seed


@FEW
@given(things(), held, contexts(silence=True), st.integers(0, 9))
def test_whatever_order_things_are_told_in_the_record_is_the_same(made_of, have, asked, seed):
    one = made(compiled(book(*made_of)), posed(have, asked))
    turned = replace(
        asked, silent=asked.silent[::-1], targets=asked.targets[::-1], consumed=asked.consumed[::-1]
    )
    other = made(compiled(book(*shuffled(made_of, seed))), posed(shuffled(have, seed), turned))
    assert one == other


def test_a_record_is_canonical_json_with_the_sha_256_of_the_rest():
    body = json.loads(RECORD)
    assert rfc8785.dumps(body) == RECORD
    assert body["evaluator"] == EVALUATOR
    assert set(body) == {"record", "evaluator", "question", "book", "unlisted", "answer", "sha256"}
    assert body.pop("sha256") == digest(body)


def test_a_record_holds_what_was_used_and_counts_the_rest():
    body = json.loads(RECORD)
    assert [one["key"] for one in body["book"]["rules"]] == ["R1"]
    assert {one["key"] for one in body["book"]["outcomes"]} == {"s:1:a", "s:1:x"}
    assert (body["unlisted"], body["answer"]["others"]) == (2, 2)


def test_silence_keeps_the_rules_it_might_concern():
    question = posed((result("a"),), context(silent=(silent("S", "away"),)))
    body = json.loads(made(INDEX, question))
    assert {one["key"] for one in body["book"]["rules"]} == {"R1", "R2", "R3"}


def test_every_byte_changed_is_noticed():
    for place in range(len(RECORD)):
        other = bytearray(RECORD)
        other[place] ^= 1
        assert refused(bytes(other)) in {"RECORD_NOT_JSON", "RECORD_NOT_CANONICAL", "RECORD_HASH"} | (
            {"RECORD_MALFORMED", "EVALUATOR_OTHER"}
        )


@given(st.integers(0, len(RECORD) - 1), st.integers(0, 255), st.sampled_from(["cut", "doubled", "put"]))
def test_bytes_cut_doubled_or_put_in_are_noticed(place, byte, how):
    cut, put = RECORD[:place] + RECORD[place + 1 :], RECORD[:place] + bytes([byte]) + RECORD[place:]
    doubled = RECORD[: place + 1] + RECORD[place:]
    assert refused({"cut": cut, "doubled": doubled, "put": put}[how])


def fields(value, at=()):
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, (dict, list)) and inner:
            yield from fields(inner, (*at, name))
        else:
            yield *at, name


CHANGED = {bool: lambda v: not v, int: lambda v: v + 1, str: lambda v: v + "1"}


@pytest.mark.parametrize(
    "path",
    [path for path in fields(json.loads(RECORD)) if path[0] == "answer"],
    ids=lambda p: ".".join(map(str, p)),
)
def test_a_forged_answer_is_noticed_though_its_hash_fits(path):
    def change(body):
        *way, last = path
        for step in way:
            body = body[step]
        body[last] = CHANGED.get(type(body[last]), lambda _: "1")(body[last])

    assert refused(forged(change)) == "RECORD_DIFFERS"


def test_a_forged_answer_is_told_by_its_place():
    with pytest.raises(RecordRefused) as caught:
        replayed(forged(lambda body: body["answer"]["judged"][0].update(verdict="SUPERSEDED")))
    assert caught.value.facts == {"where": "answer.judged[0].verdict"}


BAD = {
    "RECORD_NOT_JSON": b"\xff",
    "RECORD_NOT_CANONICAL": json.dumps(json.loads(RECORD), indent=1).encode(),
    "RECORD_HASH": rfc8785.dumps(json.loads(RECORD) | {"unlisted": 3}),
    "RECORD_MALFORMED": forged(lambda body: body.update(more=1)),
    "EVALUATOR_OTHER": forged(lambda body: body.update(evaluator=EVALUATOR + 1)),
    "RECORD_DIFFERS": forged(lambda body: body["question"]["results"].reverse()),
    "RECORD_TOO_LARGE": b" " * (LARGEST + 1),
}


@pytest.mark.parametrize("wanted", BAD)
def test_what_is_no_record_is_refused_by_its_code(wanted):
    assert refused(BAD[wanted]) == wanted


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"1", b"[" * 100_000, b'{"record":1' + b',"a":[' * 9_000, b'{"record":1e400}']
)
def test_junk_is_refused_without_harm(raw):
    assert refused(raw)


def test_a_refusal_never_quotes_what_it_refuses():
    spoilt = forged(lambda body: body["question"]["results"][0].update(status="110101199003071234"))
    with pytest.raises(RecordRefused) as caught:
        read(spoilt)
    assert caught.value.code == "RECORD_MALFORMED"
    assert "110101199003071234" not in str(caught.value)


def test_one_line_feed_after_a_record_is_no_part_of_it():
    assert replayed(RECORD + b"\n") == RECORD
    assert refused(RECORD + b"\n\n")


def test_nobody_is_left_in_a_stripped_question():
    text = msgspec.json.encode(stripped(QUESTION)).decode()
    for datum in ("school", "110101199003071234", '"id":"a"', '"z"', '"b"', "knownAt"):
        assert datum not in text
    assert '"r00001"' in text
    assert stripped(stripped(QUESTION)) == stripped(QUESTION)


@FEW
@given(things(), held, contexts(silence=True), st.booleans())
def test_a_stripped_question_has_the_verdicts_of_its_own(made_of, have, asked, marked):
    have = tuple(
        replace(one, fingerprint="f" if marked and one.id in ("r1", "r3") else "", source="s") for one in have
    )
    index = compiled(book(*made_of))
    question = posed(have, asked)
    bare = stripped(question)
    ids = dict(zip((one.id for one in question.results), (one.id for one in bare.results), strict=True))
    one, other = answered(index, question), answered(index, bare)
    renamed = [(said(v), tuple(ids[name] for name in v.evidence)) for v in one.judged]
    assert renamed == [(said(v), v.evidence) for v in other.judged]


def said(one):
    return one.rule, one.version, one.grant, one.verdict, one.gives, one.credit, one.reason, one.deciding


def test_a_shuffled_question_strips_to_the_same():
    mixed = posed(QUESTION.results[::-1], QUESTION.context)
    assert stripped(mixed) == stripped(QUESTION)
