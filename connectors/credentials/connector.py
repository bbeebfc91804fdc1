"""The credentials connector: a learner's badges and transcripts, each proof and each status judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from connectors.attempts import joined
from connectors.call import Call
from connectors.credentials.judging import Judge, Judged, item
from connectors.credentials.manifest import VERSION
from connectors.credentials.reading import (
    Achievements,
    Association,
    is_transcript,
    listed,
    ordered,
    owner,
    subject_of,
    transcript,
)
from connectors.credentials.settings import CredentialsSettings
from connectors.credentials.status import Standing, Statuses
from connectors.credentials.trust import Trust
from connectors.decoding.strict import read
from connectors.decoding.text import decode
from connectors.documents import documents
from connectors.errors import Misdeclared, SourceError
from connectors.notices import NoticeCode
from connectors.proofs import remark
from connectors.records import (
    Freshness,
    Identifier,
    LearnerKey,
    Proof,
    Provenance,
    Record,
    ResultStatus,
    Verification,
    identifier,
)
from connectors.transport import Http


class Credentials:
    """Answers from wallets of credentials."""

    def __init__(self, settings: CredentialsSettings, http: Http) -> None:
        _sensible(settings)
        self._settings = settings
        self._documents = documents(settings, http)
        self._trust = Trust(settings.issuers, http)
        self._judge = Judge(self._trust, settings.audience)
        self._statuses = Statuses(self._trust.lookups, self._judge.proved, settings.most_list_bytes)
        self._achievements = Achievements(settings)
        freshness = Freshness.STAGED if settings.folder else Freshness.LIVE
        self._source = Provenance(connector="credentials", version=VERSION, freshness=freshness)

    def __repr__(self) -> str:
        return "<Credentials>"

    async def results(
        self, learners: Sequence[LearnerKey], call: Call
    ) -> Mapping[LearnerKey, Sequence[Record] | SourceError]:
        """Give the records of these learners; a credential belongs to its subject."""
        found: dict[LearnerKey, Sequence[Record] | SourceError] = {}
        for each in learners:
            if each.scheme == self._settings.results.key_scheme:
                found[each] = await self._held(each, call)
        return found

    async def _held(self, learner: LearnerKey, call: Call) -> Sequence[Record]:
        made: list[Record] = []
        for told in await self._wallet(learner, call):
            judged = await self._judge.judge(item(told), call)
            if owner(subject_of(judged.document), self._settings.results.identity, [learner]) != learner.code:
                call.remark(NoticeCode.FOREIGN_RECORDS)
            elif is_transcript(judged.document):
                made.extend(await self._transcript(judged, learner, call))
            else:
                made.append(await self._record(judged, learner, call))
        return attempted(single(made))

    async def _wallet(self, learner: LearnerKey, call: Call) -> list[Any]:
        """Give the credentials as they came: an array, one, a JWT, or an Open Badges API answer."""
        wallet, asked = self._settings.results, {"code": learner.code}
        if wallet.paging is not None:
            return [
                each
                async for row in self._documents.pages(wallet, wallet.rows, wallet.paging, asked, call)
                for each in unpacked(row)
            ]
        body = await self._documents.give(wallet, asked, call)
        if body is None:
            return []
        if body.lstrip()[:2] == b"ey":
            return [decode(body, self._settings.reading, call)]
        return unpacked(read(body, self._settings.reading, call))

    async def _transcript(self, judged: Judged, learner: LearnerKey, call: Call) -> Sequence[Record]:
        """Read a transcript's own credentials, each by its own proof; it vouches for their order only.

        Where its subject is not the subject of one of them the two say different things about whose it is.
        """
        whole = transcript(judged.document)
        remark(judged.proof, call)
        records = []
        for told in whole.credentials:
            inner = await self._judge.judge(item(told), call)
            record = await self._record(inner, learner, call)
            subject = subject_of(inner.document)
            if owner(subject, self._settings.results.identity, [learner]) != learner.code:
                record = replace(record, verification=Verification.CONFLICTING)
            records.append(record)
        parts: Sequence[Association] = whole.parts if judged.proof is not Proof.INVALID else ()
        return ordered(records, parts)

    async def _record(self, judged: Judged, learner: LearnerKey, call: Call) -> Record:
        remark(judged.proof, call)
        base = Record(id="-", learner=learner, proof=judged.proof, provenance=self._source)
        record = self._achievements.record(judged.document, judged.issuer, base)
        standing = await self._standing(judged, call)
        if standing is Standing.REVOKED:
            record = replace(record, status=ResultStatus.REVOKED)
        return replace(record, verification=_verification(record, judged, standing, call))

    async def _standing(self, judged: Judged, call: Call) -> Standing:
        """Ask for the status of what a trusted issuer proved; of anything else it would prove nothing."""
        issuer = self._trust.issuer(judged.issuer)
        if issuer is None or judged.proof is not Proof.VALID:
            return Standing.UNKNOWN
        standing = await self._statuses.standing(judged.document, issuer, call)
        if standing is Standing.UNKNOWN:
            call.remark(NoticeCode.STATUS_UNKNOWN)
        return standing


def _verification(record: Record, judged: Judged, standing: Standing, call: Call) -> Verification:
    """Verified is what a trusted issuer proved and did not take back; more credit than there is conflicts."""
    if record.earned and record.available and record.earned.amount > record.available.amount:
        call.remark(NoticeCode.CREDIT_CONFLICT)
        return Verification.CONFLICTING
    sure = judged.proof is Proof.VALID and judged.trusted and standing is not Standing.UNKNOWN
    return Verification.VERIFIED if sure else Verification.UNVERIFIED


def unpacked(told: Any) -> list[Any]:
    """Give the credentials in an answer: an array, one, or what an Open Badges or CLR interface answers."""
    if (
        isinstance(told, dict)
        and "@context" not in told
        and ("credential" in told or "compactJwsString" in told)
    ):
        return [*listed(told.get("credential")), *listed(told.get("compactJwsString"))]
    return listed(told)


def single(records: Sequence[Record]) -> list[Record]:
    """Take a credential once that is held by itself and in a transcript too: as the transcript has it."""
    found: dict[tuple[str, Record], Record] = {}
    for each in sorted(records, key=lambda each: bool(each.part_of or each.parts)):
        found[(each.id, replace(each, part_of=None, parts=()))] = each
    return list(found.values())


def attempted(records: Sequence[Record]) -> tuple[Record, ...]:
    """Join credentials of one achievement under one name, equally proved: they are attempts at it."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for each in records:
        alone: Identifier | str = each.outcome or each.id
        tied = bool(each.part_of or each.parts)
        key = (alone, each.id if tied else "", each.title, each.issuer, each.proof, each.verification)
        groups.setdefault(key, []).append(each)
    return tuple(one for group in groups.values() for one in (joined(group) if len(group) > 1 else group))


def _sensible(settings: CredentialsSettings) -> None:
    try:
        for each in settings.issuers:
            if each.key:
                identifier(each.key)
    except ValueError as error:
        raise Misdeclared(f"issuers: {error}") from None
    if any(each.jwks and not each.jwks.startswith("https://") for each in settings.issuers):
        raise Misdeclared("issuers: a key set is at an https address")
