"""Every field has a permission decision, or the schema is not served."""

from __future__ import annotations

import pytest
import strawberry
from strawberry import relay

from schema.permissions import PUBLIC, Undecided, access, decided, decisions, demand_decisions, undecided
from tests.schema.small import schema


@strawberry.type
class Bare:
    code: str
    chosen: str = strawberry.field(metadata=access(PUBLIC))


@strawberry.interface
@decided(PUBLIC)
class Named:
    name: str


@strawberry.type
class Heir(Named):
    extra: str


@strawberry.type
@decided(PUBLIC)
class Item(relay.Node):
    id: relay.NodeID[str]


def no_items() -> list[Item]:
    return []


@strawberry.type
@decided(PUBLIC)
class Query:
    bare: Bare
    heir: Heir
    items: relay.ListConnection[Item] = relay.connection(resolver=no_items)


def test_every_field_of_a_decided_schema_is_decided():
    assert undecided(schema) == ()
    assert decisions(schema)["Unit.neighbours"] is PUBLIC
    demand_decisions(schema)


def test_a_field_without_a_decision_is_named():
    assert "Bare.code" in undecided(strawberry.Schema(Query))


def test_a_field_may_decide_for_itself():
    assert "Bare.chosen" not in undecided(strawberry.Schema(Query))


def test_a_type_does_not_inherit_its_decision():
    assert {"Heir.name", "Heir.extra"} <= set(undecided(strawberry.Schema(Query)))


def test_relay_types_carry_and_need_no_decision():
    assert not any("Connection" in name or "Edge" in name for name in undecided(strawberry.Schema(Query)))


def test_an_undecided_schema_is_not_served():
    with pytest.raises(Undecided, match=r"Bare\.code"):
        demand_decisions(strawberry.Schema(Query))


def test_a_decision_costs_nothing_when_the_field_is_asked():
    plain = strawberry.Schema(Query).schema_converter.type_map["Bare"].definition.fields
    assert all(field.is_basic_field for field in plain)
