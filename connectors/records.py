"""Canonical records: what every connector hands over, whatever its source looks like."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from msgspec import Meta, Struct

Code = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"^\S(.*\S)?$")]
Line = Annotated[str, Meta(max_length=400)]

LARGEST = Decimal(10) ** 9
PLACES = 4
_WHOLE = Decimal(1)
NO_EDITION = "-"


class Canonical(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A canonical value: immutable, compared by content, encoded without its defaults."""


class Personal(Canonical, frozen=True):
    """A canonical value about a person: its repr shows nothing of its content."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, hidden>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class Text(Canonical, frozen=True, gc=False):
    """A localised text; readers fall back to the other language."""

    zh: Line = ""
    en: Line = ""


class Identifier(Canonical, frozen=True, gc=False):
    """A coded thing: scheme, code and, where known, the scheme's edition."""

    scheme: Code
    code: Code
    edition: Annotated[str, Meta(max_length=60)] = NO_EDITION

    @property
    def key(self) -> str:
        """Written as ``scheme:edition:code``."""
        return f"{self.scheme}:{self.edition}:{self.code}"


def identifier(key: str) -> Identifier:
    """Read ``scheme:edition:code``; ``ValueError`` if it is no such triple."""
    scheme, first, rest = key.partition(":")
    edition, second, code = rest.partition(":")
    if not (first and second and scheme and edition and code):
        raise ValueError("an identifier is written scheme:edition:code")
    return Identifier(scheme=scheme, edition=edition, code=code)


class LearnerKey(Personal, frozen=True, gc=False):
    """Names a learner to a source: (scheme, code), such as a student number or an identity number."""

    scheme: Code
    code: Code


class Precision(Enum):
    """How exactly a completion is known."""

    DAY = "DAY"
    MONTH = "MONTH"
    TERM = "TERM"
    YEAR = "YEAR"


class Completion(Canonical, frozen=True, gc=False):
    """When something was completed: days from ``first`` to ``last``, both included."""

    first: date
    last: date
    precision: Precision = Precision.DAY

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a completion's last day is not before its first")


class Grade(Canonical, frozen=True, gc=False):
    """A mark in a grading scheme; ``written`` is how the source wrote it."""

    scheme: Code
    value: Annotated[str, Meta(min_length=1, max_length=40)]
    written: Annotated[str, Meta(max_length=40)] = ""


class Credit(Canonical, frozen=True, gc=False):
    """An amount of credit, exact to four places and never negative, and the scheme it is counted in."""

    amount: Decimal
    scheme: Code

    def __post_init__(self) -> None:
        # Whole, as most are, is seen at once; the tuple says any exponent, and slowly.
        exponent = 0 if self.amount.same_quantum(_WHOLE) else self.amount.as_tuple().exponent
        if not isinstance(exponent, int) or not 0 <= self.amount <= LARGEST:
            raise ValueError("credit is a finite amount from 0 to 1,000,000,000")
        if exponent < -PLACES:
            raise ValueError(f"credit has at most {PLACES} decimal places")


class ResultStatus(Enum):
    """Where a result stands."""

    COMPLETED = "COMPLETED"
    IN_PROGRESS = "IN_PROGRESS"
    REVOKED = "REVOKED"
    FAILED = "FAILED"


class Verification(Enum):
    """Whether the source confirms the record; CONFLICTING where it says two things at once."""

    VERIFIED = "VERIFIED"
    UNVERIFIED = "UNVERIFIED"
    CONFLICTING = "CONFLICTING"


class Obtained(Enum):
    """How a result was obtained."""

    STUDY = "STUDY"
    EXAM = "EXAM"
    TRAINING = "TRAINING"
    EXPERIENCE = "EXPERIENCE"
    CONVERSION = "CONVERSION"


class Freshness(Enum):
    """Whether a record was asked for now, kept from before, or read from a staged export."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    STAGED = "STAGED"


class Proof(Enum):
    """What became of a record's signature."""

    VALID = "VALID"
    INVALID = "INVALID"
    UNRESOLVABLE = "UNRESOLVABLE"
    WEAK_ALGORITHM = "WEAK_ALGORITHM"
    UNSIGNED = "UNSIGNED"


class Provenance(Canonical, frozen=True, gc=False):
    """Where a record comes from: source, connector, upstream version, and when it was fetched.

    ``as_of`` is the time the source itself gives its data; ``mapping`` names the mapping used.
    """

    source: str = ""
    connector: str = ""
    version: str = ""
    record_version: str = ""
    fetched: datetime | None = None
    as_of: datetime | None = None
    freshness: Freshness = Freshness.LIVE
    mapping: str = ""


class Attempt(Canonical, frozen=True, gc=False):
    """One attempt at the same thing; a resit is an attempt, not another result."""

    number: Annotated[int, Meta(ge=1, le=100)]
    grade: Grade | None = None
    completion: Completion | None = None
    status: ResultStatus = ResultStatus.COMPLETED


class Record(Personal, frozen=True, gc=False):
    """A source's record of a result 个人成果.

    ``id`` is the source's own and stable. ``levels`` are its levels in frameworks (scheme the framework, code
    the level). ``part_of`` is the id of the record this one is a part of,
    ``parts`` the ids of its own. ``valid_to`` is the first day on which it is no longer valid.
    ``vanished`` marks a record the source gave before and gives no more.
    """

    id: Code
    learner: LearnerKey
    outcome: Identifier | None = None
    title: Text = Text()
    issuer: Identifier | None = None
    earned: Credit | None = None
    available: Credit | None = None
    hours: Decimal | None = None
    grade: Grade | None = None
    levels: tuple[Identifier, ...] = ()
    completion: Completion | None = None
    valid_to: date | None = None
    status: ResultStatus = ResultStatus.COMPLETED
    attempts: tuple[Attempt, ...] = ()
    verification: Verification = Verification.VERIFIED
    proof: Proof = Proof.UNSIGNED
    part_of: str | None = None
    parts: tuple[str, ...] = ()
    obtained: Obtained = Obtained.STUDY
    vanished: bool = False
    provenance: Provenance = Provenance()


class CertificateState(Enum):
    """What the authoritative source says of a certificate."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


class Certificate(Personal, frozen=True):
    """A certificate as its source vouches for it; ``holder`` is the name as printed."""

    number: Code
    holder: Line
    outcome: Identifier | None = None
    title: Text = Text()
    issuer: Identifier | None = None
    issued: Completion | None = None
    valid_to: date | None = None
    state: CertificateState = CertificateState.VALID
    proof: Proof = Proof.UNSIGNED
    provenance: Provenance = Provenance()


class Link(Personal, frozen=True, gc=False):
    """One learner under another key, at ``source``."""

    source: Code
    key: LearnerKey


class Health(Canonical, frozen=True, gc=False):
    """What a source says of itself."""

    well: bool
    version: str = ""
    as_of: datetime | None = None
