"""Every refusal the hub can utter, by the codes of `schema/codes.py`, and the one place that dresses them.

Refusal                 carries a code and its figures; raised anywhere in `schema` or `hub`
GraphQLError            graphql-core's own: a malformed or invalid document, or variables of the wrong type
anything else           a defect: the client gets INTERNAL and the request id, the log gets where, never what
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError

from graph.errors import GraphAway, GraphBusy, GraphTimeout, GraphTooLarge
from schema.codes import CODES, Code

log = logging.getLogger("alliance_hub.errors")


class Refusal(Exception):
    """A refusal that the client is meant to read: a code of `CODES`, with the facts its sentences name.

    Facts are shown to the client: figures, limits and codes, never a learner's data.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = CODES[code]
        self.facts = facts

    @property
    def en(self) -> str:
        """What is wrong, in English."""
        return self.code.en.format_map(self.facts)

    @property
    def zh(self) -> str:
        """What is wrong, in Chinese."""
        return self.code.zh.format_map(self.facts)


class LimitExceeded(Refusal):
    """A document that is too much: `value` is what it has, `limit` what is allowed."""


class DocumentRefused(Exception):
    """A document that cannot be run: the code, and graphql-core's errors about it."""

    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        super().__init__(code)
        self.code = CODES[code]
        self.errors = errors


def dress(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """Give every error its one shape: `message`, and `extensions` of code, zh, remedy, facts, requestId."""
    return _shape(refusal.code, refusal.en, refusal.facts, request_id)


def dress_internal(request_id: str) -> dict[str, Any]:
    """Give the error of a defect, which says nothing but the request id."""
    code = CODES["INTERNAL"]
    return _shape(code, code.en, {}, request_id)


def dress_own(error: GraphQLError, code: Code, request_id: str) -> dict[str, Any]:
    """Keep graphql-core's own message (without the value it quotes) and places, under the given code."""
    if refusal := miswritten(error):
        return dress(refusal, request_id) | _placed(error)
    return _shape(code, own_words(error), {}, request_id) | _placed(error)


def own_words(error: GraphQLError) -> str:
    """Give graphql-core's own message, without the value it quotes after a colon: it may be a person's."""
    return _QUOTED.sub(r"\1.", error.message)


def dress_warning(warning: Refusal) -> dict[str, Any]:
    """Give a warning its one shape: `code`, `message`, `zh`, `remedy` and `facts`."""
    shaped = dress(warning, "")
    told: dict[str, Any] = {"message": shaped["message"]} | shaped["extensions"]
    del told["requestId"]
    return told


def dress_raised(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """Dress what execution reported: a resolver's refusal, or a defect, which is logged and masked."""
    cause = translated(error.original_error)
    if isinstance(cause, Refusal):
        return dress(cause, request_id) | _placed(error)
    if isinstance(cause, GraphQLError) and cause.nodes:  # an argument that does not fit
        return dress_own(error, CODES["BAD_VARIABLES"], request_id)
    log_defect(cause or error, request_id, _field(error))
    return dress_internal(request_id) | _placed(error)


def translated(cause: Exception | None) -> Exception | None:
    """Tell what the client can do about a graph that is away or slow; any other graph error is a defect."""
    if isinstance(cause, GraphBusy):
        return Refusal("GRAPH_BUSY")
    if isinstance(cause, GraphAway):
        return Refusal("GRAPH_AWAY")
    if isinstance(cause, GraphTooLarge):
        return Refusal("RULE_BOOK_TOO_LARGE")
    return Refusal("GRAPH_TIMEOUT") if isinstance(cause, GraphTimeout) else cause


def log_defect(error: BaseException, request_id: str, field: str = "-") -> None:
    """Log the type of an exception, its field and lines: never its text, which may quote a person."""
    frames = " < ".join(_frames(error))
    log.error("INTERNAL request=%s field=%s type=%s at %s", request_id, field, type(error).__name__, frames)


_QUOTED = re.compile(r"(cannot represent [^:]*):.*", re.DOTALL)


_MISWRITTEN = re.compile(r"cannot represent a (DateTime|Date|Decimal)\b")
_WRITTEN = {
    "Date": ("MALFORMED_DATE", "YYYY-MM-DD (2026-01-31)"),
    "DateTime": ("MALFORMED_DATE", "2026-01-31T08:00:00+08:00"),
    "Decimal": ("MALFORMED_DECIMAL", '"2.5"'),
}
_IN_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ([^:]*))?")
_IN_DOCUMENT = re.compile(r"(\w+)\s*:[\s\[]*$")


def miswritten(error: GraphQLError) -> Refusal | None:
    """Give the refusal of a malformed day, moment or decimal, which names the argument."""
    if not (kind := _MISWRITTEN.search(error.message)):
        return None
    code, form = _WRITTEN[kind[1]]
    return Refusal(code, argument=_argument(error) or kind[1], form=form)


def _argument(error: GraphQLError) -> str | None:
    if variable := _IN_VARIABLE.search(error.message):
        names = re.findall(r"[A-Za-z_]\w*", variable[2] or "")
        return names[-1] if names else f"${variable[1]}"
    place = error.nodes[0].loc if error.nodes else None
    before = (
        _IN_DOCUMENT.search(place.source.body[max(0, place.start - 200) : place.start]) if place else None
    )
    return before[1] if before else None


def _shape(code: Code, message: str, facts: dict[str, object], request_id: str) -> dict[str, Any]:
    extensions: dict[str, Any] = {
        "code": code.name,
        "zh": code.zh.format_map(facts),
        "remedy": {"en": code.remedy_en, "zh": code.remedy_zh},
        "requestId": request_id,
    }
    if facts:
        extensions["facts"] = facts
    return {"message": message, "extensions": extensions}


def _placed(error: GraphQLError) -> dict[str, Any]:
    placed: dict[str, Any] = {}
    if error.locations:
        placed["locations"] = [place.formatted for place in error.locations]
    if error.path is not None:
        placed["path"] = error.path
    return placed


def _field(error: GraphQLError) -> str:
    names = (getattr(node, "name", None) for node in error.nodes or ())
    return ".".join(name.value for name in names if name) or "-"


def _frames(error: BaseException) -> Iterator[str]:
    for frame in reversed(traceback.extract_tb(error.__traceback__)[-5:]):
        yield f"{frame.filename.rsplit('site-packages/', 1)[-1]}:{frame.lineno} {frame.name}"
