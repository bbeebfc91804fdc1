"""The REST connector: a source by settings alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from connectors.call import Call
from connectors.contract import Manifest, Offers, Verb
from connectors.decoding.people import same_name
from connectors.errors import Misdeclared, SourceError, SourceUnavailable, SourceUnreadable
from connectors.expressions import XPATH, field
from connectors.extras import need
from connectors.mapping import Rows, expressions
from connectors.notices import NoticeCode
from connectors.offered import CatalogueChanges, Change, Offering
from connectors.records import Certificate, Health, LearnerKey, Provenance, Record
from connectors.rest.fetching import Fetcher
from connectors.rest.making import Certificates, Courses, Items, aged
from connectors.rest.paging import compiled
from connectors.rest.settings import RestSettings, Results
from connectors.transport import Answer, Http, Request, Sign

VERSION = "1"

Found = dict[LearnerKey, "Sequence[Record] | SourceError"]


class Rest:
    """Asks a REST source as declared."""

    def __init__(self, settings: RestSettings, http: Http) -> None:
        _one_language(settings)
        self._settings = settings
        self._source = Provenance(connector="rest", version=VERSION)
        self._compiled()
        self._fetcher = Fetcher(settings, http)
        self._results = Rows(settings.results.map, self._source) if settings.results else None

    def __repr__(self) -> str:
        return "<Rest>"

    def _compiled(self) -> None:
        """Compile what will be compiled again when asked: what is wrong is found before anybody asks."""
        said = self._settings
        for endpoint in (said.results, said.catalogue, said.certificate, said.offerings):
            if endpoint is not None:
                compiled(endpoint)
        if said.catalogue is not None:
            Items(said.catalogue, self._source), field(said.catalogue.cursor)
        if said.certificate is not None:
            Certificates(said.certificate, self._source)
        if said.offerings is not None:
            Courses(said.offerings, self._source)

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
        cursor, item, cursor_at = "", Items(declared, self._source), field(declared.cursor)
        async for told, rows in self._fetcher.pages(declared, {"since": since or ""}, call):
            changes.extend(item.change(row) for row in rows)
            cursor = str(cursor_at(told) or cursor)
        return CatalogueChanges(changes=tuple(changes), full=since is None, cursor=cursor)

    async def certificate(self, number: str, name: str, call: Call) -> Certificate | None:
        """Look one certificate up; both its number and its holder's name must be those asked for."""
        declared = self._settings.certificate
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        made = Certificates(declared, self._source)
        async for _, rows in self._fetcher.pages(declared, {"number": number, "name": name}, call):
            for each in map(made.certificate, rows):
                if each.number == number and same_name(each.holder, name):
                    return aged(each, call.clock.moment().date())
        return None

    async def offerings(self, term: str | None, call: Call) -> Sequence[Offering]:
        """Give the courses open to learners of other members, in one term or all."""
        declared = self._settings.offerings
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        made, found = Courses(declared, self._source), list[Offering]()
        async for _, rows in self._fetcher.pages(declared, {"term": term or ""}, call):
            found.extend(map(made.offering, rows))
        return [each for each in found if term in (None, each.term)]

    async def health(self, call: Call) -> Health:
        """Tell whether the probe answers."""
        if self._settings.health is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        await self._fetcher.probe(self._settings.health.path, call)
        return Health(well=True)

    async def _owned(
        self, declared: Results, rows: Rows, learners: Sequence[LearnerKey], call: Call
    ) -> dict[LearnerKey, list[Any]]:
        """Fetch the rows of learners, and part them by the learner they name."""
        codes = [each.code for each in learners]
        asked: dict[str, str | list[str]] = {"code": codes[0], "codes": codes}
        given: list[Any] = []
        async for _, page in self._fetcher.pages(declared, asked, call):
            given += page
        if not declared.map.learner:
            return _unnamed(given, learners)
        found = rows.owned(given)
        nobody = found.pop("", [])
        if nobody:
            call.remark(NoticeCode.FOREIGN_RECORDS, len(nobody))
        return {LearnerKey(scheme=declared.key_scheme, code=code): part for code, part in found.items()}


def _unnamed(given: list[Any], learners: Sequence[LearnerKey]) -> dict[LearnerKey, list[Any]]:
    """Take rows that name nobody for the one learner's; ``SourceUnreadable`` where several were asked."""
    if given and len(learners) > 1:
        raise SourceUnreadable(where="learner")
    return {learners[0]: given} if given else {}


def _records(rows: Rows, part: list[Any], key: LearnerKey) -> Sequence[Record] | SourceError:
    try:
        return rows.records(part, key)
    except SourceError as error:
        return error


class _Nowhere:
    """Where nothing can be sent."""

    async def ask(self, request: Request, call: Call, sign: Sign | None = None) -> Answer:
        """Refuse."""
        raise SourceUnavailable


def needs(settings: RestSettings) -> None:
    """Look for the extra that XPath needs, and for functions and expressions that are none."""
    if settings.format == "xpath":
        need("standards", "lxml")
    Rest(settings, _Nowhere())


def _one_language(settings: RestSettings) -> None:
    """Refuse a JMESPath into elements, and an XPath into plain values: either would find nothing, quietly."""
    wanted = settings.format == "xpath"
    places = [settings.results, settings.catalogue, settings.certificate, settings.offerings]
    told = [each.rows for each in places if each is not None]
    if wanted and any(each is not None and each.nested is not None for each in places):
        raise Misdeclared(
            "with the format xpath a row finds its parent by itself: xpath:../@no, not by nested"
        )
    told.extend(each.nested.rows for each in places if each is not None and each.nested is not None)
    if settings.results is not None and not settings.results.map.record:
        told.extend(expressions(settings.results.map))
    fixed = ("=", "py:")
    if any(each and not each.startswith(fixed) and each.startswith(XPATH) is not wanted for each in told):
        raise Misdeclared(f"with the format {settings.format} an expression is in another language")


def offered(settings: RestSettings) -> Offers:
    """Offer the endpoints that are declared."""
    declared = {
        Verb.RESULTS: settings.results,
        Verb.CATALOGUE: settings.catalogue,
        Verb.CERTIFICATE: settings.certificate,
        Verb.OFFERINGS: settings.offerings,
        Verb.HEALTH: settings.health,
    }
    verbs = frozenset(verb for verb, endpoint in declared.items() if endpoint is not None)
    return Offers(verbs=verbs, batch=settings.results.batch if settings.results else 1)


@asynccontextmanager
async def opened(settings: RestSettings, http: Http) -> AsyncIterator[Rest]:
    """Open the source."""
    yield Rest(settings, http)


MANIFEST = Manifest(
    name="rest",
    version=VERSION,
    settings=RestSettings,
    offers=offered,
    opens=opened,
    needs=needs,
    title="REST, declared",
)
