"""Frameworks compared: levels and descriptors side by side, and the difference of two editions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from graph.frameworks import Difference, FrameworkPart, LevelsBeside, PairedBy, beside, changes, editions
from graph.items import Items
from graph.model.framework import Framework
from graph.moment import Moment
from graph.recognition.versions import Versions
from schema.arguments import After, As, First
from schema.asking import CountedConnection, loaders
from schema.comparability import ReferencingType
from schema.enums import tell
from schema.framework import FrameworkType, LevelType
from schema.loaders import FIRST, Loaders
from schema.permissions import PUBLIC, decided
from schema.scalars import KeyText, read_key
from schema.slices import sliced
from schema.texts import TextType
from schema.weights import costs

tell(
    PairedBy,
    "What puts two levels side by side.",
    REFERENCING="A referencing in force compares them 等级参照.",
    ORDINAL="They have one ordinal in two editions of one framework 同序数.",
    NOTHING="Nothing: the level stands alone 无对照.",
)
tell(
    FrameworkPart,
    "What part of a framework edition differs.",
    DIMENSION="A dimension 维度; its code.",
    LEVEL="A level's title 等级; its ordinal.",
    DESCRIPTOR="A level descriptor 等级描述; ordinal and dimension, as in `4/skills`.",
    ITEM="An item 条目; its human code where that is one item's in both, else the code of its key.",
)
tell(
    Difference,
    "How the one edition differs from the other.",
    ADDED="The one has it, the other does not 新增.",
    REMOVED="The other has it, the one does not 删除.",
    CHANGED="Both have it, in other words 改动.",
)


@strawberry.type(name="DescriptorsBeside", description="What two levels say of one dimension.")
@decided(PUBLIC)
class DescriptorsBesideType:
    """What two levels say of one dimension."""

    dimension: str = strawberry.field(description="The dimension's code.")
    text: TextType | None = strawberry.field(description="What the one says.")
    other: TextType | None = strawberry.field(description="What the other says.")


@strawberry.type(name="LevelsBeside", description="One or two levels side by side.")
@decided(PUBLIC)
class LevelsBesideType:
    """One or two levels side by side."""

    level: LevelType | None = strawberry.field(description="The one edition's.")
    other: LevelType | None = strawberry.field(description="The other edition's.")
    paired_by: PairedBy = strawberry.field(description="What puts them side by side.")
    referencings: list[ReferencingType] = strawberry.field(
        metadata=costs(size=1), description="The referencings that do."
    )
    descriptors: list[DescriptorsBesideType] = strawberry.field(
        metadata=costs(size=4), description="What both say, by dimension."
    )


@strawberry.type(name="FrameworkChange", description="A part that two framework editions state differently.")
@decided(PUBLIC)
class FrameworkChangeType:
    """A part that differs."""

    part: FrameworkPart = strawberry.field(description="What it is.")
    difference: Difference = strawberry.field(description="How it differs.")
    code: str = strawberry.field(description="What names it among its kind.")
    old: TextType | None = strawberry.field(description="What the other edition states; null: nothing.")
    new: TextType | None = strawberry.field(description="What this edition states; null: nothing.")


@dataclass(frozen=True, slots=True)
class Frameworks:
    """Two framework editions."""

    framework: Framework
    other: Framework
    levels: tuple[LevelsBeside, ...]


async def _items(own: Loaders, root: Frameworks, at: Moment) -> tuple[Items, Items]:
    load = partial(own.items, at)
    one, other = root.framework.key, root.other.key
    first, second = await asyncio.gather(
        own.batched("items", load, one, at), own.batched("items", load, other, at)
    )
    return first, second


async def _changes(root: Any, info: Info, first: First = FIRST, after: After = None) -> Any:
    if not editions(root.framework, root.other):
        return None
    one, other = await _items(loaders(info), root, loaders(info).moment_of(info))
    return sliced(changes(root.framework, root.other, one.items, other.items), first, after)


async def _complete(root: Any, info: Info) -> bool:
    found = await _items(loaders(info), root, loaders(info).moment_of(info))
    return all(one.complete for one in found)


@strawberry.type(name="FrameworkComparison", description="Two framework editions compared 框架比较.")
@decided(PUBLIC)
class FrameworkComparisonType:
    """Two framework editions compared."""

    framework: FrameworkType = strawberry.field(description="The one edition.")
    other: FrameworkType = strawberry.field(description="The other edition.")
    levels: list[LevelsBesideType] = strawberry.field(
        metadata=costs(size=20),
        description="Levels side by side, the one's lowest first: those that referencings compare, and "
        "in two editions of one framework those left of one ordinal. What nothing pairs stands alone.",
    )
    changes: CountedConnection[FrameworkChangeType] | None = strawberry.field(
        resolver=_changes,
        metadata=costs(5),
        description="What the one edition states differently from the other 版本差异: dimensions, levels, "
        "descriptors, items. Null where they are not two editions of one framework, whose keys differ in the "
        "edition alone: codes of two frameworks name different things, so read `levels` and the "
        "referencings that pair them.",
    )
    all_items_compared: bool = strawberry.field(
        resolver=_complete,
        metadata=costs(2),
        description="Whether all items were compared: 10,000 of both together are, of at most 10,000 "
        "characters each.",
    )


OneFramework = Annotated[KeyText, strawberry.argument(description="The one edition's key.")]
OtherFramework = Annotated[KeyText, strawberry.argument(description="The other edition's key.")]


async def compare_frameworks(
    info: Info, framework: OneFramework, other: OtherFramework, as_of: As = None
) -> Any:
    """Compare two framework editions; null where either is not seen."""
    own, keys = loaders(info), [read_key(framework), read_key(other)]
    at = await own.moment(info, as_of)
    one, two = await own.many(Framework, tuple(await own.spelled(keys, at)), at)
    if one is None or two is None:
        return None
    ground = await own.desk.library.ground(at)
    live = Versions(ground.referencings).all_live(date.fromisoformat(at.valid_on))
    return Frameworks(one, two, beside(one, two, live))
