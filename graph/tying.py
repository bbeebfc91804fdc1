"""Tying: which outcome edition a record is of, decided from governed ties, then from its code alone.

Pure. Where several editions fit, credit and then title may tell them apart; what is still open is proposed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple, Protocol

from msgspec import Struct

from graph.model.outcomes import Outcome
from graph.model.values import Credit, Key, Text
from graph.ties import Tie, TieState


class Tying(Enum):
    """How a record came to its outcome, or did not."""

    CONFIRMED = "CONFIRMED"
    BY_CODE = "BY_CODE"
    PROPOSED = "PROPOSED"
    UNMAPPED = "UNMAPPED"


class Told(NamedTuple):
    """What a record tells of what it is of: the days it may have been completed on, its credit, its title."""

    first: date | None = None
    last: date | None = None
    credit: Credit | None = None
    title: Text = Text()


class Tied(Struct, frozen=True, gc=False):
    """The outcome version a record is tied to, or the outcomes it might be of."""

    how: Tying
    outcome: Outcome | None = None
    candidates: tuple[Key, ...] = ()

    @property
    def key(self) -> Key | None:
        """The key of the outcome."""
        return self.outcome.key if self.outcome else None


Fits = Callable[[Sequence[Outcome], "Telling"], Outcome | None]

Versions = Mapping[Key, Sequence[Outcome]]
"""By key: the known versions of an outcome, oldest first."""


class Telling(Protocol):
    """What tells the same as `Told`, and may find it out only when it is asked."""

    @property
    def first(self) -> date | None:
        """The first day of the completion."""

    @property
    def last(self) -> date | None:
        """Its last day."""

    @property
    def credit(self) -> Credit | None:
        """The credit earned."""

    @property
    def title(self) -> Text:
        """The title."""


class Anchor(NamedTuple):
    """What an identifier may be tied to, as outcomes the graph knows: ``coded`` are those of its own code."""

    confirmed: tuple[Key, ...]
    coded: tuple[Key, ...]
    proposed: tuple[Key, ...]
    versions: Versions


def anchor(ties: Iterable[Tie], coded: Iterable[Key], versions: Versions) -> Anchor:
    """Gather it: ``coded`` are the outcomes the code may mean, one for each edition."""
    by_state: dict[TieState, list[Key]] = {state: [] for state in TieState}
    for tie in ties:
        by_state[tie.state].append(tie.outcome)
    left = [key for key in coded if key not in by_state[TieState.RETRACTED]]
    some = (by_state[TieState.CONFIRMED], left, by_state[TieState.PROPOSED])
    confirmed, meant, proposed = (tuple(key for key in keys if versions.get(key)) for keys in some)
    known = {key: versions[key] for key in (*confirmed, *meant, *proposed)}
    return Anchor(confirmed, meant, proposed, known)


def tied(to: Anchor, told: Telling) -> Tied:
    """Tie a record."""
    if len(to.confirmed) == 1:
        return Tied(Tying.CONFIRMED, _shown(to.versions[to.confirmed[0]], told))
    how, among = (Tying.CONFIRMED, to.confirmed) if to.confirmed else (Tying.BY_CODE, to.coded)
    picked, left = _pick(among, to.versions, told)
    if picked is not None:
        return Tied(how, picked)
    candidates = tuple(dict.fromkeys((*left, *to.proposed)))
    return Tied(Tying.PROPOSED if candidates else Tying.UNMAPPED, None, candidates)


def _pick(known: Sequence[Key], versions: Versions, told: Telling) -> tuple[Outcome | None, list[Key]]:
    """Pick the one edition that fits, or give all that may; one that only touches the days is no pick."""
    fitting = _fitting(known, versions, told, _within)
    if len(fitting) == 1:
        return fitting[0], []
    pool = fitting or _fitting(known, versions, told, _touching)
    if len(pool) > 1:
        for same in (_same_credit, _same_title):
            alike = [one for one in pool if same(one, told)]
            if len(alike) == 1:
                return alike[0], []
            pool = alike or pool
    return None, [one.key for one in pool] or list(known)


def _fitting(known: Sequence[Key], versions: Versions, told: Telling, fits: Fits) -> list[Outcome]:
    found = []
    for key in known:
        one = fits(versions[key], told)
        if one is not None:
            found.append(one)
    return found


def _within(versions: Sequence[Outcome], told: Telling) -> Outcome | None:
    """Give the last version valid at the whole completion; without a completion, the last one."""
    first, last = told.first, told.last
    if first is None or last is None:
        return versions[-1]
    for one in reversed(versions):
        if one.holds_on(first) and (last == first or one.holds_on(last)):
            return one
    return None


def _touching(versions: Sequence[Outcome], told: Telling) -> Outcome | None:
    """Give the last version valid on some day of the completion; without a completion, the last one."""
    first, last = told.first, told.last
    if first is None or last is None:
        return versions[-1]
    for one in reversed(versions):
        if (one.valid_from or first) <= last and (one.valid_to is None or first < one.valid_to):
            return one
    return None


def _shown(versions: Sequence[Outcome], told: Telling) -> Outcome:
    """Give the version to show of an outcome that people settled on: valid at the completion, or the last."""
    return _within(versions, told) or _touching(versions, told) or versions[-1]


def _same_credit(one: Outcome, told: Telling) -> bool:
    return told.credit is not None and one.credit == told.credit


def _same_title(one: Outcome, told: Telling) -> bool:
    names = {_folded(name) for name in (told.title.zh, told.title.en) if name}
    return bool(names & {_folded(name) for name in (one.title.zh, one.title.en) if name})


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
