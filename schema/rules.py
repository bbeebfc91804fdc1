"""Conversion rules in the API: alternatives of clauses, and what is granted or denied."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import strawberry

from graph.model import rules as canonical
from graph.model.institutions import Agreement, Institution, Method
from graph.model.outcomes import Outcome, Programme, Unit
from graph.model.rules import Basis, CreditRule, GradeTreatment, Rule, TargetState, WaiverMode
from schema.apart import type_of
from schema.asking import all_versions, neighbour
from schema.clauses import AlternativeType
from schema.differences import Change, changed
from schema.institutions import AgreementType, InstitutionType, MethodType
from schema.keys import BARE
from schema.nodes import Node, node_of
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.programmes import ProgrammeType
from schema.recorded import Recorded
from schema.scalars import CodeText
from schema.texts import CreditType, FractionType, GradeType, TextType, WindowType
from schema.units import UnitType
from schema.weights import costs


@strawberry.type(name="Worth", description="Where a grant's credit comes from.")
@decided(PUBLIC)
class WorthType:
    """A grant's credit."""

    rule: CreditRule = strawberry.field(
        name="creditRule", description="Catalogue value, a fixed credit, or a ratio."
    )
    fixed: CreditType | None = strawberry.field(description="The fixed credit.")
    ratio: FractionType | None = strawberry.field(description="The ratio of the evidence's credit.")
    scheme: CodeText | None = strawberry.field(description="The scheme the ratio counts in.")
    maximum: CreditType | None = strawberry.field(description="At most so much.")


@strawberry.type(name="Giving", description="How a grant gives.")
@decided(PUBLIC)
class GivingType:
    """How a grant gives."""

    mode: WaiverMode = strawberry.field(description="What is waived.")
    with_credit: bool = strawberry.field(description="Whether credit is given.")
    grade: GradeTreatment = strawberry.field(description="What is recorded as the grade.")
    grade_at: GradeType | None = strawberry.field(description="The grade of CAPPED and FIXED.")
    worth: WorthType = strawberry.field(description="Where the credit comes from.")


@strawberry.type(name="OutcomeGrant", description="Grants an outcome of the receiving institution.")
@decided(PUBLIC)
@type_of(canonical.OutcomeGrant)
class OutcomeGrantType:
    """A grant of an outcome."""

    outcome: OutcomeType | None = strawberry.field(
        resolver=neighbour("outcome", Outcome), description="What is granted."
    )
    giving: GivingType = strawberry.field(description="How it is given.")


@strawberry.type(name="UnitGrant", description="Grants an accreditation unit.")
@decided(PUBLIC)
@type_of(canonical.UnitGrant)
class UnitGrantType:
    """A grant of a unit."""

    unit: UnitType | None = strawberry.field(resolver=neighbour("unit", Unit), description="What is granted.")
    giving: GivingType = strawberry.field(description="How it is given.")


@strawberry.type(name="ElectiveGrant", description="Grants elective credit in a block of the programme.")
@decided(PUBLIC)
@type_of(canonical.ElectiveGrant)
class ElectiveGrantType:
    """A grant of elective credit."""

    block: str = strawberry.field(description="The block's code.")
    giving: GivingType = strawberry.field(description="How it is given.")


@strawberry.type(
    name="BlockGrant", description="Grants each own outcome of a block and of the blocks below it."
)
@decided(PUBLIC)
@type_of(canonical.BlockGrant)
class BlockGrantType:
    """A grant of a whole block."""

    block: str = strawberry.field(description="The block's code.")
    mode: WaiverMode = strawberry.field(description="What is waived.")
    with_credit: bool = strawberry.field(description="Whether credit is given.")
    grade: GradeTreatment = strawberry.field(description="What is recorded as the grade.")
    grade_at: GradeType | None = strawberry.field(description="The grade of CAPPED and FIXED.")


