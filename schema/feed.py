"""The feed of publications in the API: what each brought, told thing by thing, and resumable."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import strawberry
from strawberry.types import Info

from graph.directory import END
from graph.events import Event
from graph.feed import Entry, Pageful, Position
from graph.model.concepts import CONCEPTS
from graph.moment import unstamp
from schema.arguments import After, First
from schema.asking import Edge, PageInfo, loaders
from schema.concept_names import ConceptName
from schema.cursors import key_after, key_cursor
from schema.enums import tell
from schema.errors import Refusal
from schema.feed_filter import ChangedWhere, read_wanted, warn_of_silent
from schema.loaders import FIRST, Loaders, paging, stamped
from schema.permissions import PUBLIC, decided

_NAMES: Final = {one: ConceptName(one.name) for one in CONCEPTS}
tell(
    Event,
    "What a publication did to a version.",
    PUBLISHED="It is new 发布.",
    CLOSED="Its window was ended, or it was suspended or retired 关闭.",
    CORRECTED="It took the place of another version, or of a draft under its own number 更正.",
    RETRACTED="It was taken back 更正撤回.",
)


@strawberry.type(name="PublishedChange", description="What a publication did to one version of a thing.")
@decided(PUBLIC)
class PublishedChangeType:
    """What a publication did to one version."""

    concept: ConceptName = strawberry.field(description="What kind of thing it is.")
    key: str = strawberry.field(description="The thing's key, or its bare code.")
    version: int = strawberry.field(description="The number of the version; 0: a stub.")
    event: Event = strawberry.field(description="What became of it.")
    replaces: int | None = strawberry.field(description="The number it corrects, where this is another one.")
    synthetic: bool = strawberry.field(description="Whether that version is synthetic 合成数据.")
    recorded_at: datetime = strawberry.field(
        description="The moment of the publication, as in `recordedAt` and `retractedAt` of versions."
    )


@strawberry.type(
    name="PublishedChangesConnection",
    description="A page of the feed. It always ends somewhere to go on from.",
)
@decided(PUBLIC)
class PublishedChangesConnection:
    """A page of the feed."""

    nodes: list[PublishedChangeType] = strawberry.field(description="The changes, oldest first.")
    edges: list[Edge[PublishedChangeType]] = strawberry.field(description="The changes with their cursors.")
    page_info: PageInfo = strawberry.field(
        description="Where the page ends: also where there is nothing new, for asking again later."
    )


Since = Annotated[
    datetime | None,
    strawberry.argument(
        description="Only what was published after this moment. Default: from the beginning."
    ),
]


async def find_changes(
    info: Info,
    where: ChangedWhere = None,
    since: Since = None,
    first: First = FIRST,
    after: After = None,
) -> Any:
    """Give a page of the feed."""
    own, most = loaders(info), paging(first, None).first
    begin, at = read_position(after), await own.moment(info, None)
    start = max(begin, await _since(own, since, at.published))
    wanted = await read_wanted(own, where, at)
    page = await own.feed.page(start, at.published, most, wanted)
    await warn_of_silent(own, where, page.heard, at)
    return _dressed(page)


async def _since(own: Loaders, since: datetime | None, published: str) -> Position:
    """Begin after a moment; a publication that was, or is, under way then is not missed."""
    if since is None:
        return Position("")
    return Position(min(published, await own.known(stamped(since))), len(CONCEPTS), END)


def _dressed(page: Pageful) -> Any:
    nodes = [_change(entry) for entry in page.entries]
    edges = [
        Edge(node=node, cursor=write_position(entry.position))
        for node, entry in zip(nodes, page.entries, strict=True)
    ]
    end = write_position(page.end) if page.end.moment else None
    info = PageInfo(has_next_page=page.more, end_cursor=end)
    return PublishedChangesConnection(nodes=nodes, edges=edges, page_info=info)


def _change(entry: Entry) -> PublishedChangeType:
    return PublishedChangeType(
        concept=_NAMES[entry.concept],
        key=entry.key,
        version=entry.number,
        event=entry.event,
        replaces=entry.replaces,
        synthetic=entry.synthetic,
        recorded_at=unstamp(entry.moment),
    )


def write_position(position: Position) -> str:
    """Write a place in the feed as a cursor."""
    return key_cursor(msgspec.json.encode(position).decode())


def read_position(text: str | None) -> Position:
    """Read such a cursor, the beginning where there is none; `Refusal` BAD_CURSOR for any other text."""
    if not text:
        return Position("")
    try:
        found = msgspec.json.decode(key_after(text), type=Position)
    except msgspec.DecodeError:
        raise Refusal("BAD_CURSOR") from None
    if not 0 <= found.concept <= len(CONCEPTS) or found.skip < 0:
        raise Refusal("BAD_CURSOR")
    return found
