"""Equivalents in the API: what an outcome is enough for, at one institution or at many, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, NamedTuple

import strawberry
from strawberry.types import Info

from graph.concordance import About, Sets
from graph.hierarchy import with_descendants
from graph.model.framework import Region
from graph.model.institutions import Institution
from graph.model.values import Key
from graph.model.verdicts import OutcomeSet
from graph.moment import Moment
from schema.arguments import After, As, First
from schema.asking import PageInfo, loaders
from schema.errors import Refusal
from schema.loaders import Loaders, paging
from schema.permissions import PUBLIC, decided
from schema.scalars import KeyText, read_key
from schema.sets import OutcomeSetType
from schema.weights import costs

ASKED: Final = 32
"""Institutions asked for one page; a page that finds too little among them ends there."""
TOGETHER: Final = 4
HEAVY: Final = 1_000_000


@strawberry.type(name="Equivalents", description="What an outcome is enough for: a page of sets.")
@decided(PUBLIC)
class EquivalentsType:
    """Where an outcome suffices, and where it needs others beside it."""

    suffices: list[OutcomeSetType] = strawberry.field(
        metadata=costs(size=1), description="Of the page, where it is enough by itself."
    )
    also_needs: list[OutcomeSetType] = strawberry.field(
        metadata=costs(size=1), description="Of the page, where it is one of several."
    )
    truncated: bool = strawberry.field(
        description="Whether a search behind the page was cut short, so that sets may be missing."
    )
    asked: int = strawberry.field(
        name="institutionsAsked", description="How many institutions with rules that name it were asked."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page ends; one may end early, or be empty, and the list still go on."
    )


class Start(NamedTuple):
    """Where a page begins: at an institution, after so many of its sets."""

    institution: str = ""
    told: int = 0


@dataclass
class Gathered:
    """The sets of a page so far, each with the place after it."""

    most: int
    sets: list[tuple[OutcomeSet, Start]]
    truncated: bool = False
    asked: int = 0

    @property
    def full(self) -> bool:
        """Tell whether one more set was found than the page holds."""
        return len(self.sets) > self.most


async def equivalent(
    info: Info,
    outcome: Annotated[KeyText, strawberry.argument(description="What one holds.")],
    institution: Annotated[
        KeyText | None, strawberry.argument(description="The receiving institution. Default: any.")
    ] = None,
    region: Annotated[
        KeyText | None,
        strawberry.argument(description="Institutions in this region and in all regions below it."),
    ] = None,
    programme: Annotated[
        KeyText | None,
        strawberry.argument(
            description="The programme version, of the institution named. Default: each rule in its own."
        ),
    ] = None,
    first: First = 50,
    after: After = None,
    as_of: As = None,
) -> Any:
    """List what an outcome is enough for."""
    own, start = loaders(info), _start(after)
    most = paging(first, None).first
    at = await own.moment(info, as_of)
    about = await own.desk.concordance.about(Key(read_key(outcome)), at)
    if about.key not in {one.key for one in about.outcomes}:
        raise Refusal("OUTCOME_UNKNOWN")
    asked = await _institutions(own, about, institution, region, at)
    major = await _programme(own, institution, programme, at)
    work = partial(own.desk.work, HEAVY, info.context.deadline)
    found = Gathered(most, [])
    rest = [key for key in asked if key >= start.institution]

    def ask(key: Key, enough: int) -> Awaitable[Sets]:
        return own.desk.concordance.sets(key, about, major, at, work, enough)

    while rest and not found.full and found.asked < ASKED:
        some, rest = rest[:TOGETHER], rest[TOGETHER:]
        enough = [most + 1 + (start.told if key == start.institution else 0) for key in some]
        answers = await asyncio.gather(*map(ask, map(Key, some), enough))
        for key, (sets, cut) in zip(some, answers, strict=True):
            _take(found, key, sets, start, cut=cut)
    return _paged(found, rest)


def _take(found: Gathered, key: str, sets: Sequence[OutcomeSet], start: Start, *, cut: bool) -> None:
    if found.full:
        return
    told = start.told if key == start.institution else 0
    places = [(one, Start(key, place + 1)) for place, one in enumerate(sets)]
    found.sets += places[told:]
    found.asked += 1
    found.truncated = found.truncated or cut


def _paged(found: Gathered, rest: Sequence[str]) -> Any:
    page = [one for one, _ in found.sets[: found.most]]
    more = found.full or bool(rest)
    end = found.sets[found.most - 1][1] if found.full else Start(rest[0]) if rest else None
    told: list[Any] = page  # each is resolved field by field
    return EquivalentsType(
        suffices=[one for one in told if len(set(one.outcomes)) == 1],
        also_needs=[one for one in told if len(set(one.outcomes)) > 1],
        truncated=found.truncated,
        asked=found.asked,
        page_info=PageInfo(has_next_page=more, end_cursor=f"{end.told}@{end.institution}" if end else None),
    )


def _start(after: str | None) -> Start:
    if not after:
        return Start()
    told, at, key = after.partition("@")
    if not at or not (told.isascii() and told.isdigit()) or len(told) > 6:
        raise Refusal("BAD_CURSOR")
    return Start(read_key(key), int(told))


async def _institutions(
    own: Loaders, about: About, institution: str | None, region: str | None, at: Moment
) -> Sequence[str]:
    if institution is not None:
        key = Key(read_key(institution))
        if await own.thing(Institution, key, at) is None:
            raise Refusal("INSTITUTION_UNKNOWN")
        return (key,)
    naming = await own.desk.concordance.institutions(about, at)
    return naming if region is None else await _within(own, naming, read_key(region), at)


async def _within(own: Loaders, keys: Sequence[str], region: str, at: Moment) -> Sequence[str]:
    regions = await own.view(Region, at)
    if region not in regions.by_key:
        raise Refusal("REGION_UNKNOWN")
    inside = regions.kept(("below", region), lambda view: with_descendants(view, (region,)))
    known = (await own.view(Institution, at)).by_key
    return [key for key in keys if key in known and known[key].region in inside]


async def _programme(own: Loaders, institution: str | None, programme: str | None, at: Moment) -> Key | None:
    if programme is None:
        return None
    key = Key(read_key(programme))
    if institution is None:
        raise Refusal("PROGRAMME_UNKNOWN")
    volume = await own.desk.library.volume(Key(read_key(institution)), at, whole=False)
    if not volume.index.programmes.of(key):
        raise Refusal("PROGRAMME_UNKNOWN")
    return key