@strawberry.type(
    name="EntitlementGrant", description="Grants a right that is no credit, such as an interview."
)
@decided(PUBLIC)
@type_of(canonical.EntitlementGrant)
class EntitlementGrantType:
    """A grant of an entitlement."""

    code: str = strawberry.field(description="The entitlement's code.")
    text: TextType = strawberry.field(description="What it is.")


@strawberry.type(name="Denial", description="Forbids a target; where it names none, the programme.")
@decided(PUBLIC)
@type_of(canonical.Denial)
class DenialType:
    """A denial."""

    outcome: OutcomeType | None = strawberry.field(
        resolver=neighbour("outcome", Outcome), description="The outcome denied."
    )
    unit: UnitType | None = strawberry.field(
        resolver=neighbour("unit", Unit), description="The accreditation unit denied."
    )
    block: str | None = strawberry.field(description="The block whose elective credit is denied.")
    reason: TextType = strawberry.field(description="Why.")


GrantType = Annotated[
    OutcomeGrantType | UnitGrantType | ElectiveGrantType | BlockGrantType | EntitlementGrantType | DenialType,
    strawberry.union("Grant", description="What a rule grants, or denies 转换结果."),
]


@strawberry.type(name="Fee", description="What the learner pays for one application.")
@decided(PUBLIC)
class FeeType:
    """A fee."""

    amount: Decimal = strawberry.field(description="The amount, exact, as text.")
    currency: str = strawberry.field(description="The currency, three letters.")


@strawberry.federation.type(
    name="ConversionRule",
    keys=BARE,
    description="A version of a conversion rule 转换规则: any alternative, all its clauses: all its grants. "
    "A rule from A to B says nothing of B to A, and rules never chain.",
)
@node_of(Rule)
@decided(PUBLIC)
class RuleType(Recorded, Node):
    """A rule version."""

    key: CodeText = strawberry.field(description="The rule's code.")
    title: TextType = strawberry.field(description="A short title.")
    article: str = strawberry.field(description="The article it rests on.")
    basis: Basis = strawberry.field(description="Which day its window is tested on.")
    periods: list[WindowType] = strawberry.field(
        metadata=costs(size=3), description="Its application periods; none: always."
    )
    priority: int = strawberry.field(description="Preference among rules of one target; smaller is first.")
    sharable: bool = strawberry.field(description="Whether its evidence may serve another sharable rule too.")
    repeatable: int = strawberry.field(description="How often one learner may use it.")
    articulation: bool = strawberry.field(description="Whether it lifts to a higher level.")
    required_states: list[TargetState] = strawberry.field(
        description="States the target must be in, all of them."
    )
    blocks: list[str] = strawberry.field(description="The programme's blocks it is for; none: all.")
    fee: FeeType | None = strawberry.field(description="What one application costs the learner.")
    denies: bool = strawberry.field(description="Whether it is a denial.")
    alternatives: list[AlternativeType] = strawberry.field(
        metadata=costs(size=3), description="Any one of these will do."
    )
    grants: list[GrantType] = strawberry.field(
        metadata=costs(size=3), description="What it grants, or denies."
    )
    decision: CodeText | None = strawberry.field(description="The decision 审核决定 that approved it.")
    institution: InstitutionType | None = strawberry.field(
        resolver=neighbour("institution", Institution), description="Who recognises by it."
    )
    programme: ProgrammeType | None = strawberry.field(
        resolver=neighbour("programme", Programme), description="The programme version it is for; none: all."
    )
    agreement: AgreementType | None = strawberry.field(
        resolver=neighbour("agreement", Agreement), description="The agreement it is under."
    )
    method: MethodType | None = strawberry.field(
        resolver=neighbour("method", Method), description="The regulation it is from."
    )
    changes_from: list[Change] | None = strawberry.field(
        resolver=changed(Rule),
        metadata=costs(2, size=20),
        description="How this version differs from another; null where that one is not known, at most 1000.",
    )
    versions: list[RuleType] = strawberry.field(
        metadata=costs(size=4), resolver=all_versions(Rule), description="Every known version, oldest first."
    )
