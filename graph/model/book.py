"""A rule book: everything public that a receiving institution's verdicts may depend on."""

from __future__ import annotations

from graph.model.caps import Cap, Exclusion
from graph.model.framework import Framework, Referencing
from graph.model.institutions import Agreement, Membership
from graph.model.outcomes import Mapping, Outcome, Programme, Unit
from graph.model.rules import Rule
from graph.model.schemes import CreditScheme, Factor, GradingScheme
from graph.model.values import Key, Value


class RuleBook(Value, frozen=True):
    """The public knowledge behind one institution's verdicts, as known at one moment.

    Every known version is in it, whatever its window: the evaluator tests each thing on its own date (R3),
    and takes as live on a day the highest version number among those whose window holds the day.
    ``rules``, ``caps`` and ``programmes`` are the receiving institution's; ``exclusions`` its own and
    the general ones; ``outcomes``, ``units``, ``mappings`` those that rules, programmes or results name.
    """

    institution: Key
    rules: tuple[Rule, ...] = ()
    programmes: tuple[Programme, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    units: tuple[Unit, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    caps: tuple[Cap, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    memberships: tuple[Membership, ...] = ()
    factors: tuple[Factor, ...] = ()
    credit_schemes: tuple[CreditScheme, ...] = ()
    grading_schemes: tuple[GradingScheme, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    referencings: tuple[Referencing, ...] = ()
