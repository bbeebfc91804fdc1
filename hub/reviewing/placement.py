"""Placement: which outcome an item of a member's catalogue is, by governed ties or by its code alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from connectors.notices import NoticeCode
from connectors.records import Identifier
from graph import ties
from graph.model.outcomes import Outcome
from graph.model.schemes import Scheme
from graph.model.values import Key, parts_of
from graph.moment import FOREVER, Moment
from graph.store import Store
from graph.ties import Place, Tie, TieState
from schema.anchors import meanings, spelled
from schema.loaders import Loaders

AT_ONCE: Final = 500
"""Items placed in one round of statements."""


class Placed(NamedTuple):
    """The outcome an item is, and its last version (None: there is none yet); or why it is none."""

    key: Key | None
    published: Outcome | None = None
    why: NoticeCode | None = None
    candidates: tuple[Key, ...] = ()


class Placer:
    """Places a source's identifiers among the outcomes published at a moment."""

    def __init__(self, store: Store, loaders: Loaders, source: str, at: Moment) -> None:
        self._store = store
        self._loaders = loaders
        self._source = source
        self._at = at

    async def place(self, identifiers: Iterable[Identifier]) -> dict[Identifier, Placed]:
        """Place identifiers."""
        wanted, placed = list(dict.fromkeys(identifiers)), dict[Identifier, Placed]()
        for start in range(0, len(wanted), AT_ONCE):
            placed |= await self._some(wanted[start : start + AT_ONCE])
        return placed

    async def spelt(self, keys: Sequence[str]) -> list[Key]:
        """Write keys in the case that their schemes ask for."""
        return [Key(key) for key in await self._loaders.spelled(keys, self._at)]

    async def _some(self, wanted: Sequence[Identifier]) -> dict[Identifier, Placed]:
        meant = await meanings(self._loaders, wanted, self._at)
        places = {each: Place(self._source, spelled(each)) for each in wanted}
        tied = await ties.find(self._store, list(dict.fromkeys(places.values())), FOREVER)
        keys = {key for some in meant.values() for key in some}
        keys |= {tie.outcome for some in tied.values() for tie in some}
        known, declared = await self._known(keys), await self._declared(keys)
        return {
            each: _placed(tied[places[each]], [key for key in meant[each] if key in declared], known)
            for each in wanted
        }

    async def _known(self, keys: set[Key]) -> dict[Key, Outcome]:
        """Give the last version of each outcome that has any; a stub is none."""
        wanted = tuple(sorted(keys))
        found = await self._loaders.all_versions(Outcome, wanted, self._at) if wanted else []
        real = {key: [one for one in some if one.version] for key, some in zip(wanted, found, strict=True)}
        return {key: max(some, key=lambda one: one.version) for key, some in real.items() if some}

    async def _declared(self, keys: set[Key]) -> set[Key]:
        """Give the keys in an edition of a scheme of outcomes."""
        codes = tuple(sorted({parts_of(key)[0] for key in keys}))
        schemes = await self._loaders.many(Scheme, codes, self._at) if codes else []
        editions = {
            (scheme.key, edition.code)
            for scheme in schemes
            if scheme and scheme.concept == "outcome"
            for edition in scheme.editions
        }
        return {key for key in keys if parts_of(key)[:2] in editions}


def _placed(told: Sequence[Tie], coded: Sequence[Key], known: Mapping[Key, Outcome]) -> Placed:
    """Place one identifier: by the one confirmed tie, else by its code where that means one outcome."""
    by_state = {state: [tie.outcome for tie in told if tie.state is state] for state in TieState}
    confirmed = by_state[TieState.CONFIRMED]
    among = confirmed or [key for key in coded if key not in by_state[TieState.RETRACTED]]
    real = [key for key in among if key in known]
    picked = real if len(real) == 1 else among
    if len(picked) == 1:
        return Placed(picked[0], known.get(picked[0]))
    candidates = tuple(dict.fromkeys((*(real or among), *by_state[TieState.PROPOSED])))
    return Placed(
        None, why=NoticeCode.ITEM_OPEN if candidates else NoticeCode.ITEM_UNMAPPED, candidates=candidates
    )
