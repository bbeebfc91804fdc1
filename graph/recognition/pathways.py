"""Pathways: the fewest steps from what one holds into a programme version (R23), none of them a grant.

A pathway is a set of steps in which each can be taken once those before it are, of which one alone, the
last, gives something in the programme, and none can be spared. It is found backwards from its last step.
One that counts no more than another of the same rules with fewer suggestions is not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction as Ratio
from typing import Final

from msgspec.structs import replace

from graph.model.pathways import Pathway, Pathways
from graph.recognition.passages import Goal, Member, Passage

STEPS: Final = 4
"""Steps of a pathway at most."""
MOST_PATHWAYS: Final = 50
WORK: Final = 200_000
"""Steps tried in all."""

Chain = tuple[Passage, ...]


def pathways(
    passages: Iterable[Passage], start: frozenset[Member], goal: Goal, *, work: int = WORK
) -> Pathways:
    """List the pathways that these steps make, the best first; ``truncated`` if there are or may be more."""
    search = _Search(passages, start, work)
    found: dict[object, Chain] = {}
    best: dict[object, Ratio] = {}
    for suggestions in range(STEPS):
        fewer = dict(best)
        for steps in range(suggestions + 1, STEPS + 1):
            for chain in sorted(search.chains(suggestions, steps), key=_order):
                rules, counts = _rules(chain), chain[-1].counted or Ratio(0)
                if rules not in fewer or counts > fewer[rules]:
                    found.setdefault(_likeness(chain), chain)
                    best[rules] = max(counts, best.get(rules, counts))
            if len(found) > MOST_PATHWAYS or search.spent:
                return _listed(found.values(), goal, truncated=True)
    return _listed(found.values(), goal, truncated=False)


def _order(chain: Chain) -> tuple[Ratio, tuple[object, ...]]:
    return -(chain[-1].counted or Ratio(0)), tuple(one.name for one in chain)


def _rules(chain: Chain) -> object:
    return frozenset((one.step.rule, one.step.version) for one in chain if not one.suggests)


def _likeness(chain: Chain) -> object:
    """Chains of the same rules with the same outcomes to earn are told once, whatever suggested these."""
    return frozenset(one.gives if one.suggests else one.name for one in chain)


class _Search:
    """All steps there are, and how far from the start each is at least."""

    def __init__(self, passages: Iterable[Passage], start: frozenset[Member], work: int) -> None:
        self.start = start
        self.left = work
        ordered = sorted({one.name: one for one in passages}.values(), key=lambda one: one.name)
        self.far = distances(ordered, start)
        reached = [one for one in ordered if self._needs(one.takes) < STEPS]
        self.last = [one for one in reached if one.arrives]
        self.givers: defaultdict[Member, list[Passage]] = defaultdict(list)
        for one in reached:
            for member in () if one.arrives else sorted(one.gives - start):
                self.givers[member].append(one)

    @property
    def spent(self) -> bool:
        """Tell whether no work is left, so that something may not have been found."""
        return self.left < 0

    def chains(self, suggestions: int, steps: int) -> Iterator[Chain]:
        """Yield the pathways with exactly so many suggestions among so many steps, each once, in order."""
        seen: set[frozenset[object]] = set()
        for last in self.last:
            opens = dict.fromkeys(last.takes - self.start, 1)
            for chosen in self._closed((last,), opens, steps, suggestions):
                name = frozenset(one.name for one in chosen)
                if name not in seen and len(chosen) == steps:
                    seen.add(name)
                    yield from self._standing(chosen)

    def _needs(self, members: frozenset[Member]) -> int:
        return max((self.far.get(one, STEPS) for one in members), default=0)

    def _closed(
        self,
        chosen: Chain,
        opens: dict[Member, int],
        steps: int,
        suggestions: int,
        closed: frozenset[Member] = frozenset(),
    ) -> Iterator[Chain]:
        """Yield the choices of so many steps at most in which each outcome wanted has one that gives it.

        ``opens`` are those that have none yet, with how many steps come after its giving at least. Whether
        the steps can be taken in some order is seen in the end.
        """
        if not opens:
            yield chosen
            return
        if any(self.far[one] + after > steps for one, after in opens.items()):
            return
        wanted = min(opens)
        done = closed | {wanted}
        rest = {one: after for one, after in opens.items() if one != wanted}
        for giver in self.givers[wanted]:
            self.left -= 1
            if self.spent:
                return
            if giver in chosen:
                yield from self._closed(chosen, rest, steps, suggestions, done)
            elif wanted not in giver.takes and _room(chosen, giver, steps, suggestions):
                new = giver.takes - self.start - done
                more = rest | {one: max(rest.get(one, 0), opens[wanted] + 1) for one in new}
                yield from self._closed((*chosen, giver), more, steps, suggestions, done)

    def _standing(self, chosen: Chain) -> Iterator[Chain]:
        """Yield the steps in order, if they can be taken, none is idle, and suggestions have their rule."""
        names = {one.name for one in chosen}
        if any(one.needed_by not in (None, *names) for one in chosen):
            return
        chain = in_order(chosen, self.start)
        spared = (tuple(one for one in chosen if one is not other) for other in chosen if not other.arrives)
        if chain and not any(_arrives(in_order(fewer, self.start, whole=False)) for fewer in spared):
            yield chain


def _room(chosen: Chain, giver: Passage, steps: int, suggestions: int) -> bool:
    most = suggestions if giver.suggests else steps - suggestions
    return sum(one.suggests == giver.suggests for one in chosen) < most


def _arrives(chain: Chain) -> bool:
    return any(one.arrives for one in chain)


def in_order(chosen: Sequence[Passage], start: frozenset[Member], *, whole: bool = True) -> Chain:
    """Return the steps that can be taken, the first by name next; nothing if ``whole`` and one cannot."""
    have, rest = set(start), sorted(chosen, key=lambda one: one.name)
    taken: list[Passage] = []
    while step := next((one for one in rest if one.takes <= have), None):
        taken.append(step)
        rest.remove(step)
        have |= step.gives
    return () if rest and whole else tuple(taken)


def distances(passages: Sequence[Passage], start: frozenset[Member]) -> dict[Member, int]:
    """Return, of each outcome that can be reached, how many steps that takes at least."""
    far = dict.fromkeys(start, 0)
    for step in range(1, STEPS + 1):
        given = [one.gives for one in passages if not one.arrives and one.takes <= far.keys()]
        for member in {member for gives in given for member in gives}:
            far.setdefault(member, step)
    return far


# --- What is told of a pathway


def _listed(found: Iterable[Chain], goal: Goal, *, truncated: bool) -> Pathways:
    listed = [_pathway(chain, goal) for chain in found]
    return Pathways(pathways=tuple(listed[:MOST_PATHWAYS]), truncated=truncated)


def _pathway(chain: Chain, goal: Goal) -> Pathway:
    passes = [_passes(chain, place, goal) for place in range(len(chain))]
    first = next((place for place, one in enumerate(chain) if one.suggests), None)
    least = passes.index(min(passes))
    return Pathway(
        steps=tuple(
            replace(one.step, passes=goal.credit(passed)) for one, passed in zip(chain, passes, strict=True)
        ),
        counted=goal.credit(passes[-1]),
        suggestions=sum(one.suggests for one in chain),
        bottleneck=least if first is None else first,
    )


def _passes(chain: Chain, place: int, goal: Goal) -> Ratio:
    """Return the credit that later steps take of a step; of the last, what counts in the programme."""
    one = chain[place]
    if one.counted is not None:
        return one.counted
    later = {key for other in chain[place + 1 :] for key, _ in other.takes}
    return sum((goal.worth(gift) for gift in one.step.gives if gift.target.key in later), Ratio(0))
