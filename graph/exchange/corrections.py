"""What a line does to a thing: nothing, a new version, a closing, or a refusal (decision 0001). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import msgspec

from graph.model.values import FIRST_DAY, NEVER, Status, Versioned

CLOSED = (Status.SUSPENDED, Status.RETIRED)
NOT_PUBLISHED = (Status.DRAFT, Status.SUBMITTED, Status.APPROVED)


class Stored(NamedTuple):
    """A recorded version of a thing, as far as a correction must know it. ``current``: not retracted."""

    key: str
    number: int
    hash: str
    valid_from: str
    valid_to: str
    current: bool
    own: bool
    body: str = ""


class Effect(Enum):
    """What becomes of a line."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    STUB = "stubs"


@dataclass(frozen=True, slots=True)
class Change:
    """The outcome for one line: the number it is written under (if it is), and the numbers retracted."""

    effect: Effect
    number: int = 0
    retracts: tuple[int, ...] = ()
    why: str = ""


def change(thing: Versioned, hash_: str, stored: list[Stored]) -> Change:
    """Tell what ``thing`` does, given every stored version of its key in the order they were recorded."""
    if thing.stub and not thing.version:
        return _stub(hash_, stored)
    if thing.version:
        return _numbered(thing, hash_, stored)
    return _numberless(thing, hash_, stored)


def _stub(hash_: str, stored: list[Stored]) -> Change:
    standing = [version for version in stored if version.current]
    if any(version.number or version.hash == hash_ for version in standing):
        return Change(Effect.UNCHANGED)
    return Change(Effect.STUB, 0, _stubs(standing))


def _numberless(thing: Versioned, hash_: str, stored: list[Stored]) -> Change:
    standing = [version for version in stored if version.current]
    latest = max(standing, key=lambda version: version.number, default=None)
    if latest and latest.hash == hash_:
        return Change(Effect.UNCHANGED, latest.number)
    number = max((version.number for version in stored), default=0) + 1
    if latest is None or not latest.number:
        return Change(Effect.ADDED, number, _stubs(standing))
    if window(thing) != (latest.valid_from, latest.valid_to):
        return Change(Effect.CHANGED, number)
    if latest.own:
        return Change(Effect.REFUSED, why="VERSION_TWICE")
    return Change(Effect.CHANGED, number, (latest.number,))


def _numbered(thing: Versioned, hash_: str, stored: list[Stored]) -> Change:
    standing = [version for version in stored if version.current]
    known = [version for version in stored if version.number == thing.version]
    if not known:
        effect = Effect.CHANGED if any(version.number for version in standing) else Effect.ADDED
        return Change(effect, thing.version, _stubs(standing))
    last = known[-1]
    if last.hash == hash_:
        return Change(Effect.UNCHANGED if last.current else Effect.ADDED, thing.version)
    if last.own or not may_replace(thing, last.body):
        return Change(Effect.REFUSED, why="VERSION_TWICE" if last.own else "VERSION_IMMUTABLE")
    return Change(Effect.CHANGED, thing.version, (thing.version,) if last.current else ())


def _stubs(standing: list[Stored]) -> tuple[int, ...]:
    return tuple(version.number for version in standing if not version.number)


def window(thing: Versioned) -> tuple[str, str]:
    """Return the valid window as the graph stores it."""
    return (thing.valid_from or FIRST_DAY).isoformat(), (thing.valid_to or NEVER).isoformat()


def may_replace(thing: Versioned, body: str) -> bool:
    """Tell whether ``thing`` may take the place of the version with ``body`` under its own number.

    A draft may be rewritten; of what was published only the end may move, or the status to a closed one.
    """
    old = msgspec.json.decode(body, type=type(thing))
    if old.status in NOT_PUBLISHED:
        return True
    closing = thing.status == old.status or thing.status in CLOSED
    return closing and _but_for_closing(thing) == _but_for_closing(old)


def _but_for_closing(thing: Versioned) -> Versioned:
    return msgspec.structs.replace(
        thing, version=0, valid_to=None, status=Status.PUBLISHED, recorded_at=None, retracted_at=None
    )
