"""Gaps by industry: what each class has, with all its descendants, and which have nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import strawberry
from strawberry.types import Info

from graph.hierarchy import with_descendants
from graph.inventory import View
from graph.linkage import APPROVED
from graph.model.framework import Industry
from graph.model.outcomes import Mapping, Unit
from graph.model.rules import Rule
from graph.moment import Moment
from graph.naming import Index, naming
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
    views = Views(*[await own.view(struct, at) for struct in (Industry, Unit, Mapping, Rule)])
    return await asyncio.to_thread(_told, keys, views)


class Views(NamedTuple):
    """What gaps are told from, all of one moment."""

    industries: View[Any]
    units: View[Any]
    mappings: View[Any]
    rules: View[Any]


def _told(keys: Sequence[str], views: Views) -> list[list[IndustryGap]]:
    return [[_kept(key, views) for key in views.industries.below.get(above, ())[:MOST]] for above in keys]


def _kept(key: str, views: Views) -> IndustryGap:
    """Give a class's gap, counted once for each moment: a topmost class of a nation has all its mappings."""
    return views.industries.kept(("gap", key), lambda _: _gap(key, views))


def _gap(key: str, views: Views) -> IndustryGap:
    units = naming(views.units, "industries", with_descendants(views.industries, (key,)))
    covering = views.mappings.kept("covering", _covering)
    outcomes = frozenset(outcome for unit in units for outcome in covering.get(unit, ()))
    ruled = ruling(views.rules, units | outcomes)
    return IndustryGap(key=key, units=len(units), outcomes=len(outcomes), rules=len(ruled), empty=not units)


def _covering(mappings: View[Any]) -> Index:
    """Give the outcomes with an approved mapping to each unit, fully or partly."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in mappings.things:
        if one.status in APPROVED:
            found[one.unit].append(one.outcome)
    return dict(found)
