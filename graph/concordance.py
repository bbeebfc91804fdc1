"""The concordance: which institutions' rules name an outcome, and what each rule accepts (R22), both kept.

Who names what is read off the inventory's sketches once for each publication. What a rule version accepts
does not depend on who asks, so it is kept too; of both, public data alone.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from graph.inventory import Inventory
from graph.library import Library, Volume
from graph.model.learning import Context
from graph.model.outcomes import Mapping, Outcome
from graph.model.rules import Rule
from graph.model.values import ANY_EDITION, Key, parts_of
from graph.model.verdicts import OutcomeSet
from graph.moment import Moment
from graph.recognition import Entry, sets_of
from graph.rulebook import Reader
from graph.sketches import RuleSketch
from graph.store import Store

MOST_SETS: Final = 100_000
"""Sets kept together; those asked for least recently go first."""

TOGETHER: Final = 4
"""Rule versions asked at once."""

Sets = tuple[tuple[OutcomeSet, ...], bool]
"""What a rule version accepts, and whether the search was cut short."""
Work = Callable[..., Awaitable[Any]]
"""Does work somewhere: called with a function and its arguments."""


class About(NamedTuple):
    """An outcome as the graph knows it: with those below it in its series, its parts, and its mappings."""

    key: Key
    outcomes: tuple[Outcome, ...]
    mappings: tuple[Mapping, ...]

    @property
    def named(self) -> frozenset[str]:
        """Every key by which a rule may name it."""
        steps = {self.key, *(one.higher_than for one in self.outcomes if one.higher_than)}
        loose = {f"{scheme}:{ANY_EDITION}:{code}" for scheme, _, code in map(parts_of, steps)}
        return frozenset({*steps, *loose, *(mapping.unit for mapping in self.mappings)})


class Concordance:
    """Asks rule books what they accept, across institutions."""

    def __init__(self, store: Store, inventory: Inventory, library: Library) -> None:
        self._store = store
        self._inventory = inventory
        self._library = library
        self._naming: tuple[str, dict[str, tuple[str, ...]]] | None = None
        self._kept: OrderedDict[tuple[object, ...], Sets] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """How many sets are kept."""
        return self._size

    async def about(self, outcome: Key, at: Moment) -> About:
        """Read an outcome, in two steps of a few statements."""
        reader = Reader(self._store, at.known_at)
        return About(outcome, *await asyncio.gather(reader.outcomes({outcome}), reader.mappings({outcome})))

    async def warm(self, published: str) -> None:
        """Learn who names what as of a publication, unless it is known."""
        if self._naming is None or self._naming[0] != published:
            sketches = await self._inventory.versions(Rule, published)
            self._naming = published, await asyncio.to_thread(_named, sketches)

    async def institutions(self, about: About, at: Moment) -> tuple[str, ...]:
        """Give, in order, the institutions some rule of which may name the outcome."""
        await self.warm(at.published)
        assert self._naming is not None
        naming = self._naming[1]
        return tuple(sorted({one for key in about.named for one in naming.get(key, ())}))

    async def sets(
        self, institution: Key, about: About, programme: Key | None, at: Moment, work: Work, enough: int
    ) -> Sets:
        """List the sets of an institution's rules that hold the outcome, smallest first for each rule.

        Without a programme each rule version is asked within its own. Rules beyond those that give
        ``enough`` sets are not asked.
        """
        own = await self._library.volume(institution, at, whole=False)
        index = own.index.knowing(*_beside(own, about))
        entries = [index.entries[place] for place in sorted(index.concerned(about.key))]
        asked = [entry for entry in entries if _concerned(entry, programme, every=programme is None)]
        listed: list[OutcomeSet] = []
        limited = False
        for start in range(0, len(asked), TOGETHER):
            if len(listed) >= enough:
                break
            found = await self._accepted(own, asked[start : start + TOGETHER], programme, at, work)
            listed += [one for sets, _ in found for one in sets if about.key in one.outcomes]
            limited = limited or any(cut for _, cut in found)
        return tuple(listed), limited

    async def _accepted(
        self, own: Volume, entries: Sequence[Entry], programme: Key | None, at: Moment, work: Work
    ) -> list[Sets]:
        names = [self._name(own, entry, programme, at) for entry in entries]
        lacking = [place for place, name in enumerate(names) if name not in self._kept]
        made: dict[int, Sets] = {}
        if lacking:
            excerpt = await self._library.excerpt(own, [entries[place].place for place in lacking], at)
            wanted = [(entries[place].place, self._context(own, names[place], at)) for place in lacking]
            made = dict(zip(lacking, await work(_all_sets, excerpt, wanted), strict=True))
        return [self._keep(name, made.get(place)) for place, name in enumerate(names)]

    def _name(self, own: Volume, entry: Entry, programme: Key | None, at: Moment) -> tuple[object, ...]:
        rule = entry.rule
        return own.index.institution, rule.key, rule.version, programme or rule.programme, at

    def _context(self, own: Volume, name: tuple[Any, ...], at: Moment) -> Context:
        applied_on = date.fromisoformat(at.valid_on)
        return Context(institution=own.index.institution, programme=name[3], applied_on=applied_on)

    def _keep(self, name: tuple[object, ...], made: Sets | None) -> Sets:
        found = self._kept.pop(name, None)
        if found is None:
            assert made is not None
            found, self._size = made, self._size + len(made[0]) + 1
        self._kept[name] = found
        while self._size > MOST_SETS and len(self._kept) > 1:
            _, (sets, _) = self._kept.popitem(last=False)
            self._size -= len(sets) + 1
        return found


def _all_sets(volume: Volume, wanted: Sequence[tuple[int, Context]]) -> list[Sets]:
    return [sets_of(volume.index, place, context) for place, context in wanted]


def _beside(own: Volume, about: About) -> tuple[list[Outcome], list[Mapping]]:
    """Return what a rule book lacks of an outcome."""
    outcomes = [one for one in about.outcomes if one.key not in own]
    known = {(one.key, one.version) for one in own.index.book.mappings}
    mappings = [one for one in about.mappings if own.index.asks_unit(one.unit)]
    return outcomes, [one for one in mappings if (one.key, one.version) not in known]


def _concerned(entry: Entry, programme: Key | None, *, every: bool) -> bool:
    return not entry.denies and (every or entry.rule.programme in (None, programme))


def _named(sketches: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for sketch in sketches:
        assert isinstance(sketch, RuleSketch)
        for key in sketch.asked:
            found[key].add(sketch.institution)
    return {key: tuple(sorted(institutions)) for key, institutions in found.items()}
