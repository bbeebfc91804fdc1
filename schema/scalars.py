"""The scalars of the API and how their texts are read at the border."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, NewType

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition, DecimalDefinition
from strawberry.types.scalar import ScalarDefinition

from graph.model.values import normalised, parts_of
from schema.errors import Refusal

KeyText = NewType("KeyText", str)
"""A coded key as the API writes it: ``scheme:edition:code``."""

CodeText = NewType("CodeText", str)
"""A bare code, such as a rule's or an agreement's."""

LONGEST: Final = 260
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN: Final = 80
_UNSHOWN: Final = re.compile(r"[^\w .:|/-]")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


def _placed(definition: ScalarDefinition) -> ScalarDefinition:
    """Have a scalar's errors in documents say where they are: strawberry's own do not."""
    read = definition.parse_value

    def parse(node: ValueNode, variables: dict[str, Any] | None = None) -> object:
        try:
            return read(value_from_ast_untyped(node, variables)) if read else None
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from None

    return replace(definition, parse_literal=parse)


def _strict(definition: ScalarDefinition) -> ScalarDefinition:
    """Have a day read as YYYY-MM-DD alone: the library takes 20230601 and 2023-W22-1 too."""
    read = definition.parse_value

    def parse(value: object) -> object:
        if isinstance(value, str) and not DAY.fullmatch(value):
            raise GraphQLError("Value cannot represent a Date: it is not written as YYYY-MM-DD.")
        return read(value) if read else None

    return replace(definition, parse_value=parse)


class _Names(NameConverter):
    """The library's names, each spelt once: it spells those of arguments again for every question."""

    @cache  # noqa: B019 - one converter, and only the names of the schema
    def apply_naming_config(self, name: str) -> str:
        return super().apply_naming_config(name)


SCALARS: Final = StrawberryConfig(
    name_converter=_Names(),
    scalar_map={
        date: _placed(_strict(DateDefinition)),
        datetime: _placed(DateTimeDefinition),
        Decimal: _placed(DecimalDefinition),
        KeyText: strawberry.scalar(
            name="Key",
            description="Names a thing for ever: `scheme:edition:code`, such as `gbt4754:2017:65`; `-` "
            "stands for 'no edition'. Full-width characters and blanks around it are folded.",
            parse_value=_text,
        ),
        CodeText: strawberry.scalar(
            name="Code",
            description="The bare code of a thing that needs no scheme, such as a rule or an agreement.",
            parse_value=_text,
        ),
    },
)


def read_key(text: str) -> str:
    """Fold a key as the border does; `Refusal` MALFORMED_KEY where it is none."""
    try:
        return ":".join(parts_of(normalised(text[: LONGEST + 1])))
    except ValueError:
        raise Refusal("MALFORMED_KEY", key=shown(text)) from None


def shown(text: str) -> str:
    """Give what was written for a key or a code as an error may show it: short, and of its letters only."""
    return _UNSHOWN.sub("?", text[:_SHOWN]) + ("..." if len(text) > _SHOWN else "")


def read_code(text: str) -> str:
    """Fold a bare code; `Refusal` MALFORMED_CODE where it is empty, too long or not printable."""
    code = normalised(text[: LONGEST + 1])
    if not code or len(code) > 120 or not code.isprintable():
        raise Refusal("MALFORMED_CODE")
    return code
