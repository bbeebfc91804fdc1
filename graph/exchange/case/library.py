"""The frameworks that came as CASE packages, as the CASE REST API asks for them: by identifier."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString, TypeVar

from graph.exchange.case import association, document, item
from graph.exchange.case.identifiers import DOCUMENTS, association_key, framework_key, identifier_of, item_key
from graph.exchange.case.reading import Whole, whole
from graph.exchange.case.verbatim import Said
from graph.model.concepts import BY_STRUCT
from graph.model.framework import Association, Framework, FrameworkItem
from graph.model.values import Versioned
from graph.moment import Moment, moment
from graph.publication import Publication
from graph.store import Row, Store
from graph.things import MOST, SEEN, Naming, find, naming, thing_of

T = TypeVar("T", bound=Versioned)

KINDS: Final = (
    "CFConcepts",
    "CFSubjects",
    "CFLicenses",
    "CFItemTypes",
    "CFAssociationGroupings",
    "CFRubrics",
)
"""What a package defines beside its items; rubrics stand beside the definitions."""

_FRAMEWORKS: LiteralString = (
    f"MATCH (v:{BY_STRUCT[Framework].label}Version) WHERE v.key STARTS WITH $prefix AND "
    + SEEN.format(v="v")
    + " RETURN v.key AS key, v.number AS number, v.recordedAt AS recorded, v.retractedAt AS retracted, "
    "v.body AS body"
)
_NAMING: Final = Naming(Association, ("ORIGIN", "TARGET"), FrameworkItem)


@dataclass(slots=True)
class Shelf:
    """All documents at one moment, and where each definition stands."""

    at: Moment
    documents: dict[str, Said] = field(default_factory=dict)
    definitions: dict[tuple[str, str], Said] = field(default_factory=dict)

    def add(self, framework: Framework) -> None:
        """Take in one framework."""
        self.documents[identifier_of(framework.key)] = document.write(framework)
        for kind in KINDS:
            for said in document.defined(framework, kind):
                self.definitions.setdefault((kind, str(said.get("identifier", "")).lower()), said)


class Library:
    """Answers by identifier, as of the last publication; what lists need is remembered until the next."""

    def __init__(self, store: Store, publication: Publication) -> None:
        self._store, self._publication = store, publication
        self._shelf: Shelf | None = None
        self._asking = asyncio.Lock()

    async def moment(self) -> Moment:
        """Return the moment that answers are of."""
        return moment(await self._publication.latest())

    async def documents(self, at: Moment) -> dict[str, Said]:
        """Return every CFDocument, by identifier."""
        return (await self._shelved(at)).documents

    async def document(self, identifier: str, at: Moment) -> Said | None:
        """Return a CFDocument."""
        found = await self._find(Framework, framework_key(identifier), at)
        return None if found is None else document.write(found)

    async def package(self, identifier: str, at: Moment) -> Said | None:
        """Return a CFPackage."""
        found: Whole | None = await whole(self._store, framework_key(identifier), at)
        return None if found is None else found.package()

    async def item(self, identifier: str, at: Moment) -> tuple[Said, str] | None:
        """Return a CFItem and its document's identifier."""
        found = await self._find(FrameworkItem, item_key(identifier), at)
        return None if found is None else (item.write(found), identifier_of(found.framework))

    async def association(self, identifier: str, at: Moment) -> tuple[Said, str] | None:
        """Return a CFAssociation and its document's identifier."""
        found = await self._find(Association, association_key(identifier), at)
        return None if found is None else (association.write(found), identifier_of(found.framework))

    async def associations_of(self, identifier: str, at: Moment) -> list[tuple[Said, str]]:
        """Return each CFAssociation that names an item at either end, with its document's identifier."""
        found: list[tuple[Said, str]] = []
        after, more = "", True
        while more:
            (page,) = await naming(self._store, _NAMING, [item_key(identifier)], at, first=MOST, after=after)
            found.extend((association.write(one), identifier_of(one.framework)) for one in page.things)
            after, more = page.things[-1].key if page.things else "", page.more
        return found

    async def definition(self, kind: str, identifier: str, at: Moment) -> Said | None:
        """Return a definition of one kind."""
        return (await self._shelved(at)).definitions.get((kind, identifier.lower()))

    async def _find(self, struct: type[T], key: str, at: Moment) -> T | None:
        return (await find(self._store, struct, [key], at))[0]

    async def _shelved(self, at: Moment) -> Shelf:
        async with self._asking:
            if self._shelf is None or self._shelf.at != at:
                self._shelf = await self._filled(at)
        return self._shelf

    async def _filled(self, at: Moment) -> Shelf:
        live: dict[str, Row] = {}
        times: dict[str, Any] = {"on": at.valid_on, "known": at.known_at}
        async for row in self._store.stream(_FRAMEWORKS, prefix=f"{DOCUMENTS}:-:", **times):
            if row["key"] not in live or live[row["key"]]["number"] < row["number"]:
                live[row["key"]] = row
        shelf = Shelf(at)
        for key in sorted(live):
            shelf.add(thing_of(Framework, live[key]))
        return shelf
