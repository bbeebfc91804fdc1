"""The mirror of a source's catalogue: what it was last known to hold, and what of that is gone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from connectors.catalogues.items import Given, given
from connectors.catalogues.runs import Refusals
from connectors.offered import CatalogueChanges, CatalogueItem


class State(StrEnum):
    """Where an item stands: there, gone, or gone with so many that a reviewer must believe it first."""

    PRESENT = "PRESENT"
    GONE = "GONE"
    HELD = "HELD"


class Entry(Struct, frozen=True, omit_defaults=True):
    """One item under its source's own ``key``, as last given; None where only its removal was ever told."""

    key: str
    state: State
    item: CatalogueItem | None = None


Mirror = Mapping[str, Entry]
"""Entries by key."""


class Folded(NamedTuple):
    """A mirror after an answer, and what the answer did to it."""

    mirror: dict[str, Entry]
    counts: Counter[str]
    refusals: Refusals


def folded(before: Mirror, sent: CatalogueChanges, issuers: Iterable[str], loss: float) -> Folded:
    """Take an answer in: a full one is all there is, any other says what changed.

    A refused item keeps what was known of it: it is there, only not readable. Removals of more than the
    share ``loss`` of what was there are held.
    """
    refusals = Refusals()
    told = given(sent, frozenset(issuers), refusals)
    mirror, counts = dict(before), Counter[str](read=len(sent.changes))
    for key, item in told.present.items():
        counts[_effect(before.get(key), item)] += 1
        mirror[key] = Entry(key, State.PRESENT, item)
    leaving = _leaving(before, told, sent.full)
    _remove(mirror, before, leaving, counts, loss)
    counts["held"] = sum(entry.state is State.HELD for entry in mirror.values())
    return Folded(mirror, counts, refusals)


def released(mirror: Mirror) -> dict[str, Entry]:
    """Believe the removals that were held."""
    return {
        key: replace(entry, state=State.GONE) if entry.state is State.HELD else entry
        for key, entry in mirror.items()
    }


def _effect(old: Entry | None, item: CatalogueItem) -> str:
    if old is None or old.state is State.GONE:
        return "new"
    return "unchanged" if old.item == item else "changed"


def _leaving(before: Mirror, told: Given, full: bool) -> set[str]:
    """Name what is gone: what was removed, and of a full answer what it does not name."""
    lacking = (
        {key for key in before if key not in told.present and key not in told.refused} if full else set()
    )
    return lacking | told.removed


def _remove(
    mirror: dict[str, Entry], before: Mirror, leaving: set[str], counts: Counter[str], loss: float
) -> None:
    stood = [entry for entry in before.values() if entry.state is not State.GONE]
    lost = {entry.key for entry in stood if entry.state is State.PRESENT and entry.key in leaving}
    waiting = sum(mirror[entry.key].state is State.HELD for entry in stood)
    held = len(lost) + waiting > loss * len(stood)
    for key in leaving:
        old = before.get(key)
        if key in lost:
            mirror[key] = Entry(key, State.HELD if held else State.GONE, old.item if old else None)
        elif old is None:
            mirror[key] = Entry(key, State.GONE)
    counts["gone"] = 0 if held else len(lost)
