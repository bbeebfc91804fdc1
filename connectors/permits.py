"""Permits: which source may be asked about whom, decided from links and consent before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from connectors.consent import Consent, Wish
from connectors.linkage import Linkage, Linked, Links
from connectors.notices import NoticeCode, Status
from connectors.question import Question
from connectors.records import LearnerKey

Refusal = tuple[Status, NoticeCode]

Understood = Mapping[str, frozenset[str]]
"""By code of a source that may be asked: the schemes of keys it understands, none where it does not say."""


class Permits:
    """What links and consent came to; ``links`` is None where they could not be had."""

    def __init__(
        self, question: Question, links: Links | None, decided: Mapping[Wish, bool], understood: Understood
    ) -> None:
        self._question = question
        self._understood = understood
        self._links = links
        self._decided = decided
        self._said: dict[tuple[LearnerKey, str], Refusal | None] = {}

    def key(self, learner: LearnerKey, code: str) -> LearnerKey | None:
        """Return the learner's key at a source that may be asked."""
        return None if self.refusal(learner, code) else _of(self._links, learner)[code]

    def sources(self, learner: LearnerKey) -> Iterable[str]:
        """Name the sources the learner is linked to."""
        return _of(self._links, learner)

    def refusal(self, learner: LearnerKey, code: str) -> Refusal | None:
        """Say why a source may not be asked, or None if it may."""
        about = learner, code
        if about not in self._said:
            self._said[about] = self._refusal(learner, code)
        return self._said[about]

    def _refusal(self, learner: LearnerKey, code: str) -> Refusal | None:
        if self._links is None or self._links.get(learner, {}) is None:
            return Status.SILENT, NoticeCode.LINKS_UNKNOWN
        if code not in _of(self._links, learner):
            return Status.UNLINKED, NoticeCode.UNLINKED
        if self._question.only and code not in self._question.only:
            return Status.SKIPPED_BY_POLICY, NoticeCode.LEFT_OUT
        schemes = self._understood.get(code)
        if schemes and _of(self._links, learner)[code].scheme not in schemes:
            # asked with such a key a source finds nobody, which would read as "holds nothing"
            return Status.SILENT, NoticeCode.LINKS_UNKNOWN
        consents = self._decided.get(wish(self._question, learner, code))
        if consents is True:
            return None
        if consents is False:
            return Status.NO_CONSENT, NoticeCode.NO_CONSENT
        return Status.CONSENT_UNKNOWN, NoticeCode.CONSENT_UNKNOWN


async def permits(
    question: Question, offering: Understood, linkage: Linkage, consent: Consent, seconds: float
) -> Permits:
    """Find the links, then ask consent for those at ``offering`` sources; each may take ``seconds``."""
    links = await _links(linkage, question.learners, seconds)
    wishes = [
        wish(question, learner, code)
        for learner in question.learners
        for code in sorted(_of(links, learner))
        if code in offering and (not question.only or code in question.only)
    ]
    return Permits(question, links, await _decided(consent, wishes, seconds), offering)


def wish(question: Question, learner: LearnerKey, code: str) -> Wish:
    """Say what needs consent for one learner at one source."""
    return Wish(
        learner=learner,
        source=code,
        purpose=question.purpose,
        basis=question.basis,
        grant=question.grant,
    )


def _of(links: Links | None, learner: LearnerKey) -> Linked:
    """Give what links of a learner are known."""
    return (links or {}).get(learner) or {}


async def _links(linkage: Linkage, learners: Sequence[LearnerKey], seconds: float) -> Links | None:
    try:
        async with asyncio.timeout(seconds):
            return await linkage.find(learners)
    except Exception:  # noqa: BLE001  (whatever is wrong with it, the links are not known)
        return None


async def _decided(consent: Consent, wishes: list[Wish], seconds: float) -> Mapping[Wish, bool]:
    if not wishes:
        return {}
    try:
        async with asyncio.timeout(seconds):
            return await consent.decide(wishes)
    except Exception:  # noqa: BLE001  (fails closed, whatever is wrong with it)
        return {}
