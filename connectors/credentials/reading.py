"""Reading credentials: an achievement into a record, a transcript into its achievements and their order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, json
from msgspec.structs import replace

from connectors.credentials.settings import CredentialsSettings
from connectors.decoding.calendar import LATEST, completion, zoned
from connectors.errors import SourceUnreadable
from connectors.notices import NoticeCode
from connectors.records import Credit, Grade, Identifier, LearnerKey, Record, ResultStatus, Text
from connectors.values import exact, optional, read

_MOST = 1000
_LONGEST = 120
_HAN = re.compile("[\u3400-\u9fff]")
_STATUSES = {
    "Completed": ResultStatus.COMPLETED,
    "Enrolled": ResultStatus.IN_PROGRESS,
    "InProgress": ResultStatus.IN_PROGRESS,
    "OnHold": ResultStatus.IN_PROGRESS,
    "Provisional": ResultStatus.IN_PROGRESS,
    "Failed": ResultStatus.FAILED,
    "Withdrew": ResultStatus.FAILED,
}
_GRADES = ("LetterGrade", "Percent", "ScaledScore", "RawScore", "GradePointAverage")
_BELOW = frozenset({"isParentOf"})
_ABOVE = frozenset({"isChildOf", "isPartOf"})

Document = Mapping[str, Any]


class Association(Struct, frozen=True):
    """One line of a transcript's order: what ``child`` is a part of, by the ids of achievements."""

    parent: str
    child: str


class Transcript(Struct, frozen=True):
    """A Comprehensive Learner Record: its credentials, and every association it makes between achievements.

    ``associations`` are all there are; ``parts`` those that say what is a part of what.
    """

    credentials: tuple[Any, ...]
    associations: tuple[Document, ...]
    parts: tuple[Association, ...]

    def __repr__(self) -> str:
        return f"<Transcript, {len(self.credentials)} credentials>"


def listed(value: Any) -> list[Any]:
    """Give a value that may be one or many as many; ``SourceUnreadable`` (TOO_LARGE) over a thousand."""
    told = value if isinstance(value, list) else [] if value is None else [value]
    if len(told) > _MOST:
        raise SourceUnreadable(NoticeCode.TOO_LARGE, where="list")
    return told


def subject_of(document: Document) -> Document:
    """Give the one subject of a credential; ``SourceUnreadable`` where there is none or several."""
    told = listed(document.get("credentialSubject"))
    if len(told) != 1 or not isinstance(told[0], dict):
        raise SourceUnreadable(where="credentialSubject")
    return told[0]


def is_transcript(document: Document) -> bool:
    """Tell whether a credential is a Comprehensive Learner Record."""
    return "ClrCredential" in listed(document.get("type"))


def transcript(document: Document) -> Transcript:
    """Read what a Comprehensive Learner Record holds."""
    subject = subject_of(document)
    associations = tuple(each for each in listed(subject.get("association")) if isinstance(each, dict))
    parts = tuple(part for each in associations for part in _part(each))
    return Transcript(tuple(listed(subject.get("verifiableCredential"))), associations, parts)


def _part(association: Document) -> Iterator[Association]:
    kind, source, target = (association.get(name) for name in ("associationType", "sourceId", "targetId"))
    if not (isinstance(source, str) and isinstance(target, str)):
        raise SourceUnreadable(where="association")
    if kind in _BELOW:
        yield Association(source, target)
    elif kind in _ABOVE:
        yield Association(target, source)


def owner(subject: Document, identity: str, asked: Sequence[LearnerKey]) -> str | None:
    """Tell whose a credential is; a hashed identity is compared with those asked about."""
    if identity == "id":
        name = subject.get("id")
        return name if isinstance(name, str) else None
    for each in listed(subject.get("identifier")):
        if isinstance(each, dict) and each.get("identityType") == identity:
            told, salt = str(each.get("identityHash", "")), str(each.get("salt", "") or "")
            if each.get("hashed") is not True:
                return told or None
            return next((key.code for key in asked if _hashed(key.code, salt) == told), None)
    return None


def _hashed(code: str, salt: str) -> str:
    return "sha256$" + hashlib.sha256((code + salt).encode()).hexdigest()


