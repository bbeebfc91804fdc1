"""Pathways: chains of steps from what one holds to a programme version; never a grant (R23)."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from graph.model.trees import Reason
from graph.model.values import Credit, Key, Value
from graph.model.verdicts import Target


class Mark(Enum):
    """What a step is: a conversion rule that is met, or something one would still have to earn."""

    RULE = "RULE"
    SUGGESTION = "SUGGESTION"


class Hint(Enum):
    """Why an outcome is suggested."""

    NEXT_TIER = "NEXT_TIER"
    ALSO_NEEDS = "ALSO_NEEDS"
    AWARD = "AWARD"


class Gift(Value, frozen=True, kw_only=True):
    """What a step gives: a target, its credit (None: none, or unknown), and what is still open."""

    target: Target
    credit: Decimal | None = None
    scheme: str = ""
    conditions: tuple[Reason, ...] = ()


class PathStep(Value, frozen=True, kw_only=True):
    """One step of a pathway.

    A RULE step has a rule version, its alternative and its institution. A SUGGESTION has a hint: of
    ALSO_NEEDS, the rule version is the one that needs the outcome; of AWARD, ``programme`` is what is to be
    finished. ``passes`` is, in a pathway, the credit that later steps take of it, or that counts in the
    programme, in the programme's scheme; a gift without credit or factor passes on nothing.
    """

    mark: Mark
    hint: Hint | None = None
    rule: Key | None = None
    version: int | None = None
    alternative: int | None = None
    institution: Key | None = None
    agreement: Key | None = None
    programme: Key | None = None
    takes: tuple[Key, ...]
    gives: tuple[Gift, ...]
    passes: Credit | None = None


class Pathway(Value, frozen=True, kw_only=True):
    """A chain of steps, the last of which gives something in the programme; it has no verdict (R23).

    ``counted`` is the credit of its last step in the programme's scheme, before caps on several
    applications and what blocks can use; ``bottleneck`` the place (from 0) of the step R24 names.
    """

    steps: tuple[PathStep, ...]
    counted: Credit
    suggestions: int
    bottleneck: int


class Pathways(Value, frozen=True, kw_only=True):
    """Pathways by fewest suggestions, fewest steps, most credit counted, codes; ``truncated``: maybe more."""

    pathways: tuple[Pathway, ...] = ()
    truncated: bool = False
