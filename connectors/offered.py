"""What a member offers, apart from who did it: its catalogue, and courses open to learners of others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum

from connectors.records import Canonical, Code, Completion, Credit, Identifier, Line, Provenance, Text


class CatalogueItem(Canonical, frozen=True):
    """One thing a member offers to be earned: a course, certificate, programme or exam."""

    outcome: Identifier
    title: Text
    kind: Line = ""
    issuer: Identifier | None = None
    credit: Credit | None = None
    hours: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    parts: tuple[Identifier, ...] = ()
    provenance: Provenance = Provenance()


class ChangeKind(Enum):
    """What happened to a catalogue item since the cursor."""

    PRESENT = "PRESENT"
    REMOVED = "REMOVED"


class Change(Canonical, frozen=True):
    """One line of a catalogue: an item that is there, or the identifier of one that is gone."""

    outcome: Identifier
    kind: ChangeKind = ChangeKind.PRESENT
    item: CatalogueItem | None = None


class CatalogueChanges(Canonical, frozen=True):
    """A catalogue, full or since a cursor, and the cursor to ask with next time."""

    changes: tuple[Change, ...]
    full: bool
    cursor: str = ""


class Course(Canonical, frozen=True):
    """What is taught, apart from when: code, title, credit and what it requires."""

    outcome: Identifier
    title: Text
    credit: Credit | None = None
    prerequisites: tuple[Identifier, ...] = ()


class Offering(Canonical, frozen=True):
    """A course open to learners of other members, in one term; ``seats`` are those still free."""

    id: Code
    course: Course
    term: Line = ""
    runs: Completion | None = None
    seats: int | None = None
    open_to: tuple[str, ...] = ()
    url: Line = ""
    provenance: Provenance = Provenance()
