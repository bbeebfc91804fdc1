"""The smallest useful connector: results by a paged JSON interface. Kept under 60 lines by a test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from connectors.call import Call
from connectors.contract import Manifest, Offers, Secret, Settings, Verb
from connectors.decoding.calendar import completion
from connectors.decoding.strict import read
from connectors.decoding.text import Reading
from connectors.errors import SourceUnreadable
from connectors.records import Attempt, Identifier, LearnerKey, Record, Text
from connectors.transport import Http, Request


class College(Settings, frozen=True):
    url: str
    key: Secret


class Smallest:
    def __init__(self, settings: College, http: Http) -> None:
        self._settings, self._http = settings, http

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record]]:
        found: dict[LearnerKey, list[Record]] = {}
        params = ("learners", ",".join(each.code for each in learners))
        headers = {"Authorization": f"Bearer {self._settings.key.reveal()}"}
        page = "1"
        while page:
            request = Request(url=self._settings.url, params=(params, ("page", page)), headers=headers)
            told = read((await self._http.ask(request, call)).body, Reading(), call)
            try:
                for row in told["rows"]:
                    if row["learner"] is not None:
                        key = LearnerKey(scheme="student", code=row["learner"])
                        found.setdefault(key, []).append(self._record(key, row))
                page = told["next"]
            except (KeyError, TypeError, ValueError):
                raise SourceUnreadable(where="rows") from None
        return found

    def _record(self, key: LearnerKey, row: Mapping) -> Record:
        tries = tuple(Attempt(number=n, completion=completion(day)) for n, day in enumerate(row["days"], 1))
        outcome, title = Identifier(scheme="course", code=row["course"]), Text(zh=row["title"])
        return Record(id=row["id"], learner=key, outcome=outcome, title=title, attempts=tries)


@asynccontextmanager
async def opened(settings: College, http: Http) -> AsyncIterator[Smallest]:
    yield Smallest(settings, http)


OFFERS = Offers(verbs=frozenset({Verb.RESULTS}), batch=50)
MANIFEST = Manifest(name="smallest", version="1", settings=College, offers=OFFERS, opens=opened)
