"""Nobody is counted: no number of the API is of persons; rules, outcomes and institutions always are."""

import re

import strawberry
from graphql import GraphQLSchema, get_named_type, is_interface_type, is_object_type

from schema.permissions import PUBLIC, decided
from schema.root import make_schema

PERSONS = re.compile(
    r"person|people|learner|student|teacher|holder|applicant|graduate|人数|学习者|学员|学生|教师|持有人"
)
"""What a count of persons is called, in a field's name or description."""

SPEAK_OF_ONE = {"ConversionRule.repeatable"}
"""Numbers that speak of a person and count none."""


def counts_of_persons(schema: GraphQLSchema) -> list[str]:
    """Every number of the schema that says it is of persons."""
    return [
        f"{name}.{field}"
        for name, type_ in schema.type_map.items()
        if (is_object_type(type_) or is_interface_type(type_)) and not name.startswith("__")
        for field, told in type_.fields.items()
        if get_named_type(told.type).name in ("Int", "Float")
        and PERSONS.search(f"{field} {told.description or ''}".lower())
    ]


def test_no_number_of_the_api_counts_persons():
    assert counts_of_persons(make_schema()._schema) == sorted(SPEAK_OF_ONE)


@strawberry.type
@decided(PUBLIC)
class Query:
    learners: int = strawberry.field(description="How many.")
    size: int = strawberry.field(description="学习者人数。")
    rules: int = strawberry.field(description="How many rules.")

    @strawberry.field(description="Of all account holders.")
    def share(self) -> float:
        return 0.1


def test_a_schema_that_counts_persons_is_found_out():
    found = counts_of_persons(strawberry.Schema(Query)._schema)
    assert found == ["Query.learners", "Query.size", "Query.share"]


def test_counts_of_rules_outcomes_and_institutions_are_plain_numbers():
    types = make_schema()._schema.type_map
    plain = {
        "SubtreeCounts": ("institutions", "outcomes", "rules"),
        "MatrixCell": ("outcomes", "mappedUnits", "namingRules", "syntheticOutcomes"),
    }
    for name, fields in plain.items():
        for field in fields:
            assert str(types[name].fields[field].type) == "Int!"
