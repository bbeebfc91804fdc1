"""Making: rows of a REST source into catalogue items, certificates and offerings."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from connectors.decoding.calendar import completion
from connectors.errors import SourceUnreadable
from connectors.expressions import field
from connectors.mapping import coded, credited
from connectors.offered import CatalogueItem, Change, ChangeKind, Course, Offering
from connectors.records import Certificate, CertificateState, Identifier, Provenance, Text
from connectors.rest.settings import Catalogue, CertificateLookup, OpenCourses
from connectors.values import optional, read


class Items:
    """Makes catalogue items of rows."""

    def __init__(self, declared: Catalogue, source: Provenance) -> None:
        self._source = source
        self._outcome = coded(declared.outcome, "outcome")
        self._issuer = coded(declared.issuer, "issuer") if declared.issuer else None
        self._credit = credited(declared.credit)
        self._title, self._title_en = field(declared.title), field(declared.title_en)
        self._kind, self._removed = field(declared.item_kind), field(declared.removed)

    def change(self, row: Any) -> Change:
        """Make one line of the catalogue; ``SourceUnreadable`` names the field that cannot be read."""
        outcome = self._outcome(row)
        if outcome is None:
            raise SourceUnreadable(where="outcome")
        if self._removed(row):
            return Change(outcome=outcome, kind=ChangeKind.REMOVED)
        item = CatalogueItem(
            outcome=outcome,
            title=Text(zh=str(self._title(row) or ""), en=str(self._title_en(row) or "")),
            kind=str(self._kind(row) or ""),
            issuer=self._issuer(row) if self._issuer else None,
            credit=self._credit(row),
            provenance=self._source,
        )
        return Change(outcome=outcome, item=item)


class Certificates:
    """Makes certificates of rows."""

    def __init__(self, declared: CertificateLookup, source: Provenance) -> None:
        self._source = source
        self._outcome = coded(declared.outcome, "outcome")
        self._at = {
            name: field(getattr(declared, name))
            for name in ("number", "holder", "title", "issued", "valid_to", "revoked")
        }

    def certificate(self, row: Any) -> Certificate:
        """Make a certificate; ``SourceUnreadable`` names the field that cannot be read."""
        revoked = self._at["revoked"](row) in (True, "true", "1", 1, "是")
        return Certificate(
            number=read("number", str, self._at["number"](row)),
            holder=read("holder", str, self._at["holder"](row)),
            outcome=self._outcome(row),
            title=Text(zh=str(self._at["title"](row) or "")),
            issued=optional("issued", lambda said: completion(str(said)), self._at["issued"](row)),
            valid_to=optional("valid_to", lambda said: completion(str(said)).last, self._at["valid_to"](row)),
            state=CertificateState.REVOKED if revoked else CertificateState.VALID,
            provenance=self._source,
        )


def aged(certificate: Certificate, today: date) -> Certificate:
    """Return the certificate as it stands today."""
    ends = certificate.valid_to
    if certificate.state is CertificateState.REVOKED or ends is None or today < ends:
        return certificate
    return replace(certificate, state=CertificateState.EXPIRED)


class Courses:
    """Makes offerings of rows."""

    def __init__(self, declared: OpenCourses, source: Provenance) -> None:
        self._source = source
        self._scheme = declared.outcome.scheme
        self._outcome = coded(declared.outcome, "outcome")
        self._credit = credited(declared.credit)
        names = ("id", "course_title", "term", "runs", "seats", "prerequisites", "open_to", "link")
        self._at = {name: field(getattr(declared, name)) for name in names}

    def offering(self, row: Any) -> Offering:
        """Make an offering; ``SourceUnreadable`` names the field that cannot be read."""
        return Offering(
            id=read("id", _text, self._at["id"](row)),
            course=self._course(row),
            term=str(self._at["term"](row) or ""),
            runs=optional("runs", lambda said: completion(str(said)), self._at["runs"](row)),
            seats=optional("seats", int, self._at["seats"](row)),
            open_to=tuple(map(str, read("open_to", _list, self._at["open_to"](row)))),
            url=str(self._at["link"](row) or ""),
            provenance=self._source,
        )

    def _course(self, row: Any) -> Course:
        outcome = self._outcome(row)
        if outcome is None:
            raise SourceUnreadable(where="outcome")
        before = read("prerequisites", _list, self._at["prerequisites"](row))
        return Course(
            outcome=outcome,
            title=Text(zh=str(self._at["course_title"](row) or "")),
            credit=self._credit(row),
            prerequisites=tuple(Identifier(scheme=self._scheme, code=str(code)) for code in before),
        )


def _text(said: Any) -> str:
    if not said or isinstance(said, bool | float | list | dict):
        raise ValueError("not a text")
    return str(said)


def _list(said: Any) -> list[Any]:
    if said is None or said == "":
        return []
    if not isinstance(said, list):
        raise ValueError("not a list")
    return said