class Achievements:
    """Makes records of achievement credentials."""

    def __init__(self, settings: CredentialsSettings) -> None:
        self._settings = settings
        self._issuers = {each.id: each.key for each in settings.issuers}

    def record(self, document: Document, issuer: str, base: Record) -> Record:
        """Make one record, whatever its proof; ``SourceUnreadable`` names what cannot be read."""
        subject = subject_of(document)
        told = subject.get("achievement")
        achievement = told if isinstance(told, dict) else {}
        when = next(
            (each for each in (*_dates(subject, "activityEndDate"), *_dates(document, *_MADE)) if each), None
        )
        return replace(
            base,
            id=_id(document),
            outcome=self._outcome(achievement),
            title=_title(achievement.get("name") or document.get("name")),
            issuer=self._issuer(issuer),
            earned=optional("creditsEarned", self._credit, subject.get("creditsEarned")),
            available=optional("creditsAvailable", self._credit, achievement.get("creditsAvailable")),
            grade=read("result", lambda given: self._grade(given, achievement), subject),
            status=read("result", _status, subject),
            completion=optional("activityEndDate", completion, when),
            valid_to=optional(
                "validUntil", _ends, next(_dates(document, "validUntil", "expirationDate"), None)
            ),
        )

    def _outcome(self, achievement: Document) -> Identifier | None:
        code = achievement.get("id")
        if not isinstance(code, str) or not 0 < len(code) <= _LONGEST:
            return None
        return Identifier(scheme=self._settings.outcome_scheme, code=code)

    def _issuer(self, issuer: str) -> Identifier | None:
        key = self._issuers.get(issuer)
        if key:
            scheme, edition, code = key.split(":", 2)
            return Identifier(scheme=scheme, edition=edition, code=code)
        return Identifier(scheme="uri", code=issuer) if 0 < len(issuer) <= _LONGEST else None

    def _credit(self, given: Any) -> Credit:
        return Credit(amount=exact(given), scheme=self._settings.credit_scheme)

    def _grade(self, subject: Document, achievement: Document) -> Grade | None:
        """Choose one grade of several: a mark before a score, whatever the order they come in."""
        kinds = {
            each.get("id"): str(each.get("resultType"))
            for each in listed(achievement.get("resultDescription"))
        }
        told = [
            (kinds.get(each.get("resultDescription"), "unnamed"), str(each["value"]))
            for each in listed(subject.get("result"))
            if each.get("value") not in (None, "")
        ]
        if not told:
            return None
        kind, value = min(told, key=lambda each: (_rank(each[0]), *each))
        return Grade(scheme=self._settings.grades.get(kind, kind), value=value[:40], written=value[:40])


_MADE = ("awardedDate", "validFrom", "issuanceDate")


def _rank(kind: str) -> int:
    return _GRADES.index(kind) if kind in _GRADES else len(_GRADES)


def _status(subject: Document) -> ResultStatus:
    told = {each["status"] for each in listed(subject.get("result")) if each.get("status")}
    found = {_STATUSES[each] for each in told}
    for each in (ResultStatus.FAILED, ResultStatus.IN_PROGRESS):
        if each in found:
            return each
    return ResultStatus.COMPLETED


def _dates(told: Document, *names: str) -> Iterator[str]:
    for name in names:
        if told.get(name):
            yield str(told[name])


def _ends(written: str) -> date | None:
    """Read the first day it is no longer valid; beyond 2100 means that it always is."""
    day = zoned(written).date() if written[:4] < "2101" else LATEST
    return day if day < LATEST else None


def _title(name: Any) -> Text:
    """Read a name, plain or in languages."""
    told = [(_spoken(each), _words(each)) for each in listed(name)]
    zh = next((text for language, text in told if language.startswith("zh")), "")
    return Text(
        zh=zh[:400], en=next((text for language, text in told if not language.startswith("zh")), "")[:400]
    )


def _words(name: Any) -> str:
    text = name.get("@value") if isinstance(name, dict) else name
    return " ".join(text.split()) if isinstance(text, str) else ""


def _spoken(name: Any) -> str:
    if isinstance(name, dict) and isinstance(name.get("@language"), str):
        return str(name["@language"]).lower()
    return "zh" if _HAN.search(_words(name)) else ""


def _id(document: Document) -> str:
    name = document.get("id")
    if isinstance(name, str) and name.strip() == name and 0 < len(name) <= _LONGEST:
        return name
    return "digest " + hashlib.blake2b(json.encode(document, order="sorted"), digest_size=32).hexdigest()


def ordered(records: Sequence[Record], parts: Sequence[Association]) -> tuple[Record, ...]:
    """Write into records what is a part of what; what an association names and is not there is passed over.

    Where one achievement has several credentials each of them is meant; a thing is a part of one other, the
    first named.
    """
    by_code: dict[str, list[str]] = {}
    for each in records:
        if each.outcome is not None:
            by_code.setdefault(each.outcome.code, []).append(each.id)
    above: dict[str, str] = {}
    below: dict[str, list[str]] = {}
    for part in parts:
        for parent in by_code.get(part.parent, [])[:1]:
            for child in by_code.get(part.child, []):
                if child != parent and child not in above:
                    above[child] = parent
                    below.setdefault(parent, []).append(child)
    return tuple(
        replace(each, part_of=above.get(each.id), parts=tuple(below.get(each.id, ()))) for each in records
    )
