"""Reading ELMO: reports, what a learner did in them, and the parts of it, into canonical records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree
from msgspec.structs import replace

from connectors.attempts import joined
from connectors.decoding.calendar import completion
from connectors.decoding.elements import Element
from connectors.elmo.settings import ElmoSettings
from connectors.errors import SourceUnreadable
from connectors.records import (
    Completion,
    Credit,
    Grade,
    Identifier,
    LearnerKey,
    Precision,
    Provenance,
    Record,
    ResultStatus,
    Text,
)
from connectors.values import exact, optional, read

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST_TITLE = 400
_LONGEST_ID = 120
_STATUSES = {
    "passed": ResultStatus.COMPLETED,
    "failed": ResultStatus.FAILED,
    "in-progress": ResultStatus.IN_PROGRESS,
}
_CHILD_OF = "learningOpportunitySpecification"


def children(parent: Element, name: str) -> list[Element]:
    """Give the children of a local name in the parent's own namespace."""
    return parent.findall(f"{{{etree.QName(parent).namespace}}}{name}")


def child(parent: Element | None, name: str) -> Element | None:
    """Give the first such child."""
    found = children(parent, name) if parent is not None else []
    return found[0] if found else None


def text_of(element: Element | None) -> str:
    """Give an element's text as it was signed: its blanks collapsed, comments no part of it."""
    return "" if element is None else " ".join(str(element.xpath("string()")).split())


def said(parent: Element | None, name: str) -> str:
    """Give the text of the first such child, empty where there is none."""
    return text_of(child(parent, name))


def titled(titles: Sequence[Element]) -> Text:
    """Choose among titles in many languages: Chinese, and English or else the first there is."""
    spoken = [(each.get(_LANG, "").lower().partition("-")[0], text_of(each)) for each in titles]
    zh = next((text for language, text in spoken if language == "zh"), "")
    other = next((text for _, text in spoken if text), "")
    en = next((text for language, text in spoken if language == "en"), "" if zh else other)
    return Text(zh=_short(zh), en=_short(en))


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def identified(parent: Element, types: Sequence[str]) -> tuple[str, str] | None:
    """Find the identifier of the first type that is there: (type, value)."""
    found = {each.get("type", ""): text_of(each) for each in reversed(children(parent, "identifier"))}
    return next(((kind, found[kind]) for kind in types if found.get(kind)), None)


