"""Sketches: what of each version is remembered for filters, order and counts; the rest stays in the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from graph.model.framework import Framework, Industry, LevelRef, Region
from graph.model.institutions import Agreement, Alliance, Institution, Membership
from graph.model.outcomes import Mapping, Outcome, Programme, Unit
from graph.model.rules import Rule
from graph.model.values import FIRST_DAY, NEVER, Credit, Text, Versioned


class Sketch(msgspec.Struct, rename="camel", gc=False, kw_only=True, eq=False):
    """What every sketch remembers of a version; ``number`` and the recorded times stand beside its body."""

    key: str
    number: int = 0
    recorded: str = ""
    retracted: str = ""
    valid_from: str = FIRST_DAY.isoformat()
    valid_to: str = NEVER.isoformat()
    status: str = "PUBLISHED"
    synthetic: bool = False
    stub: bool = False

    @property
    def above(self) -> tuple[str, ...]:
        """The keys directly above it in its hierarchy."""
        return ()


class Titled(Sketch):
    """A sketch with a title."""

    title: Text = Text()


class ClassSketch(Titled):
    """Of an industry class or a region."""

    rank: int = 1
    broader: tuple[str, ...] = ()

    @property
    def above(self) -> tuple[str, ...]:
        """The classes directly above it."""
        return self.broader


class InstitutionSketch(Titled):
    """Of an institution."""

    kinds: tuple[str, ...] = ()
    parent: str | None = None
    region: str | None = None
    industries: tuple[str, ...] = ()

    @property
    def above(self) -> tuple[str, ...]:
        """The institution it is part of."""
        return (self.parent,) if self.parent else ()


class Stated(msgspec.Struct, gc=False, frozen=True):
    """A statement of a unit, by its code."""

    code: str = ""


class UnitSketch(Titled):
    """Of an accreditation unit."""

    owner: str | None = None
    credit: Credit | None = None
    level: LevelRef | None = None
    industries: tuple[str, ...] = ()
    position: str | None = None
    direction: Text = Text()
    statements: tuple[Stated, ...] = ()
    succeeded_by: tuple[str, ...] = ()


class OutcomeSketch(Titled):
    """Of an outcome."""

    issuer: str = ""
    kind: str = ""
    outcome_class: str = ""
    credit: Credit | None = None
    level: LevelRef | None = None
    industries: tuple[str, ...] = ()
    succeeded_by: tuple[str, ...] = ()


class Named(msgspec.Struct, rename="camel", gc=False):
    """What one clause or one grant names."""

    outcome: str | None = None
    unit: str | None = None
    outcomes: tuple[str, ...] = ()
    kind: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """All of it."""
        return tuple(key for key in (self.outcome, self.unit, *self.outcomes) if key)


class Way(msgspec.Struct, gc=False):
    """One alternative of a rule."""

    clauses: tuple[Named, ...] = ()


class RuleSketch(Titled):
    """Of a conversion rule."""

    institution: str = ""
    agreement: str | None = None
    alternatives: tuple[Way, ...] = ()
    grants: tuple[Named, ...] = ()

    @property
    def asked(self) -> frozenset[str]:
        """The outcomes and units its clauses name."""
        return frozenset(key for way in self.alternatives for clause in way.clauses for key in clause.keys)

    @property
    def grants_something(self) -> bool:
        """Whether it grants rather than denies; a rule without alternatives grants nothing."""
        return bool(self.alternatives) and all(grant.kind != "DENIAL" for grant in self.grants)

    @property
    def granted(self) -> frozenset[str]:
        """The outcomes and units it grants or denies."""
        return frozenset(key for grant in self.grants for key in grant.keys)


class FrameworkSketch(Titled):
    """Of a framework edition."""

    issuer: str | None = None
    credit_scheme: str | None = None


class ProgrammeSketch(Titled):
    """Of a programme version."""

    institution: str = ""
    major: str = ""
    intake: int = 0
    stage: str = ""


class AgreementSketch(Titled):
    """Of an agreement."""

    parties: tuple[str, ...] = ()
    alliance: str | None = None
    articulation: bool = False


class MembershipSketch(Sketch):
    """Of a membership."""

    alliance: str = ""
    institution: str = ""


class MappingSketch(Sketch):
    """Of a mapping."""

    outcome: str = ""
    unit: str = ""
    whole: bool = False
    statements: tuple[str, ...] = ()


SKETCHES: Final[dict[type[Versioned], type[Sketch]]] = {
    Framework: FrameworkSketch,
    Industry: ClassSketch,
    Region: ClassSketch,
    Institution: InstitutionSketch,
    Alliance: Titled,
    Membership: MembershipSketch,
    Agreement: AgreementSketch,
    Unit: UnitSketch,
    Outcome: OutcomeSketch,
    Programme: ProgrammeSketch,
    Rule: RuleSketch,
    Mapping: MappingSketch,
}
"""Which concepts are remembered, each as what."""

_SHARED: Final = (
    "recorded", "retracted", "valid_from", "valid_to", "status", "kind", "outcome_class",
    "issuer", "owner", "parent", "region", "institution", "agreement", "alliance",
    "outcome", "unit", "credit", "level", "kinds", "industries", "broader", "credit_scheme",
    "position", "direction", "major", "stage", "statements",
)  # fmt: skip


def sketcher(struct: type[Versioned]) -> Callable[[dict[str, Any]], Sketch]:
    """Give a function from the rows of a concept to their sketches, in which equal values are one value."""
    decode = msgspec.json.Decoder(SKETCHES[struct]).decode
    fields = [name for name in SKETCHES[struct].__struct_fields__ if name in _SHARED]
    seen: dict[Any, Any] = {}

    def sketch(row: dict[str, Any]) -> Sketch:
        made = decode(row["body"])
        made.number, made.recorded, made.retracted = row["number"], row["recorded"], row["retracted"]
        for name in fields:
            value = getattr(made, name)
            setattr(made, name, seen.setdefault(value, value))
        return made

    return sketch
