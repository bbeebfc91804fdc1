"""What is declared of a source that speaks ELMO."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from msgspec import field as setting

from connectors.documents import Located, Place

MOBILITY = "omobility-id"


class Transcripts(Place, frozen=True, kw_only=True):
    """Where transcripts are: one ELMO document for each learner, or an EWP answer that holds several.

    ``identifier`` is the type of the learner's identifier in ELMO that is the learner's key here, or
    ``omobility-id`` for the mobility an EWP transcript is of. Where ``repeat`` names a parameter it is sent
    once for each learner, and ``batch`` learners may be asked about at once.
    """

    key_scheme: str
    identifier: str = "nationalIdentifier"
    repeat: str = ""
    batch: Annotated[int, Meta(ge=1, le=100)] = 1


class ElmoSettings(Located, frozen=True, kw_only=True):
    """A source of ELMO documents, EWP transcripts and EWP course lists.

    ``outcome_scheme`` is the scheme of what ``codes`` identify, the first type found counting;
    ``issuer_types`` choose among an issuer's identifiers. ``credits`` say, in the order of preference, what
    ELMO's credit schemes are called here (compared without case); of others the first is taken as it is.
    ``grades`` say what a report's grading schemes are called here. ``certificates`` are the PEM files of
    those whose signature is trusted: a certificate that only comes with a document is not. ``vouches`` tells
    that the source is the issuer's own, so that its unsigned records count as verified.
    """

    outcome_scheme: str
    results: Transcripts | None = None
    courses: Place | None = None
    codes: tuple[str, ...] = ("local", "ewp-los-id", "elmo")
    issuer_types: tuple[str, ...] = ("schac", "pic", "erasmus")
    credits: dict[str, str] = setting(default_factory=lambda: {"ects": "ects"})
    grades: dict[str, str] = setting(default_factory=dict)
    certificates: tuple[str, ...] = ()
    vouches: bool = False
