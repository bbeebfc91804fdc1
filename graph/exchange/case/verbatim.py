"""JSON kept to the letter: every field and every digit, in one canonical text."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import msgspec

LIMIT: Final = 1_000_000
"""Characters that may be kept verbatim of one thing."""

DEEPEST: Final = 64
"""How deep a part of a package may be nested."""

Said = dict[str, Any]
"""An object of a package, as it says itself."""

_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER: Final = msgspec.json.Encoder(order="sorted", decimal_format="number")

BROKEN: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What :func:`decode` raises where the text is no JSON, or none that can be kept."""


def decode(raw: bytes | str | msgspec.Raw) -> Any:
    """Return the value of a JSON text; fractions stay exact."""
    return _DECODER.decode(raw)


def demand_shallow(value: Any) -> None:
    """Raise one of :data:`BROKEN` where a value is nested deeper than any tool would read it again."""
    level, depth = [value], 0
    while level := [inner for one in level for inner in _inner(one)]:
        depth += 1
        if depth > DEEPEST:
            raise msgspec.ValidationError(f"nested more than {DEEPEST} deep")


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def encode(value: Any) -> bytes:
    """Return the one text of a value: names sorted, no blanks, digits as they were."""
    return _ENCODER.encode(value)


def kept(rest: Said) -> str:
    """Return what a thing keeps verbatim of what was not read; nothing of nothing."""
    return encode(rest).decode() if rest else ""


def unkept(verbatim: str) -> Said:
    """Return what :func:`kept` kept; a text of another origin is taken for nothing."""
    try:
        value = decode(verbatim or "{}")
    except BROKEN:
        return {}
    return value if isinstance(value, dict) else {}
