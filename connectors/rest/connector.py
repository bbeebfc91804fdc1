"""The REST connector: a source by settings alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from msgspec.structs import replace

from connectors.call import Call
from connectors.contract import Manifest, Offers, Verb
from connectors.decoding.calendar import completion
from connectors.decoding.people import same_name
from connectors.errors import SourceError, SourceUnreadable
from connectors.expressions import field
from connectors.mapping import Rows, coded, credited, optional, read
from connectors.notices import NoticeCode
from connectors.records import (
    CatalogueChanges,
    CatalogueItem,
    Certificate,
    CertificateState,
    Change,
    ChangeKind,
    Health,
    LearnerKey,
    Provenance,
    Record,
    Text,
)
from connectors.rest.fetching import Fetcher
from connectors.rest.settings import Catalogue, CertificateLookup, RestSettings, Results
from connectors.transport import Http

VERSION = "1"

Found = dict[LearnerKey, "Sequence[Record] | SourceError"]


class Rest:
    """Asks a REST source as declared."""

    def __init__(self, settings: RestSettings, http: Http) -> None:
        self._settings = settings
        self._fetcher = Fetcher(settings, http)
        self._source = Provenance(connector="rest", version=VERSION)
        self._results = Rows(settings.results.map, self._source) if settings.results else None

    def __repr__(self) -> str:
        return "<Rest>"

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record] | SourceError]:
        """Give the records of these learners; rows are taken by the learner they name."""
        declared, rows = self._settings.results, self._results
        if declared is None or rows is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        named = [each for each in learners if each.scheme == declared.key_scheme]
        if not named:
            return {}
        found = await self._owned(declared, rows, named, call)
        return {key: _records(rows, part, key) for key, part in found.items()}

    async def catalogue(self, since: str | None, call: Call) -> CatalogueChanges:
        """Give the catalogue, whole or since a cursor."""
        declared = self._settings.catalogue
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        changes: list[Change] = []
        cursor, item, cursor_at = "", _Items(declared, self._source), field(declared.cursor)
        async for told, rows in self._fetcher.pages(declared, {"since": since or ""}, call):
            changes.extend(item.change(row) for row in rows)
            cursor = str(cursor_at(told) or cursor)
        return CatalogueChanges(changes=tuple(changes), full=since is None, cursor=cursor)

    async def certificate(self, number: str, name: str, call: Call) -> Certificate | None:
        """Look one certificate up; both its number and its holder's name must be those asked for."""
        declared = self._settings.certificate
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        made = _Certificates(declared, self._source)
        async for _, rows in self._fetcher.pages(declared, {"number": number, "name": name}, call):
            for each in map(made.certificate, rows):
                if each.number == number and same_name(each.holder, name):
                    return _aged(each, call.clock.moment().date())
        return None

    async def health(self, call: Call) -> Health:
        """Tell whether the probe answers."""
        if self._settings.health is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        await self._fetcher.probe(self._settings.health.path, call)
        return Health(well=True)

    async def _owned(
        self, declared: Results, rows: Rows, learners: Sequence[LearnerKey], call: Call
    ) -> dict[LearnerKey, list[Any]]:
        codes = [each.code for each in learners]
        asked: dict[str, str | list[str]] = {"code": codes[0], "codes": codes}
        found: dict[LearnerKey, list[Any]] = {}
        async for _, page in self._fetcher.pages(declared, asked, call):
            for row in page:
                found.setdefault(self._owner(declared, rows, row, learners), []).append(row)
        nobody = found.pop(LearnerKey(scheme=declared.key_scheme, code=""), [])
        if nobody:
            call.remark(NoticeCode.FOREIGN_RECORDS, len(nobody))
        return found

    def _owner(self, declared: Results, rows: Rows, row: Any, learners: Sequence[LearnerKey]) -> LearnerKey:
        """Tell whose a row is; a row that names nobody is the one learner's where only one was asked."""
        if not declared.map.learner:
            if len(learners) > 1:
                raise SourceUnreadable(where="learner")
            return learners[0]
        return LearnerKey(scheme=declared.key_scheme, code=rows.owner(row) or "")


def _records(rows: Rows, part: list[Any], key: LearnerKey) -> Sequence[Record] | SourceError:
    try:
        return rows.records(part, key)
    except SourceError as error:
        return error


class _Items:
    """Makes catalogue items of rows."""

    def __init__(self, declared: Catalogue, source: Provenance) -> None:
        self._source = source
        self._outcome = coded(declared.outcome, "outcome")
        self._credit = credited(declared.credit)
        self._title, self._title_en = field(declared.title), field(declared.title_en)
        self._kind, self._removed = field(declared.item_kind), field(declared.removed)

    def change(self, row: Any) -> Change:
        outcome = self._outcome(row)
        if outcome is None:
            raise SourceUnreadable(where="outcome")
        if self._removed(row):
            return Change(outcome=outcome, kind=ChangeKind.REMOVED)
        item = CatalogueItem(
            outcome=outcome,
            title=Text(zh=str(self._title(row) or ""), en=str(self._title_en(row) or "")),
            kind=str(self._kind(row) or ""),
            credit=self._credit(row),
            provenance=self._source,
        )
        return Change(outcome=outcome, item=item)


class _Certificates:
    """Makes certificates of rows."""

    def __init__(self, declared: CertificateLookup, source: Provenance) -> None:
        self._source = source
        self._outcome = coded(declared.outcome, "outcome")
        self._at = {
            name: field(getattr(declared, name))
            for name in ("number", "holder", "title", "issued", "valid_to", "revoked")
        }

    def certificate(self, row: Any) -> Certificate:
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


def _aged(certificate: Certificate, today: date) -> Certificate:
    ends = certificate.valid_to
    if certificate.state is CertificateState.REVOKED or ends is None or today < ends:
        return certificate
    return replace(certificate, state=CertificateState.EXPIRED)


def offered(settings: RestSettings) -> Offers:
    """Offer the endpoints that are declared."""
    declared = {
        Verb.RESULTS: settings.results,
        Verb.CATALOGUE: settings.catalogue,
        Verb.CERTIFICATE: settings.certificate,
        Verb.HEALTH: settings.health,
    }
    verbs = frozenset(verb for verb, endpoint in declared.items() if endpoint is not None)
    return Offers(verbs=verbs, batch=settings.results.batch if settings.results else 1)


@asynccontextmanager
async def opened(settings: RestSettings, http: Http) -> AsyncIterator[Rest]:
    """Open the source."""
    yield Rest(settings, http)


MANIFEST = Manifest(
    name="rest", version=VERSION, settings=RestSettings, offers=offered, opens=opened, title="REST, declared"
)
