"""Evaluation trees: every test behind a verdict, passing or failing, in a closed vocabulary."""

from __future__ import annotations

from enum import Enum

from graph.model.values import Value


class Finding(Enum):
    """What a test found; TOLD is a fact that tests nothing."""

    PASS = "PASS"  # noqa: S105 - a finding, no secret
    OPEN = "OPEN"
    FAIL = "FAIL"
    TOLD = "TOLD"


class NodeKind(Enum):
    """What a node of a tree is about."""

    RULE = "RULE"
    TARGET = "TARGET"
    ALTERNATIVE = "ALTERNATIVE"
    CLAUSE = "CLAUSE"
    RESULT = "RESULT"
    TEST = "TEST"
    MAPPING = "MAPPING"
    STATEMENTS = "STATEMENTS"
    JOINT = "JOINT"
    WINDOW = "WINDOW"
    AGREEMENT = "AGREEMENT"
    MEMBERSHIP = "MEMBERSHIP"
    PERIOD = "PERIOD"
    DENIAL = "DENIAL"
    EXCLUSION = "EXCLUSION"
    LEVEL = "LEVEL"
    CREDIT = "CREDIT"
    CAP = "CAP"
    GRADE = "GRADE"
    WORLD = "WORLD"
    LIMIT = "LIMIT"


class Reason(Enum):
    """Why a test failed or stayed open. The verdict's reason is that of its first obstacle."""

    # the target
    HELD = "HELD"
    GRANTED_BEFORE = "GRANTED_BEFORE"
    TARGET_STATE = "TARGET_STATE"
    NON_EXEMPTIBLE = "NON_EXEMPTIBLE"
    TARGET_GRADE = "TARGET_GRADE"
    PROGRAMME_UNKNOWN = "PROGRAMME_UNKNOWN"
    # the clauses
    NO_ARTICULATION = "NO_ARTICULATION"
    CLAUSE_MISSING = "CLAUSE_MISSING"
    JOINT = "JOINT"
    FREE_TEXT = "FREE_TEXT"
    STATEMENTS_MISSING = "STATEMENTS_MISSING"
    CREDIT_MISSING = "CREDIT_MISSING"
    # the evidence
    COMPLETED_LATER = "COMPLETED_LATER"
    IN_PROGRESS = "IN_PROGRESS"
    FAILED = "FAILED"
    REVOKED = "REVOKED"
    BELOW_PASS = "BELOW_PASS"  # noqa: S105 - a reason, no secret
    EXPIRED = "EXPIRED"
    CONVERTED = "CONVERTED"
    UNVERIFIED = "UNVERIFIED"
    COMPLETION_UNKNOWN = "COMPLETION_UNKNOWN"
    COMPLETION_IMPRECISE = "COMPLETION_IMPRECISE"
    GRADE_UNKNOWN = "GRADE_UNKNOWN"
    GRADE_BELOW = "GRADE_BELOW"
    TOO_OLD = "TOO_OLD"
    ISSUER = "ISSUER"
    ISSUER_UNKNOWN = "ISSUER_UNKNOWN"
    ISSUERS_DIFFER = "ISSUERS_DIFFER"
    ATTEMPTS = "ATTEMPTS"
    ATTEMPTS_UNKNOWN = "ATTEMPTS_UNKNOWN"
    STAGE = "STAGE"
    STAGE_UNKNOWN = "STAGE_UNKNOWN"
    TAGS = "TAGS"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    CREDIT_UNKNOWN = "CREDIT_UNKNOWN"
    NO_FACTOR = "NO_FACTOR"
    CREDIT_BELOW = "CREDIT_BELOW"
    CREDIT_CONFLICT = "CREDIT_CONFLICT"
    MAPPING_WINDOW = "MAPPING_WINDOW"
    # windows
    BEFORE = "BEFORE"
    AFTER = "AFTER"
    GAP = "GAP"
    NOT_OPEN = "NOT_OPEN"
    UNSIGNED = "UNSIGNED"
    SUPERSEDED = "SUPERSEDED"
    # what stands against it
    DENIED = "DENIED"
    DENIAL_OPEN = "DENIAL_OPEN"
    CLASH = "CLASH"
    CONSUMED = "CONSUMED"
    EXCLUSION = "EXCLUSION"
    REPEAT = "REPEAT"
    LEVEL_INCOMPARABLE = "LEVEL_INCOMPARABLE"
    LEVEL_ABOVE = "LEVEL_ABOVE"
    TOTAL_UNDECLARED = "TOTAL_UNDECLARED"
    OVER_CAP = "OVER_CAP"
    SCHEMES_DIFFER = "SCHEMES_DIFFER"
    # the question
    SILENT = "SILENT"
    SEARCH_LIMIT = "SEARCH_LIMIT"


class Node(Value, frozen=True):
    """One test or fact of an evaluation tree.

    ``subject`` names what is tested (a key, ``key@version``, a result id, a clause's place); ``facts``
    are names and values in text, in a fixed order.
    """

    kind: NodeKind
    finding: Finding
    reason: Reason | None = None
    subject: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    nodes: tuple[Node, ...] = ()
