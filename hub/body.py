"""What a client sent, read strictly: one JSON object in UTF-8, bounded before it is built.

The standard library's decoder builds the values, with hooks that refuse what RFC 8259 leaves open. A scan
that strips the strings bounds the number and the nesting of values first, so that neither time nor the
stack depends on the text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from schema.errors import Refusal
from schema.execution import Question

DEEPEST: Final = 64  # nested arrays and objects
MOST: Final = 20_000  # values, of all kinds together
DIGITS: Final = 40  # of one number

# Always matches from a quote on, and never goes back: an unclosed string must not be searched twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")


def read_question(body: bytes) -> Question:
    """Read the body of a POST request."""
    sent = read_json(body)
    if not isinstance(sent, dict):
        raise _wrong("body", "an object")
    return question_of(sent)


def question_of(sent: Mapping[str, Any]) -> Question:
    """Check the members of a request; names that GraphQL over HTTP does not know are passed over."""
    extensions, name = _object(sent, "extensions"), _string(sent, "documentId")
    query = sent.get("query") or None
    if not isinstance(query, str) and not (
        query is None and (name or "persistedQuery" in (extensions or {}))
    ):
        raise _wrong("query", "a string")
    if query and name:
        raise _wrong("query", "left out beside `documentId`")
    return Question(query, _string(sent, "operationName"), _object(sent, "variables"), extensions, name)


def read_json(text: bytes) -> Any:
    """Decode strict JSON: UTF-8, no duplicate names, no NaN or infinity, no lone surrogates, bounded."""
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise Refusal("BODY_NOT_UTF8") from error
    _bound(text)
    try:
        value = _DECODER.decode(decoded)
    except (ValueError, RecursionError) as error:
        raise _not_json(f"malformed near character {getattr(error, 'pos', 0)}") from error
    if b"\\ud" in text or b"\\uD" in text:
        _demand_characters(value)
    return value


def _bound(text: bytes) -> None:
    commas, brackets = text.count(b","), text.count(b"[") + text.count(b"{")
    if commas + brackets <= DEEPEST:
        return
    bare = _STRING.sub(b"", text)
    count = sum(bare.count(mark) for mark in (b",", b"[", b"{"))
    if count > MOST:
        raise Refusal("BODY_TOO_COMPLEX", what="values", limit=MOST)
    if sum(bare.count(mark) for mark in (b"]", b"}")) > MOST:
        raise _not_json("it closes more than it opens")
    if _depth(bare.translate(None, _NOT_BRACKETS)) > DEEPEST:
        raise Refusal("BODY_TOO_COMPLEX", what="levels", limit=DEEPEST)


def _depth(brackets: bytes) -> int:
    depth = deepest = 0
    for bracket in brackets:
        depth += 1 if bracket in _OPENING else -1
        deepest = max(deepest, depth)
    return deepest


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise _not_json("a name occurs twice in one object")
    return built


def _integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > DIGITS:
        raise _not_json(f"a number has more than {DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits) if len(digits) <= DIGITS else math.inf
    if math.isinf(number):
        raise _not_json("a number is out of range")
    return number


def _constant(name: str) -> NoReturn:
    raise _not_json(f"{name} is no JSON value")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_of, parse_int=_integer, parse_float=_number, parse_constant=_constant
)


def _demand_characters(value: object) -> None:
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, str) and not _encodable(value):
            raise _not_json("a string holds half a surrogate pair")
        if isinstance(value, dict):
            stack += (*value.keys(), *value.values())
        elif isinstance(value, list):
            stack += value


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _string(sent: Mapping[str, Any], member: str) -> str | None:
    value = sent.get(member)
    if value is None or isinstance(value, str):
        return value
    raise _wrong(member, "a string or null")


def _object(sent: Mapping[str, Any], member: str) -> dict[str, Any] | None:
    value = sent.get(member)
    if value is None or isinstance(value, dict):
        return value
    raise _wrong(member, "an object or null")


def _wrong(member: str, wanted: str) -> Refusal:
    return Refusal("BODY_WRONG_SHAPE", member=member, wanted=wanted)


def _not_json(why: str) -> Refusal:
    return Refusal("BODY_NOT_JSON", why=why)
