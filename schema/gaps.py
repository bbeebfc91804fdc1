"""Gaps by industry: what each class has, with all its descendants, and which have nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import strawberry
from strawberry.types import Info

from graph.hierarchy import with_descendants
from graph.inventory import View
from graph.model.framework import Industry
from graph.model.outcomes import Mapping, Outcome, Unit
from graph.model.rules import Rule
from graph.model.values import APPROVED
from graph.moment import Moment
from graph.naming import Index, in_force, naming, synthetic
from schema.asking import loaders, neighbour
from schema.hierarchies import ruling
from schema.loaders import Loaders
from schema.permissions import PUBLIC, decided
from schema.scalars import KeyText, read_key

if TYPE_CHECKING:
    from schema.framework import IndustryType

MOST = 200
"""How many classes are told directly below one, at a time."""

After = Annotated[
    KeyText | None,
    strawberry.argument(
        description="Go on after this class, the last one told; classes come in order of their keys."
    ),
]


@strawberry.type(description="What an industry class has, with all classes below it; each counted once.")
@decided(PUBLIC)
class IndustryGap:
    """What an industry class has."""

    key: strawberry.Private[str]
    industry: Annotated[IndustryType, strawberry.lazy("schema.framework")] | None = strawberry.field(
        resolver=neighbour("key", Industry), description="The class."
    )
    units: int = strawberry.field(description="Its accreditation units that are PUBLISHED.")
    mapped_outcomes: int = strawberry.field(
        description="The published outcomes mapped to one of these units by an approved mapping, fully or "
        "partly, whatever industry they name; those that name the class are in `subtreeCounts`."
    )
    naming_rules: int = strawberry.field(
        description="The rules in force that ask for, grant or deny one of these units or mapped outcomes."
    )
    synthetic_units: int = strawberry.field(description="How many of these units are synthetic 合成数据.")
    synthetic_mapped_outcomes: int = strawberry.field(
        description="How many of these outcomes are synthetic 合成数据."
    )
    synthetic_naming_rules: int = strawberry.field(
        description="How many of these rules are synthetic 合成数据."
    )
    empty: bool = strawberry.field(description="Whether it has no published unit, and so nothing.")


class Views(NamedTuple):
    """What gaps are told from, all of one moment: classes and mappings, and what is in force."""

    industries: View[Any]
    mappings: View[Any]
    units: View[Any]
    outcomes: View[Any]
    rules: View[Any]


class Told(NamedTuple):
    """Some classes' gaps, and how many classes there are from the first of them on."""

    gaps: list[IndustryGap]
    left: int


async def find_gaps(root: Any, info: Info, after: After = None) -> list[IndustryGap]:
    """Tell what the classes directly below this one have; where not all of them are told, warn of it."""
    own, at = loaders(info), loaders(info).moment_of(info)
    start = (await own.spelled([read_key(after)], at))[0] if after else ""
    told: Told = await own.batched(f"gaps after {start}", partial(_gaps, own, at, start), root.key, at)
    if told.left > len(told.gaps):
        facts = {"key": root.key, "limit": str(len(told.gaps)), "count": str(told.left)}
        own.warn("LIST_CUT", field="gaps", after=told.gaps[-1].key, **facts)
    return told.gaps


async def _gaps(own: Loaders, at: Moment, after: str, keys: list[str]) -> list[Told]:
    industries, mappings = await own.view(Industry, at), await own.view(Mapping, at)
    governed = [in_force(await own.view(struct, at)) for struct in (Unit, Outcome, Rule)]
    views = Views(industries, mappings, *governed)
    return await asyncio.to_thread(lambda: [_told(key, after, views) for key in keys])


def _told(above: str, after: str, views: Views) -> Told:
    left = [key for key in views.industries.below.get(above, ()) if key > after]
    return Told([_kept(key, views) for key in left[:MOST]], len(left))


def _kept(key: str, views: Views) -> IndustryGap:
    """Give a class's gap, counted once for each moment: a topmost class of a nation has all its mappings."""
    return views.industries.kept(("gap", key), lambda _: _gap(key, views))


def _gap(key: str, views: Views) -> IndustryGap:
    units = naming(views.units, "industries", with_descendants(views.industries, (key,)))
    covering = views.mappings.kept("covering", _covering)
    mapped = frozenset(outcome for unit in units for outcome in covering.get(unit, ()))
    outcomes = mapped & views.outcomes.by_key.keys()
    ruled = ruling(views.rules, units | outcomes)
    return IndustryGap(
        key=key,
        units=len(units),
        mapped_outcomes=len(outcomes),
        naming_rules=len(ruled),
        synthetic_units=synthetic(views.units, units),
        synthetic_mapped_outcomes=synthetic(views.outcomes, outcomes),
        synthetic_naming_rules=synthetic(views.rules, ruled),
        empty=not units,
    )


def _covering(mappings: View[Any]) -> Index:
    """Give the outcomes with an approved mapping to each unit, fully or partly."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in mappings.things:
        if one.status in APPROVED:
            found[one.unit].append(one.outcome)
    return dict(found)
