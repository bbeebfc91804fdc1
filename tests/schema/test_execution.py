"""A question is parsed and validated once, bounded every time, and answered from the kept document."""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from graphql import get_introspection_query
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.extensions import SchemaExtension

from schema.context import Context, Deadline
from schema.documents import KEPT, Documents
from schema.errors import DocumentRefused, LimitExceeded, Refusal
from schema.execution import Answer, Execution, Question
from schema.limits import Limits
from tests.schema.small import Query, schema


async def ask(query: str, name: str | None = None, variables: dict[str, Any] | None = None) -> Answer:
    context = Context(request_id="r", deadline=Deadline.after(5))
    return await Execution(schema).answer(Question(query, name, variables), context)


def documents() -> Documents:
    return Documents(schema, Limits())


def test_a_document_is_parsed_once():
    kept = documents()
    assert kept.prepare("{__typename}", None, None).ast is kept.prepare("{__typename}", None, None).ast


def test_a_kept_document_is_bounded_by_each_requests_variables():
    kept = documents()
    text = "query($n:Int){units(first:$n){neighbours{neighbours{neighbours{code}}}}}"
    kept.prepare(text, None, {"n": 10})
    with pytest.raises(LimitExceeded):
        kept.prepare(text, None, {"n": 200})
    kept.prepare(text, None, {"n": 10})


def test_an_invalid_document_is_not_kept():
    kept = documents()
    for _ in range(2):
        with pytest.raises(DocumentRefused):
            kept.prepare("{nope}", None, None)
    assert kept.kept == 0


def test_the_number_and_length_of_kept_documents_is_bounded():
    kept = documents()
    for i in range(KEPT + 10):
        kept.prepare("{__typename}" + " " * i, None, None)
    assert kept.kept == KEPT
    kept.prepare("{__typename}" + " " * 20_000, None, None)
    assert kept.kept == KEPT


def test_an_operation_is_found_by_its_name_alone():
    two = "query A{a:__typename} query B{b:__typename}"
    for name in (None, "C", ""):
        with pytest.raises(Refusal):
            documents().prepare(two, name, None)
    assert documents().prepare(two, "B", None)
    assert documents().prepare("{__typename}", None, None)


async def test_standard_introspection_is_answered():
    answer = await ask(get_introspection_query())
    assert answer.body["data"]["__schema"]["queryType"] == {"name": "Query", "kind": "OBJECT"}


async def test_fields_are_introspected_alone():
    fields = '__type(name:"Unit"){fields{name}}'
    assert (await ask(f"{{{fields} __typename}}")).code is None
    assert (await ask('{__type(name:"Unit"){name} unit(code:"1"){code}}')).code is None
    mixed = await ask(f'{{...F unit(code:"1"){{code}}}} fragment F on Query{{{fields}}}')
    assert mixed.code
    assert mixed.code.name == "INTROSPECTION_NOT_ALONE"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{" + "a " * 7_000 + "}", "TOO_MANY_TOKENS"),
        ("#\n" * 1_100 + "{__typename}", "TOO_MANY_TOKENS"),
        ("{" + "a{" * 300 + "b" + "}" * 301, "QUERY_TOO_DEEP"),
        ("{__typename}" + " " * 100_000, "DOCUMENT_TOO_LONG"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("type A {b:Int}", "OPERATION_UNKNOWN"),
        ("{__typename} type A {b:Int}", "GRAPHQL_VALIDATION_FAILED"),
        ("{...A} fragment A on Query{...A}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription{a}", "GRAPHQL_VALIDATION_FAILED"),
        ('{unit(code:"\\ud800"){code}}', "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_a_document_that_cannot_run_has_a_code(query: str, code: str):
    answer = await ask(query)
    assert answer.code
    assert answer.code.name == code
    assert "data" not in answer.body


async def test_quoted_values_are_left_out_of_messages():
    answer = await ask("query($c:Int){units(first:$c){code}}", None, {"c": "110101199003071234"})
    assert answer.body["errors"][0]["message"].endswith("Int cannot represent non-integer value.")


def test_a_schema_with_extensions_is_refused_for_they_would_be_passed_over():
    class Extension(SchemaExtension):
        pass

    with pytest.raises(ValueError, match="extensions"):
        Execution(strawberry.Schema(Query, extensions=[Extension]))


WORDS = '{ } ( ) : ! $ @ ... " """ # = [ ] query mutation fragment F on Query Unit unit code 1 $v ...F'
PHRASES = ('{unit(code:"1"){code}}', "fragment F on Unit{code}", "@skip(if:true)", "\n")


@given(st.lists(st.sampled_from([*WORDS.split(" "), *PHRASES]), max_size=40))
@settings(max_examples=200)
async def test_any_soup_of_words_is_answered_or_refused(words: list[str]):
    answer = await ask(" ".join(words))
    assert ("data" in answer.body) or (answer.code and answer.code.status < 500)
