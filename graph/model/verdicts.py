"""Verdicts: the closed list of what the evaluator may say of a rule version and a target."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from graph.model.rules import Fee, WaiverMode
from graph.model.trees import Node, NodeKind, Reason
from graph.model.values import Grade, Key, Value


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
    gives; CAPPED may). ``alternative`` is the place of the best alternative, ``nearest`` of the one nearest
    to completion where none is met (R24); ``deciding`` names the silent sources behind UNDECIDED (R20);
    ``limited`` says that the search was cut short: the verdict is still true, or CONDITIONAL with
    SEARCH_LIMIT, but another assignment may come before the one shown.
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
    reason: Reason | None = None
    alternative: int | None = None
    nearest: int | None = None
    priority: int = 100
    preferred: bool = False
    grade: Grade | None = None
    deciding: tuple[str, ...] = ()
    limited: bool = False
    tree: Node | None = None


class Rollup(Value, frozen=True, kw_only=True):
    """The best verdict on a target over all rules concerned (R1), NOT_EVALUATED if no rule names it."""

    target: Target
    verdict: Verdict
    gives: bool = False
    preferred: tuple[tuple[Key, int], ...] = ()


class MightConcern(Value, frozen=True, kw_only=True):
    """How many rule versions only outcomes of this silent source could make concerned (R2)."""

    source: str
    rules: int


class Answer(Value, frozen=True, kw_only=True):
    """What the evaluator says to one question.

    ``others`` counts rule versions of the receiving institution and programme that are not concerned;
    ``unevaluated`` lists results no rule names; ``limited`` says that a search limit was reached somewhere.
    """

    judged: tuple[Judged, ...] = ()
    targets: tuple[Rollup, ...] = ()
    others: int = 0
    unevaluated: tuple[str, ...] = ()
    might_concern: tuple[MightConcern, ...] = ()
    incomplete: bool = False
    hypothetical: bool = False
    limited: bool = False


class Blocked(Value, frozen=True, kw_only=True):
    """A rule version and target that gives less than it would, had nothing been consumed.

    ``otherwise`` is the verdict had nothing been consumed, ``lost`` the credit that goes with it. ``by`` are
    the places (from 0) of the past applications that block it each by itself; none: only several together.
    """

    rule: Key
    version: int
    target: Target
    verdict: Verdict
    otherwise: Verdict
    lost: Decimal
    scheme: str = ""
    reason: Reason | None = None
    by: tuple[int, ...] = ()


class Named(Value, frozen=True, kw_only=True):
    """What a question names (R2): a rule, one of its versions, or a target."""

    rule: Key | None = None
    version: int | None = None
    target: Target | None = None


class Granted(Value, frozen=True, kw_only=True):
    """One grant of a candidate application, by the verdict of the application's own assignment."""

    grant: int
    target: Target
    verdict: Verdict
    gives: bool = False
    mode: WaiverMode = WaiverMode.FULL
    with_credit: bool = True
    credit: Decimal | None = None
    scheme: str = ""
    reason: Reason | None = None


class Candidate(Value, frozen=True, kw_only=True):
    """One application a plan may choose (R19): a rule version, an alternative, and one assignment.

    ``credit`` of a grant is its whole rounded credit, before any cap; ``limited`` says that the alternative
    may have more assignments than were sought.
    """

    rule: Key
    version: int
    alternative: int
    evidence: tuple[str, ...]
    priority: int
    sharable: bool
    repeatable: int
    agreement: Key | None = None
    fee: Fee | None = None
    grants: tuple[Granted, ...]
    limited: bool = False


class OutcomeSet(Value, frozen=True, kw_only=True):
    """A set of outcomes that is enough for a target by one alternative (R22).

    ``verdict`` is MEETS_RULE, CAPPED (that gives) or CONDITIONAL; then ``conditions`` say why, and ``credit``
    is what would be given. An outcome stands in ``outcomes`` as often as results of it are needed.
    """

    institution: Key
    agreement: Key | None = None
    credit: Decimal | None = None
    scheme: str = ""
    rule: Key
    version: int
    alternative: int
    grant: int
    target: Target
    outcomes: tuple[Key, ...]
    verdict: Verdict
    conditions: tuple[Reason, ...] = ()


class Accepted(Value, frozen=True, kw_only=True):
    """Sets of outcomes accepted for a target, by size, then code; ``truncated`` if there are more."""

    sets: tuple[OutcomeSet, ...] = ()
    truncated: bool = False


class Equivalents(Value, frozen=True, kw_only=True):
    """Where one outcome suffices, and where it is one of several with what is also needed (R22)."""

    suffices: tuple[OutcomeSet, ...] = ()
    also_needs: tuple[OutcomeSet, ...] = ()
    truncated: bool = False


class Side(Enum):
    """On which side of a comparison a thing stands."""

    BEFORE = "BEFORE"
    AFTER = "AFTER"


class Blamed(Value, frozen=True, kw_only=True):
    """A versioned thing that stands in exactly one of two trees (R24).

    ``version`` is its number in text; of a membership, its windows.
    """

    kind: NodeKind
    key: str
    version: str
    side: Side


class Moved(Value, frozen=True, kw_only=True):
    """A rule's verdict on a target that differs between two moments; None: not judged there."""

    rule: Key
    target: Target
    before: Judged | None = None
    after: Judged | None = None
    blamed: tuple[Blamed, ...] = ()


class PlanNumbers(Value, frozen=True, kw_only=True):
    """The five numbers of a plan (R19), in the order in which they are optimised."""

    credit: Decimal
    waivers: int
    results: int
    priorities: int
    ranks: int
