"""What one batch writes, gathered first and then sent in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.edges import edges
from graph.exchange import statements
from graph.model.concepts import Concept
from graph.model.outcomes import Mapping
from graph.model.values import Versioned
from graph.moment import FOREVER
from graph.projections import row
from graph.store import Transaction

GROUP = 200
"""How many mapping keys one statement asks for: more would make the embedded engine compare lists."""


@dataclass(slots=True)
class Work:
    """Rows to create, edges to draw and versions to retract, all of one concept at one moment."""

    concept: Concept
    moment: str
    source: str
    rows: list[list[Any]] = field(default_factory=list)
    edges: dict[tuple[str, str], list[list[Any]]] = field(default_factory=dict)
    retracts: list[tuple[str, int]] = field(default_factory=list)

    def add(self, thing: Versioned, number: int, body: bytes) -> None:
        """Write ``thing`` under ``number`` as recorded now."""
        self.add_recorded(thing, number, body, self.moment, FOREVER)

    def add_recorded(self, thing: Versioned, number: int, body: bytes, since: str, until: str) -> None:
        """Write ``thing`` with recorded times of its own."""
        values = [*row(thing, number, body), since, until, self.source]
        if isinstance(thing, Mapping):
            values += (thing.outcome, thing.unit)
        self.rows.append(values)
        for edge in edges(thing):
            self.edges.setdefault((edge.type, edge.label), []).append([thing.key, number, since, edge.key])

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not (self.rows or self.retracts)

    async def send(self, tx: Transaction) -> None:
        """Write everything; what is retracted first, for a closing takes its version's own number."""
        if self.retracts:
            await self._retract(tx)
        if self.rows:
            await tx.run(statements.write(self.concept), rows=self.rows)
        for (edge, target), drawn in self.edges.items():
            await tx.run(statements.join(self.concept.label, edge, target), rows=drawn)

    async def _retract(self, tx: Transaction) -> None:
        query, times = statements.retract(self.concept), {"moment": self.moment, "never": FOREVER}
        if not statements.is_mapping(self.concept):
            await tx.run(query, rows=self.retracts, **times)
            return
        for group in groups(self.retracts):
            keys = [key for key, _ in group]
            await tx.run(query, keys=keys, names=[f"{key}#{number}" for key, number in group], **times)


def groups(items: Sequence[Any], size: int = GROUP) -> Iterator[Sequence[Any]]:
    """Yield ``items`` in slices of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
