"""Postings: for each token the titles that hold it, in ascending order, all of them in one array."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from graph.search.ordering import ordered

Numbers = Sequence[int]

LAST: Final = "\U0010ffff"
"""Sorts after every character of a title."""


def pack(number: int) -> bytes:
    """Write a title's number as the postings hold it."""
    return number.to_bytes(4, sys.byteorder)


class Postings:
    """Tokens in order, and where the titles of each begin; what they are made of is used up."""

    def __init__(self, packed: dict[str, bytearray]) -> None:
        self._tokens = ordered(packed)
        self._first = array("I", [0])
        numbers = array("I")
        for token in self._tokens:
            numbers.frombytes(packed.pop(token))
            self._first.append(len(numbers))
        self._numbers = memoryview(numbers)

    def of(self, token: str) -> Numbers:
        """Give the titles of a token; none where no title holds it."""
        place = bisect_left(self._tokens, token)
        known = place < len(self._tokens) and self._tokens[place] == token
        return self._at(place) if known else ()

    def beginning(self, text: str) -> list[Numbers]:
        """Give the titles of each token that begins so."""
        low, high = bisect_left(self._tokens, text), bisect_left(self._tokens, text + LAST)
        return [self._at(place) for place in range(low, high)]

    def _at(self, place: int) -> Numbers:
        return self._numbers[self._first[place] : self._first[place + 1]]
