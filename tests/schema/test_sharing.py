"""Only documents whose every field is public may have their answers kept by others."""

from __future__ import annotations

import pytest
import strawberry
from graphql import get_introspection_query, parse

from schema.permissions import PUBLIC, Access, access, decided
from schema.sharing import Sharing

OWN = Access("own")


@strawberry.interface
@decided(PUBLIC)
class Named:
    name: str


@strawberry.type
@decided(PUBLIC)
class Unit(Named):
    name: str
    code: str


@strawberry.type
@decided(PUBLIC)
class Learner(Named):
    name: str = strawberry.field(metadata=access(OWN))
    code: str


@strawberry.type
@decided(PUBLIC)
class Query:
    unit: Unit
    learner: Learner
    named: Named
    mine: int = strawberry.field(metadata=access(OWN))


sharing = Sharing(strawberry.Schema(Query, types=[Unit, Learner]))


@pytest.mark.parametrize(
    "query",
    ["{unit{code name}}", "{learner{code}}", "{named{...on Unit{name}}}", "{__typename unit{__typename}}"],
)
def test_what_anyone_may_read_is_shared(query: str):
    assert sharing.shares(parse(query))


def test_the_schema_is_shared():
    assert sharing.shares(parse(get_introspection_query()))


@pytest.mark.parametrize(
    "query",
    [
        "{mine}",
        "{unit{code} mine}",
        "{learner{name}}",
        "{named{name}}",  # may be a learner's
        "{named{...on Learner{code name}}}",
        "{...F} fragment F on Query{a:mine}",
        "query A{unit{code}} query B{mine}",
    ],
)
def test_what_belongs_to_somebody_is_not(query: str):
    assert not sharing.shares(parse(query))
