"""The elmo connector: transcripts by learner and course lists, their signatures judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from connectors.call import Call
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
from connectors.records import (
    CatalogueChanges,
    Freshness,
    LearnerKey,
    Proof,
    Provenance,
    Record,
    Verification,
)
from connectors.transport import Http

_REMARKS = {
    Proof.INVALID: NoticeCode.SIGNATURE_INVALID,
    Proof.UNRESOLVABLE: NoticeCode.SIGNATURE_UNCHECKED,
    Proof.WEAK_ALGORITHM: NoticeCode.SIGNATURE_UNCHECKED,
}


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
        root = await self._asked(declared, named, call)
        found: dict[LearnerKey, Sequence[Record] | SourceError] = {}
        for enclosed in transcripts(root) if root is not None else ():
            self._take(enclosed, declared, found, call)
        return found

    async def catalogue(self, since: str | None, call: Call) -> CatalogueChanges:
        """Give the whole course list; EWP knows no changes since."""
        if self._settings.courses is None:
            raise SourceUnreadable(NoticeCode.NOT_OFFERED)
        body = await self._documents.give(self._settings.courses, {}, call)
        root = self._open(body, call) if body is not None else None
        changes = tuple(courses(root, self._settings, self._source)) if root is not None else ()
        return CatalogueChanges(changes=changes, full=True)

    async def _asked(self, declared: Transcripts, named: Sequence[LearnerKey], call: Call) -> Element | None:
        more = [(declared.repeat, each.code) for each in named] if declared.repeat else []
        body = await self._documents.give(declared, {"code": named[0].code}, call, more)
        return self._open(body, call) if body is not None else None

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
        if proof in _REMARKS:
            call.remark(_REMARKS[proof])
        made = self._reports.records(root, key, source)
        return [replace(each, proof=proof, verification=verification) for each in made]


def _moment(written: str, call: Call) -> datetime:
    """Read when the document was made; it dates the whole answer."""
    try:
        moment = datetime.fromisoformat(written)
        aware = moment if moment.tzinfo else moment.astimezone()
    except (ValueError, OverflowError):
        raise SourceUnreadable(where="generatedDate") from None
    call.dated(aware)
    return aware
