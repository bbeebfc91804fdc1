"""The harbour college's old interface: forms go in, lines of text in GB18030 come out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from urllib.parse import urlencode

from connectors.call import Call
from connectors.contract import Manifest, Offers, Secret, Settings, Verb
from connectors.decoding.calendar import completion
from connectors.decoding.marks import Marks, read_mark
from connectors.decoding.people import same_name
from connectors.decoding.text import Reading, decode
from connectors.errors import SourceError, SourceUnreadable
from connectors.records import (
    Certificate,
    Credit,
    Identifier,
    LearnerKey,
    Record,
    Text,
)
from connectors.transport import Http, Request

SCHEME = "harbour-sailor"


class Harbour(Settings, frozen=True):
    """What an operator sets."""

    url: str
    word: Secret


class Pier:
    """One source, open and ready to be asked."""

    def __init__(self, settings: Harbour, http: Http) -> None:
        self._settings, self._http = settings, http

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record] | SourceError]:
        """Give the records of these learners: one form each, for the old system knows no lists."""
        found: dict[LearnerKey, Sequence[Record] | SourceError] = {}
        for learner in learners:
            if learner.scheme != SCHEME:
                continue
            lines = await self._lines({"what": "results", "sailor": learner.code}, call)
            found[learner] = [_record(cells) for cells in lines]
        return found

    async def certificate(self, number: str, name: str, call: Call) -> Certificate | None:
        """Look one certificate up by its number and the holder's name."""
        for cells in await self._lines({"what": "certificate", "number": number}, call):
            found = _certificate(cells)
            if found.number == number and same_name(found.holder, name):
                return found
        return None

    async def _lines(self, form: Mapping[str, str], call: Call) -> list[list[str]]:
        body = urlencode({**form, "word": self._settings.word.reveal()}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        request = Request(url=self._settings.url, method="POST", headers=headers, body=body, read=True)
        answer = await self._http.ask(request, call)
        return list(_cells(decode(answer.body, Reading(codec="gb18030"), call)))


def _cells(text: str) -> Iterator[list[str]]:
    """Split an answer; it ends with END, or it was cut off."""
    *lines, last = text.splitlines() or [""]
    if last != "END":
        raise SourceUnreadable(where="end")
    for line in lines:
        yield line.split("|")


def _record(cells: list[str]) -> Record:
    try:
        sailor, number, course, title, credit, mark, day = cells
        grade, status, _ = read_mark(mark, Marks(numbers="percent-100"))
        return Record(
            id=number,
            learner=LearnerKey(scheme=SCHEME, code=sailor),
            outcome=Identifier(scheme="harbour-course", code=course),
            title=Text(zh=title),
            earned=Credit(amount=Decimal(credit), scheme="college-16h"),
            grade=grade,
            status=status,
            completion=completion(day),
        )
    except (ValueError, ArithmeticError):
        raise SourceUnreadable(where="line") from None


def _certificate(cells: list[str]) -> Certificate:
    try:
        number, holder, title, day = cells
    except ValueError:
        raise SourceUnreadable(where="line") from None
    return Certificate(number=number, holder=holder, title=Text(zh=title), issued=completion(day))


@asynccontextmanager
async def opened(settings: Harbour, http: Http) -> AsyncIterator[Pier]:
    """Open the source."""
    yield Pier(settings, http)


MANIFEST = Manifest(
    name="harbour",
    version="0.1.0",
    settings=Harbour,
    offers=Offers(verbs=frozenset({Verb.RESULTS, Verb.CERTIFICATE})),
    opens=opened,
    title="Harbour college (synthetic)",
    key_schemes=(SCHEME,),
)
