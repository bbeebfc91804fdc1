"""Versions: of each public thing the one that is live on a day, or the last one known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Generic, TypeVar

from graph.model.values import Status, Versioned
from graph.recognition.days import Stretches, stretches, window_of

Thing = TypeVar("Thing", bound=Versioned)

IN_FORCE = (Status.PUBLISHED,)
"""What is not published counts for nothing yet, a suspended or retired version no longer."""

APPROVED = (Status.APPROVED, Status.PUBLISHED)
"""Of mappings approval is enough (R9)."""


class Versions(Generic[Thing]):
    """Every version in force of things of one kind, by key, the highest number first."""

    def __init__(self, things: Iterable[Thing], in_force: tuple[Status, ...] = IN_FORCE) -> None:
        self._in_force = in_force
        found: defaultdict[str, list[Thing]] = defaultdict(list)
        for thing in things:
            if thing.status in in_force:
                found[thing.key].append(thing)
        self._of = {key: tuple(sorted(of, key=_number, reverse=True)) for key, of in sorted(found.items())}
        self._windows: dict[str, Stretches] = {}

    def and_also(self, things: Iterable[Thing]) -> Versions[Thing]:
        """Return these and others, of keys that none of these has."""
        both = Versions(things, self._in_force)
        both._of = self._of | both._of
        return both

    def __contains__(self, key: object) -> bool:
        return key in self._of

    def of(self, key: str) -> tuple[Thing, ...]:
        """Return all versions of one thing, the highest number first."""
        return self._of.get(key, ())

    def live(self, key: str, day: date) -> Thing | None:
        """Return the highest version whose window holds the day."""
        return next((thing for thing in self.of(key) if thing.holds_on(day)), None)

    def known(self, key: str, day: date) -> Thing | None:
        """Return the live version; where none is live, the highest one known."""
        return self.live(key, day) or next(iter(self.of(key)), None)

    def windows(self, key: str) -> Stretches:
        """Return the days on which some version of the thing is live."""
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = stretches(window_of(thing) for thing in self.of(key))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def all(self) -> Iterable[Thing]:
        """Return every version, by key, the highest number first."""
        for of in self._of.values():
            yield from of

    def all_live(self, day: date) -> Iterable[Thing]:
        """Return what is live on a day, by key."""
        for key in self._of:
            thing = self.live(key, day)
            if thing is not None:
                yield thing


def _number(thing: Versioned) -> int:
    return thing.version
