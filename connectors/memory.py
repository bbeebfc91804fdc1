"""The reference connector: a source held in memory. Copy it, and put your own system where the book is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from msgspec import field

from connectors.call import Call
from connectors.contract import Manifest, Offers, Settings, Verb
from connectors.offered import CatalogueChanges, Offering
from connectors.records import Certificate, Health, LearnerKey, Link, Record
from connectors.transport import Http


class Book(Settings, frozen=True):
    """What the source holds."""

    records: tuple[Record, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    offerings: tuple[Offering, ...] = ()
    catalogue: CatalogueChanges = CatalogueChanges(changes=(), full=True)
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)


class Memory:
    """Answers from a book."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record]]:
        """Give the records of these learners."""
        return {key: [each for each in self._book.records if each.learner == key] for key in learners}

    async def catalogue(self, since: str | None, call: Call) -> CatalogueChanges:
        """Give the whole catalogue."""
        return self._book.catalogue

    async def certificate(self, number: str, name: str, call: Call) -> Certificate | None:
        """Look a certificate up."""
        found = [each for each in self._book.certificates if (each.number, each.holder) == (number, name)]
        return found[0] if found else None

    async def offerings(self, term: str | None, call: Call) -> Sequence[Offering]:
        """Give the open courses of a term."""
        return [each for each in self._book.offerings if term in (None, each.term)]

    async def links(self, learner: LearnerKey, call: Call) -> Sequence[Link]:
        """Give the learner's other keys."""
        return self._book.links.get(f"{learner.scheme}:{learner.code}", ())

    async def health(self, call: Call) -> Health:
        """Tell that it is well."""
        return Health(well=True)


@asynccontextmanager
async def opened(book: Book, http: Http) -> AsyncIterator[Memory]:
    """Open the source."""
    yield Memory(book)


MANIFEST = Manifest(
    name="memory",
    version="1",
    settings=Book,
    offers=Offers(verbs=frozenset(Verb), batch=100),
    opens=opened,
)
