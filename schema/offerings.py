"""What members offer: courses open to learners of others, and the catalogue of one source as it sends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import strawberry
from msgspec import Struct
from msgspec.structs import replace
from strawberry.types import Info

from connectors.offered import CatalogueItem, ChangeKind, Offering
from connectors.records import Identifier
from graph.errors import GraphError
from graph.model.outcomes import Outcome
from graph.tying import Tied
from schema.anchors import Ground, ground
from schema.arguments import As, argument
from schema.asking import loaders
from schema.enums import tell
from schema.errors import Refusal
from schema.outcomes import OutcomeType
from schema.permissions import GOVERNING, OPEN, decided
from schema.placing import outcomes_of
from schema.records import IdentifierType
from schema.replies import Replied
from schema.scalars import CodeText, KeyText, read_code
from schema.switchboard import line
from schema.texts import CreditType, TextType
from schema.weights import costs

MOST: Final = 500
"""Offerings, and lines of a catalogue, that one reply shows."""

tell(
    ChangeKind,
    "What happened to a catalogue item.",
    PRESENT="It is there 存在.",
    REMOVED="It is gone 已移除.",
)


class Linked(Struct, frozen=True, gc=False):
    """A source's identifier, and the outcome it means, if that is known."""

    identifier: Identifier
    outcome: Outcome | None
    candidates: tuple[str, ...]


class Offered(Struct, frozen=True, gc=False):
    """A course open to others, flat."""

    id: str
    course: Linked
    title: Any
    credit: Any
    prerequisites: tuple[Linked, ...]
    term: str
    runs: Any
    seats: int | None
    open_to: tuple[str, ...]
    url: str


class Line(Struct, frozen=True, gc=False):
    """One line of a catalogue, flat."""

    kind: ChangeKind
    course: Linked
    item: CatalogueItem | None


@strawberry.type(name="LinkedOutcome", description="A code of a source, and the outcome it means here.")
@decided(OPEN)
class LinkedType:
    """A code and its outcome."""

    identifier: IdentifierType = strawberry.field(description="The code.")
    outcome: OutcomeType | None = strawberry.field(description="The outcome, if just one fits.")
    candidates: list[KeyText] = strawberry.field(
        metadata=costs(size=2), description="The outcomes it might be, where several fit."
    )


@strawberry.type(name="Offering", description="A course open to learners of other members 开放课程.")
@decided(OPEN)
class OfferingType:
    """A course open to others."""

    id: str | None = strawberry.field(name="offeringId", description="The source's own name for it.")
    course: LinkedType | None = strawberry.field(description="What is taught.")
    title: TextType | None = strawberry.field(description="Its title.")
    credit: CreditType | None = strawberry.field(description="The credit it gives.")
    prerequisites: list[LinkedType] | None = strawberry.field(
        name="requires", metadata=costs(size=3), description="What must be held before."
    )
    term: str | None = strawberry.field(description="The term, as the source writes it.")
    seats: int | None = strawberry.field(description="Places still free, if the source says.")
    open_to: list[str] | None = strawberry.field(
        metadata=costs(size=3), description="To whose learners it is open; empty: to all members'."
    )
    url: str | None = strawberry.field(description="Where to read more.")


@strawberry.type(name="OfferingsReply", description="What came of asking one source for its open courses.")
@decided(OPEN)
class OfferingsReplyType(Replied):
    """A source's reply."""

    records: list[OfferingType | None] | None = strawberry.field(
        name="offered", metadata=costs(size=50), description="The courses, at most 500."
    )


@strawberry.type(name="CatalogueLine", description="One line of a source's catalogue, not yet reviewed.")
@decided(GOVERNING)
class LineType:
    """A line of a catalogue."""

    kind: ChangeKind = strawberry.field(name="change", description="Whether it is there or gone.")
    course: LinkedType | None = strawberry.field(
        name="named", description="Its code, and what it means here."
    )


