"""The SQL connector: a member's views, asked as declared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from connectors.call import Call
from connectors.contract import Manifest, Offers, Verb
from connectors.decoding.people import same_name
from connectors.decoding.text import Reading, damage, judge
from connectors.errors import SourceError, SourceUnreadable
from connectors.extras import need
from connectors.mapping import Amount, Coded, Rows
from connectors.notices import NoticeCode
from connectors.offered import CatalogueChanges, Offering
from connectors.records import Certificate, Health, LearnerKey, Provenance, Record
from connectors.rest import settings as named
from connectors.rest.making import Certificates, Courses, Items, aged
from connectors.sql.settings import Catalogue, CertificateLookup, OpenCourses, Query, SqlSettings
from connectors.transport import Http
from connectors.values import read

if TYPE_CHECKING:
    from connectors.sql.database import Database

VERSION = "1"


class Sql:
    """Asks a database as declared."""

    def __init__(self, settings: SqlSettings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._source = Provenance(connector="sql", version=VERSION)
        self._rows = Rows(settings.results.map, self._source) if settings.results else None

    def __repr__(self) -> str:
        return "<Sql>"

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record] | SourceError]:
        """Give the records of these learners; rows are taken by the learner they name."""
        declared, rows = self._settings.results, self._rows
        if declared is None or rows is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        codes = [each.code for each in learners if each.scheme == declared.key_scheme]
        if not codes:
            return {}
        await self._date(call)
        found = rows.owned(await self._asked(declared, {"codes": codes}, call))
        nobody = found.pop("", [])
        if nobody:
            call.remark(NoticeCode.FOREIGN_RECORDS, len(nobody))
        return {
            LearnerKey(scheme=declared.key_scheme, code=code): self._records(
                rows, part, LearnerKey(scheme=declared.key_scheme, code=code), call
            )
            for code, part in found.items()
        }

    async def catalogue(self, since: str | None, call: Call) -> CatalogueChanges:
        """Give the catalogue, whole or since a cursor."""
        declared = self._settings.catalogue
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        partly = since is not None and "since" in declared.names()
        rows = await self._asked(declared, {"since": since or None}, call)
        items = Items(_items(declared), self._source)
        return CatalogueChanges(
            changes=tuple(map(items.change, rows)),
            full=not partly,
            cursor=_latest(rows) or since or "" if "since" in declared.names() else "",
        )

    async def certificate(self, number: str, name: str, call: Call) -> Certificate | None:
        """Look one certificate up; both its number and its holder's name must be those asked for."""
        declared = self._settings.certificate
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        made = Certificates(_certificates(declared), self._source)
        for each in map(
            made.certificate, await self._asked(declared, {"number": number, "name": name}, call)
        ):
            if each.number == number and same_name(each.holder, name):
                return aged(each, call.clock.moment().date())
        return None

    async def offerings(self, term: str | None, call: Call) -> Sequence[Offering]:
        """Give the courses open to learners of other members, in one term or all."""
        declared = self._settings.offerings
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        made = Courses(_courses(declared), self._source)
        found = [made.offering(_listed(row)) for row in await self._asked(declared, {"term": term}, call)]
        return [each for each in found if term in (None, each.term)]

    async def health(self, call: Call) -> Health:
        """Tell whether the database answers, and the date of its data where that is declared."""
        as_of = await self._date(call)
        if as_of is None:
            from connectors.sql.database import PROBE

            await self._database.rows(PROBE, {}, call)
        return Health(well=True, as_of=as_of)

    async def _asked(self, query: Query, values: Mapping[str, Any], call: Call) -> list[dict[str, Any]]:
        from connectors.sql.database import holes, statement

        return await self._database.rows(statement(query), holes(query, values), call)

    async def _date(self, call: Call) -> datetime | None:
        """Ask for the moment the data is from, and note it."""
        if not self._settings.as_of:
            return None
        rows = await self._asked(Query(select=self._settings.as_of), {}, call)
        said = next(iter(rows[0].values()), None) if rows else None
        try:
            moment = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
        except ValueError:
            raise SourceUnreadable(where="as_of") from None
        told = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        call.dated(told)
        return told

    def _records(
        self, rows: Rows, part: list[dict[str, Any]], key: LearnerKey, call: Call
    ) -> Sequence[Record] | SourceError:
        try:
            texts = (value for row in part for value in row.values() if isinstance(value, str))
            judge(sum(map(damage, texts)), Reading(damaged=self._settings.damaged), call)
            return rows.records([_plain(row) for row in part], key)
        except SourceError as error:
            return error


def _latest(rows: Sequence[Mapping[str, Any]]) -> str:
    """Give the largest ``changed``, by its own order: of numbers 10 comes after 9."""
    changed = [row["changed"] for row in rows if row.get("changed") is not None]
    return str(read("changed", max, changed)) if changed else ""


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Spell days and moments as the calendar reads them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    before = row.get("prerequisites")
    parts = [each.strip() for each in str(before or "").split(",")]
    return _plain(row) | {"prerequisites": [each for each in parts if each]}


def _items(declared: Catalogue) -> named.Catalogue:
    """Say where a catalogue's parts are: in the columns of those names."""
    return named.Catalogue(
        path="",
        outcome=Coded(code="code", scheme=declared.scheme, edition=declared.edition),
        title="title",
        title_en="title_en",
        item_kind="kind",
        credit=Amount(amount="credit", scheme=declared.credit_scheme) if declared.credit_scheme else None,
        removed="removed",
    )


def _certificates(declared: CertificateLookup) -> named.CertificateLookup:
    return named.CertificateLookup(
        path="",
        number="number",
        holder="holder",
        outcome=Coded(code="code", scheme=declared.scheme) if declared.scheme else None,
        title="title",
        issued="issued",
        valid_to="valid_to",
        revoked="revoked",
    )


def _courses(declared: OpenCourses) -> named.OpenCourses:
    return named.OpenCourses(
        path="",
        id="id",
        outcome=Coded(code="code", scheme=declared.scheme),
        course_title="title",
        credit=Amount(amount="credit", scheme=declared.credit_scheme) if declared.credit_scheme else None,
        term="term",
        runs="runs",
        seats="seats",
        prerequisites="prerequisites",
        link="url",
    )


def offered(settings: SqlSettings) -> Offers:
    """Offer what is declared, and health."""
    declared = {
        Verb.RESULTS: settings.results,
        Verb.CATALOGUE: settings.catalogue,
        Verb.CERTIFICATE: settings.certificate,
        Verb.OFFERINGS: settings.offerings,
    }
    verbs = frozenset({Verb.HEALTH, *(verb for verb, query in declared.items() if query is not None)})
    return Offers(verbs=verbs, batch=settings.results.batch if settings.results else 1)


def needs(settings: SqlSettings) -> None:
    """Look for the extra ``sql``."""
    need("sql", "sqlalchemy", "connectors.sql.database")


@asynccontextmanager
async def opened(settings: SqlSettings, http: Http) -> AsyncIterator[Sql]:
    """Open the source; it is connected to when it is first asked.

    ``Misdeclared`` where the URL is none, or what it needs is not installed.
    """
    needs(settings)
    from connectors.sql.database import Database

    database = Database(settings)
    try:
        yield Sql(settings, database)
    finally:
        await database.close()


MANIFEST = Manifest(
    name="sql",
    version=VERSION,
    settings=SqlSettings,
    offers=offered,
    opens=opened,
    needs=needs,
    title="Views of a database, declared",
)
