"""Every version of every searched thing, compactly: whose it is, when it is seen, which title it bears."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

import msgspec

from graph.model.framework import Industry
from graph.model.institutions import Institution
from graph.model.outcomes import Outcome, Unit
from graph.model.rules import Rule
from graph.model.values import Versioned
from graph.moment import Moment
from graph.search.ordering import columns
from graph.search.postings import LAST
from graph.search.spelling import folded

_LIKE_A_CODE: Final = re.compile(r"[0-9]|[^\W_][-_.:/]")
SEARCHED: Final[tuple[type[Versioned], ...]] = (Outcome, Unit, Institution, Industry, Rule)
"""The concepts that are searched; a version's kind is its concept's place here."""


class Times(msgspec.Struct, frozen=True, order=True, gc=False):
    """When a version is seen, as the graph writes it (decision 0001)."""

    valid_from: str
    valid_to: str
    recorded_at: str
    retracted_at: str

    def seen(self, at: Moment) -> bool:
        """Tell whether a version with these times is seen at the moment."""
        known = self.recorded_at <= at.known_at < self.retracted_at
        return known and self.valid_from <= at.valid_on < self.valid_to


class Version(msgspec.Struct, frozen=True, order=True, gc=False):
    """A version as it was read from the graph; ordered as the hub lists things.

    There are hundreds of thousands at a time: were they in the garbage collector's sight, it would halt the
    hub for half a second to look at them all.
    """

    key: str
    kind: int
    number: int
    times: Times
    title: tuple[str, str]

    @property
    def name(self) -> tuple[int, str, int, str]:
        """What tells it apart from every other version."""
        return self.kind, self.key, self.number, self.times.recorded_at


class Holdings:
    """Versions by number, in order of key, kind and version; few versions share neither times nor title."""

    def __init__(self, versions: Sequence[Version]) -> None:
        self.keys = [version.key for version in versions]
        self.kinds = bytes(version.kind for version in versions)
        self._versions = array("I", (version.number for version in versions))
        times = dict.fromkeys(version.times for version in versions)
        places = {known: place for place, known in enumerate(times)}
        self._times = tuple(times)
        self._when = array("I", (places[version.times] for version in versions))
        self.titles = tuple(dict.fromkeys(version.title for version in versions))
        self._borne, self._first, self._bearing = _by_title(versions, self.titles)
        codes = ((folded(code_of(key)), place) for place, key in enumerate(self.keys))
        self._codes, self._coded = columns(codes)

    def versions(self) -> Iterator[Version]:
        """Give the versions again, in their order."""
        for place, key in enumerate(self.keys):
            times, number = self._times[self._when[place]], self._versions[place]
            yield Version(key, self.kinds[place], number, times, self.titles[self._borne[place]])

    def seen(self, at: Moment) -> bytes:
        """Tell of each of the times whether it is seen at the moment."""
        return bytes(times.seen(at) for times in self._times)

    def live(self, places: Iterable[int], seen: bytes, kinds: frozenset[int]) -> Iterator[int]:
        """Keep those versions that are live, and of the kinds asked for."""
        when, of = self._when, self.kinds
        return (n for n in places if seen[when[n]] and of[n] in kinds and not self._followed(n, seen))

    def title_of(self, place: int) -> int:
        """Give the title that a version bears."""
        return self._borne[place]

    def bearing(self, title: int) -> Sequence[int]:
        """Give the versions that bear a title."""
        return self._bearing[self._first[title] : self._first[title + 1]]

    def coded(self, text: str) -> list[int]:
        """Give the versions whose code, or whose whole key, is this folded text."""
        code = code_of(text)
        found = self._coded[bisect_left(self._codes, code) : bisect_left(self._codes, code + "\0")]
        if code != text:
            return sorted(n for n in found if folded(self.keys[n]) == text) or self._bare(text)
        return sorted(found)

    def begun(self, text: str) -> list[int]:
        """Give the versions whose code, or whose whole key, begins with this folded text, in order of codes.

        A text without digit or sign is a word to be sought in titles: no code is looked for.
        """
        code = code_of(text)
        if not code or not _LIKE_A_CODE.search(text):
            return []
        low = bisect_left(self._codes, code)
        found = self._coded[low : bisect_left(self._codes, code + LAST, lo=low)]
        return [n for n in found if code == text or folded(self.keys[n]).startswith(text)]

    def _bare(self, text: str) -> list[int]:
        low = bisect_left(self._codes, text)
        return sorted(self._coded[low : bisect_left(self._codes, text + "\0")])

    def _followed(self, place: int, seen: bytes) -> bool:
        """Tell whether a later version of the same thing is seen too."""
        key, kind = self.keys[place], self.kinds[place]
        number = place + 1
        while number < len(self.keys) and self.keys[number] == key and self.kinds[number] == kind:
            if seen[self._when[number]]:
                return True
            number += 1
        return False


def code_of(key: str) -> str:
    """Give the code of a key; a bare code is its own.

    >>> code_of("gbt4754:2017:65"), code_of("R-1")
    ('65', 'R-1')
    """
    parts = key.split(":", 2)
    return parts[2] if len(parts) == 3 else key


def _by_title(
    versions: Sequence[Version], titles: Sequence[object]
) -> tuple[array[int], array[int], array[int]]:
    """Give each version's title; then the versions by title: where each title's begin, and all of them."""
    numbers = {title: number for number, title in enumerate(titles)}
    borne = array("I", (numbers[version.title] for version in versions))
    counts = [0] * (len(titles) + 1)
    for title in borne:
        counts[title + 1] += 1
    _, places = columns((title, place) for place, title in enumerate(borne))
    return borne, array("I", accumulate(counts)), places
