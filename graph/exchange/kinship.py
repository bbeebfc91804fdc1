"""References within one concept, settled when all its lines are read, and the circles they may make.

Licences and sources name each other, so those two are one family; every other concept is one by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from graph.exchange.circles import RELATIONS, circles
from graph.exchange.findings import Finding
from graph.exchange.known import Known
from graph.exchange.ledger import Ledger
from graph.exchange.sites import Site
from graph.model.concepts import Concept
from graph.model.references import references
from graph.model.values import Versioned

SHOWN = 12
ROOTS = ("licence", "source")
CLOSURE = 100_000


Refuse = Callable[[Site, Finding | None, str], None]


class Link(NamedTuple):
    """One thing naming another of its own concept."""

    site: Site
    concept: str
    key: str
    version: int
    relation: str
    field: str
    of: str
    target: str


def family(concept: Concept) -> tuple[str, ...]:
    """Return the names of the concepts whose references are settled together with those of ``concept``."""
    return ROOTS if concept.name in ROOTS else (concept.name,)


class Kinship:
    """The links within one family of concepts. ``refuse`` is told of a thing that is refused after all."""

    def __init__(self, names: tuple[str, ...], ledger: Ledger, refuse: Refuse) -> None:
        self._names, self._ledger, self._refuse = names, ledger, refuse
        self._links: list[Link] = []
        self._gone: set[tuple[int, int]] = set()

    def add(self, site: Site, concept: str, thing: Versioned) -> None:
        """Note what ``thing`` names of its own family."""
        for field, of, target, relation in references(thing):
            if of in self._names:
                self._links.append(Link(site, concept, thing.key, thing.version, relation, field, of, target))

    async def settle(self, known: Known) -> None:
        """Refuse what names nothing, then what goes in circles, then what names what was refused."""
        await self._unknown()
        edges = self._edges()
        await self._from_graph(edges, known)
        for relation, targets in sorted(edges.items()):
            for members in circles(targets):
                self._circle(relation, members)
        await self._unknown()

    def _live(self) -> Iterator[Link]:
        return (link for link in self._links if (link.site.part, link.site.place) not in self._gone)

    async def _unknown(self) -> None:
        while wrong := await self._ledger.settle(self._targets()):
            for link in [link for link in self._live() if link.target in wrong.get(link.of, ())]:
                code, facts = self._ledger.wrong[link.of, link.target]
                self._drop(link, link.site.finding(code, link.field, facts))

    def _targets(self) -> dict[str, set[str]]:
        return {name: {link.target for link in self._live() if link.of == name} for name in self._names}

    def _drop(self, link: Link, finding: Finding | None) -> None:
        if (link.site.part, link.site.place) in self._gone:
            return
        self._gone.add((link.site.part, link.site.place))
        self._ledger.take_back(link.concept, link.key)
        self._refuse(link.site, finding, link.concept)

    def _edges(self) -> dict[str, dict[str, set[str]]]:
        """Return the links of each thing's highest version, by relation."""
        highest: dict[str, int] = {}
        for link in self._live():
            highest[link.key] = max(link.version, highest.get(link.key, 0))
        edges: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for link in self._live():
            if link.relation in RELATIONS and link.version == highest[link.key]:
                edges[link.relation][link.key].add(link.target)
        return edges

    async def _from_graph(self, edges: dict[str, dict[str, set[str]]], known: Known) -> None:
        """Add the links of what the graph knows, as far as the bundle's own links lead."""
        name, seen = self._names[0], set[str]()
        reached = {link.target for link in self._live()} & self._ledger.graph[name]
        while reached and len(seen) < CLOSURE:
            seen |= reached
            further: set[str] = set()
            for thing in await known.things(name, reached):
                further |= _add_edges(edges, name, thing)
            reached = further - seen - self._ledger.given[name].keys()

    def _circle(self, relation: str, members: list[str]) -> None:
        inside = set(members)
        links = [
            link for link in self._live() if link.relation == relation and {link.key, link.target} <= inside
        ]
        shown = " → ".join([*sorted(members)[:SHOWN], *(["…"] if len(members) > SHOWN else [])])
        facts: dict[str, object] = {"relation": RELATIONS[relation], "members": shown}
        for place, link in enumerate(links):
            self._drop(link, link.site.finding("CYCLE", link.field, facts) if place == 0 else None)


def _add_edges(edges: dict[str, dict[str, set[str]]], concept: str, thing: Versioned) -> set[str]:
    targets = set()
    for reference in references(thing):
        if reference.concept == concept and reference.edge in RELATIONS:
            edges[reference.edge][thing.key].add(reference.key)
            targets.add(reference.key)
    return targets
