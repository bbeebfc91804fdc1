"""The catalogue of the graph's constraints and indexes, created idempotently; the graph notes its version."""

import hashlib
import re
from dataclasses import dataclass

from graph.engines.bolt import Bolt
from graph.errors import GraphNewer

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
SETTLE = 120.0  # seconds: an index over a graph that is already full takes a while

HUB = "CREATE CONSTRAINT hub_key IF NOT EXISTS FOR (h:Hub) REQUIRE h.key IS UNIQUE"
FIND = "MATCH (h:Hub {key: 'schema'}) RETURN h.version AS version, h.digest AS digest"
NOTE = "MERGE (h:Hub {key: 'schema'}) SET h.version = $version, h.digest = $digest"


@dataclass(frozen=True, slots=True)
class Index:
    """Nodes with this label are found by these properties; `unique` also forbids a second one.

    With `edge` it is the relationships of this type that are found.
    """

    label: str
    fields: tuple[str, ...]
    unique: bool = False
    edge: bool = False

    def __post_init__(self) -> None:
        allow(self.label, *self.fields)

    def statement(self) -> str:
        """The schema statement, the same on both engines."""
        name = "_".join((self.label.lower(), *(field.lower() for field in self.fields)))
        fields = ", ".join(f"n.{field}" for field in self.fields)
        if self.unique:
            return f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{self.label}) REQUIRE ({fields}) IS UNIQUE"
        where = f"()-[n:{self.label}]-()" if self.edge else f"(n:{self.label})"
        return f"CREATE INDEX {name} IF NOT EXISTS FOR {where} ON ({fields})"


@dataclass(frozen=True, slots=True)
class FullText:
    """Nodes with this label are found by words of one property, Chinese included."""

    label: str
    field: str

    def __post_init__(self) -> None:
        allow(self.label, self.field)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the schema declares, under one version number that grows with it."""

    version: int
    indexes: tuple[Index, ...] = ()
    fulltext: tuple[FullText, ...] = ()

    @property
    def digest(self) -> str:
        """Changes whenever a declaration does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    async def prepare(self, bolt: Bolt) -> None:
        """Bring the graph to this catalogue; `GraphNewer` if a newer hub wrote it."""
        await bolt.define(HUB)
        found = await bolt.read(FIND, {})
        if found and found[0]["version"] > self.version:
            raise GraphNewer(
                f"the graph has schema version {found[0]['version']}, "
                f"this hub knows {self.version}: upgrade the hub"
            )
        if not found or found[0]["digest"] != self.digest:
            await self._create(bolt)

    async def _create(self, bolt: Bolt) -> None:
        async def settled(statement: str) -> None:
            await bolt.define(statement, SETTLE)

        for index in self.indexes:
            await settled(index.statement())
        for text in self.fulltext:
            await bolt.engine.index(text.label, text.field, settled)
        await bolt.engine.settle(settled)
        await bolt.write(NOTE, {"version": self.version, "digest": self.digest})


def allow(*names: str) -> None:
    """Only plain names reach a schema statement: they cannot be parameters there."""
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"not a label or property name: {name!r}")
