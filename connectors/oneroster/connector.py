"""The OneRoster connector: results with what they belong to, as records; courses as the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from connectors.call import Call
from connectors.contract import Manifest, Offers, Verb
from connectors.errors import SourceError, SourceUnreadable
from connectors.mapping import Coded, Rows
from connectors.notices import NoticeCode
from connectors.offered import CatalogueChanges
from connectors.oneroster.interface import Interface
from connectors.oneroster.newest import Newest
from connectors.oneroster.settings import OneRosterSettings
from connectors.oneroster.shelf import Shelf, Thing, gone, reference
from connectors.records import Freshness, Health, LearnerKey, Provenance, Record, ResultStatus, Verification
from connectors.rest.making import Items
from connectors.rest.settings import Catalogue
from connectors.transport import Http
from connectors.values import exact, optional

VERSION = "1"
_DONE = "fully graded"
_WAYS = {"exempt": "CONVERSION"}


class OneRoster:
    """Asks a OneRoster source as declared."""

    def __init__(self, settings: OneRosterSettings, http: Http) -> None:
        self._settings = settings
        self._interface = Interface(settings, http)
        self._newest = Newest(settings) if settings.archives else None
        fresh = Freshness.LIVE if settings.url else Freshness.STAGED
        self._source = Provenance(connector="oneroster", version=VERSION, freshness=fresh)
        self._rows = Rows(settings.results(), self._source)

    def __repr__(self) -> str:
        return "<OneRoster>"

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record] | SourceError]:
        """Give the records of these learners."""
        shelf = await self._shelf(call)
        named = [each for each in learners if each.scheme == self._settings.key_scheme]
        return {key: await self._of(shelf, key, call) for key in named}

    async def catalogue(self, since: str | None, call: Call) -> CatalogueChanges:
        """Give the courses, all or those changed since; the cursor is the latest change.

        Of archives all are given: a bulk leaves the days of change empty, as its standard asks.
        """
        shelf = await self._shelf(call)
        full = since is None or self._newest is not None
        courses = await shelf.courses("" if full else since or "", call)
        items = Items(self._items(), self._source)
        rows = [{"course": each, "removed": gone(each)} for each in courses]
        latest = max([str(each.get("dateLastModified") or "") for each in courses] + [since or ""])
        return CatalogueChanges(changes=tuple(map(items.change, rows)), full=full, cursor=latest)

    async def health(self, call: Call) -> Health:
        """Tell whether the source answers."""
        shelf = await self._shelf(call)
        await shelf.one("academicSessions", "-", call)
        return Health(well=True, as_of=call.as_of)

    def _items(self) -> Catalogue:
        declared = self._settings
        return Catalogue(
            path="",
            outcome=Coded(code=declared.code, scheme=declared.scheme),
            title="course.title",
            credit=declared.credit,
            removed="removed",
        )

    def close(self) -> None:
        """Leave what is being read."""
        if self._newest is not None:
            self._newest.close()

    async def _shelf(self, call: Call) -> Shelf:
        """Give the interface, or the archives as they are now."""
        if self._newest is not None:
            return await self._newest.archive(call)
        return self._interface

    async def _of(self, shelf: Shelf, key: LearnerKey, call: Call) -> Sequence[Record] | SourceError:
        """Give one learner's records: those whose result is deleted are marked, and told of."""
        given = await shelf.of("results", "student", key.code, call)
        try:
            joined = [each for result in given if (each := await self._joined(shelf, result, call))]
            strangers = [each for each in joined if self._rows.owner(each) != key.code]
            own = [each for each in joined if self._rows.owner(each) == key.code]
            if strangers:
                call.remark(NoticeCode.FOREIGN_RECORDS, len(strangers))
            there = self._rows.records([each for each in own if not gone(each["result"])], key)
            lost = [self._vanished(each, key) for each in own if gone(each["result"])]
            running = await self._running(shelf, key, own, call) if self._settings.enrolled else ()
        except SourceUnreadable as error:
            return error
        if lost:
            call.remark(NoticeCode.RECORDS_VANISHED, len(lost))
        return (*there, *lost, *running)

    def _vanished(self, row: Thing, key: LearnerKey) -> Record:
        made = self._rows.record(row, key)
        return replace(made, vanished=True, verification=Verification.UNVERIFIED)

    async def _joined(self, shelf: Shelf, result: Thing, call: Call) -> Thing | None:
        """Join a result with what it belongs to; none where it is no final one."""
        item = await self._found(shelf, "lineItems", reference(result, "lineItem"), call)
        if "*" not in self._settings.final and reference(item, "category") not in self._settings.final:
            return None
        place = reference(result, "class") or reference(item, "class")
        row = await self._class(shelf, place, call)
        mark, standing = _mark(result, item, self._settings.marks.highest)
        way = _WAYS.get(str(result.get("scoreStatus")))
        return {**row, "result": result, "lineItem": item, "mark": mark, "standing": standing, "way": way}

    async def _class(self, shelf: Shelf, name: str, call: Call) -> Thing:
        place = await self._found(shelf, "classes", name, call)
        course = await self._found(shelf, "courses", reference(place, "course"), call)
        terms = [await self._found(shelf, "academicSessions", each, call) for each in _terms(place)]
        return {"class": place, "course": course, "terms": terms}

    async def _found(self, shelf: Shelf, kind: str, name: str, call: Call) -> Thing:
        found = await shelf.one(kind, name, call) if name else None
        if found is None:
            raise SourceUnreadable(where=f"{kind}: a reference that leads nowhere")
        return found

    async def _running(
        self, shelf: Shelf, key: LearnerKey, own: Sequence[Thing], call: Call
    ) -> Sequence[Record]:
        """Give a record in progress for each class attended that has no final result."""
        done = {each["class"].get("sourcedId") for each in own if not gone(each["result"])}
        found: list[Record] = []
        for each in await shelf.of("enrollments", "user", key.code, call):
            place = reference(each, "class")
            if (
                gone(each)
                or each.get("role") != "student"
                or place in done
                or reference(each, "user") != key.code
            ):
                continue
            row = await self._class(shelf, place, call)
            result = {"sourcedId": each.get("sourcedId"), "student": {"sourcedId": key.code}}
            found.append(self._rows.record({**row, "result": result, "standing": "IN_PROGRESS"}, key))
        return found


