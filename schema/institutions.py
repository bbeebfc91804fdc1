"""Institutions in the API: members of alliances, their mandates, agreements and methods."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.model.framework import Industry, Region
from graph.model.institutions import Agreement, Alliance, Institution, InstitutionKind, Membership, Method
from graph.model.outcomes import Outcome, Unit
from graph.model.rules import Rule
from graph.things import Naming
from schema.asking import CountedConnection, all_versions, neighbour, neighbours, those_naming
from schema.differences import Change, changed
from schema.framework import Coded, IndustryType, RegionType
from schema.hierarchies import SubtreeCounts, all_above, all_below, count_subtree
from schema.keys import BARE, CODED
from schema.nodes import Node, node_of
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.recorded import Recorded
from schema.scalars import CodeText, KeyText
from schema.texts import TextType
from schema.units import UnitType
from schema.weights import costs

if TYPE_CHECKING:
    from schema.rules import RuleType

LazyRule = Annotated["RuleType", strawberry.lazy("schema.rules")]


@strawberry.federation.type(
    name="Alliance", keys=BARE, description="An alliance 联盟 whose members recognise each other's outcomes."
)
@node_of(Alliance)
@decided(PUBLIC)
class AllianceType(Recorded, Node):
    """An alliance."""

    key: CodeText = strawberry.field(description="The alliance's code.")
    title: TextType = strawberry.field(description="Its name.")
    founded: date | None = strawberry.field(description="When it was founded.")
    memberships: CountedConnection[MembershipType] = strawberry.field(
        resolver=those_naming(Naming(Membership, ("OF_ALLIANCE",), Alliance)),
        description="Its members.",
    )


@strawberry.type(name="Membership", description="An institution's membership of an alliance 联盟成员.")
@node_of(Membership)
@decided(PUBLIC)
class MembershipType(Recorded, Node):
    """A membership; its valid window says from when to when."""

    key: CodeText = strawberry.field(description="The membership's code.")
    batch: str = strawberry.field(description="The batch 批次 it was admitted with.")
    alliance: AllianceType | None = strawberry.field(
        resolver=neighbour("alliance", Alliance), description="The alliance."
    )
    institution: InstitutionType | None = strawberry.field(
        resolver=neighbour("institution", Institution), description="The member."
    )


@strawberry.type(
    name="Mandate", description="What an institution may accredit, where, and until when 认证授权."
)
@decided(PUBLIC)
class MandateType:
    """A mandate."""

    code: str = strawberry.field(description="The mandate's code.")
    start: date | None = strawberry.field(description="The first day.")
    end: date | None = strawberry.field(description="The first day after it; none: open.")
    regions: list[RegionType] = strawberry.field(
        metadata=costs(size=2), resolver=neighbours("regions", Region), description="The regions it holds in."
    )
    industries: list[IndustryType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("industries", Industry),
        description="The industries it holds for.",
    )


@strawberry.federation.type(
    name="Institution",
    keys=CODED,
    description="An institution 机构: school, association, company or sub-centre.",
)
@node_of(Institution)
@decided(PUBLIC)
class InstitutionType(Coded, Node):
    """An institution."""

    title: TextType = strawberry.field(description="Its name.")
    other_names: list[TextType] = strawberry.field(
        metadata=costs(size=2), description="Former and short names."
    )
    kinds: list[InstitutionKind] = strawberry.field(description="What it is; it may be several.")
    credit_scheme: CodeText | None = strawberry.field(description="The credit scheme it counts in.")
    mandates: list[MandateType] = strawberry.field(
        metadata=costs(size=3), description="What it may accredit."
    )
    parent: InstitutionType | None = strawberry.field(
        resolver=neighbour("parent", Institution), description="The institution it is part of."
    )
    region: RegionType | None = strawberry.field(
        resolver=neighbour("region", Region), description="Where it is."
    )
    industries: list[IndustryType] = strawberry.field(
        metadata=costs(size=2),
        resolver=neighbours("industries", Industry),
        description="The industries it works in.",
    )
    parts: CountedConnection[InstitutionType] = strawberry.field(
        resolver=those_naming(Naming(Institution, ("PART_OF",), Institution)),
        description="The institutions that are part of it.",
    )
    ancestors: list[InstitutionType] = strawberry.field(
        metadata=costs(2, size=6),
        resolver=all_above(Institution),
        description="All above it, nearest first, each once.",
    )
    descendants: CountedConnection[InstitutionType] = strawberry.field(
        metadata=costs(2),
        resolver=all_below(Institution),
        description="All below it, however deep, each once, in order of keys.",
    )
    subtree_counts: SubtreeCounts = strawberry.field(
        metadata=costs(20), resolver=count_subtree, description="How much there is at it and at all below it."
    )
    memberships: CountedConnection[MembershipType] = strawberry.field(
        resolver=those_naming(Naming(Membership, ("MEMBER",), Institution)),
        description="Its memberships of alliances.",
    )
    outcomes: CountedConnection[OutcomeType] = strawberry.field(
        resolver=those_naming(Naming(Outcome, ("ISSUED_BY",), Institution)),
        description="The outcomes it issues.",
    )
    units: CountedConnection[UnitType] = strawberry.field(
        resolver=those_naming(Naming(Unit, ("OWNED_BY",), Institution)),
        description="The accreditation units it established.",
    )
    rules: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("RECEIVED_BY",), Institution)),
        description="The conversion rules by which it recognises outcomes.",
    )
    agreements: CountedConnection[AgreementType] = strawberry.field(
        resolver=those_naming(Naming(Agreement, ("PARTY",), Institution)),
        description="The agreements it is party to.",
    )
    versions: list[InstitutionType] = strawberry.field(
        metadata=costs(size=4),
        resolver=all_versions(Institution),
        description="Every known version, oldest first.",
    )


@strawberry.type(name="Article", description="An article 条款 of an agreement or of a method.")
@decided(PUBLIC)
class ArticleType:
    """An article."""

    code: str = strawberry.field(description="The article's number.")
    text: TextType = strawberry.field(description="What it says.")


@strawberry.type(name="Signature", description="One side's signature; a party without one has not signed.")
@decided(PUBLIC)
class SignatureType:
    """A signature."""

    party: KeyText = strawberry.field(description="The party's key.")
    on: date = strawberry.field(description="The day it signed.")


@strawberry.federation.type(
    name="Agreement", keys=BARE, description="A mutual-recognition agreement 互认协议."
)
@node_of(Agreement)
@decided(PUBLIC)
class AgreementType(Recorded, Node):
    """An agreement."""

    key: CodeText = strawberry.field(description="The agreement's code.")
    title: TextType = strawberry.field(description="Its title.")
    articulation: bool = strawberry.field(description="Whether it lifts outcomes to a higher level.")
    articles: list[ArticleType] = strawberry.field(metadata=costs(size=10), description="Its articles.")
    signatures: list[SignatureType] = strawberry.field(
        metadata=costs(size=3), description="Who has signed, and when."
    )
    parties: list[InstitutionType] = strawberry.field(
        metadata=costs(size=3), resolver=neighbours("parties", Institution), description="Its parties."
    )
    alliance: AllianceType | None = strawberry.field(
        resolver=neighbour("alliance", Alliance), description="The alliance it is made in."
    )
    supersedes: AgreementType | None = strawberry.field(
        resolver=neighbour("supersedes", Agreement), description="The agreement it replaced."
    )
    changes_from: list[Change] | None = strawberry.field(
        resolver=changed(Agreement),
        metadata=costs(2, size=20),
        description="How this version differs from another; null where that one is not known, at most 1000.",
    )
    versions: list[AgreementType] = strawberry.field(
        metadata=costs(size=4),
        resolver=all_versions(Agreement),
        description="Every known version, oldest first.",
    )
    rules: CountedConnection[LazyRule] = strawberry.field(
        resolver=those_naming(Naming(Rule, ("UNDER",), Agreement)),
        description="The rules under it.",
    )


@strawberry.type(name="Method", description="A conversion method 转换管理办法: an institution's regulation.")
@node_of(Method)
@decided(PUBLIC)
class MethodType(Recorded, Node):
    """A conversion method."""

    key: CodeText = strawberry.field(description="The method's code.")
    title: TextType = strawberry.field(description="Its title.")
    articles: list[ArticleType] = strawberry.field(metadata=costs(size=10), description="Its articles.")
    institution: InstitutionType | None = strawberry.field(
        resolver=neighbour("institution", Institution), description="Whose regulation it is."
    )
