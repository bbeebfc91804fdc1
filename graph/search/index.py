"""The index of one publication: what is found for a text at a moment, best first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from enum import Enum
from itertools import chain, islice
from typing import Final, NamedTuple

from graph.model.values import Versioned
from graph.moment import Moment
from graph.search.holdings import SEARCHED, Holdings, Version
from graph.search.spelling import cut, folded
from graph.search.titles import Titles

MOMENTS: Final = 16
"""For how many moments it is remembered which times are seen."""


class FoundBy(Enum):
    """How a thing was found, best first."""

    CODE = "CODE"
    CODE_PREFIX = "CODE_PREFIX"
    TITLE = "TITLE"
    PREFIX = "PREFIX"
    WORDS = "WORDS"


class Find(NamedTuple):
    """A thing found, and how."""

    struct: type[Versioned]
    key: str
    found_by: FoundBy


Group = tuple[int, Iterator[int], FoundBy]
"""A title, things that bear it, and how they were found."""


class Index:
    """All titles and codes of one publication, past versions included, so that it answers any moment."""

    def __init__(self, published: str, versions: Sequence[Version]) -> None:
        self.published = published
        self._holdings = Holdings(versions)
        self._titles = Titles(self._holdings.titles)
        self._seen: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._holdings.keys)

    def versions(self) -> Iterator[Version]:
        """Give all versions, in order."""
        return self._holdings.versions()

    def at(self, published: str) -> Index:
        """Give the same index for a publication that changed nothing in it."""
        same = copy(self)
        same.published = published
        return same

    def find(
        self, text: str, structs: Iterable[type[Versioned]], at: Moment, *, skip: int = 0, first: int
    ) -> list[Find]:
        """Give a part of what is found for a text: by codes, then by titles, best first."""
        found = self._all(text, structs, at)
        return [self._find(place, how) for place, how in islice(found, skip, skip + first)]

    def count(self, text: str, structs: Iterable[type[Versioned]], at: Moment, most: int) -> int:
        """Count what is found for a text, but no further than ``most``."""
        return sum(1 for _ in islice(self._all(text, structs, at), most))

    def _all(
        self, text: str, structs: Iterable[type[Versioned]], at: Moment
    ) -> Iterator[tuple[int, FoundBy]]:
        kinds = frozenset(SEARCHED.index(struct) for struct in structs)
        return self._places(folded(text), kinds, self._seen_at(at))

    def _find(self, place: int, how: FoundBy) -> Find:
        holdings = self._holdings
        return Find(SEARCHED[holdings.kinds[place]], holdings.keys[place], how)

    def _places(self, text: str, kinds: frozenset[int], seen: bytes) -> Iterator[tuple[int, FoundBy]]:
        coded = list(self._holdings.live(self._holdings.coded(text), seen, kinds))
        yield from ((place, FoundBy.CODE) for place in coded)
        told = set(coded)
        begun = self._begun(text, kinds, seen, told)
        yield from self._in_turn(chain(begun, self._titled(text, kinds, seen, told)))

    def _begun(self, text: str, kinds: frozenset[int], seen: bytes, told: set[int]) -> Iterator[Group]:
        """Give the things whose codes begin so, by title, in order of the first code of each title."""
        by_title: dict[int, list[int]] = {}
        for place in self._holdings.live(self._holdings.begun(text), seen, kinds):
            if place not in told:
                told.add(place)
                by_title.setdefault(self._holdings.title_of(place), []).append(place)
        return ((title, iter(places), FoundBy.CODE_PREFIX) for title, places in by_title.items())

    def _titled(self, text: str, kinds: frozenset[int], seen: bytes, told: set[int]) -> Iterator[Group]:
        """Give the bearers of each title found, but those found by their codes."""
        holdings = self._holdings
        for title, how in self._graded(text):
            bearers = holdings.live(holdings.bearing(title), seen, kinds)
            yield title, (place for place in bearers if place not in told), how

    def _in_turn(self, groups: Iterable[Group]) -> Iterator[tuple[int, FoundBy]]:
        """Give one bearer of each title, then a second of each, and so on: no title crowds out another."""
        waiting, stood = list[tuple[Iterator[int], FoundBy]](), set[int]()
        for title, bearers, how in groups:
            if title not in stood and (place := next(bearers, None)) is not None:
                stood.add(title)
                yield place, how
            waiting.append((bearers, how))
        while waiting:
            drawn = [(next(bearers, None), bearers, how) for bearers, how in waiting]
            yield from ((place, how) for place, _, how in drawn if place is not None)
            waiting = [(bearers, how) for place, bearers, how in drawn if place is not None]

    def _graded(self, text: str) -> Iterator[tuple[int, FoundBy]]:
        """Give the titles found, each once and in its best grade; a worse one is looked for only if asked."""
        whole = self._titles.whole(text)
        yield from ((title, FoundBy.TITLE) for title in whole)
        exact = frozenset(whole)
        begun = [title for title in self._titles.begun(text) if title not in exact]
        yield from ((title, FoundBy.PREFIX) for title in begun)
        before = exact.union(begun)
        for title in self._titles.made_of(cut(text)):
            if title not in before:
                yield title, FoundBy.WORDS

    def _seen_at(self, at: Moment) -> bytes:
        moment = (at.valid_on, at.known_at)
        if moment not in self._seen:
            self._seen[moment] = self._holdings.seen(at)
            if len(self._seen) > MOMENTS:
                self._seen.popitem(last=False)
        return self._seen[moment]
