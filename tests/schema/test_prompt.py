"""Input values made by compiled converters are those that strawberry makes itself."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
import strawberry
from graphql.execution.values import get_variable_values
from graphql.language import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.types.arguments import convert_argument

from schema.many import ResultSetInput
from schema.prompt import promptly
from schema.results import ResultInput
from schema.root import make_schema

SCHEMA = make_schema()
KEYS = st.sampled_from(("a:1:b", "icd:2020:x"))
DAYS = st.none() | st.dates().map(str)


def some(**fields: Any) -> Any:
    """An object of which any field may be left out."""
    return st.fixed_dictionaries({}, optional=fields)


CREDITS = st.none() | st.fixed_dictionaries({"amount": st.sampled_from(("1", "2.5")), "scheme": KEYS})
OPTIONAL: dict[str, Any] = {
    "outcome": st.none() | KEYS,
    "unit": st.none() | KEYS,
    "earned": CREDITS,
    "grade": st.none() | st.fixed_dictionaries({"scheme": KEYS, "value": st.text(max_size=4)}),
    "completion": st.none() | some(firstDay=DAYS, lastDay=DAYS),
    "validTo": DAYS,
    "status": st.sampled_from(("COMPLETED", "IN_PROGRESS")),
    "attempts": st.none() | st.integers(-3, 99),
    "partOf": st.none() | st.text(max_size=4),
    "obtained": st.sampled_from(("STUDY", "EXAM")),
    "verification": st.none() | st.sampled_from(("VERIFIED", "UNVERIFIED")),
}
RESULTS = st.fixed_dictionaries({"resultId": st.text(max_size=4)}, optional=OPTIONAL)
TARGETS = st.fixed_dictionaries({"outcome": KEYS, "state": st.sampled_from(("FAILED", "REGISTERED"))})
SETS = st.fixed_dictionaries(
    {"setName": st.text(max_size=4), "results": st.lists(RESULTS, max_size=3)},
    optional={"held": st.lists(TARGETS, max_size=2)},
)


def converted(cls: type, value: Any) -> Any:
    return convert_argument(value, cls, SCHEMA.schema_converter.scalar_registry, SCHEMA.config)


def by_strawberry(cls: Any, value: Any) -> Any:
    """Convert a value as strawberry does where no type makes its own."""
    kinds = [each.__strawberry_definition__ for each in (ResultInput, ResultSetInput)]
    made = [kind.from_input for kind in kinds]
    try:
        for kind in kinds:
            kind.from_input = None
        return converted(cls, value)
    finally:
        for kind, own in zip(kinds, made, strict=True):
            kind.from_input = own


def coerced(kind: str, value: Any) -> Any:
    """Coerce a variable's value as an operation does."""
    operation: Any = parse(f"query($given: [{kind}!]!) {{ __typename }}").definitions[0]
    found: Any = get_variable_values(SCHEMA._schema, operation.variable_definitions, {"given": value})
    assert not isinstance(found, list), found
    return found.coerced["given"]


@pytest.mark.parametrize(
    ("cls", "kind", "values"),
    [(ResultInput, "ResultInput", RESULTS), (ResultSetInput, "ResultSetInput", SETS)],
)
def test_a_value_made_promptly_is_the_one_that_strawberry_makes(cls, kind, values):
    @settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(values, max_size=3))
    def check(given_values: Any) -> None:
        for value in coerced(kind, given_values):
            made, wanted = converted(cls, value), by_strawberry(cls, value)
            assert type(made) is type(wanted) is cls
            assert told(made) == told(wanted)

    check()


def told(value: Any) -> Any:
    """Tell a value with the types of all in it."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), {each.name: told(getattr(value, each.name)) for each in fields(value)}
    return [told(each) for each in value] if isinstance(value, list) else (type(value), value)


def test_a_list_of_a_default_is_not_shared_between_two_values():
    one, other = (converted(ResultSetInput, {"setName": name, "results": []}) for name in "ab")
    one.held.append(None)
    assert other.held == []
    assert replace(one, held=[]).results == []


def test_a_type_that_tells_null_from_left_out_is_refused():
    @promptly
    @strawberry.input
    class Told:
        """An input with a field that strawberry has to wrap."""

        field: strawberry.Maybe[int]

    with pytest.raises(TypeError):
        converted(Told, {"field": 1})
