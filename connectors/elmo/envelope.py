"""Envelopes: which ELMO documents an answer holds, and the courses an EWP answer lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from msgspec import Struct

from connectors.decoding.elements import Element
from connectors.elmo.reading import child, children, identified, said, text_of, titled
from connectors.elmo.settings import MOBILITY, ElmoSettings
from connectors.errors import SourceUnreadable
from connectors.offered import CatalogueItem, Change
from connectors.records import Credit, Identifier, Provenance
from connectors.values import exact, optional, read

_EWP = r"https://github\.com/erasmus-without-paper/ewp-specs-api-"
_KNOWN = (
    ("elmo", re.compile(r"https://github\.com/emrex-eu/elmo-schemas/tree/v[012]")),
    (
        "imobility-tors-get-response",
        re.compile(_EWP + r"imobility-tors/(tree|blob)/stable-v[12](/endpoints/get-response\.xsd)?"),
    ),
    ("courses-response", re.compile(_EWP + r"courses/(tree|blob)/stable-v[01](/response\.xsd)?")),
)


class Enclosed(Struct, frozen=True):
    """One ELMO document, and the mobility it is of where an EWP answer says so."""

    root: Element
    mobility: str = ""


def known(root: Element, *names: str) -> str:
    """Tell which kind of answer this is; ``SourceUnreadable`` for another name, namespace or version."""
    name = etree.QName(root)
    for local, namespace in _KNOWN:
        if name.localname == local and local in names and namespace.fullmatch(name.namespace or ""):
            return local
    raise SourceUnreadable(where="xml: another namespace or root")


def transcripts(root: Element) -> Iterator[Enclosed]:
    """Give the ELMO documents of an answer."""
    if known(root, "elmo", "imobility-tors-get-response") == "elmo":
        yield Enclosed(root)
        return
    for tor in children(root, "tor"):
        mobility = said(tor, "omobility-id")
        for each in tor.findall("{*}elmo"):
            known(each, "elmo")
            yield Enclosed(each, mobility)


def owner(enclosed: Enclosed, root: Element, kind: str) -> str:
    """Tell whose a document is; ``SourceUnreadable`` where it does not say."""
    if kind == MOBILITY:
        code = enclosed.mobility
    else:
        learner = child(root, "learner")
        found = identified(learner, (kind,)) if learner is not None else None
        code = found[1] if found else ""
    if not code or len(code) > 120:
        raise SourceUnreadable(where="learner")
    return code


def courses(root: Element, settings: ElmoSettings, source: Provenance) -> Iterator[Change]:
    """Give the catalogue an EWP course list tells: what it is called, what it is worth, what it contains."""
    known(root, "courses-response")
    for each in children(root, "learningOpportunitySpecification"):
        outcome = _coded(each, settings)
        instances = child(each, "specifies")
        first = child(instances, "learningOpportunityInstance")
        item = CatalogueItem(
            outcome=outcome,
            title=titled(children(each, "title")),
            kind=said(each, "type"),
            credit=read("credit", lambda at: _worth(at, settings), first) if first is not None else None,
            hours=optional("engagementHours", exact, said(first, "engagementHours")),
            parts=tuple(_contained(child(each, "contains"), settings)),
            provenance=source,
        )
        yield Change(outcome=outcome, item=item)


def _coded(each: Element, settings: ElmoSettings) -> Identifier:
    code = said(each, "los-id")
    return read("los-id", lambda given: Identifier(scheme=settings.outcome_scheme, code=_some(given)), code)


def _some(code: str) -> str:
    if not 0 < len(code) <= 120:
        raise ValueError("no code, or an endless one")
    return code


def _worth(instance: Element, settings: ElmoSettings) -> Credit | None:
    told = {said(each, "scheme").casefold(): said(each, "value") for each in children(instance, "credit")}
    for name, ours in settings.credits.items():
        if told.get(name.casefold()):
            return Credit(amount=exact(told[name.casefold()]), scheme=ours)
    first = next(((scheme, amount) for scheme, amount in told.items() if scheme and amount), None)
    return Credit(amount=exact(first[1]), scheme=first[0]) if first else None


def _contained(contains: Element | None, settings: ElmoSettings) -> Iterator[Identifier]:
    for each in children(contains, "los-id") if contains is not None else []:
        yield Identifier(scheme=settings.outcome_scheme, code=read("contains", _some, text_of(each)))
