"""Check one batch of lines: keys, duplicates, references, and what one thing says about another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.exchange.asking import Asked, asked_by
from graph.exchange.checks import doubtful, problems
from graph.exchange.facts import Facts
from graph.exchange.findings import Finding, Severity
from graph.exchange.folding import folded
from graph.exchange.kinship import family
from graph.exchange.ledger import Ledger
from graph.exchange.parts import Part
from graph.exchange.rows import Batch
from graph.exchange.sites import Site
from graph.model.references import Reference, references
from graph.model.values import Versioned

LONG = 120


class Lines:
    """The lines of one batch under examination; ``refused`` collects the places of refused things."""

    def __init__(
        self, part: Part, number: int, start: int, batch: Batch, ledger: Ledger, facts: Facts
    ) -> None:
        self.part, self.batch = part, batch
        self._number, self._start = number, start
        self._ledger, self._facts = ledger, facts
        self._concept = part.concept.name
        self.findings: list[Finding] = []
        self.refused: set[int] = set()
        self.folded = False

    def site(self, place: int) -> Site:
        """Return where the thing at ``place`` of the batch stands."""
        path = self.batch.places[place] if self.batch.places else ""
        return Site(self._number, self._start + place, self.part.file, self.batch.lines[place], path)

    async def examine(self, restore: bool) -> None:
        """Find everything that is wrong with the batch, its own concept's references aside."""
        if not restore:
            self._recorded()
        asked = self._fold(asked_by(self.batch.things))
        await self._keys()
        for name in family(self.part.concept):
            asked.pop(name, None)
        wrong = await self._ledger.settle(asked)
        if wrong:
            self._references(wrong)
        for place, thing in doubtful(self.batch.things, self._facts):
            for problem in problems(thing, self._facts):
                self._refuse(place, *problem)
        self._duplicates(restore)

    def accepted(self) -> Iterator[tuple[int, Versioned]]:
        """Yield the things that are not refused, with their places in the batch."""
        refused = self.refused
        return ((place, thing) for place, thing in enumerate(self.batch.things) if place not in refused)

    def _refuse(self, place: int, field: str, code: str, facts: dict[str, object]) -> None:
        finding = self.site(place).finding(code, field, facts)
        self.findings.append(finding)
        if finding.severity is Severity.ERROR:
            self.refused.add(place)
            self._ledger.lose(self._concept, self.batch.things[place].key)

    def _recorded(self) -> None:
        for place, thing in enumerate(self.batch.things):
            if thing.recorded_at or thing.retracted_at or thing.loaded_by:
                field = _given(thing)
                self._refuse(place, field, "RECORDED_TIME", {})

    def _fold(self, asked: Asked) -> Asked:
        """Fold the batch if any key in it is not written as the border does."""
        keys = [thing.key for thing in self.batch.things]
        unheard = {key for concept, named in asked.items() for key in self._ledger.unheard(concept, named)}
        if not self._needs_fold(keys, unheard):
            return asked
        self.batch.things = [folded(thing, self._ledger.cases) for thing in self.batch.things]
        self.folded = True
        return asked_by(self.batch.things)

    def _needs_fold(self, keys: Sequence[str], unheard: set[str]) -> bool:
        if not is_plain(keys) or self._ledger.cases_matter(self.part.concept):
            return self._ledger.folds(keys) or self._ledger.folds(unheard)
        return self._ledger.folds(unheard)

    async def _keys(self) -> None:
        keys = [thing.key for thing in self.batch.things]
        plain = is_plain(keys)
        if plain and not self.part.concept.coded:
            return
        if plain:
            samples = {_prefix(key): key for key in keys}
            if not [key for key in samples.values() if await self._ledger.shape(self._concept, key)]:
                return
        for place, key in enumerate(keys):
            if wrong := await self._ledger.shape(self._concept, key):
                self._refuse(place, "key", *wrong)

    def _references(self, wrong: Asked) -> None:
        for place, thing in enumerate(self.batch.things):
            for reference in references(thing):
                if reference.key in wrong.get(reference.concept, ()):
                    self._reference(place, reference)

    def _reference(self, place: int, reference: Reference) -> None:
        code, facts = self._ledger.wrong[reference.concept, reference.key]
        if code != "EDITION_ANY" or reference.edge != "ASKS":
            self._refuse(place, reference.field, code, facts)

    def _duplicates(self, restore: bool) -> None:
        given = self._ledger.given[self._concept]
        accepted = dict(self.accepted()) if self.refused else dict(enumerate(self.batch.things))
        fresh = {str(thing.key): thing.version for thing in accepted.values()}
        if not restore and len(fresh) == len(accepted) and given.keys().isdisjoint(fresh):
            given.update(fresh)
            return
        for place, thing in accepted.items():
            if not self._ledger.give(self._concept, thing, restore):
                self._refuse(place, "key", "DUPLICATE", {"key": f"{thing.key} ({thing.version})"})


def is_plain(keys: Sequence[str]) -> bool:
    """Tell whether all keys are short printable ASCII without blanks, so that folding keeps their letters."""
    text = "".join(keys)
    return (
        text.isascii()
        and text.isprintable()
        and " " not in text
        and "" not in keys
        and not any(key[-1] == ":" for key in keys)
        and max(map(len, keys), default=0) <= LONG
    )


def _prefix(key: str) -> str:
    return key[: key.find(":", key.find(":") + 1)]


def _given(thing: Versioned) -> str:
    """Name the field that only an import gives."""
    if thing.loaded_by:
        return "loadedBy"
    return "recordedAt" if thing.recorded_at else "retractedAt"
