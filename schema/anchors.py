"""Anchors: what the codes of members' records may be tied to, in memory, so that a record is one look-up.

They are public knowledge of codes, never of people. They stand as long as the publication they were read
under, and until somebody changes a tie, which is asked at most once a second.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from connectors.records import NO_EDITION, Identifier
from graph import ties
from graph.model.outcomes import Outcome
from graph.model.schemes import Scheme
from graph.model.values import Key, key_of, normalised
from graph.moment import FOREVER, Moment, stamp
from graph.store import Store
from graph.ties import Place
from graph.tying import Anchor, anchor
from schema.loaders import AsOf, Loaders

MOST: Final = 30_000
"""Anchors kept; one more, and all are read anew."""
MOMENTS: Final = 4
"""Moments for which they are kept; the least recently used goes first."""

Spoken = tuple[str, Identifier]
"""A source, and an identifier as it gives it."""


class Ground(NamedTuple):
    """What records are tied by: the moment of outcomes, and the moment (``stamp``) of ties."""

    at: Moment
    known: str


def ground(at: Moment, as_of: AsOf | None) -> Ground:
    """Give what a question is tied by: ties as known at its ``knownAt``, else as they stand now."""
    asked: datetime | None = as_of.known_at if as_of else None
    return Ground(at, stamp(asked) if asked else FOREVER)


class Anchors:
    """Gives anchors; one for the whole hub."""

    def __init__(
        self,
        store: Store,
        *,
        lasts: float = 1.0,
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._lasts = lasts
        self._most = most
        self._clock = clock
        self._changes = 0
        self._until = float("-inf")
        self._asking = asyncio.Lock()
        self._kept: OrderedDict[Moment, dict[Spoken, Anchor]] = OrderedDict()

    @property
    def kept(self) -> int:
        """How many anchors are kept now."""
        return sum(map(len, self._kept.values()))

    def known(self, wanted: Sequence[Spoken], on: Ground) -> list[Anchor] | None:
        """Give the anchors of identifiers if all are kept and still stand; None where somebody must ask."""
        kept = self._kept.get(on.at) if on.known == FOREVER and self._clock() < self._until else None
        if kept is None:
            return None
        self._kept.move_to_end(on.at)
        try:
            return [kept[each] for each in wanted]
        except KeyError:
            return None

    async def find(self, loaders: Loaders, wanted: Sequence[Spoken], on: Ground) -> list[Anchor]:
        """Give the anchors of identifiers, in their order; the graph is asked for those not known yet."""
        kept = await self._kept_of(on)
        found = [kept.get(each) for each in wanted]
        missing = dict.fromkeys(each for each, one in zip(wanted, found, strict=True) if one is None)
        read = await self._read(loaders, tuple(missing), on) if missing else {}
        if on.known == FOREVER:
            self._keep(kept, read)
        return [one or read[each] for each, one in zip(wanted, found, strict=True)]

    def forget(self) -> None:
        """Read all anew: a tie was changed by us."""
        self._kept = OrderedDict()  # another one: what is being read now was perhaps read too early
        self._until = float("-inf")

    async def _kept_of(self, on: Ground) -> dict[Spoken, Anchor]:
        """Give what is kept for a moment; nothing for ties as they were, which are seldom asked for."""
        if on.known != FOREVER:
            return {}
        async with self._asking:
            await self._renew()
        kept = self._kept.setdefault(on.at, {})
        self._kept.move_to_end(on.at)
        while len(self._kept) > MOMENTS:
            self._kept.popitem(last=False)
        return kept

    async def _renew(self) -> None:
        if self._clock() < self._until:
            return
        changes = await ties.changes(self._store)
        if changes != self._changes:
            self._changes, self._kept = changes, OrderedDict()
        self._until = self._clock() + self._lasts

    def _keep(self, kept: dict[Spoken, Anchor], read: Mapping[Spoken, Anchor]) -> None:
        if self.kept + len(read) > self._most:
            self._kept = OrderedDict()
        else:
            kept.update(read)

    async def _read(self, loaders: Loaders, wanted: Sequence[Spoken], on: Ground) -> dict[Spoken, Anchor]:
        """Read anchors in four statements at most."""
        meant = await meanings(loaders, [identifier for _, identifier in wanted], on.at)
        places = {each: Place(each[0], spelled(each[1])) for each in wanted}
        said = await ties.find(self._store, tuple(dict.fromkeys(places.values())), on.known)
        keys = {key for each in meant.values() for key in each}
        keys |= {tie.outcome for some in said.values() for tie in some}
        named = tuple(sorted(keys))
        versions = dict(zip(named, await loaders.all_versions(Outcome, named, on.at), strict=True))
        return {each: anchor(said[places[each]], meant[each[1]], versions) for each in wanted}


def spelled(identifier: Identifier) -> Key:
    """Write a source's identifier as ties name it: folded, ``scheme:edition:code``."""
    return Key(
        ":".join(normalised(part) for part in (identifier.scheme, identifier.edition, identifier.code))
    )


async def meanings(
    loaders: Loaders, identifiers: Iterable[Identifier], at: Moment
) -> Mapping[Identifier, tuple[Key, ...]]:
    """Give the outcomes an identifier may mean by its code: one, or one for each edition of its scheme."""
    wanted = list(dict.fromkeys(identifiers))
    loose = {normalised(each.scheme) for each in wanted if each.edition == NO_EDITION}
    found = await loaders.many(Scheme, tuple(sorted(loose)), at) if loose else []
    editions = {str(scheme.key): tuple(one.code for one in scheme.editions) for scheme in found if scheme}
    meant = {each: tuple(_keys(each, editions)) for each in wanted}
    flat = [key for keys in meant.values() for key in keys]
    spelt = dict(zip(flat, await loaders.spelled(flat, at), strict=True)) if flat else {}
    return {each: tuple(Key(spelt[key]) for key in keys) for each, keys in meant.items()}


def _keys(identifier: Identifier, editions: Mapping[str, tuple[str, ...]]) -> Iterable[Key]:
    """Write the keys of an identifier; one that cannot be a key means nothing."""
    scheme, code = normalised(identifier.scheme), normalised(identifier.code)
    given = normalised(identifier.edition)
    for edition in (given,) if given != NO_EDITION else editions.get(scheme, (NO_EDITION,)):
        try:
            yield key_of(scheme, edition, code)
        except ValueError:
            continue
