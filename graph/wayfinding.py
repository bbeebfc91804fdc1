"""Wayfinding: the steps that may lead from what one holds to a programme, gathered across institutions.

Rule books are asked, outward from what is held, which of their rules take what is reached (R22); the
concordance keeps what they say. How far it goes is bounded by the length of a pathway and by how often rule
books are asked; what is gathered then is searched apart (`graph.recognition.pathways`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from graph.concordance import About, Concordance, Work
from graph.library import Library
from graph.model.outcomes import Outcome
from graph.model.values import Key
from graph.model.verdicts import OutcomeSet
from graph.moment import Moment
from graph.recognition.passages import (
    Goal,
    Passage,
    awarded,
    goal_of,
    members,
    missing,
    next_tier,
    ruled,
)
from graph.recognition.pathways import STEPS, distances
from graph.recognition.versions import Versions
from graph.rulebook import Reader
from graph.store import Store

MOST_ASKED: Final = 300
"""How often rule books are asked for one question: once for each outcome and institution naming it."""
MOST_SETS: Final = 500
"""Sets taken from one rule book for one outcome."""
TOGETHER: Final = 4


class Gathered(NamedTuple):
    """The steps gathered; how often rule books were asked, and whether more might be within reach."""

    passages: tuple[Passage, ...]
    asked: int
    truncated: bool


class Wayfinder:
    """Gathers steps for one question after the other; what it learns is kept by what it asks."""

    def __init__(self, store: Store, library: Library, concordance: Concordance) -> None:
        self._store = store
        self._library = library
        self._concordance = concordance

    async def goal(self, institution: Key, programme: Key, at: Moment) -> Goal | None:
        """Give a programme version of an institution as a goal; None where there is none."""
        own = await self._library.volume(institution, at, whole=False)
        return goal_of(own.index, programme, date.fromisoformat(at.valid_on))

    async def unknown(self, outcomes: Iterable[Key], at: Moment) -> set[str]:
        """Give which outcomes nobody knows."""
        keys: set[str] = set(outcomes)
        return keys - {key for key, _ in await self._library.known(Outcome, keys, at)}

    async def gather(self, start: Sequence[Key], goal: Goal, at: Moment, work: Work) -> Gathered:
        """Gather the steps that are within reach of what is held."""
        reach = _Reach(self._store, self._library, self._concordance, goal, at, work)
        held = members(start)
        for step in range(STEPS):
            far = distances(reach.passages, held)
            await reach.extend(sorted({key for (key, _), after in far.items() if after == step}), step)
        return Gathered(tuple(reach.passages), reach.asked, reach.truncated)


class _Reach:
    """What is within reach so far."""

    def __init__(
        self, store: Store, library: Library, concordance: Concordance, goal: Goal, at: Moment, work: Work
    ) -> None:
        self._library, self._concordance = library, concordance
        self._goal, self._at, self._work = goal, at, work
        self._reader = Reader(store, at.known_at)
        self._day = date.fromisoformat(at.valid_on)
        self._rules: dict[object, Passage] = {}
        self._suggestions: dict[object, Passage] = {}
        self._earnable: dict[str, bool] = {}
        self.asked = 0
        self.truncated = False

    @property
    def passages(self) -> list[Passage]:
        """All steps gathered."""
        return [*self._rules.values(), *self._suggestions.values()]

    async def extend(self, keys: Sequence[str], step: int) -> None:
        """Ask what takes outcomes that are reached after so many steps; the last step only arrives."""
        abouts = [await self._concordance.about(Key(key), self._at) for key in keys]
        pairs = [(about, one) for about in abouts for one in await self._asked(about, last=step == STEPS - 1)]
        room = MOST_ASKED - self.asked
        self.truncated = self.truncated or len(pairs) > room
        self.asked += len(pairs[:room])
        for place in range(0, len(pairs[:room]), TOGETHER):
            await asyncio.gather(*(self._ask(*pair) for pair in pairs[:room][place : place + TOGETHER]))
        if step < STEPS - 1:
            await self._suggest(abouts)

    async def _asked(self, about: About, *, last: bool) -> list[str]:
        """Return the institutions to ask, the goal's first."""
        naming = await self._concordance.institutions(about, self._at)
        own = [one for one in naming if one == self._goal.institution]
        return own if last else [*own, *(one for one in naming if one not in own)]

    async def _ask(self, about: About, institution: str) -> None:
        if institution != self._goal.institution:
            self._keep(ruled(await self._sets(about, institution, None), self._goal, within=False))
            return
        within = await self._sets(about, institution, self._goal.programme)
        self._keep(ruled(within, self._goal, within=True))
        others = await self._elsewhere(institution)
        beside = [
            one for one in await self._sets(about, institution, None) if (one.rule, one.version) in others
        ]
        self._keep(ruled(beside, self._goal, within=False))

    async def _sets(self, about: About, institution: str, programme: Key | None) -> Sequence[OutcomeSet]:
        sets, cut = await self._concordance.sets(
            Key(institution), about, programme, self._at, self._work, MOST_SETS
        )
        self.truncated = self.truncated or cut or len(sets) > MOST_SETS
        return sets[:MOST_SETS]

    async def _elsewhere(self, institution: str) -> set[tuple[str, int]]:
        """Return the rule versions of the goal's institution that belong to its other programmes."""
        own = await self._library.volume(Key(institution), self._at, whole=False)
        here = (None, self._goal.programme)
        return {(e.rule.key, e.rule.version) for e in own.index.entries if e.rule.programme not in here}

    def _keep(self, rules: Iterable[Passage]) -> None:
        self._rules |= {one.name: one for one in rules}

    async def _suggest(self, abouts: Sequence[About]) -> None:
        """Add what one would still have to earn: the next tier, an award, what a rule also needs."""
        keys = {about.key for about in abouts}
        uppers = await self._live({one.key for one in await self._reader.tiers_above(keys)})
        found = [next_tier(one.higher_than, one.key) for one in uppers if one.higher_than in keys]
        for about in abouts:
            found += await self._awards(about)
        wanted = {key for one in self._rules.values() for key, _ in one.takes}
        new = wanted - self._earnable.keys()
        self._earnable |= dict.fromkeys(new, False) | {one.key: True for one in await self._live(new)}
        found += missing(self._rules.values(), {key for key, live in self._earnable.items() if live})
        self._suggestions |= {one.name: one for one in found}

    async def _live(self, keys: Iterable[str]) -> list[Outcome]:
        """Return the outcomes, by key, that can be earned on the day."""
        found = Versions(await self._reader.versions(Outcome, keys))
        return [one for one in found.all_live(self._day) if not one.stub]

    async def _awards(self, about: About) -> list[Passage]:
        issuers = {one.issuer for one in about.outcomes if one.key == about.key}
        found: list[Passage | None] = []
        for issuer in sorted(issuers):
            own = await self._library.volume(issuer, self._at, whole=False)
            found += [awarded(one, about.key) for one in own.index.programmes.all_live(self._day)]
        return [one for one in found if one is not None and one.step.programme != self._goal.programme]
