"""Documents by name: automatic ones are remembered within bounds, trusted ones for ever."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from schema import persisted
from schema.context import Context, Deadline
from schema.errors import Refusal
from schema.execution import Answer, Execution, Question
from schema.persisted import KEPT, KEPT_LENGTH, LONGEST_KEPT, Persisted
from tests.schema.small import schema

TEXT = "{ __typename }"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def hashed(text: str | None, of: str = TEXT, **more: Any) -> Question:
    return Question(text, extensions={"persistedQuery": {"version": 1, "sha256Hash": digest(of)} | more})


async def ask(execution: Execution, question: Question) -> Answer:
    return await execution.answer(question, Context(request_id="r", deadline=Deadline.after(5)))


def code(answer: Answer) -> str | None:
    return answer.code.name if answer.code else None


async def test_a_text_sent_once_is_found_by_its_hash():
    execution = Execution(schema)
    assert code(await ask(execution, hashed(None))) == "PERSISTED_QUERY_NOT_FOUND"
    assert (await ask(execution, hashed(TEXT))).body == {"data": {"__typename": "Query"}}
    assert (await ask(execution, hashed(None))).body == {"data": {"__typename": "Query"}}


async def test_a_wrong_hash_is_refused_and_not_kept():
    execution = Execution(schema)
    assert code(await ask(execution, hashed("{nope}"))) == "PERSISTED_QUERY_HASH_MISMATCH"
    assert code(await ask(execution, hashed(None))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "sent", ["x", [], {}, {"version": 2, "sha256Hash": "0" * 64}, {"version": 1, "sha256Hash": "0"}]
)
async def test_a_misshapen_hash_is_refused(sent: object):
    answer = await ask(Execution(schema), Question(TEXT, extensions={"persistedQuery": sent}))
    assert code(answer) == "BODY_WRONG_SHAPE"


async def test_what_cannot_be_asked_is_not_kept():
    kept = Persisted()
    execution = Execution(schema, persisted=kept)
    for text in ("{", "{nope}", "{unit(code:1){" + "neighbours{" * 30 + "code" + "}" * 32):
        assert code(await ask(execution, hashed(text, text)))
    assert kept.kept == 0


def test_the_number_and_length_of_kept_texts_is_bounded():
    kept = Persisted()
    for i in range(KEPT + 10):
        text = f"{{a{i}}}"
        kept.keep(hashed(text, text), text)
    assert kept.kept == KEPT
    with pytest.raises(Refusal, match="NOT_FOUND"):
        kept.find(hashed(None, "{a0}"))
    assert kept.find(hashed(None, f"{{a{KEPT}}}"))
    for i in range(100):
        text = f"{i:<{LONGEST_KEPT}}"
        kept.keep(hashed(text, text), text)
    assert kept.kept <= KEPT_LENGTH // LONGEST_KEPT
    kept.keep(hashed("x", "x"), "x" * (LONGEST_KEPT + 1))
    assert persisted.LONGEST_KEPT == LONGEST_KEPT


def test_what_is_asked_again_is_kept_longest():
    kept = Persisted()
    kept.keep(hashed(TEXT), TEXT)
    for i in range(KEPT - 1):
        kept.keep(hashed(f"{{a{i}}}", f"{{a{i}}}"), f"{{a{i}}}")
    kept.find(hashed(None))
    kept.keep(hashed("{b}", "{b}"), "{b}")
    assert kept.find(hashed(None)) == TEXT


async def test_a_trusted_document_is_found_by_its_name_or_hash():
    execution = Execution(schema, persisted=Persisted({"units": TEXT, digest("{x}"): TEXT}))
    data = {"data": {"__typename": "Query"}}
    assert (await ask(execution, Question(document_id="units"))).body == data
    assert (await ask(execution, hashed(None, "{x}"))).body == data
    assert code(await ask(execution, Question(document_id="others"))) == "DOCUMENT_UNKNOWN"
    assert (await ask(execution, Question(TEXT))).body == data


async def test_where_only_trusted_documents_are_answered_nothing_else_is():
    execution = Execution(schema, persisted=Persisted({"units": TEXT}, only=True))
    assert (await ask(execution, Question(document_id="units"))).body == {"data": {"__typename": "Query"}}
    for other in (Question(TEXT), hashed(TEXT), hashed(None), Question("{__schema{types{name}}}")):
        assert code(await ask(execution, other)) == "ONLY_TRUSTED_DOCUMENTS"


async def test_a_named_document_has_its_limits_too():
    text = "query($n:Int!){units(first:$n){neighbours{neighbours{neighbours{code}}}}}"
    execution = Execution(schema, persisted=Persisted({"units": text}))
    assert (
        code(await ask(execution, Question(document_id="units", variables={"n": 200}))) == "QUERY_TOO_COSTLY"
    )
    assert code(await ask(execution, Question(document_id="units", variables={"n": 2}))) is None
