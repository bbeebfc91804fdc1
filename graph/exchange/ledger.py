"""Which keys a bundle has given so far, which the graph knows, and which are stubs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from graph.exchange.asking import Asked
from graph.exchange.facts import CONCEPTS, Facts
from graph.exchange.folding import fold_key
from graph.exchange.known import Known
from graph.model.concepts import BY_NAME, Concept
from graph.model.schemes import Case
from graph.model.values import ANY_EDITION, Versioned, parts_of

LONGEST = 240
UNNAMED = frozenset({"mapping", "rule", "cap", "exclusion"})

Wrong = tuple[str, dict[str, object]]
"""Why a key is refused: the finding's code and its facts."""


class Ledger:
    """Keys by concept. ``given`` holds each key with the version first given of it."""

    def __init__(self, known: Known, facts: Facts, strict: bool) -> None:
        self._known, self._facts, self._strict = known, facts, strict
        self.given: dict[str, dict[str, int]] = defaultdict(dict)
        self._further: set[tuple[str, str, object]] = set()
        self._repeated: set[tuple[str, str]] = set()
        self._lost: set[tuple[str, str]] = set()
        self.graph: dict[str, set[str]] = defaultdict(set)
        self.stubs: dict[str, set[str]] = defaultdict(set)
        self.wrong: dict[tuple[str, str], Wrong] = {}
        self.cases: dict[str, Case] = {}
        self._prefixes: dict[tuple[str, str], Wrong | None] = {}

    def unheard(self, concept: str, keys: Collection[str]) -> set[str]:
        """Return the keys of which nothing is known yet."""
        missing = set(keys).difference(self.given[concept])
        return missing - self.graph[concept] - self.stubs[concept] if missing else missing

    async def settle(self, asked: Asked) -> dict[str, set[str]]:
        """Ask the graph for what is not given; return the keys that are wrong, by concept."""
        wrong: dict[str, set[str]] = {}
        for concept, keys in asked.items():
            unheard = self.unheard(concept, keys)
            if unheard:
                await self._settle(concept, unheard)
                if bad := {key for key in unheard if (concept, key) in self.wrong}:
                    wrong[concept] = bad
        return wrong

    async def _settle(self, concept: str, keys: set[str]) -> None:
        new = {key for key in keys if (concept, key) not in self.wrong}
        held = await self._known.known(concept, new) if new else set()
        self.graph[concept] |= held
        if held and concept in CONCEPTS:
            for thing in await self._known.things(concept, held):
                self._facts.add(thing)
        for key in new - held:
            await self._unknown(concept, key)

    async def _unknown(self, concept: str, key: str) -> None:
        wrong = await self.shape(concept, key)
        kind = BY_NAME[concept]
        facts: dict[str, object] = {"zh": kind.title.zh, "en": kind.title.en, "key": key}
        if wrong is None and not kind.stubs:
            wrong = ("REFERENCE_REFUSED" if (concept, key) in self._lost else "REFERENCE_UNKNOWN", facts)
        if wrong is None and self._strict:
            wrong = ("STUB_REFUSED", facts)
        if wrong is None:
            self.stubs[concept].add(key)
        else:
            self.wrong[concept, key] = wrong

    async def shape(self, concept: str, key: str) -> Wrong | None:
        """Return why ``key`` cannot be one of ``concept``: form, scheme, edition; None if it can."""
        if not BY_NAME[concept].coded:
            return None if _is_bare(key) else ("KEY_INVALID", {"key": key})
        try:
            scheme, edition, _ = parts_of(key)
        except ValueError:
            return "KEY_INVALID", {"key": key}
        return await self._prefix(scheme, edition, key)

    async def _prefix(self, scheme: str, edition: str, key: str) -> Wrong | None:
        if (scheme, edition) not in self._prefixes:
            self._prefixes[scheme, edition] = await self._declared(scheme, edition)
        wrong = self._prefixes[scheme, edition]
        return wrong and (wrong[0], wrong[1] | {"key": key})

    async def _declared(self, scheme: str, edition: str) -> Wrong | None:
        if scheme not in self._facts.schemes:
            await self.settle_scheme(scheme)
        found = self._facts.schemes.get(scheme)
        if found is None:
            return "SCHEME_UNKNOWN", {"scheme": scheme}
        if edition == ANY_EDITION:
            return "EDITION_ANY", {}
        if edition not in {one.code for one in found.editions}:
            return "EDITION_UNKNOWN", {"scheme": scheme, "edition": edition}
        return None

    async def settle_scheme(self, scheme: str) -> None:
        """Fetch a scheme from the graph, if it is there."""
        for thing in await self._known.things("scheme", {scheme}):
            self._facts.add(thing)
        self.learn_cases()

    def learn_cases(self) -> None:
        """Take over how the schemes known by now fold their codes."""
        self.cases.update({key: scheme.case for key, scheme in self._facts.schemes.items()})
        self._prefixes.clear()

    def give(self, concept: str, thing: Versioned, restore: bool) -> bool:
        """Note a thing as given; False if this version of it (restoring: this record) was given before."""
        given = self.given[concept]
        if thing.key not in given and not restore:
            given[thing.key] = thing.version
            return True
        mark = (concept, thing.key, (thing.version, thing.recorded_at) if restore else thing.version)
        if mark in self._further or (given.get(thing.key) == thing.version and not restore):
            return False
        given.setdefault(thing.key, thing.version)
        self._further.add(mark)
        self._repeated.add((concept, thing.key))
        return True

    def lose(self, concept: str, key: str) -> None:
        """Note a key whose line was refused."""
        self._lost.add((concept, key))

    def take_back(self, concept: str, key: str) -> None:
        """Forget a key whose only line was refused after all."""
        self.lose(concept, key)
        if (concept, key) not in self._repeated:
            self.given[concept].pop(key, None)

    def close(self, names: Collection[str]) -> None:
        """Note that concepts were read: fold by their schemes, and forget the keys that nothing names."""
        if "scheme" in names:
            self.learn_cases()
        for name in UNNAMED.intersection(names):
            self.given.pop(name, None)

    def cases_matter(self, concept: Concept) -> bool:
        """Tell whether a scheme of ``concept`` folds the case of its codes."""
        schemes = self._facts.schemes.values()
        return any(one.case is not Case.KEEP and one.concept in (concept.name, "") for one in schemes)

    def folds(self, keys: Collection[str]) -> bool:
        """Tell whether any of ``keys`` is not as the border writes it."""
        cases: Mapping[str, Case] = self.cases
        return any(fold_key(key, cases) != key for key in keys)


def _is_bare(key: str) -> bool:
    return 0 < len(key) <= LONGEST and key.isprintable() and key == key.strip()
