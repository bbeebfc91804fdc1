"""Alliance statistics in the API: rules per pair of members, orphans, the most connected units."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph.model.institutions import Alliance, Institution, Membership
from graph.model.outcomes import Mapping, Outcome, Unit
from graph.model.rules import Rule
from graph.model.values import Fraction, Versioned
from graph.statistics import Ground, Statistics
from schema.arguments import After, As, First
from schema.asking import CountedConnection, loaders, neighbour
from schema.institutions import AllianceType, InstitutionType
from schema.loaders import FIRST, Loaders
from schema.outcomes import OutcomeType
from schema.permissions import PUBLIC, decided
from schema.scalars import CodeText, read_code
from schema.slices import sliced, sliced_things
from schema.texts import FractionType
from schema.units import UnitType


@strawberry.type(name="MemberPair", description="By so many rules one member recognises outcomes of another.")
@decided(PUBLIC)
class MemberPairType:
    """Rules from one member to another."""

    issuer: InstitutionType | None = strawberry.field(
        resolver=neighbour("issuer", Institution), description="Whose outcomes the rules ask for."
    )
    receiver: InstitutionType | None = strawberry.field(
        resolver=neighbour("receiver", Institution), description="Who recognises them."
    )
    rules: int = strawberry.field(
        description="The receiver's rules in force that grant and name an outcome of the issuer in a clause."
    )
    synthetic_rules: int = strawberry.field(description="How many of these rules are synthetic 合成数据.")
    reciprocated: bool = strawberry.field(description="Whether there is such a rule the other way too.")


@strawberry.type(name="ConnectedUnit", description="A unit, and how much hangs on it.")
@decided(PUBLIC)
class ConnectedUnitType:
    """A unit and how much hangs on it."""

    unit: UnitType | None = strawberry.field(resolver=neighbour("unit", Unit), description="The unit.")
    mapped_outcomes: int = strawberry.field(
        description="The published outcomes mapped to it by approved mappings, fully or partly."
    )
    naming_rules: int = strawberry.field(description="The rules in force that ask for, grant or deny it.")
    synthetic_mapped_outcomes: int = strawberry.field(
        description="How many of these outcomes are synthetic 合成数据."
    )
    synthetic_naming_rules: int = strawberry.field(
        description="How many of these rules are synthetic 合成数据."
    )


def _connected(root: Any, first: First = FIRST, after: After = None) -> Any:
    return sliced(root.found.connected, first, after)


Reciprocated = Annotated[
    bool | None,
    strawberry.argument(
        description="Only pairs with rules both ways, or only pairs with rules one way. Default: all."
    ),
]


def _pairs(root: Any, reciprocated: Reciprocated = None, first: First = FIRST, after: After = None) -> Any:
    found = root.found.pairs
    if reciprocated is not None:
        found = [pair for pair in found if pair.reciprocated is reciprocated]
    return sliced(found, first, after)


def _things(name: str, struct: type[Versioned]) -> Callable[..., Awaitable[Any]]:
    async def resolve(root: Any, info: Info, first: First = FIRST, after: After = None) -> Any:
        return await sliced_things(info, struct, getattr(root.found, name), first, after)

    return resolve


def _share(root: Any) -> FractionType | None:
    found: Any = root.found.linked and Fraction(
        numerator=root.found.reciprocated, denominator=root.found.linked
    )
    return found or None


@strawberry.type(description="Statistics of an alliance's members as of a day 联盟统计.")
@decided(PUBLIC)
class AllianceStatistics:
    """The statistics of an alliance."""

    found: strawberry.Private[Statistics]

    alliance: AllianceType = strawberry.field(description="The alliance.")
    members: int = strawberry.field(name="memberCount", description="Its members on the day.")
    synthetic_members: int = strawberry.field(
        name="syntheticMemberCount",
        description="How many of them are members by a synthetic 合成数据 membership.",
    )
    linked_pairs: int = strawberry.field(description="Pairs of two members with a rule, whichever way.")
    reciprocated_pairs: int = strawberry.field(description="Those of them with rules both ways.")
    share_reciprocated: FractionType | None = strawberry.field(
        resolver=_share, description="Their share; null where no pair has a rule."
    )
    pairs: CountedConnection[MemberPairType] = strawberry.field(
        resolver=_pairs,
        description="Ordered pairs of two members with a rule, most rules first. Rules that ask for units "
        "only name nobody's outcomes and belong to no pair.",
    )
    connected_units: CountedConnection[ConnectedUnitType] = strawberry.field(
        resolver=_connected,
        description="The units that members established, those with most outcomes and rules first.",
    )
    orphan_members: CountedConnection[InstitutionType] = strawberry.field(
        resolver=_things("orphan_members", Institution),
        description="Members that recognise by no rule, and of which no outcome and no unit has any rule or "
        "approved mapping.",
    )
    orphan_outcomes: CountedConnection[OutcomeType] = strawberry.field(
        resolver=_things("orphan_outcomes", Outcome),
        description="Published outcomes of members that no rule in force names and no approved mapping.",
    )
    orphan_units: CountedConnection[UnitType] = strawberry.field(
        resolver=_things("orphan_units", Unit),
        description="Published units of members that no rule in force names and no approved mapping.",
    )


OfAlliance = Annotated[CodeText, strawberry.argument(description="The alliance's code.")]


OfRules = Annotated[
    bool | None,
    strawberry.argument(
        description="Count only rules and mappings that are synthetic 合成数据, or only those that are not. "
        "Default: both. Members, outcomes and units are looked at either way."
    ),
]


async def find_statistics(
    info: Info, alliance: OfAlliance, synthetic: OfRules = None, as_of: As = None
) -> Any:
    """Give the statistics of an alliance; null where it is not seen."""
    own, code = loaders(info), read_code(alliance)
    at = await own.moment(info, as_of)
    thing: Any = await own.thing(Alliance, code, at)
    if thing is None:
        return None
    found = await _statistics(own, code, synthetic, at)
    return AllianceStatistics(
        found=found,
        alliance=thing,
        members=len(found.members),
        synthetic_members=found.synthetic_members,
        linked_pairs=found.linked,
        reciprocated_pairs=found.reciprocated,
    )


async def _statistics(own: Loaders, alliance: str, synthetic: bool | None, at: Any) -> Statistics:
    memberships, rules = await own.view(Membership, at), await own.view(Rule, at)
    rest = [await own.view(struct, at) for struct in (Outcome, Unit, Mapping)]
    ground = Ground(memberships, rules, *rest)

    def count() -> Statistics:
        found = Statistics(ground.made(synthetic), alliance)
        _ = found.pairs, found.orphan_members  # and with them all that they rest on
        return found

    return await asyncio.to_thread(memberships.kept, ("statistics", alliance, synthetic), lambda _: count())
