"""Two framework editions side by side, and what the one states differently from the other. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from graph.model.framework import Framework, FrameworkItem, Level, Referencing
from graph.model.values import LongText, Text, parts_of


class PairedBy(Enum):
    """What puts two levels side by side."""

    REFERENCING = "REFERENCING"
    ORDINAL = "ORDINAL"
    NOTHING = "NOTHING"


class FrameworkPart(Enum):
    """What part of a framework edition differs."""

    DIMENSION = "DIMENSION"
    LEVEL = "LEVEL"
    DESCRIPTOR = "DESCRIPTOR"
    ITEM = "ITEM"


class Difference(Enum):
    """How it differs from the other edition."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


Words = Text | LongText


@dataclass(frozen=True, slots=True)
class LevelsBeside:
    """One or two levels side by side; ``referencings`` are those that pair them."""

    level: Level | None
    other: Level | None
    paired_by: PairedBy
    referencings: tuple[Referencing, ...] = ()

    @property
    def descriptors(self) -> tuple[DescriptorsBeside, ...]:
        """What both say, by dimension: the one's in its order, then what only the other has."""
        mine, theirs = _descriptors(self.level), _descriptors(self.other)
        codes = dict.fromkeys((*mine, *theirs))
        return tuple(DescriptorsBeside(code, mine.get(code), theirs.get(code)) for code in codes)


@dataclass(frozen=True, slots=True)
class DescriptorsBeside:
    """What both levels say of one dimension."""

    dimension: str
    text: LongText | None
    other: LongText | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A part of a framework edition that the other one states differently."""

    part: FrameworkPart
    difference: Difference
    code: str
    old: Words | None
    new: Words | None


def beside(
    framework: Framework, other: Framework, referencings: Iterable[Referencing]
) -> tuple[LevelsBeside, ...]:
    """Put levels side by side, lowest first: as referenced; else, within one scheme and code, by ordinal.

    A level that nothing pairs stands alone, those of ``other`` last.
    """
    paired = _referenced(framework, other, referencings)
    referenced = {here for here, _ in paired}, {there for _, there in paired}
    mine = {one.ordinal: one for one in framework.levels}
    theirs = {one.ordinal: one for one in other.levels}
    rows = [
        LevelsBeside(mine[here], theirs[there], PairedBy.REFERENCING, tuple(by))
        for (here, there), by in paired.items()
    ]
    free = {ordinal: level for ordinal, level in theirs.items() if ordinal not in referenced[1]}
    alike = free if editions(framework, other) else {}
    rows += [_by_ordinal(mine[one], alike.get(one)) for one in sorted(mine.keys() - referenced[0])]
    told = {row.other.ordinal for row in rows if row.other}
    rest = [LevelsBeside(None, theirs[one], PairedBy.NOTHING) for one in sorted(theirs.keys() - told)]
    return (*sorted(rows, key=_place), *rest)


def _by_ordinal(level: Level, same: Level | None) -> LevelsBeside:
    return LevelsBeside(level, same, PairedBy.ORDINAL if same else PairedBy.NOTHING)


def _place(row: LevelsBeside) -> tuple[int, int]:
    return (row.level.ordinal if row.level else 0, row.other.ordinal if row.other else 0)


def _referenced(
    framework: Framework, other: Framework, referencings: Iterable[Referencing]
) -> dict[tuple[int, int], list[Referencing]]:
    mine = {one.ordinal for one in framework.levels}
    theirs = {one.ordinal for one in other.levels}
    found: dict[tuple[int, int], list[Referencing]] = {}
    for one in referencings:
        for here, there in ((one.level, one.other), (one.other, one.level)):
            ends = (here.framework, there.framework) == (framework.key, other.key)
            if ends and here.ordinal in mine and there.ordinal in theirs:
                found.setdefault((here.ordinal, there.ordinal), []).append(one)
    return found


def editions(framework: Framework, other: Framework) -> bool:
    """Tell whether two are editions of one framework: keys that differ in the edition at most."""
    (scheme, _, code), (scheme_too, _, code_too) = parts_of(framework.key), parts_of(other.key)
    return (scheme, code) == (scheme_too, code_too)


def changes(
    framework: Framework,
    other: Framework,
    items: Sequence[FrameworkItem] = (),
    other_items: Sequence[FrameworkItem] = (),
) -> tuple[Changed, ...]:
    """Tell what ``framework`` states differently from ``other``, part by part, each by its code."""
    new, old = _said(framework), _said(other)
    new[FrameworkPart.ITEM], old[FrameworkPart.ITEM] = _items(items, other_items)
    return tuple(found for part in FrameworkPart for found in _differences(part, old[part], new[part]))


def _said(framework: Framework) -> dict[FrameworkPart, Mapping[str, Words]]:
    levels = {f"{one.ordinal:03d}": one for one in framework.levels}
    return {
        FrameworkPart.DIMENSION: {one.code: one.title for one in framework.dimensions},
        FrameworkPart.LEVEL: {code: one.title for code, one in levels.items()},
        FrameworkPart.DESCRIPTOR: {
            f"{code}/{dimension}": text
            for code, one in levels.items()
            for dimension, text in _descriptors(one).items()
        },
    }


def _items(
    new: Sequence[FrameworkItem], old: Sequence[FrameworkItem]
) -> tuple[dict[str, Words], dict[str, Words]]:
    """Name items by their human codes where these are one item's in both editions, else by their keys."""
    counts = [Counter(one.human_code for one in items) for items in (new, old)]

    def name(item: FrameworkItem) -> str:
        code = item.human_code
        return code if code and max(count[code] for count in counts) == 1 else parts_of(item.key)[2]

    return {name(one): one.statement for one in new}, {name(one): one.statement for one in old}


def _differences(
    part: FrameworkPart, old: Mapping[str, Words], new: Mapping[str, Words]
) -> Iterator[Changed]:
    for code in sorted(old.keys() | new.keys()):
        before, after = old.get(code), new.get(code)
        if before != after:
            both = Difference.REMOVED if before else Difference.ADDED
            difference = Difference.CHANGED if before and after else both
            yield Changed(part, difference, _shown(part, code), before, after)


def _shown(part: FrameworkPart, code: str) -> str:
    if part in (FrameworkPart.DIMENSION, FrameworkPart.ITEM):
        return code
    ordinal, sign, dimension = code.partition("/")
    return f"{int(ordinal)}{sign}{dimension}"


def _descriptors(level: Level | None) -> dict[str, LongText]:
    return {one.dimension: one.text for one in level.descriptors} if level else {}
