"""The scalars of the API and how their texts are read at the border."""

from __future__ import annotations

from typing import Final, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.model.values import normalised, parts_of
from schema.errors import Refusal

KeyText = NewType("KeyText", str)
"""A coded key as the API writes it: ``scheme:edition:code``."""

CodeText = NewType("CodeText", str)
"""A bare code, such as a rule's or an agreement's."""

LONGEST: Final = 260


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


SCALARS: Final = StrawberryConfig(
    scalar_map={
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
    }
)


def read_key(text: str) -> str:
    """Fold a key as the border does; `Refusal` MALFORMED_KEY where it is none."""
    try:
        return ":".join(parts_of(normalised(text[: LONGEST + 1])))
    except ValueError:
        raise Refusal("MALFORMED_KEY") from None


def read_code(text: str) -> str:
    """Fold a bare code; `Refusal` MALFORMED_CODE where it is empty, too long or not printable."""
    code = normalised(text[: LONGEST + 1])
    if not code or len(code) > 120 or not code.isprintable():
        raise Refusal("MALFORMED_CODE")
    return code
