"""A filter that came as JSON: read and checked as the variable that a query's `where` takes."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from typing import Final, cast

from graphql import GraphQLError, OperationDefinitionNode, VariableDefinitionNode, parse
from graphql.execution.values import get_variable_values
from strawberry import Schema
from strawberry.types.arguments import convert_argument

from graph.model.values import Versioned
from graph.moment import Moment
from graph.picking import passing
from schema.errors import Refusal, miswritten, own_words
from schema.filtering import tests_of
from schema.filters import FILTERS, GovernedFilter
from schema.loaders import Loaders

LONGEST: Final = 400
"""Characters of what was given, or is explained, that a refusal shows."""

_PREFIX: Final = "Variable '$filter' has "
_FOUND: Final = re.compile(r"[.,;]? found: ", re.IGNORECASE)
_UNSAYABLE: Final = re.compile(r"""[^\w .,:;=+|/'"$?!{}\[\]-]""")


def read_filter(schema: Schema, struct: type[Versioned], given: object) -> GovernedFilter:
    """Read the filter of a concept that has one; `Refusal` as a query is refused, BAD_FILTER for the rest."""
    wanted = FILTERS[struct]
    found = get_variable_values(schema._schema, [_variable(wanted.__name__)], {"filter": given}, max_errors=1)
    if isinstance(found, list):
        raise _refusal(found[0], wanted.__name__)
    converter = schema.schema_converter
    read = convert_argument(found.coerced["filter"], wanted, converter.scalar_registry, schema.config)
    return cast("GovernedFilter", read)


async def passing_keys(
    loaders: Loaders, struct: type[Versioned], where: GovernedFilter, at: Moment
) -> frozenset[str]:
    """Give the keys that the concept's list would list; what nobody knows is among the loaders' warnings."""
    tests = await tests_of(loaders, struct, where, at)
    found = await asyncio.to_thread(passing, await loaders.view(struct, at), tests)
    return frozenset(thing.key for thing in found)


def said(text: str) -> str:
    """Give a text as a refusal may show it: short, and without what a page would take for its own."""
    return _UNSAYABLE.sub("?", text[:LONGEST]) + ("..." if len(text) > LONGEST else "")


@cache
def _variable(name: str) -> VariableDefinitionNode:
    [operation] = parse(f"query($filter: {name}!) {{ __typename }}").definitions
    [variable] = cast("OperationDefinitionNode", operation).variable_definitions or ()
    return variable


def _refusal(error: GraphQLError, wanted: str) -> Refusal:
    if refusal := miswritten(error):
        return refusal
    why = _FOUND.split(own_words(error).removeprefix(_PREFIX))[0]  # without the value that was given
    return Refusal("BAD_FILTER", type=wanted, why=said(why))
