"""Few persons are never counted out loud; rules, outcomes and institutions always are."""

import pytest
import strawberry
from graphql import GraphQLSchema, get_named_type, is_interface_type, is_object_type

from schema.permissions import PUBLIC, decided
from schema.persons import FEWEST, PERSONS, PersonCount, count_of_persons
from schema.root import make_schema

SPEAK_OF_ONE = {"ConversionRule.repeatable"}
"""Numbers that speak of a person and count none."""


def open_counts_of_persons(schema: GraphQLSchema) -> list[str]:
    """Every number of the schema that says it is of persons and is not told by `PersonCount`."""
    return [
        f"{name}.{field}"
        for name, type_ in schema.type_map.items()
        if (is_object_type(type_) or is_interface_type(type_)) and not name.startswith("__")
        for field, told in type_.fields.items()
        if get_named_type(told.type).name in ("Int", "Float")
        and name != "PersonCount"
        and PERSONS.search(f"{field} {told.description or ''}".lower())
    ]


def test_no_number_of_the_api_counts_persons_by_itself():
    assert open_counts_of_persons(make_schema()._schema) == sorted(SPEAK_OF_ONE)


@pytest.mark.parametrize(("count", "told"), [(0, None), (1, None), (4, None), (5, 5), (6, 6), (10**6, 10**6)])
def test_a_count_of_persons_is_told_from_five_on(count, told):
    found = count_of_persons(count)
    assert (found.told, found.hidden) == (told, count < FEWEST)


@strawberry.type
@decided(PUBLIC)
class Query:
    learners: int = strawberry.field(description="How many.")
    size: int = strawberry.field(description="学习者人数。")
    account_holders: PersonCount = strawberry.field(description="How many account holders.")
    rules: int = strawberry.field(description="How many rules.")

    @strawberry.field(description="Of all account holders.")
    def share(self) -> float:
        return 0.1


def test_a_schema_that_counts_persons_by_itself_is_found_out():
    found = open_counts_of_persons(strawberry.Schema(Query)._schema)
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
