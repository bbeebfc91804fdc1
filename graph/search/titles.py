"""The distinct titles of a publication, found by code points: whole, by beginning, by runs and by words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from heapq import merge
from itertools import chain, groupby
from typing import Final

import msgspec

from graph.search.ordering import columns
from graph.search.postings import LAST, Numbers, Postings, pack
from graph.search.spelling import Pieces, beginning, cut, folded, pairs


class Spelled(msgspec.Struct, frozen=True, gc=False):
    """A title folded, in both languages."""

    zh: str
    en: str

    @property
    def texts(self) -> set[str]:
        """The one text or the two."""
        return {self.zh, self.en}


class Titles:
    """Titles by number. Every answer is in ascending order and without repetition."""

    def __init__(self, titles: Iterable[tuple[str, str]]) -> None:
        self._spelled = [_spelled(zh, en) for zh, en in titles]
        self._pairs, self._words = _postings(self._spelled)
        texts = ((text, n) for n, spelled in enumerate(self._spelled) for text in spelled.texts)
        self._texts, self._numbers = columns(pair for pair in texts if pair[0])

    def __len__(self) -> int:
        return len(self._spelled)

    def whole(self, text: str) -> Numbers:
        """Give the titles that are just this folded text, in either language."""
        return self._between(text, text + "\0")

    def begun(self, text: str) -> Numbers:
        """Give the titles that begin with this folded text."""
        return self._between(text, text + LAST)

    def made_of(self, pieces: Pieces) -> Iterable[int]:
        """Give the titles with every piece: runs and characters anywhere in either language, words begun.

        They are looked for one by one as they are taken: a page needs but a few of many thousands.
        """
        found = min(self._narrow(pieces), key=_size, default=None)
        candidates = self._starting(pieces.singles) if found is None else _united(found)
        checks = _checks(pieces)
        if found is not None and len(checks) == 1 and not (pieces.runs and len(pieces.runs[0]) > 2):
            return candidates  # the postings of one pair or of one word's beginning are exact
        return (n for n in candidates if all(check(self._spelled[n]) for check in checks))

    def _between(self, low: str, high: str) -> Numbers:
        return _distinct(self._numbers[bisect_left(self._texts, low) : bisect_left(self._texts, high)])

    def _narrow(self, pieces: Pieces) -> Iterable[list[Numbers]]:
        """Give, for each pair and each of the longest words, the postings that hold every candidate."""
        for run in pieces.runs:
            for pair in pairs(run):
                yield [self._pairs.of(pair)]
        for word in pieces.words[:LONGEST]:
            yield self._words.beginning(word)

    def _starting(self, singles: tuple[str, ...]) -> Numbers:
        return self.begun(singles[0]) if singles else ()


LONGEST: Final = 8
"""How many words of a question, the longest, are tried as the narrowest; the others are only checked."""


FEW: Final = 64
"""So many postings are merged rather than sorted."""


def _spelled(zh: str, en: str) -> Spelled:
    # A title that folding leaves alone is kept once, not twice.
    one, two = folded(zh), folded(en)
    return Spelled(zh if one == zh else one, en if two == en else two)


def _postings(titles: list[Spelled]) -> tuple[Postings, Postings]:
    of_pairs: dict[str, bytearray] = {}
    of_words: dict[str, bytearray] = {}
    for number, title in enumerate(titles):
        packed = pack(number)
        chinese, words = _tokens(f"{title.zh} {title.en}")
        for tokens, postings in ((chinese, of_pairs), (words, of_words)):
            for token in tokens:
                if (posting := postings.get(token)) is None:
                    posting = postings[token] = bytearray()
                posting += packed
    return Postings(of_pairs), Postings(of_words)


def _tokens(text: str) -> tuple[set[str], tuple[str, ...]]:
    pieces = cut(text)
    return {pair for run in pieces.runs for pair in pairs(run)}, pieces.words


def _size(postings: list[Numbers]) -> int:
    return sum(len(posting) for posting in postings)


def _united(postings: list[Numbers]) -> Iterable[int]:
    """Give the numbers of all postings, merged step by step; sorted at once where there are many."""
    if len(postings) == 1:
        return postings[0]
    if len(postings) > FEW:
        return _distinct(chain.from_iterable(postings))
    return (number for number, _ in groupby(merge(*postings)))


def _distinct(numbers: Iterable[int]) -> Numbers:
    # Sorting runs that are sorted already only merges them.
    return list(dict.fromkeys(sorted(numbers)))


def _checks(pieces: Pieces) -> list[Callable[[Spelled], bool]]:
    within = [_within(piece) for piece in (*pieces.runs, *pieces.singles)]
    return within + [_begun(word) for word in pieces.words]


def _within(piece: str) -> Callable[[Spelled], bool]:
    return lambda title: piece in title.zh or piece in title.en


def _begun(word: str) -> Callable[[Spelled], bool]:
    search = beginning(word).search
    return lambda title: search(title.en) is not None or search(title.zh) is not None
