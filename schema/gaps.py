"""Gaps by industry: what each class has, with all its descendants, and which have nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.types import Info

from graph.hierarchy import with_descendants
from graph.inventory import View
from graph.model.framework import Industry
from graph.model.outcomes import Unit
from graph.model.rules import Rule
from graph.moment import Moment
from graph.naming import naming
from schema.asking import loaders, neighbour
from schema.hierarchies import ruling
from schema.loaders import Loaders
from schema.permissions import PUBLIC, decided

if TYPE_CHECKING:
    from schema.framework import IndustryType

MOST = 200
"""How many classes are told directly below one."""


@strawberry.type(description="What an industry class has, with all classes below it; each counted once.")
@decided(PUBLIC)
class IndustryGap:
    """What an industry class has."""

    key: strawberry.Private[str]
    industry: Annotated[IndustryType, strawberry.lazy("schema.framework")] | None = strawberry.field(
        resolver=neighbour("key", Industry), description="The class."
    )
    units: int = strawberry.field(description="Its accreditation units.")
    outcomes: int = strawberry.field(
        description="The outcomes mapped to one of these units, fully or partly."
    )
    rules: int = strawberry.field(
        description="The live rules that ask for, grant or deny one of these units or outcomes."
    )
    empty: bool = strawberry.field(description="Whether it has no unit, and so nothing.")


async def find_gaps(root: Any, info: Info) -> list[IndustryGap]:
    """Tell what the classes directly below this one have."""
    own, at = loaders(info), loaders(info).moment_of(info)
    found: list[IndustryGap] = await own.batched("gaps", partial(_gaps, own, at), root.key, at)
    return found


async def _gaps(own: Loaders, at: Moment, keys: list[str]) -> list[list[IndustryGap]]:
    industries, units = await own.view(Industry, at), await own.view(Unit, at)
    below = {key: industries.below.get(key, [])[:MOST] for key in keys}
    held = {
        key: naming(units, "industries", with_descendants(industries, (key,)))
        for key in dict.fromkeys(key for many in below.values() for key in many)
    }
    covering = await own.covering(sorted(frozenset().union(*held.values())), at)
    rules = await own.view(Rule, at)
    return await asyncio.to_thread(_told, keys, below, held, covering, rules)


def _told(
    keys: Sequence[str],
    below: dict[str, list[str]],
    held: dict[str, frozenset[str]],
    covering: dict[str, frozenset[str]],
    rules: View[Any],
) -> list[list[IndustryGap]]:
    return [[_gap(key, held[key], covering, rules) for key in below[above]] for above in keys]


def _gap(
    key: str, units: frozenset[str], covering: dict[str, frozenset[str]], rules: View[Any]
) -> IndustryGap:
    outcomes = frozenset[str]().union(*(covering.get(unit, ()) for unit in units))
    ruled = ruling(rules, units | outcomes)
    return IndustryGap(key=key, units=len(units), outcomes=len(outcomes), rules=len(ruled), empty=not units)
