"""What a person holds and asks with: results, consumption, context. Pure values, never in the graph."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from graph.model.rules import TargetState, WaiverMode
from graph.model.values import Code, Credit, Grade, Key, Value


class Completion(Value, frozen=True):
    """When a result was completed: days from ``first`` to ``last``, both included (a day, a term, a year)."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a completion's last day is not before its first")


class ResultStatus(Enum):
    """Where a result stands."""

    COMPLETED = "COMPLETED"
    IN_PROGRESS = "IN_PROGRESS"
    REVOKED = "REVOKED"
    FAILED = "FAILED"


class Verification(Enum):
    """Whether the result's source confirmed it; CONFLICTING counts as unverified."""

    VERIFIED = "VERIFIED"
    UNVERIFIED = "UNVERIFIED"
    CONFLICTING = "CONFLICTING"


class Obtained(Enum):
    """How a result was obtained; by CONVERSION it is never evidence (R6)."""

    STUDY = "STUDY"
    EXAM = "EXAM"
    TRAINING = "TRAINING"
    EXPERIENCE = "EXPERIENCE"
    CONVERSION = "CONVERSION"


class Result(Value, frozen=True):
    """A result 个人成果: what a person holds of an outcome.

    ``valid_to`` is the first day on which it is no longer valid. ``available`` defaults to ``earned``.
    ``unit`` names a unit held directly. ``part_of`` is the id of the result this one is part of.
    Results typed into a question are ``hypothetical``.
    """

    id: Code
    outcome: Key | None = None
    unit: Key | None = None
    issuer: Key | None = None
    earned: Credit | None = None
    available: Credit | None = None
    grade: Grade | None = None
    completion: Completion | None = None
    valid_to: date | None = None
    status: ResultStatus = ResultStatus.COMPLETED
    attempts: int | None = None
    verification: Verification = Verification.VERIFIED
    part_of: str | None = None
    obtained: Obtained = Obtained.STUDY
    source: str = ""
    hypothetical: bool = False
    fingerprint: str = ""


class ConsumedTarget(Value, frozen=True):
    """One target of a past application, as it was granted; without credit where none was given.

    ``credit`` is the rounded credit. Just one of ``outcome``, ``unit``, ``block``,
    ``entitlement`` is given.
    """

    outcome: Key | None = None
    unit: Key | None = None
    block: Code | None = None
    entitlement: Code | None = None
    mode: WaiverMode = WaiverMode.FULL
    credit: Credit | None = None


class Consumption(Value, frozen=True, kw_only=True):
    """One past application: the results it used and what they were turned into."""

    results: tuple[str, ...]
    rule: Key
    rule_version: int
    sharable: bool = False
    institution: Key
    programme: Key | None = None
    agreement: Key | None = None
    on: date
    targets: tuple[ConsumedTarget, ...] = ()


class HeldTarget(Value, frozen=True):
    """How the learner stands to a target."""

    outcome: Key
    state: TargetState


class SilentSource(Value, frozen=True):
    """A source that did not answer: the issuers it speaks for, and whose consumption it keeps.

    None where nobody knows: then it may speak for any issuer, and keep the consumption of any institution.
    """

    code: Code
    issuers: tuple[Key, ...] | None = ()
    keeps_consumption_of: tuple[Key, ...] | None = ()

    def speaks_for(self, issuer: Key | None) -> bool:
        """Tell whether it could add or take back what this issuer gave."""
        return self.issuers is None or issuer in self.issuers

    def keeps(self, institution: Key) -> bool:
        """Tell whether it keeps what was consumed at this institution."""
        return self.keeps_consumption_of is None or institution in self.keeps_consumption_of


class Context(Value, frozen=True, kw_only=True):
    """What a question is asked in.

    Without ``programme`` the question names the ``credit_scheme``, and there are no blocks.
    """

    institution: Key
    programme: Key | None = None
    credit_scheme: Code | None = None
    applied_on: date
    known_at: datetime | None = None
    consumed: tuple[Consumption, ...] = ()
    silent: tuple[SilentSource, ...] = ()
    targets: tuple[HeldTarget, ...] = ()
