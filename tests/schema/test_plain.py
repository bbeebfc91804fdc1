"""Plain fields are read the short way, and nothing that a client can see tells the difference."""

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import pytest
import strawberry
from graphql import execute, parse
from hypothesis import given
from hypothesis import strategies as some
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.plain import PlainExecutor


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


@strawberry.interface
class Named:
    name: str | None


@strawberry.type
class Twig(Named):
    age: int


@strawberry.type
class Leaf:
    text: str
    maybe: str | None
    number: int
    amount: Decimal
    flag: bool
    colour: Colour
    day: date | None
    moment: datetime
    ratio: float
    tags: list[str]
    maybes: list[int | None] | None


@strawberry.type
class Branch:
    leaf: Leaf
    leaves: list[Leaf]
    maybe_leaf: Leaf | None
    twig: Twig
    twigs: list[Twig | None] | None

    @strawberry.field
    def shouted(self, times: int = 1) -> str:
        return self.leaf.text.upper() * times

    @strawberry.field
    async def later(self) -> Leaf:
        return self.leaf


@strawberry.type
class Query:
    @strawberry.field
    def branch(self) -> Branch:
        return self  # the root value is the branch itself


SCHEMA = strawberry.Schema(Query)
LEAF = "text maybe number amount flag colour day moment ratio tags maybes __typename"


def inside(field: str, *parts: str) -> str:
    return f"{field} {{ {' '.join(parts)} }}"


PARTS = (
    inside("leaf", LEAF),
    inside("leaves", LEAF),
    "maybeLeaf { text }",
    "shouted(times: 2)",
    "again: shouted",
    inside("later", LEAF),
    "__typename",
    "... { leaf { text: maybe } }",
    "leaves @skip(if: true) { number }",
    "leaf { tags }",
    "twig { name age __typename }",
    "twigs { x1: name, t: age, unfit: age }",
)


class Counting(PlainExecutor):
    long_way = 0

    def build_resolve_info(self, *args):
        type(self).long_way += 1
        return super().build_resolve_info(*args)


async def answered(executor, query, root):
    result = execute(SCHEMA._schema, parse(query), root_value=root, context_value={}, executor_class=executor)
    result = await result if hasattr(result, "__await__") else result
    return result.data, [(error.message, error.path) for error in result.errors or ()]


leaves = some.builds(
    Leaf,
    text=some.text(max_size=5),
    maybe=some.none() | some.text(max_size=5),
    number=some.integers(-(2**31), 2**31 - 1),
    amount=some.decimals(allow_nan=False, allow_infinity=False, places=2),
    flag=some.booleans(),
    colour=some.sampled_from(Colour),
    day=some.none() | some.dates(),
    moment=some.datetimes(),
    ratio=some.floats(),
    tags=some.lists(some.text(max_size=3), max_size=3),
    maybes=some.none() | some.lists(some.none() | some.integers(0, 9), max_size=3),
)
broken = some.sampled_from(
    [
        {"text": None},
        {"text": 7},
        {"number": 2**40},
        {"number": "x"},
        {"colour": "nonsense"},
        {"tags": None},
        {"tags": ["a", None]},
        {"maybes": 3},
        {"amount": "no number"},
        {"flag": "yes"},
        {"flag": 1},
        {"colour": "RED"},
        {"colour": None},
        {"day": "2023-06-01"},
        {"day": 5},
        {"moment": None},
        {"moment": date(2023, 6, 1)},
        {"ratio": True},
        {"tags": ("a", "b")},
        {"tags": "ab"},
    ]
)
twigs = some.builds(Twig, name=some.none() | some.text(max_size=3), age=some.integers(0, 9))
branches = some.builds(
    Branch,
    leaf=leaves,
    leaves=some.lists(leaves, max_size=3),
    maybe_leaf=some.none() | leaves,
    twig=twigs | leaves,  # one that is no twig
    twigs=some.none() | some.lists(some.none() | twigs, max_size=3),
)


@given(branch=branches, parts=some.lists(some.sampled_from(PARTS), min_size=1, max_size=5))
async def test_the_short_way_answers_what_graphql_core_answers(branch, parts):
    query = inside("", inside("branch", *parts))
    plain = await answered(PlainExecutor, query, branch)
    assert plain == await answered(StrawberryGraphQLCoreExecutionContext, query, branch)


@given(branch=branches, fault=broken, parts=some.lists(some.sampled_from(PARTS), min_size=1, max_size=3))
async def test_a_wrong_value_gives_graphql_cores_own_errors(branch, fault, parts):
    branch = dataclasses.replace(branch, leaf=dataclasses.replace(branch.leaf, **fault))
    query = inside("", inside("branch", *parts))
    plain = await answered(PlainExecutor, query, branch)
    assert plain == await answered(StrawberryGraphQLCoreExecutionContext, query, branch)


@pytest.mark.parametrize("size", [1, 40])
async def test_plain_fields_of_a_list_need_no_resolver_however_long_it_is(size):
    leaf = Leaf(
        text="t",
        maybe=None,
        number=1,
        amount=Decimal("1.5"),
        flag=True,
        colour=Colour.RED,
        day=date(2023, 6, 1),
        moment=datetime(2023, 6, 1, tzinfo=UTC),
        ratio=0.5,
        tags=["a"],
        maybes=None,
    )
    Counting.long_way = 0
    data, errors = await answered(
        Counting,
        inside("", inside("branch", inside("leaves", LEAF))),
        Branch(leaf=leaf, leaves=[leaf] * size, maybe_leaf=None, twig=Twig(name=None, age=1), twigs=None),
    )
    assert (len(data["branch"]["leaves"]), errors) == (size, [])
    assert Counting.long_way == 1  # `branch` alone
