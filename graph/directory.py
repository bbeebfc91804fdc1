"""A coarse directory of keys, so that a page of a long list is read within two fences.

The embedded engine reads everything after a key to give the next twenty in order (decision 0003); between
two keys it reads only those. So every five-hundredth key of a label is remembered until the next publication.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from graph.model.concepts import BY_STRUCT
from graph.model.schemes import Case, Scheme
from graph.model.values import Versioned
from graph.store import Store

STRIDE: Final = 500
END: Final = "\U0010ffff"
"""Sorts after every key."""

_KEYS: Final = {
    struct: f"MATCH (t:{concept.label}) RETURN collect(t.key) AS keys"
    for struct, concept in BY_STRUCT.items()
}


_SCHEMES: Final = (
    "MATCH (:Scheme)-[:VERSION]->(v:SchemeVersion) WHERE v.recordedAt <= $known AND v.retractedAt > $known "
    "RETURN v.body AS body ORDER BY v.number"
)
_FOLDS: Final[dict[Case, Callable[[str], str]]] = {
    Case.KEEP: str,
    Case.UPPER: str.upper,
    Case.LOWER: str.lower,
}


class Directory:
    """Remembers every five-hundredth key of each label, and how each scheme spells, as of one publication."""

    def __init__(self, store: Store, *, stride: int = STRIDE) -> None:
        self._store = store
        self._stride = stride
        self._fences: dict[type[Versioned], tuple[str, tuple[str, ...]]] = {}
        self._cases: tuple[str, dict[str, Case]] = ("", {})
        self._asking: defaultdict[type[Versioned], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def fences(self, struct: type[Versioned], published: str) -> tuple[str, ...]:
        """Give the remembered keys of a concept, in order; asked of the graph once for each publication."""
        async with self._asking[struct]:
            found = self._fences.get(struct)
            if found is None or found[0] != published:
                rows = await self._store.read(_KEYS[struct])
                keys = sorted(rows[0]["keys"])
                found = self._fences[struct] = (published, tuple(keys[:: self._stride]))
        return found[1]

    async def spelled(self, keys: Sequence[str], published: str) -> list[str]:
        """Give coded keys in the case that their schemes ask for, as an import writes them."""
        if self._cases[0] != published:  # who need not wait keeps in step with others, and shares batches
            await self._learn_cases(published)
        cases = self._cases[1]
        return [_spelled(key, cases.get(key.partition(":")[0], Case.KEEP)) for key in keys]

    async def _learn_cases(self, published: str) -> None:
        async with self._asking[Scheme]:
            if self._cases[0] != published:
                rows = await self._store.read(_SCHEMES, known=published)
                schemes = [msgspec.json.decode(row["body"], type=Scheme) for row in rows]
                self._cases = (published, {scheme.key: scheme.case for scheme in schemes})

    async def windows(
        self, struct: type[Versioned], published: str, after: str, wanted: int
    ) -> Iterator[tuple[str, str]]:
        """Give windows (after, up to) in which to look for the next ``wanted`` keys, each twice as wide."""
        fences = await self.fences(struct, published)
        return _windows(fences, after, wanted // self._stride + 2)


def _spelled(key: str, case: Case) -> str:
    scheme, edition, code = key.split(":", 2)
    return f"{scheme}:{edition}:{_FOLDS[case](code)}"


def _windows(fences: tuple[str, ...], after: str, width: int) -> Iterator[tuple[str, str]]:
    place = bisect_right(fences, after)
    while True:
        upto = fences[place + width] if place + width < len(fences) else END
        yield after, upto
        if upto == END:
            return
        after, place, width = upto, place + width, width * 2
