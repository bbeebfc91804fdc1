"""One line to a canonical value, and a canonical value to its one canonical text and hash."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

import msgspec

from graph.model.concepts import Concept
from graph.model.values import Versioned

_ENCODER = msgspec.json.Encoder(order="sorted")


class Codec:
    """Decodes lines of one concept, strictly."""

    def __init__(self, concept: Concept) -> None:
        self.concept = concept
        self._decoder = msgspec.json.Decoder(concept.struct)

    def decode(self, line: bytes) -> Versioned:
        """Return the value of one JSON line; ``ValueError`` or another of ``BROKEN`` if it is none."""
        thing = self._decoder.decode(line)
        if _ENCODER.encode(thing) != line:
            json.loads(line, object_pairs_hook=_once)
        return thing

    def decode_lines(self, data: bytes) -> list[Versioned]:
        """Return the values of many JSON lines at once; raises at the first that is none."""
        things: list[Versioned] = self._decoder.decode_lines(data)
        # What is written as an export writes it names nothing twice, and most big files are exports.
        if _ENCODER.encode_lines(things) != data:
            for line in data.splitlines():
                json.loads(line or b"null", object_pairs_hook=_once)
        return things

    def convert(self, row: dict[str, Any]) -> Versioned:
        """Return the value of a row of plain values, named as in JSON."""
        return msgspec.convert(row, self.concept.struct)


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse an object that names a field twice: the decoder would take the last and lose the others."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the field {name[:40]} is given twice in one object")


BROKEN = (ValueError, ArithmeticError, RecursionError)
"""What decoding raises: msgspec's errors and UnicodeError are ValueErrors."""


@cache
def codec(concept: Concept) -> Codec:
    """Return the codec of ``concept``."""
    return Codec(concept)


def body(thing: Versioned) -> bytes:
    """Return the canonical JSON of ``thing``: sorted names, no defaults, no recorded times."""
    if thing.recorded_at or thing.retracted_at or thing.loaded_by:
        thing = msgspec.structs.replace(thing, recorded_at=None, retracted_at=None, loaded_by="")
    return _ENCODER.encode(thing)


def digest(text: bytes) -> str:
    """Return the hash of a canonical text: SHA-256, the first 32 hex digits."""
    return hashlib.sha256(text).hexdigest()[:32]


def line(thing: Versioned) -> bytes:
    """Return ``thing`` as a line of an export: canonical JSON with its recorded times, and a newline."""
    return _ENCODER.encode(thing) + b"\n"