def _terms(place: Thing) -> list[str]:
    told = place.get("terms") or []
    if not isinstance(told, list):
        raise SourceUnreadable(where="terms")
    return [reference({"term": each}, "term") for each in told]


def _mark(result: Thing, item: Thing, highest: Decimal) -> tuple[Any, str | None]:
    """Return the mark and, where the mark does not say it, where the result stands.

    ``SourceUnreadable`` where the line item counts to another maximum than was declared: 9 of 10 is no 9.
    """
    unfinished = any(str(result.get(each)).lower() == "true" for each in ("inProgress", "incomplete"))
    status = result.get("scoreStatus")
    if unfinished or status not in (_DONE, "exempt"):
        return None, ResultStatus.IN_PROGRESS.value
    if status == "exempt":
        return None, ResultStatus.COMPLETED.value
    if result.get("textScore"):
        return result["textScore"], None
    most = optional("resultValueMax", exact, item.get("resultValueMax"))
    if most is not None and most != highest:
        raise SourceUnreadable(where="resultValueMax")
    return result.get("score"), None


def offered(settings: OneRosterSettings) -> Offers:
    """Offer results one learner at a time: a OneRoster filter takes one or two conditions, no list."""
    verbs = frozenset({Verb.RESULTS, Verb.CATALOGUE, Verb.HEALTH})
    return Offers(verbs=verbs, batch=1 if settings.url else 200)


@asynccontextmanager
async def opened(settings: OneRosterSettings, http: Http) -> AsyncIterator[OneRoster]:
    """Open the source."""
    source = OneRoster(settings, http)
    try:
        yield source
    finally:
        source.close()


MANIFEST = Manifest(
    name="oneroster",
    version=VERSION,
    settings=OneRosterSettings,
    offers=offered,
    opens=opened,
    title="OneRoster 1.2, REST and CSV",
)