@strawberry.type(name="CatalogueReply", description="What came of asking one source for its catalogue.")
@decided(GOVERNING)
class CatalogueReplyType(Replied):
    """A source's reply."""

    records: list[LineType | None] | None = strawberry.field(
        name="lines", metadata=costs(size=50), description="The first 500 lines."
    )
    full: bool | None = strawberry.field(description="Whether this is all, not only what changed.")
    lines: int | None = strawberry.field(name="lineCount", description="How many lines there are.")
    cursor: str | None = strawberry.field(
        name="changesCursor", description="Give it as `changesAfter` to ask for what changes from here."
    )


async def find_offerings(
    info: Info,
    term: Annotated[str | None, argument("A term, as sources write it. Default: all.")] = None,
    as_of: As = None,
) -> Any:
    """Ask every source that offers it for its open courses."""
    if term is not None:
        read_code(term)
    replies = await line(info).board.dispatch.offerings(term, line(info).asking())
    on = await _ground(info, as_of)
    return [replace(reply, records=await _offered(info, reply, on)) for reply in replies]


async def _ground(info: Info, as_of: Any) -> Ground | None:
    try:
        return ground(await loaders(info).moment(info, as_of), as_of)
    except GraphError:
        return None


async def _offered(info: Info, reply: Any, on: Ground | None) -> tuple[Offered, ...]:
    given: Sequence[Offering] = reply.records[:MOST]
    named = [each for one in given for each in (one.course.outcome, *one.course.prerequisites)]
    found = await _found(info, named, on, reply.source)
    return tuple(_flat(one, found) for one in given)


async def _found(
    info: Info, named: Sequence[Identifier], on: Ground | None, source: str
) -> dict[Identifier, Tied]:
    try:
        return await outcomes_of(loaders(info), named, on, line(info), source) if on else {}
    except GraphError:
        return {}


def _linked(identifier: Identifier, found: dict[Identifier, Tied]) -> Linked:
    tied = found.get(identifier)
    return Linked(identifier, tied.outcome if tied else None, tied.candidates if tied else ())


def _flat(one: Offering, found: dict[Identifier, Tied]) -> Offered:
    course = one.course
    return Offered(
        id=one.id,
        course=_linked(course.outcome, found),
        title=course.title,
        credit=course.credit,
        prerequisites=tuple(_linked(each, found) for each in course.prerequisites),
        term=one.term,
        runs=one.runs,
        seats=one.seats,
        open_to=one.open_to,
        url=one.url,
    )


class CatalogueView(Struct, frozen=True):
    """A source's reply about its catalogue, flat."""

    source: str
    status: Any
    member: str
    notice: Any
    remarks: tuple[Any, ...]
    elapsed: float
    fetched: Any
    as_of: Any
    freshness: Any
    records: tuple[Line, ...] = ()
    full: bool | None = None
    lines: int | None = None
    cursor: str | None = None


async def find_catalogue(
    info: Info,
    source: Annotated[CodeText, argument("The source.")],
    changes_after: Annotated[str | None, argument("A cursor the source gave before.")] = None,
    as_of: As = None,
) -> Any:
    """Ask one source for its catalogue; nothing of it is published by asking."""
    code = read_code(source)
    if code not in line(info).board.roster.known:
        raise Refusal("SOURCE_UNKNOWN")
    reply = await line(info).board.dispatch.catalogue(code, changes_after, line(info).asking())
    on = await _ground(info, as_of)
    bare = {name: getattr(reply, name) for name in CatalogueView.__struct_fields__[:9]}
    if not reply.records:
        return CatalogueView(**bare)
    given = reply.records[0]
    shown = given.changes[:MOST]
    found = await _found(info, [each.outcome for each in shown], on, code)
    return CatalogueView(
        **bare,
        records=tuple(Line(each.kind, _linked(each.outcome, found), each.item) for each in shown),
        full=given.full,
        lines=len(given.changes),
        cursor=given.cursor or None,
    )
