"""A thing as the properties of its version in the graph, and back: the table behind decision 0001."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import msgspec

from graph.exchange.codec import body as canonical
from graph.exchange.codec import digest
from graph.model.caps import Cap
from graph.model.concepts import Concept
from graph.model.framework import (
    Association,
    Framework,
    FrameworkItem,
    Industry,
    Position,
    Referencing,
    Region,
)
from graph.model.institutions import Agreement, Alliance, Decision, Institution, Membership, Method
from graph.model.outcomes import Mapping, Outcome, Programme, Unit
from graph.model.rules import Rule
from graph.model.schemes import CreditScheme, GradingScheme, Licence, Scheme, Source
from graph.model.values import FIRST_DAY, NEVER, PLACES, Versioned
from graph.moment import FOREVER

T = TypeVar("T", bound=Versioned)

COMMON = ("key", "number", "body", "hash", "validFrom", "validTo", "status", "synthetic", "stub")
"""The columns every version starts with; recordedAt, retractedAt and from are given by the import."""

Column = Callable[[Any], Any]

_TITLES: dict[str, Column] = {
    "titleZh": lambda thing: thing.title.zh or None,
    "titleEn": lambda thing: thing.title.en or None,
}


def _plain(name: str) -> Column:
    return lambda thing: _stored(getattr(thing, name))


def _stored(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return scaled(value)
    if isinstance(value, date):
        return value.isoformat()
    return [_stored(item) for item in value] if isinstance(value, tuple) else value


def scaled(amount: Decimal) -> int:
    """Return ``amount`` as the graph stores it: in units of 1/10,000."""
    return int(amount.scaleb(PLACES))


_CREDIT: dict[str, Column] = {
    "credit": lambda thing: thing.credit and scaled(thing.credit.amount),
    "creditScheme": lambda thing: thing.credit and thing.credit.scheme,
}
_LEVEL: dict[str, Column] = {"ordinal": lambda thing: thing.level and thing.level.ordinal}
_RANKED: dict[str, Column] = {**_TITLES, "rank": _plain("rank")}

PROJECTIONS: dict[type[Versioned], dict[str, Column]] = {
    Licence: _TITLES,
    Source: _TITLES,
    Scheme: {**_TITLES, "concept": _plain("concept")},
    CreditScheme: {**_TITLES, "step": _plain("step")},
    GradingScheme: _TITLES,
    Industry: _RANKED,
    Region: _RANKED,
    Position: _RANKED,
    Institution: {**_TITLES, "kinds": _plain("kinds")},
    Alliance: _TITLES,
    Membership: {"batch": _plain("batch")},
    Decision: {**_TITLES, "on": _plain("on")},
    Framework: _TITLES,
    FrameworkItem: {**_LEVEL, "kind": _plain("kind"), "humanCode": _plain("human_code")},
    Association: {"kind": _plain("kind"), "group": _plain("group"), "sequence": _plain("sequence")},
    Referencing: {"ordinal": lambda thing: thing.level.ordinal, "other": lambda thing: thing.other.ordinal},
    Unit: {**_TITLES, **_CREDIT, **_LEVEL, "hours": _plain("hours")},
    Outcome: {
        **_TITLES,
        **_CREDIT,
        **_LEVEL,
        "kind": _plain("kind"),
        "outcomeClass": _plain("outcome_class"),
        "stage": _plain("stage"),
        "tier": _plain("tier"),
        "series": _plain("series"),
    },
    Programme: {
        **_TITLES,
        "major": _plain("major"),
        "intake": _plain("intake"),
        "stage": _plain("stage"),
        "credit": _plain("credit"),
        "creditScheme": _plain("credit_scheme"),
    },
    Mapping: {"whole": _plain("whole")},
    Agreement: {**_TITLES, "articulation": _plain("articulation")},
    Method: _TITLES,
    Rule: {
        **_TITLES,
        "basis": _plain("basis"),
        "priority": _plain("priority"),
        "denies": _plain("denies"),
        "articulates": lambda thing: bool(thing.alternatives),
    },
    Cap: {"scope": _plain("scope"), "measure": _plain("measure")},
}
"""Property -> how it is read off the thing. ``None`` is not stored."""


def columns(concept: Concept) -> tuple[str, ...]:
    """Return the names of the properties that :func:`row` gives, in its order."""
    return COMMON + tuple(PROJECTIONS.get(concept.struct, ()))


@cache
def _readers(struct: type[Versioned]) -> tuple[Column, ...]:
    return tuple(PROJECTIONS.get(struct, {}).values())


def row(thing: Versioned, number: int, body: bytes) -> list[Any]:
    """Return the stored values of ``thing`` under ``number``; ``body`` is its :func:`content`."""
    return [
        thing.key,
        number,
        body.decode(),
        digest(body),
        (thing.valid_from or FIRST_DAY).isoformat(),
        (thing.valid_to or NEVER).isoformat(),
        thing.status.value,
        thing.synthetic,
        thing.stub,
        *[read(thing) for read in _readers(type(thing))],
    ]


def content(thing: Versioned) -> bytes:
    """Return the canonical JSON of ``thing`` without its number and recorded times, which stand beside it."""
    return canonical(msgspec.structs.replace(thing, version=0) if thing.version else thing)


def line(body: str, number: int, recorded_at: str, retracted_at: str) -> str:
    """Return the JSON of a stored version with its number and recorded times, as an export writes it."""
    times = f'"recordedAt":"{recorded_at}"'
    if retracted_at != FOREVER:
        times += f',"retractedAt":"{retracted_at}"'
    told = f'"version":{number},{times}' if number else times
    return f"{body[:-1]},{told}}}"


@cache
def _decoder(struct: type[Versioned]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(struct)


def thing_of(struct: type[T], body: str, number: int, recorded_at: str, retracted_at: str) -> T:
    """Return the thing of a stored version, with its number and recorded times."""
    thing: T = _decoder(struct).decode(line(body, number, recorded_at, retracted_at))
    return thing
