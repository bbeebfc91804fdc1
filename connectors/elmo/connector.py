"""The elmo connector: transcripts by learner and course lists, their signatures judged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from connectors.call import Call
from connectors.decoding.calendar import zoned
from connectors.decoding.elements import Element, opened
from connectors.decoding.text import decode
from connectors.documents import documents
from connectors.elmo.envelope import Enclosed, courses, owner, transcripts
from connectors.elmo.manifest import VERSION
from connectors.elmo.reading import Reports, said
from connectors.elmo.settings import ElmoSettings, Transcripts
from connectors.elmo.signature import Trusted
from connectors.errors import SourceError, SourceUnreadable
from connectors.notices import NoticeCode
from connectors.offered import CatalogueChanges, Change
from connectors.proofs import remark
from connectors.records import Freshness, LearnerKey, Proof, Provenance, Record, Verification
from connectors.transport import Http


class Elmo:
    """Answers from ELMO documents."""

    def __init__(self, settings: ElmoSettings, http: Http) -> None:
        self._settings = settings
        self._documents = documents(settings, http)
        self._trusted = Trusted(settings.certificates)
        self._reports = Reports(settings)
        freshness = Freshness.STAGED if settings.folder else Freshness.LIVE
        self._source = Provenance(connector="elmo", version=VERSION, freshness=freshness)

    def __repr__(self) -> str:
        return "<Elmo>"

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record] | SourceError]:
        """Give the records of these learners; a document belongs to whom it names."""
        declared = self._settings.results
        if declared is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        named = [each for each in learners if each.scheme == declared.key_scheme]
        if not named:
            return {}
        more = [(declared.repeat, each.code) for each in named] if declared.repeat else []
        body = await self._documents.give(declared, {"code": named[0].code}, call, more)
        return {} if body is None else await asyncio.to_thread(self._read, body, declared, call)

    async def catalogue(self, since: str | None, call: Call) -> CatalogueChanges:
        """Give the whole course list; EWP knows no changes since."""
        if self._settings.courses is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        body = await self._documents.give(self._settings.courses, {}, call)
        changes = () if body is None else await asyncio.to_thread(self._listed, body, call)
        return CatalogueChanges(changes=changes, full=True)

    def _read(
        self, body: bytes, declared: Transcripts, call: Call
    ) -> dict[LearnerKey, Sequence[Record] | SourceError]:
        """Read an answer and judge its signatures, which takes too long for the event loop."""
        found: dict[LearnerKey, Sequence[Record] | SourceError] = {}
        for enclosed in transcripts(self._open(body, call)):
            self._take(enclosed, declared, found, call)
        return found

    def _listed(self, body: bytes, call: Call) -> tuple[Change, ...]:
        return tuple(courses(self._open(body, call), self._settings, self._source))

    def _open(self, body: bytes, call: Call) -> Element:
        return opened(decode(body, self._settings.reading, call))

    def _take(
        self,
        enclosed: Enclosed,
        declared: Transcripts,
        found: dict[LearnerKey, Sequence[Record] | SourceError],
        call: Call,
    ) -> None:
        """Put one document's records where they belong; what is wrong with it is its learner's alone."""
        signed = self._trusted.look(enclosed.root)
        key = LearnerKey(scheme=declared.key_scheme, code=owner(enclosed, signed.root, declared.identifier))
        before = found.get(key, ())
        if isinstance(before, SourceError):
            return
        try:
            found[key] = (*before, *self._records(signed.root, signed.proof, key, call))
        except SourceError as error:
            found[key] = error

    def _records(self, root: Element, proof: Proof, key: LearnerKey, call: Call) -> Sequence[Record]:
        dated = said(root, "generatedDate")
        source = replace(self._source, as_of=_moment(dated, call)) if dated else self._source
        verified = proof is Proof.VALID or (proof is Proof.UNSIGNED and self._settings.vouches)
        verification = Verification.VERIFIED if verified else Verification.UNVERIFIED
        remark(proof, call)
        made = self._reports.records(root, key, source)
        return [replace(each, proof=proof, verification=verification) for each in made]


def _moment(written: str, call: Call) -> datetime:
    """Read when the document was made; it dates the whole answer."""
    try:
        aware = zoned(written)
    except (ValueError, OverflowError):
        raise SourceUnreadable(where="generatedDate") from None
    call.dated(aware)
    return aware
