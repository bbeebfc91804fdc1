"""What is declared of a database."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from connectors.contract import Secret, Settings
from connectors.mapping import Declared, ResultMap

_READS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_HOLE = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


class Query(Declared, frozen=True):
    """One question to the database: a SELECT, or a ``view`` (``schema.name``) and its ``columns``.

    Of a view only the columns named are read. In a SELECT ``:name`` stands for what is asked, and is bound
    as a parameter: nothing that is asked ever becomes text of SQL.
    """

    select: str = ""
    view: str = ""
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.select) == bool(self.view):
            raise ValueError("declare either select or view")
        if self.view and not self.columns:
            raise ValueError("a view needs its columns")
        if self.select and (not _READS.match(self.select) or ";" in self.select):
            raise ValueError("a select is one statement that begins with SELECT or WITH")

    def names(self) -> frozenset[str]:
        """Return what the SELECT has holes for."""
        return frozenset(_HOLE.findall(self.select))


class Results(Query, frozen=True, kw_only=True):
    """The results of learners: ``:codes`` stands in ``IN :codes``; of a view, ``key`` is the column compared.

    ``map.learner`` must name the column that says whose a row is.
    """

    map: ResultMap
    key_scheme: str
    key: str = ""
    batch: Annotated[int, Meta(ge=1, le=1000)] = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.view and not self.key:
            raise ValueError("a view of results needs its key")
        if self.select and self.names() != {"codes"}:
            raise ValueError("a select of results needs IN :codes, and knows no other name")
        if not self.map.learner:
            raise ValueError("map.learner must say whose a row is")


class Catalogue(Query, frozen=True, kw_only=True):
    """The catalogue, in columns named ``code`` and ``title``, and as many of the others as there are.

    They are ``title_en``, ``kind``, ``credit``, ``removed`` and ``changed``. A SELECT with ``:since`` (null
    for all) gives what changed since a cursor, which is the largest ``changed``.
    """

    scheme: str
    edition: str = "-"
    credit_scheme: str = ""


class CertificateLookup(Query, frozen=True, kw_only=True):
    """A certificate by ``:number``, in columns named ``number`` and ``holder``, and the others there are.

    They are ``code``, ``title``, ``issued``, ``valid_to`` and ``revoked``.
    """

    scheme: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not {"number"} <= self.names() <= {"number", "name"}:
            raise ValueError("a certificate is a select with :number, and may have :name")


class OpenCourses(Query, frozen=True, kw_only=True):
    """Courses open to others, in columns named ``id``, ``code`` and ``title``, and the others there are.

    They are ``credit``, ``term``, ``runs``, ``seats``, ``prerequisites`` (codes, by commas) and ``url``.
    ``:term`` may stand in a SELECT.
    """

    scheme: str
    credit_scheme: str = ""


class SqlSettings(Settings, frozen=True):
    """A database by settings alone; ``url`` is SQLAlchemy's, password and all, and so a secret.

    ``pool`` connections at most. A statement ends after ``statement_seconds``, or with the question's own
    deadline if that is sooner; an answer has at most ``most_rows`` rows and ``most_bytes`` of text, fetched
    ``chunk`` rows at a time. ``damaged`` is how many damaged places the rows of one learner may hold.
    ``as_of`` is a SELECT of one value: the moment the data is from.
    """

    url: Secret
    results: Results | None = None
    catalogue: Catalogue | None = None
    certificate: CertificateLookup | None = None
    offerings: OpenCourses | None = None
    as_of: str = ""
    pool: Annotated[int, Meta(ge=1, le=32)] = 4
    connect_seconds: Annotated[int, Meta(ge=1, le=60)] = 2
    statement_seconds: Annotated[float, Meta(gt=0, le=600)] = 5.0
    most_rows: Annotated[int, Meta(ge=1, le=1_000_000)] = 20_000
    most_bytes: Annotated[int, Meta(ge=1)] = 5 * 1024 * 1024
    chunk: Annotated[int, Meta(ge=1, le=10_000)] = 200
    damaged: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        if self.as_of and Query(select=self.as_of).names():
            raise ValueError("as_of is a select that knows no names")
