"""Cursors of lists: a place and the order it is a place in, with a sum that tells altered ones.

A cursor is no secret: whoever has one could have asked for the things around it anyway.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import Final

import msgspec

from graph.ranking import SHAPES, OrderBy, Place, Rank
from schema.errors import Refusal

_LONGEST: Final = 4000
_SUM: Final = 6
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_decode = msgspec.json.Decoder(tuple[OrderBy, bool, list[str | int] | None, str]).decode


def write_cursor(place: Place, order: OrderBy, *, descending: bool) -> str:
    """Write a place as a text that only this list, in this order, takes."""
    told = msgspec.json.encode((order, descending, place.rank, place.key))
    return urlsafe_b64encode(_sum(told) + told).decode().rstrip("=")


def read_cursor(text: str, order: OrderBy, *, descending: bool) -> Place:
    """Read a cursor; `Refusal` BAD_CURSOR where it is altered or of another order."""
    try:
        found, down, rank, key = _decode(_checked(text))
    except ValueError:
        raise Refusal("BAD_CURSOR") from None
    if (found, down) != (order, descending) or not _fits(rank, order):
        raise Refusal("BAD_CURSOR")
    return Place(_rank(rank), key)


def key_cursor(key: str) -> str:
    """Write a place in a list that is ordered by keys alone."""
    return write_cursor(Place((), key), OrderBy.CODE, descending=False)


def key_after(text: str | None) -> str:
    """Read a cursor of such a list, empty for its beginning; `Refusal` BAD_CURSOR for any other text."""
    return read_cursor(text, OrderBy.CODE, descending=False).key if text else ""


def place_cursor(number: int) -> str:
    """Write a place in a list that stands in memory: after how many it is."""
    return key_cursor(f"#{number}")


def place_after(text: str | None) -> int:
    """Read such a place, 0 for the beginning; `Refusal` BAD_CURSOR for any other text."""
    sign, number = key_after(text)[:1], key_after(text)[1:]
    if text and (sign != "#" or not _NUMBER.fullmatch(number)):
        raise Refusal("BAD_CURSOR")
    return int(number or 0)


def _checked(text: str) -> bytes:
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError("too long, or not of its letters")
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _sum(raw[_SUM:]) != raw[:_SUM]:
        raise ValueError("altered")
    return raw[_SUM:]


def _sum(told: bytes) -> bytes:
    return blake2b(told, digest_size=_SUM).digest()


def _fits(rank: list[str | int] | None, order: OrderBy) -> bool:
    return rank is None or tuple(map(type, rank)) == SHAPES[order]


def _rank(rank: list[str | int] | None) -> Rank | None:
    return None if rank is None else tuple(rank)
