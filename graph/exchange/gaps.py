"""What a vocabulary lacks against its edition's declared totals, rank by rank, by name where one can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from graph.exchange.report import Gap
from graph.model.framework import Class
from graph.model.schemes import Scheme
from graph.model.values import parts_of


class Ranks:
    """The codes of one edition, by rank, as a bundle gives them."""

    def __init__(self) -> None:
        self.real: dict[int, set[str]] = defaultdict(set)
        self.stubs: dict[int, set[str]] = defaultdict(set)

    def add(self, code: str, rank: int, stub: bool) -> None:
        """Note one member."""
        (self.stubs if stub else self.real)[rank].add(code)

    def codes(self, rank: int) -> set[str]:
        """Return all codes of a rank, stubs among them."""
        return self.real[rank] | self.stubs[rank]


class Tally:
    """Counts the members of vocabularies while a bundle is read."""

    def __init__(self) -> None:
        self._editions: dict[tuple[str, str], Ranks] = defaultdict(Ranks)

    def add(self, thing: Class) -> None:
        """Note one member of a vocabulary."""
        scheme, edition, code = parts_of(thing.key)
        self._editions[scheme, edition].add(code, thing.rank, thing.stub)

    def gaps(self, schemes: Mapping[str, Scheme]) -> Iterator[Gap]:
        """Yield the gaps of every edition seen whose scheme declares totals."""
        for (scheme, edition), ranks in sorted(self._editions.items()):
            declared = _totals(schemes, scheme, edition)
            for rank in range(1, len(declared) + 1):
                gap = _gap(scheme, edition, rank, declared, ranks)
                if gap.found != gap.declared:
                    yield gap


def _totals(schemes: Mapping[str, Scheme], scheme: str, edition: str) -> tuple[int, ...]:
    editions = schemes[scheme].editions if scheme in schemes else ()
    return next((one.totals for one in editions if one.code == edition), ())


def _gap(scheme: str, edition: str, rank: int, totals: tuple[int, ...], ranks: Ranks) -> Gap:
    found, stubs = len(ranks.real[rank]), ranks.stubs[rank]
    named = {*_holes(ranks, rank, totals), *_above(ranks, rank, totals), *stubs}
    return Gap(
        scheme=scheme,
        edition=edition,
        rank=rank,
        declared=totals[rank - 1],
        found=found,
        stubs=len(stubs),
        missing=tuple(sorted(named)),
    )


def _above(ranks: Ranks, rank: int, totals: tuple[int, ...]) -> list[str]:
    """Name what must lack because its ancestor lacks, or has nothing below it."""
    if rank < 3:
        return []
    below = {code[:-1] for code in ranks.codes(rank)}
    lost = [hole for above in range(2, rank) for hole in _holes(ranks, above, totals)]
    return [f"{code}…" for code in (*lost, *(ranks.codes(rank - 1) - below))]


def _holes(ranks: Ranks, rank: int, totals: tuple[int, ...]) -> list[str]:
    """Return the numbers left out between siblings, if they are no more than what lacks."""
    codes = {code for code in ranks.codes(rank) if code.isascii() and code.isdigit()}
    families: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        families[code[:-1] if rank > 2 else ""].add(code)
    holes = [hole for family in families.values() for hole in _between(family)]
    return holes if len(holes) <= totals[rank - 1] - len(codes) else []


def _between(family: set[str]) -> Iterator[str]:
    # A last digit 9 means "other", so 1, 2, 9 has no hole.
    numbers = sorted(int(code) for code in family if len(code) < 3 or not code.endswith("9"))
    width = len(next(iter(family)))
    for number in range(numbers[0], numbers[-1]) if numbers else ():
        code = str(number).zfill(width)
        if code not in family:
            yield code
