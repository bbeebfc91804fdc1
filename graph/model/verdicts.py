"""Verdicts: the closed list of what the evaluator may say of a rule version and a target."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from graph.model.rules import WaiverMode
from graph.model.values import Key, Value


class Verdict(Enum):
    """What is said of (rule version, target). Never merged into "no"; MEETS_RULE is not a grant."""

    MEETS_RULE = "MEETS_RULE"
    CAPPED = "CAPPED"
    UNDECIDED = "UNDECIDED"
    CONDITIONAL = "CONDITIONAL"
    UNVERIFIED = "UNVERIFIED"
    EXCLUDED = "EXCLUDED"
    ALREADY_HELD = "ALREADY_HELD"
    DENIED = "DENIED"
    NOT_YET_VALID = "NOT_YET_VALID"
    PARTIAL = "PARTIAL"
    OUT_OF_WINDOW = "OUT_OF_WINDOW"
    SUPERSEDED = "SUPERSEDED"
    NOT_MET = "NOT_MET"
    NOT_EVALUATED = "NOT_EVALUATED"


class TargetKind(Enum):
    """What a grant is of. PROGRAMME is the target of a denial that names nothing."""

    OUTCOME = "OUTCOME"
    UNIT = "UNIT"
    ELECTIVE = "ELECTIVE"
    ENTITLEMENT = "ENTITLEMENT"
    PROGRAMME = "PROGRAMME"


class Target(Value, frozen=True):
    """A target: an outcome's or unit's key, a block's code, an entitlement's code, or the programme's key.

    The key of a PROGRAMME target is empty where the question has no programme.
    """

    kind: TargetKind
    key: str = ""


class Judged(Value, frozen=True, kw_only=True):
    """The verdict of one rule version on one target, and what the grant would give.

    ``grant`` is the place (from 0) of the grant among the rule's, a whole-block grant counting once
    for all it is short for. ``credit`` is the rounded credit given under the verdict, in the scheme of the
    grant (None: none, or unknown); ``gives`` tells whether credit or a waiver is given (MEETS_RULE always
    gives; CAPPED may).
    """

    rule: Key
    version: int
    grant: int
    target: Target
    verdict: Verdict
    gives: bool = False
    mode: WaiverMode = WaiverMode.FULL
    credit: Decimal | None = None
    scheme: str = ""
    evidence: tuple[str, ...] = ()


class PlanNumbers(Value, frozen=True, kw_only=True):
    """The five numbers of a plan (R19), in the order in which they are optimised."""

    credit: Decimal
    waivers: int
    results: int
    priorities: int
    ranks: int
