"""A package examined: each part checked, told where it stands, and become a thing where it may."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from graph.exchange.case import association, document, item
from graph.exchange.case.association import Inside
from graph.exchange.case.checks import problems
from graph.exchange.case.document import ASSOCIATIONS, DOCUMENT, ITEMS
from graph.exchange.case.package import Package
from graph.exchange.case.verbatim import BROKEN, LIMIT, Said, decode, demand_shallow
from graph.exchange.circles import circles
from graph.exchange.findings import KINDS, Severity, found
from graph.exchange.report import Count, Findings, Report
from graph.model.framework import Association, Framework, FrameworkItem

CHILD = "isChildOf"
SHOWN = 8
"""How many members of a circle are named."""

Thing = Framework | FrameworkItem | Association
CONCEPTS = {DOCUMENT: "framework", ITEMS: "frameworkItem", ASSOCIATIONS: "association"}


class Inspection:
    """Reads a package once, in order: framework, items, associations, so that each finds what it names."""

    def __init__(self, package: Package) -> None:
        self.findings = Findings()
        self._package = package
        self._given: dict[str, set[str]] = defaultdict(set)
        self._read: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._children: dict[str, set[str]] = defaultdict(set)

    def framework(self) -> Framework | None:
        """Return the framework, unless something is wrong with the document."""
        said = self._package.document
        if not self._sound(DOCUMENT, DOCUMENT, said):
            return None
        framework = document.read(self._package.around)
        return framework if self._fits(DOCUMENT, DOCUMENT, framework) else None

    def items(self, framework: Framework) -> Iterator[FrameworkItem]:
        """Yield the sound items."""
        language = self._package.document.get("language")

        def become(said: Said) -> FrameworkItem:
            return item.read(said, framework.key, language)

        return (thing for _, thing in self._things(ITEMS, self._package.items, become))

    def associations(self) -> Iterator[Association]:
        """Yield the sound associations; to be asked for after the items."""
        inside = Inside(self._package.document["identifier"].lower(), self._given[ITEMS])

        def become(said: Said) -> Association:
            return association.read(said, inside)

        for place, thing in self._things(ASSOCIATIONS, self._package.associations, become):
            self._note(place, thing)
            yield thing
        self._circles()

    @property
    def ok(self) -> bool:
        """Tell whether nothing was refused."""
        return self.findings.ok(partial=False)

    def report(self) -> Report:
        """Return the outcome."""
        counts = (
            Count(concept=CONCEPTS[name], read=count, refused=self._refused[name])
            for name, count in self._read.items()
        )
        listed, totals = tuple(self.findings.listed), self.findings.all_totals()
        return Report(ok=self.ok, findings=listed, totals=totals, counts=tuple(counts), stubs=(), gaps=())

    def _things(self, section: str, raws: list[msgspec.Raw], become: Callable[[Said], Any]) -> Iterator[Any]:
        for number, raw in enumerate(raws):
            place = f"{section}[{number}]"
            for said in self._said(section, place, raw):
                if self._sound(section, place, said) and self._new(section, place, said["identifier"]):
                    thing = become(said)
                    if self._fits(section, place, thing):
                        yield number, thing

    def _said(self, section: str, place: str, raw: msgspec.Raw) -> Iterator[Any]:
        """Yield the value of one member, unless it cannot be read."""
        try:
            said = decode(raw)
            demand_shallow(said)
        except BROKEN as error:
            self.tell("CASE_UNREADABLE", place, why=error)
            self._read[section] += 1
            self._refused[section] += 1
        else:
            yield said

    def _sound(self, section: str, place: str, said: Any) -> bool:
        wrong = list(problems(section, said))
        for problem in wrong:
            self.tell(problem.code, f"{place}.{problem.field}".rstrip("."), **problem.facts)
        self._read[section] += 1
        self._refused[section] += bool(wrong)
        return not wrong

    def _new(self, section: str, place: str, identifier: str) -> bool:
        given = self._given[section]
        if identifier.lower() in given:
            self.tell("CASE_TWICE", f"{place}.identifier", value=identifier)
            self._refused[section] += 1
            return False
        given.add(identifier.lower())
        return True

    def _fits(self, section: str, place: str, thing: Thing) -> bool:
        size = len(thing.verbatim)
        if size > LIMIT:
            self.tell("CASE_TOO_LONG", place, size=size, limit=LIMIT)
            self._refused[section] += 1
        return size <= LIMIT

    def _note(self, place: int, thing: Association) -> None:
        outside = {"originNodeURI": thing.origin_external, "destinationNodeURI": thing.external}
        for field, end in zip(outside, (thing.origin, thing.target), strict=True):
            if outside[field]:
                self.tell("CASE_OUTSIDE", f"{ASSOCIATIONS}[{place}].{field}", end=end)
        if thing.kind == CHILD and not any(outside.values()):
            self._children[thing.origin].add(thing.target)

    def _circles(self) -> None:
        for members in circles(self._children):
            self.tell("CASE_CYCLE", ASSOCIATIONS, members=" -> ".join(members[:SHOWN]))

    def tell(self, code: str, field: str, **facts: object) -> None:
        """Note a finding at a field of the package."""
        self.findings.add(found(code, self._package.file, 0, field, **facts))
        if KINDS[code].severity is Severity.ERROR:
            self.findings.refuse(self._package.file)
