"""Strict JSON: exact decimals, no NaN, no number out of range, no key said twice, no lone surrogate."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from connectors.call import Call
from connectors.decoding.text import Reading, damage, judge, plain
from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode

LARGEST_TREE = 10 * 1024 * 1024
"""The bytes a parsed answer may take, as estimated before it is parsed: 5 MB of ``[],`` would take 100."""


def _exact(written: str) -> Decimal:
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if len(written) > 40 or not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("a number out of range")
    return number


_DECODER = msgspec.json.Decoder(float_hook=_exact)
_ENCODER = msgspec.json.Encoder()


def read(body: bytes, reading: Reading, call: Call) -> Any:
    """Decode and parse a body; damage is counted also where it was written in escapes."""
    text = plain(body, reading)
    value = None
    if "\\u" in text:
        value = parse(text)
        text = msgspec.json.encode(value).decode()
    judge(damage(text), reading, call)
    return parse(text) if value is None else value


def parse(text: str) -> Any:
    """Parse JSON into plain values (fractions as ``Decimal``); ``SourceUnreadable`` if it is not strict."""
    if 232 * len(text) > LARGEST_TREE and _tree(text) > LARGEST_TREE:
        raise SourceUnreadable(NoticeCode.TOO_LARGE, where="json")
    try:
        value = _DECODER.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise SourceUnreadable(where="json") from None
    # Of a key said twice only one is kept, and with the other a colon at least is gone.
    if _colons(text) > _ENCODER.encode(value).count(b":"):
        raise SourceUnreadable(where="json: a key said twice")
    return value


def _tree(text: str) -> int:
    """Estimate the bytes that a parsed text takes."""
    return 232 * text.count("{") + 64 * text.count("[") + 56 * text.count(",")


def _colons(text: str) -> int:
    """Count the colons of a JSON text, those in strings too, and those written as escapes."""
    count = text.count(":")
    if "\\u003" in text:
        bare = text.replace("\\\\", "")  # a backslash that is a character begins no escape
        count += bare.count("\\u003a") + bare.count("\\u003A")
    return count
