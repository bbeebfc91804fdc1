"""Who may read which field: a decision on each, declared beside the field and never guessed.

A type whose fields all share one decision says so once; a field may say otherwise:

    @strawberry.type
    @decided(PUBLIC)
    class Unit:
        code: str

        @strawberry.field(metadata=access(PUBLIC))
        def level(self) -> Level: ...

Decisions are read when the app is made: a schema with an undecided field does not start, and a public
field costs nothing when it is asked. A document is run only if its viewer may everything it asks for
(`schema/sharing.py`), whatever the transport: no resolver needs to remember to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from graphql import GraphQLArgument, GraphQLInterfaceType, GraphQLObjectType
from strawberry import Schema, relay
from strawberry.types.base import StrawberryObjectDefinition

T = TypeVar("T", bound=type)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read a field."""

    name: str


PUBLIC: Final = Access("public")
"""Anyone may read it, and keep it for others."""
OPEN: Final = Access("open")
"""Anyone may read it, but it is of this moment: nobody keeps it."""
PERSONAL: Final = Access("personal")
"""It is about a learner, or tells who knows them."""
GOVERNING: Final = Access("governing")
"""It changes public knowledge, or shows what only those see who run the alliance."""
NOBODY: Final = Access("nobody")
"""It was never decided: a schema with such a field is not served."""

EVERYONE: Final = frozenset({PUBLIC, OPEN})
"""What anybody may read."""

# Relay's own types only carry others, whose fields are decided themselves.
_RELAY = (relay.Node, relay.PageInfo, relay.Connection, relay.ListConnection, relay.Edge)
CARRIERS: Final[dict[type, Access]] = dict.fromkeys(_RELAY, PUBLIC)

_KEY = "access"
_MARK = "__access__"


def decided(who: Access) -> Callable[[T], T]:
    """Decide for every field of a type. Goes below `@strawberry.type`; a subclass decides for itself."""

    def mark(cls: T) -> T:
        setattr(cls, _MARK, who)
        return cls

    return mark


def access(who: Access) -> dict[str, Access]:
    """Decide for one field: `strawberry.field(metadata=access(PUBLIC))`. Merge with other metadata by `|`."""
    return {_KEY: who}


def argument_access(argument: GraphQLArgument | None) -> Access:
    """Tell what giving an argument asks for: `strawberry.argument(metadata=access(PERSONAL))`."""
    definition = argument.extensions.get("strawberry-definition") if argument else None
    found: Access = definition.metadata.get(_KEY, PUBLIC) if definition else PUBLIC
    return found


def decisions(schema: Schema) -> dict[str, Access | None]:
    """Walk the schema: each field as `Type.field`, with its decision or None; introspection apart."""
    return dict(_walk(schema))


def undecided(schema: Schema) -> tuple[str, ...]:
    """Name the fields without a decision."""
    return tuple(field for field, who in _walk(schema) if who is None)


class Undecided(Exception):
    """The schema has fields that nobody decided about: it must not be served."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(f"no permission decision on {', '.join(fields)}: see schema/permissions.py")
        self.fields = fields


def demand_decisions(schema: Schema) -> None:
    """Raise `Undecided` unless every field has its decision."""
    if missing := undecided(schema):
        raise Undecided(missing)


def _walk(schema: Schema) -> Iterator[tuple[str, Access | None]]:
    for name, graphql_type in schema._schema.type_map.items():
        if isinstance(graphql_type, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            definition = graphql_type.extensions.get("strawberry-definition")
            for field_name, field in graphql_type.fields.items():
                yield f"{name}.{field_name}", _own(field.extensions) or _of_type(definition)


def _own(extensions: dict[str, Any]) -> Access | None:
    field = extensions.get("strawberry-definition")
    return field.metadata.get(_KEY) if field else None


def _of_type(definition: StrawberryObjectDefinition | None) -> Access | None:
    if definition is None:
        return None
    origin = (definition.concrete_of or definition).origin  # Page[Unit] was decided as Page
    found: Access | None = vars(origin).get(_MARK) or CARRIERS.get(origin)
    return found