class Reports:
    """Makes records of the reports of one ELMO document."""

    def __init__(self, settings: ElmoSettings) -> None:
        self._settings = settings
        self._credits = {name.casefold(): ours for name, ours in settings.credits.items()}

    def records(self, root: Element, learner: LearnerKey, source: Provenance) -> tuple[Record, ...]:
        """Make the records of a document, every part a record of its own that names what it is a part of.

        The same thing done several times is one record with attempts. ``SourceUnreadable`` names what cannot
        be read.
        """
        made: list[Record] = []
        for report in children(root, "report"):
            issuer = self._issuer(child(report, "issuer"))
            base = Record(id="-", learner=learner, issuer=issuer, provenance=source)
            for each in children(report, _CHILD_OF):
                made.extend(self._tree(each, base, ""))
        return _attempted(made)

    def _issuer(self, issuer: Element | None) -> Identifier | None:
        found = identified(issuer, self._settings.issuer_types) if issuer is not None else None
        return read("issuer", lambda each: Identifier(scheme=each[0], code=each[1]), found) if found else None

    def _tree(self, opportunity: Element, base: Record, above: str) -> Iterator[Record]:
        """Make the record of one thing and of all its parts."""
        record = self._record(opportunity, base, above)
        parts: list[str] = []
        below: list[Record] = []
        for part in children(opportunity, "hasPart"):
            for each in children(part, _CHILD_OF):
                first, *rest = self._tree(each, base, record.id)
                parts.append(first.id)
                below.extend((first, *rest))
        yield replace(record, parts=tuple(dict.fromkeys(parts)))
        yield from below

    def _record(self, opportunity: Element, base: Record, above: str) -> Record:
        found = identified(opportunity, self._settings.codes)
        outcome = read("identifier", self._outcome, found) if found else None
        title = titled(children(opportunity, "title"))
        instance = child(child(opportunity, "specifies"), "learningOpportunityInstance")
        return replace(
            base,
            id=_named(base, above, outcome.code if outcome else _by_title(title)),
            part_of=above or None,
            outcome=outcome,
            title=title,
            **(self._done(instance) if instance is not None else {}),
        )

    def _outcome(self, found: tuple[str, str]) -> Identifier:
        return Identifier(scheme=self._settings.outcome_scheme, code=found[1])

    def _done(self, instance: Element) -> dict[str, Any]:
        """Read what the learner did: when, how well, for how much."""
        status = said(instance, "status") or "passed"
        hours = optional("engagementHours", exact, said(instance, "engagementHours"))
        if hours is not None and hours < 0:
            raise SourceUnreadable(where="engagementHours")
        return {
            "status": read("status", _STATUSES.__getitem__, status),
            "completion": read("date", _completed, instance),
            "grade": read("resultLabel", self._grade, instance),
            "earned": read("credit", self._credit, children(instance, "credit")),
            "levels": tuple(read("level", _levels, instance)),
            "hours": hours,
        }

    def _grade(self, instance: Element) -> Grade | None:
        label = said(instance, "resultLabel")
        if not label:
            return None
        local = said(instance, "gradingSchemeLocalId")
        scheme = self._settings.grades.get(local, local) or self._settings.grades.get("", "unnamed")
        return Grade(scheme=scheme, value=label[:40], written=label[:40])

    def _credit(self, amounts: Sequence[Element]) -> Credit | None:
        """Choose one amount: by the declared preference, else the first."""
        told = [(said(each, "scheme"), said(each, "value")) for each in amounts]
        known = {scheme.casefold(): amount for scheme, amount in reversed(told) if amount}
        for name, ours in self._credits.items():
            if name in known:
                return Credit(amount=exact(known[name]), scheme=ours)
        for scheme, amount in told:
            if scheme and amount:
                return Credit(amount=exact(amount), scheme=scheme)
        return None


def _by_title(title: Text) -> str:
    if title == Text():
        raise SourceUnreadable(where="identifier")
    return f"title {title.en or title.zh}"


def _named(base: Record, above: str, own: str) -> str:
    """Name a record within its report: by the path of codes, or a digest of it where that is too long."""
    start = above or (f"{base.issuer.code}" if base.issuer else "-")
    name = f"{start}/{own}"
    if len(name) <= _LONGEST_ID:
        return name
    return "digest " + hashlib.blake2b(name.encode(), digest_size=32).hexdigest()


def _completed(instance: Element) -> Completion | None:
    """Find when it was completed: the day of the result, else the term or the run it lies in."""
    day = said(instance, "date")
    if day:
        return completion(day[:10])
    for lasting in (child(instance, "academicTerm"), instance):
        first, last = said(lasting, "start"), said(lasting, "end")
        if first and last:
            runs = completion(first[:10]).first, completion(last[:10]).last
            return Completion(first=runs[0], last=runs[1], precision=Precision.TERM)
    return None


def _levels(instance: Element) -> Iterator[Identifier]:
    for each in children(instance, "level"):
        framework, value = said(each, "type"), said(each, "value")
        if framework and value:
            yield Identifier(scheme=framework, code=value)


def _attempted(records: Sequence[Record]) -> tuple[Record, ...]:
    """Make one record of those of one id: the same thing done several times."""
    groups: dict[str, list[Record]] = {}
    for each in records:
        groups.setdefault(each.id, []).append(each)
    return tuple(one for group in groups.values() for one in (joined(group) if len(group) > 1 else group))
