"""Nodes: things under ids that name them for ever, whatever their version; the live one answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar, cast

import strawberry
from strawberry.types import Info

from graph.model.concepts import BY_NAME, BY_STRUCT, Concept
from graph.model.values import Versioned
from schema.apart import type_of
from schema.arguments import As
from schema.asking import loaders
from schema.errors import Refusal
from schema.permissions import PUBLIC, decided
from schema.scalars import read_code, read_key

T = TypeVar("T", bound=type)

_NODES: Final[set[type[Versioned]]] = set()
OneId = Annotated[strawberry.ID, strawberry.argument(description="Its id, as the hub wrote it.")]


def _id(root: Any) -> strawberry.ID:
    return strawberry.ID(f"{BY_STRUCT[type(root)].name}:{root.key}")


@strawberry.interface(
    description="A thing under an id of its own. All versions of a thing share the id, so a client that "
    "keeps things by their ids should ask as of one day at a time."
)
@decided(PUBLIC)
class Node:
    """A thing under an id of its own."""

    id: strawberry.ID = strawberry.field(
        resolver=_id, description="Names the thing among all things: its concept and its key."
    )


def node_of(struct: type[Versioned]) -> Callable[[T], T]:
    """Tell of which canonical things a type is, and that they are nodes. Goes below `@strawberry.type`."""
    _NODES.add(struct)
    return type_of(struct)


async def find_node(info: Info, id: OneId, as_of: As = None) -> Node | None:  # noqa: A002 - Relay's name
    """Find the live version of the thing that an id names."""
    concept, key = read_id(id)
    at = await loaders(info).moment(info, as_of)
    return cast("Node | None", await loaders(info).thing(concept.struct, key, at))


def read_id(text: str) -> tuple[Concept, str]:
    """Read an id; `Refusal` MALFORMED_ID where it is none."""
    name, _, key = text.partition(":")
    concept = BY_NAME.get(name)
    if concept is None or concept.struct not in _NODES:
        raise Refusal("MALFORMED_ID")
    try:
        return concept, (read_key if concept.coded else read_code)(key)
    except Refusal:
        raise Refusal("MALFORMED_ID") from None
